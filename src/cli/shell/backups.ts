/** Backups of the embedded database for the commands that make and restore them. */
import { BadInput } from '../../domain/errors.ts';
import { version } from '../../daemon/package.ts';
import type { BackupSummary } from '../../store/embedded/backup.ts';
import { withDatabase, withStoreOn, type OpenStore } from './database.ts';
import type { Session } from './session.ts';

/** Copies the database while its daemon and other commands go on. @throws BadInput where it is not the embedded one, or `to` is there already */
export function backUpTo(session: Session, to: string): Promise<BackupSummary> {
  const dataDir = embeddedIn(session, 'make');
  return withDatabase(session, async (databaseUrl) => {
    const { backUp } = await import('../../store/embedded/backup.ts');
    return backUp({ databaseUrl, dataDir, to, version: version() });
  });
}

/**
 * Makes the session's data directory from a backup.
 * @param use done with the database before it is in its place
 * @returns what `use` gave
 * @throws BadInput when it is no backup, or the data directory is in use; Terminal when it is damaged
 */
export async function restoreFrom<T>(
  session: Session,
  from: string,
  use: (store: OpenStore, takenAtMs: number) => Promise<T>,
): Promise<T> {
  const dataDir = embeddedIn(session, 'restore');
  const { restore } = await import('../../store/embedded/restore.ts');
  return restore({
    from,
    dataDir,
    log: session.log,
    prepare: (databaseUrl, { takenAtMs }) =>
      withStoreOn(session, databaseUrl, (store) => use(store, takenAtMs)),
  });
}

function embeddedIn({ config: { database } }: Session, wish: 'make' | 'restore'): string {
  if (database.kind === 'embedded') return database.dataDir;
  const tool = wish === 'make' ? 'pg_dump or pg_basebackup' : 'psql or pg_restore';
  throw new BadInput('This is for the database that comes with the package', [
    {
      path: 'DATABASE_URL',
      found: 'a Postgres of your own',
      expected: `${tool} for that one (docs/operations.md); or --data DIR for an embedded database`,
    },
  ]);
}
