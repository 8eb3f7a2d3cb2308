/** A database made for a moment: it has our tables, and nothing of it stays, whatever happens in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/store/log.ts';
import { withScratchDatabase } from '../../src/store/scratch-database.ts';
import { createTestDatabase, query, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase({ migrated: false })));
afterAll(() => database.drop());

const scratches = () =>
  query(database.url, `SELECT datname FROM pg_database WHERE datname LIKE 'rollkeeper_scratch_%'`);

describe('A scratch database', () => {
  it('has our tables while it is used, and is gone afterwards', async () => {
    const tasks = await withScratchDatabase(database.url, silentLog, async (url) => {
      expect(await scratches()).toHaveLength(1);
      return query(url, 'SELECT count(*)::int AS n FROM tasks');
    });
    expect(tasks).toEqual([{ n: 0 }]);
    expect(await scratches()).toEqual([]);
  });

  it('is gone also when what was done in it failed', async () => {
    const failing = withScratchDatabase(database.url, silentLog, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(await scratches()).toEqual([]);
  });

  it('is refused, with what would be right, to a user who may make none', async () => {
    await query(database.url, `CREATE ROLE rollkeeper_modest LOGIN PASSWORD 'modest'`);
    const url = new URL(database.url);
    url.username = 'rollkeeper_modest';
    url.password = 'modest';
    const refused = withScratchDatabase(url.href, silentLog, () => Promise.resolve());
    await expect(refused).rejects.toThrow(BadInput);
    await expect(refused).rejects.toThrow('CREATEDB');
    await query(database.url, 'DROP ROLE rollkeeper_modest');
  });
});
