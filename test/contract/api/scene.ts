/**
 * The scene of the generated checks: the people of the isolation test with tokens of every kind, and the API on a copy of their
 * database. Each check opens a copy of its own and closes it.
 */
import { operator } from '../../../src/application/caller.ts';
import { addUser } from '../../../src/application/add-user.ts';
import { addToken, revokeToken } from '../../../src/application/tokens.ts';
import { readPresets } from '../../../src/files/preset-files.ts';
import { ApiFixture } from '../../support/api-fixture.ts';
import { operationsOf, type Document, type Operation } from '../../support/openapi/document.ts';
import { openLine, type Answer, type Line, type Sent } from '../../support/openapi/sending.ts';
import type { Content } from '../isolation/database-content.ts';
import { anns, openScene, type Scene } from '../isolation/scene.ts';

/** Who asks. `reader` has a token of Ann's that may only read; the last ones are let in by nothing. */
export const callerNames = [
  'owner',
  'trader',
  'reader',
  'viewer',
  'administrator',
  'other',
  'banned',
  'ended',
  'revoked',
  'garbage',
  'nobody',
] as const;
export type CallerName = (typeof callerNames)[number];

/** They see nothing of Ann's. */
export const outsiders: readonly CallerName[] = ['other', 'banned', 'ended', 'revoked', 'garbage', 'nobody'];
/** They change nothing at all, whatever they ask for. */
export const powerless: readonly CallerName[] = ['reader', 'banned', 'ended', 'revoked', 'garbage', 'nobody'];

export interface Stage {
  readonly document: Document;
  readonly operations: readonly Operation[];
  /** What the database holds now. */
  readonly content: () => Promise<Content>;
  readonly ask: (caller: CallerName, sent: Sent) => Promise<Answer>;
  /** What the API logged as a warning or worse. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export interface ApiScene extends Pick<Scene, 'voucherId' | 'deliveryId' | 'backtestId'> {
  open(): Promise<Stage>;
  drop(): Promise<void>;
}

export async function openApiScene(): Promise<ApiScene> {
  const scene = await openScene();
  const { voucherId, deliveryId, backtestId } = scene;
  return { voucherId, deliveryId, backtestId, open: () => openStage(scene), drop: () => scene.drop() };
}

async function openStage(scene: Scene): Promise<Stage> {
  const copy = await scene.copy();
  const { ports } = copy;
  await addUser(operator, ports, 'admin');
  const tokens = await tokensOn(ports);
  const administrators = { names: ['admin'], identities: [] };
  const fixture = await ApiFixture.open({
    on: { url: copy.url, store: ports },
    services: {
      ports: { ...ports, administrators },
      presets: readPresets(),
      waits: { commandMs: 5, adviceMs: 5 },
    },
  });
  const line: Line = openLine(fixture.api.url);
  const { body: document } = await fixture.send<Document>('/api/openapi.json');
  const ask = (caller: CallerName, sent: Sent): Promise<Answer> => {
    const token = tokens[caller];
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return line.send({ ...sent, headers: { ...sent.headers, ...authorization } });
  };
  const close = async (): Promise<void> => {
    line.close();
    await fixture.close();
    await copy.close();
  };
  return {
    document,
    operations: operationsOf(document),
    content: copy.content,
    ask,
    logged: fixture.logged,
    close,
  };
}

async function tokensOn(ports: Parameters<typeof addToken>[1]): Promise<Partial<Record<CallerName, string>>> {
  const make = async (
    tokenName: string,
    userName: string,
    scope: 'read' | 'trade' | 'manage',
  ): Promise<string> => (await addToken(operator, ports, { tokenName, userName, scope })).token;
  const made = {
    owner: await make('owner-zq', anns.userName, 'manage'),
    trader: await make('trader-zq', anns.userName, 'trade'),
    reader: await make('reader-zq', anns.userName, 'read'),
    viewer: await make('viewer', anns.viewer, 'manage'),
    administrator: await make('admin', 'admin', 'manage'),
    other: await make('other', 'bob', 'manage'),
    banned: await make('banned', anns.banned, 'manage'),
    ended: await make('ended', 'ended', 'manage'),
    revoked: await make('revoked-zq', anns.userName, 'manage'),
    garbage: `rk_${'x'.repeat(43)}`,
  };
  await revokeToken(operator, ports, { tokenName: 'revoked-zq', userName: anns.userName });
  return made;
}
