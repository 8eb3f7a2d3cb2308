/** A daemon with its API that waits for prices, users who may read, and clients in a process of their own. */
import { addToken } from '../../../src/application/tokens.ts';
import { addUser } from '../../../src/application/add-user.ts';
import { operator } from '../../../src/application/caller.ts';
import { paperKey } from '../../../src/config.ts';
import { startCommanded, type CommandedProcess } from '../../support/commanded-process.ts';
import { openTestStore } from '../../support/database.ts';
import { freePort } from '../../support/free-port.ts';
import { portsOn } from '../../support/people-fixture.ts';
import { openReaction, type ReactionFixture } from '../live/reaction.ts';
import type { ClientCommands } from './clients-words.ts';

export interface ApiStage extends ReactionFixture {
  /** Of the API. */
  readonly url: string;
  /** Of the user whose accounts have the tasks. */
  readonly token: string;
  /** Of users without accounts. */
  readonly watchers: readonly string[];
  readonly taskIds: readonly string[];
  readonly clients: CommandedProcess<ClientCommands>;
}

const watchersTotal = 50;

/** @param samplesMax how often `react` may be asked */
export async function openApiStage(samplesMax: number): Promise<ApiStage> {
  const port = await freePort();
  const environment = { API_PORT: String(port), API_REQUESTS_PER_MINUTE: '10000000' };
  const reaction = await openReaction({ samplesMax, environment });
  const clients = startCommanded<ClientCommands>('clients', new URL('./clients-child.ts', import.meta.url));
  const close = async (): Promise<void> => {
    await clients.close();
    await reaction.close();
  };
  try {
    const { token, watchers } = await tokensOn(reaction.installation.databaseUrl);
    const rows = await reaction.installation.query<{ id: string }>(
      'SELECT id FROM tasks ORDER BY id DESC LIMIT 50',
    );
    const taskIds = rows.map(({ id }) => id).filter((id) => id.startsWith('bench'));
    return { ...reaction, url: `http://127.0.0.1:${port}`, token, watchers, taskIds, clients, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function tokensOn(databaseUrl: string) {
  const store = await openTestStore(databaseUrl, { encryptionKey: paperKey(), daemonName: 'bench' });
  const ports = portsOn(store);
  const wanted = { scope: 'read', tokenName: 'bench' } as const;
  try {
    const { token } = await addToken(operator, ports, { ...wanted, userName: 'bench' });
    const watchers: string[] = [];
    for (let at = 0; at < watchersTotal; at += 1) {
      const userName = `watcher-${at}`;
      await addUser(operator, ports, userName);
      watchers.push((await addToken(operator, ports, { ...wanted, userName })).token);
    }
    return { token, watchers };
  } finally {
    await store.close();
  }
}
