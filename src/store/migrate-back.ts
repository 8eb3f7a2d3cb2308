/**
 * Brings a database back to the schema of an older program, by undoing its newest migrations in one transaction. It is refused
 * while a daemon lives, because daemons rely on what would be taken away, and beyond a point of no return.
 */
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { BadInput } from '../domain/errors.ts';
import { packageFile } from '../files/package-files.ts';
import { appliedMigrations, migrationsTable, statementTimeoutMs } from './migrate.ts';
import { countLivingDaemons } from './migrate-upgraded.ts';
import { migrationNotes } from './migration-notes.ts';
import { connect, disconnect } from './pool.ts';

/**
 * @param last the migration that is to be the newest afterwards
 * @returns the names of what was undone, the newest first; empty when there was nothing to undo
 * @throws BadInput when that is not possible, with nothing changed
 */
export async function migrateBack(databaseUrl: string, last: string): Promise<readonly string[]> {
  const name = 'rollkeeper migrate';
  const client = await connect({ databaseUrl, name, statementTimeoutMs, onLost: () => undefined });
  try {
    const count = await countToUndo(client, last);
    if (count === 0) return [];
    await assertNoDaemon(databaseUrl);
    const { runner } = await import('node-pg-migrate');
    const quiet = () => undefined;
    const undone = await runner({
      dbClient: client,
      dir: fileURLToPath(packageFile('migrations/')),
      migrationsTable,
      direction: 'down',
      count,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    return undone.map((each) => each.name);
  } finally {
    await disconnect(client);
  }
}

async function countToUndo(client: Client, last: string): Promise<number> {
  const applied = await appliedMigrations(client);
  const at = applied.indexOf(last);
  if (at < 0)
    throw new BadInput('The database cannot be brought back to that schema', [
      { path: '--back-to', found: last, expected: `one of ${applied.join(', ')}` },
    ]);
  const notes = await migrationNotes();
  const barrier = applied
    .slice(at + 1)
    .map(
      (name) =>
        notes.find((note) => note.name === name) ?? {
          name,
          undo: null,
          noWayBack: 'this program does not know it.',
        },
    )
    .findLast(({ undo }) => undo === null);
  if (barrier)
    throw new BadInput('The database cannot be brought back to that schema', [
      {
        path: '--back-to',
        found: `${last}, but of ${barrier.name} there is no way back: ${barrier.noWayBack ?? ''}`,
        expected: `${barrier.name} or later; or a backup from before it`,
      },
    ]);
  return applied.length - 1 - at;
}

async function assertNoDaemon(databaseUrl: string): Promise<void> {
  const count = await countLivingDaemons(databaseUrl);
  if (count > 0)
    throw new BadInput('The schema cannot be brought back now', [
      {
        path: 'daemons',
        found: `${count} ${count === 1 ? 'daemon is' : 'daemons are'} running on this database`,
        expected: 'all of them to be stopped',
      },
    ]);
}
