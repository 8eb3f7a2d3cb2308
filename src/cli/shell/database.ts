/**
 * Opens the database for one command and closes it again, whatever happens. An embedded database is created by `start` and by
 * the commands that make sense on an empty one, and its schema is brought up to date whenever it is opened. The schema of any
 * other Postgres is changed only by `migrate` and `start`. The store is loaded when it is needed: help and usage errors do
 * without it.
 */
import { existsSync } from 'node:fs';
import { paperKey } from '../../config.ts';
import type { Ports, ShellPorts } from '../../application/ports.ts';
import { BadInput } from '../../domain/errors.ts';
import type { KeyCheck } from '../../ports/key-check.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import { sealedFilesWith } from '../../files/sealed-files.ts';
import { stopSignals } from '../../stop-signals.ts';
import type { Store } from '../../store/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { advised, type KnownNames } from './advised.ts';
import { lazyTrial } from './channel-trial.ts';
import { typedCommand } from './output.ts';
import type { Session } from './session.ts';

/** The ports of the use cases: the database's, and the exchange's rules. */
export type OpenStore = Store & Ports & Pick<ShellPorts, 'sealedFiles'>;

export async function withDatabase<T>(
  { config, log, makesDatabase, watches }: Session,
  use: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (config.database.kind === 'url') return use(config.database.url);
  const { dataDir } = config.database;
  if (!makesDatabase && !existsSync(dataDir))
    throw new BadInput('There is no database here', [
      {
        path: '--data',
        found: `nothing at ${dataDir}, and no .rollkeeper above it or at home`,
        expected: `--data DIR where one is, or a new one: ${typedCommand('rollkeeper user add ann')}`,
      },
    ]);
  const { openEmbeddedDatabase } = await import('../../store/embedded/embedded-postgres.ts');
  const embedded = await openEmbeddedDatabase(dataDir, { role: 'visitor', staysLong: watches, log });
  if (watches) return use(embedded.url).finally(() => embedded.close());
  const onSignal = (): void => void embedded.close().finally(() => process.exit(130));
  for (const signal of stopSignals) process.once(signal, onSignal);
  try {
    return await use(embedded.url);
  } finally {
    for (const signal of stopSignals) process.off(signal, onSignal);
    await embedded.close();
  }
}

export const withStore = <T>(session: Session, use: (store: OpenStore) => Promise<T>): Promise<T> =>
  withDatabase(session, (databaseUrl) => withStoreOn(session, databaseUrl, use));

/** On a database that is open already. */
export async function withStoreOn<T>(
  session: Session,
  databaseUrl: string,
  use: (store: OpenStore) => Promise<T>,
): Promise<T> {
  const { config, log } = session;
  const { migrate } = await import('../../store/migrate.ts');
  const { openStore } = await import('../../store/store.ts');
  if (config.database.kind === 'embedded') await migrate(databaseUrl, log);
  const store = await openStore({
    databaseUrl,
    encryptionKey: config.encryptionKey,
    formerKeys: config.formerKeys,
    daemonName: config.daemonName,
    environment: config.mode,
    log,
  });
  const trial = lazyTrial(config);
  try {
    const { administrators } = config;
    const keyCheck = keyCheckFor(session, store);
    const sealedFiles = sealedFilesWith(config.s3);
    const ports = { ...store, rules: exchangeRules, administrators, keyCheck, trial, sealedFiles };
    return await use(ports).catch(async (error: unknown) => {
      throw await advised(error, namesIn(store));
    });
  } finally {
    await trial.close();
    await store.close();
  }
}

/** Loaded when a key is asked about: other commands do without an exchange. */
function keyCheckFor({ config, log }: Session, { directory }: Store): KeyCheck {
  const quiet = log.child({}, { level: 'error' });
  const load = async (): Promise<KeyCheck> =>
    (await import('../../daemon/key-check.ts')).keyCheckOf(config, quiet, (id) => directory.credentials(id));
  return {
    ofKey: async (key) => (await load()).ofKey(key),
    ofAccount: async (accountId) => (await load()).ofAccount(accountId),
  };
}

const noExchange: KeyCheck = { ofKey: () => Promise.resolve(null), ofAccount: () => Promise.resolve(null) };

/** Opens the embedded database of a demo, and creates it where there is none. Closing the store closes the database. */
export async function openEmbeddedStore(
  dataDir: string,
  log: Logger,
  onMigrating: () => void,
): Promise<OpenStore> {
  const { openEmbeddedDatabase } = await import('../../store/embedded/embedded-postgres.ts');
  const { migrate } = await import('../../store/migrate.ts');
  const { openStore } = await import('../../store/store.ts');
  const database = await openEmbeddedDatabase(dataDir, { role: 'visitor', log });
  try {
    onMigrating();
    await migrate(database.url, log);
    const store = await openStore({
      databaseUrl: database.url,
      encryptionKey: paperKey(),
      daemonName: 'demo',
      environment: 'paper',
      log,
    });
    const trial = lazyTrial({ alerts: { mail: null, permitted: [], heartbeat: null }, telegram: null });
    return {
      ...store,
      rules: exchangeRules,
      administrators: { names: [], identities: [] },
      keyCheck: noExchange,
      trial,
      sealedFiles: sealedFilesWith({}),
      close: () => store.close().finally(() => database.close()),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const namesIn = ({ directory, tasks }: Store): KnownNames => ({
  users: async () => (await directory.users()).map(({ name }) => name),
  accounts: (userName) => directory.accounts({ userName }),
  tasksLike: (prefix, limit) => tasks.tasksLike(prefix, limit),
});
