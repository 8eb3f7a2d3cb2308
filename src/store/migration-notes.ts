/**
 * What each migration says of itself in its header, for people who are about to apply or to undo it: `-- Undo: …` with what is lost
 * or `-- No way back: …` with the reason, and `-- Older daemons: …`, whether those that run may go on. What an undo does stands in
 * the same file under `-- Down Migration`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { packageFile } from '../files/package-files.ts';
import type { MigrationNote } from '../domain/doctor/migration-note.ts';

const folder = packageFile('migrations/');

/** The migrations of this program, in order. */
export const ownMigrations = async (): Promise<readonly string[]> =>
  (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();

/** @throws Error naming the file that says nothing of this */
export async function migrationNotes(): Promise<readonly MigrationNote[]> {
  return Promise.all(
    (await ownMigrations()).map(async (name) =>
      noteOf(name, await readFile(new URL(`${name}.sql`, folder), 'utf8')),
    ),
  );
}

function noteOf(name: string, text: string): MigrationNote {
  const said = (of: string): string | null =>
    new RegExp(`^-- ${of}: (.+(?:\\n-- [a-z].+)*)`, 'm').exec(text)?.[1]?.replaceAll('\n-- ', ' ') ?? null;
  const [undo, noWayBack, older] = [said('Undo'), said('No way back'), said('Older daemons')];
  if (older === null || (undo === null) === (noWayBack === null))
    throw new Error(`migrations/${name}.sql does not say whether it can be undone, or what older daemons do`);
  const kind = older.startsWith('must stop first') ? 'stop' : older === 'go on.' ? 'goOn' : 'limited';
  return {
    name,
    undo,
    noWayBack,
    older: { kind, text: older },
    hasUndoStatements: /^-- Down Migration$/m.test(text),
  };
}
