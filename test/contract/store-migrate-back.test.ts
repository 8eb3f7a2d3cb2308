/** Every migration says whether there is a way back, and those that say so are undone and applied again. */
import { afterEach, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrateBack } from '../../src/store/migrate-back.ts';
import { migrationNotes } from '../../src/store/migration-notes.ts';
import { createTestDatabase, openTestStore, query, type TestDatabase } from '../support/database.ts';
import { migrateBy, schemaOf } from '../support/kept-database.ts';

let database: TestDatabase;
afterEach(() => database.drop());

const notes = await migrationNotes();
const isUndone = notes.map(({ undo }) => undo !== null);
const firstUndone = isUndone.lastIndexOf(false) + 1;

describe('Migrations', () => {
  it('say what an undo loses or why there is none, and what older daemons do; the newest ones can all be undone', async () => {
    database = await createTestDatabase();
    for (const note of notes) {
      expect(note.undo ?? note.noWayBack, note.name).toMatch(/^[a-z0-9].*\.$/);
      expect(note.older.text, note.name).toMatch(/^(go on|must stop first)\b.*\.$/);
      expect(note.hasUndoStatements, note.name).toBe(note.undo !== null);
    }
    expect(notes.slice(firstUndone).length).toBeGreaterThan(10);
  });

  it('are undone one by one to the schema that was there before, and applied again to the same as at first', async () => {
    database = await createTestDatabase({ migrated: false });
    await migrateBy(database.url, { direction: 'up', count: firstUndone });
    const before: string[][] = [await schemaOf(database.url)];
    for (const note of notes.slice(firstUndone)) {
      expect(await migrateBy(database.url, { direction: 'up', count: 1 })).toEqual([note.name]);
      before.push(await schemaOf(database.url));
    }
    const newest = before.pop();
    for (const note of notes.slice(firstUndone).reverse()) {
      expect(await migrateBy(database.url, { direction: 'down', count: 1 })).toEqual([note.name]);
      expect(await schemaOf(database.url), note.name).toEqual(before.pop());
    }
    await migrate(database.url, silentLog);
    expect(await schemaOf(database.url)).toEqual(newest);
  });
});

describe('Going back', () => {
  const names = notes.map(({ name }) => name);
  const [target = ''] = names.slice(-3);
  const applied = async () =>
    (await query<{ name: string }>(database.url, 'SELECT name FROM schema_migrations ORDER BY id')).map(
      ({ name }) => name,
    );

  it('undoes what came after the migration that is named, the newest first', async () => {
    database = await createTestDatabase();
    expect(await migrateBack(database.url, target)).toEqual(names.slice(-2).reverse());
    expect(await applied()).toEqual(names.slice(0, -2));
    expect(await migrateBack(database.url, target)).toEqual([]);
  });

  it('is refused while a daemon lives, beyond a point of no return, and to what is not there; nothing is changed', async () => {
    database = await createTestDatabase();
    const store = await openTestStore(database.url);
    await store.ownership.claimAccounts();
    await expect(migrateBack(database.url, target)).rejects.toThrow(/1 daemon.* running/);
    await store.close();
    await expect(migrateBack(database.url, '0010_task_phase')).rejects.toThrow(/0011_alert_codes/);
    await expect(migrateBack(database.url, '0099_later')).rejects.toThrow(BadInput);
    expect(await applied()).toEqual(names);
  });

  it('is refused where journals were archived, because their rows are in no table any more', async () => {
    database = await createTestDatabase();
    await query(database.url, 'ALTER TABLE seals DROP CONSTRAINT seals_account_id_task_id_fkey');
    await query(
      database.url,
      `INSERT INTO seals VALUES (1, 'k7', 1, 2, '', '', 'IDLE.watching', '1', '{}', '', '/archive/file')`,
    );
    await expect(migrateBack(database.url, '0020_reads')).rejects.toThrow(/journals were archived/);
    expect(await applied()).toEqual(names);
  });
});
