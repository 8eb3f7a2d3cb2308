/** What every request of a page or program reads: who asks, and one task. It is fresh, and costs the same after years of use. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { admitToken } from '../../src/application/admit.ts';
import { addToken, revokeToken } from '../../src/application/tokens.ts';
import { sql } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  type TestDatabase,
} from '../support/database.ts';
import { portsOn } from '../support/people-fixture.ts';

const taskIds = Array.from({ length: 101 }, (_, at) => `task-${at}`);

let database: TestDatabase;
let store: Store;
let accountId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  accountId = await addTestAccount(store);
  await store.ownership.claimAccounts();
  await createTestTasks(store, accountId, taskIds);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

it('a token that was revoked lets nobody in, however many ask at the same time', async () => {
  const ports = portsOn(store);
  await store.directory.addUser('ann');
  const named = { userName: 'ann', tokenName: 'robot' };
  const { token } = await addToken(operator, ports, { ...named, scope: 'read' });
  const ask = () => admitToken(ports, { token, from: 'test' });
  const kinds = async (asked: readonly ReturnType<typeof ask>[]) =>
    new Set((await Promise.all(asked)).map(({ kind }) => kind));
  expect(await kinds(Array.from({ length: 50 }, ask))).toEqual(new Set(['user']));
  const revoking = revokeToken(operator, ports, named);
  const meanwhile: ReturnType<typeof ask>[] = [];
  const asking = setInterval(() => meanwhile.push(ask()), 1);
  await revoking;
  const after = kinds(Array.from({ length: 50 }, ask));
  clearInterval(asking);
  expect(await after).toEqual(new Set(['nobody']));
  expect(meanwhile.length).toBeGreaterThan(0);
  await Promise.all(meanwhile);
});

it('one task is read from a few blocks, though its account has a hundred thousand commands and alerts', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    for (const text of [
      `INSERT INTO commands (account_id, id, task_id, kind, payload, asked_by, status, answered_at)
       SELECT ${accountId}, 'c' || n, 'task-' || 1 + n % 100, 'pause', '{}', 'operator', 'done', now() FROM generate_series(1, 100000) AS n`,
      `INSERT INTO alerts (account_id, task_id, version, severity, code, figures, at_ms, planned_at)
       SELECT ${accountId}, 'task-' || 1 + n % 100, 1, 'info', 'ROLLED', '{}', n, now() FROM generate_series(1, 100000) AS n`,
      'ANALYZE commands, alerts, tasks, journal',
      'SET plan_cache_mode = force_generic_plan',
      `PREPARE reading (text, bigint, integer) AS ${sql('show-task')}`,
    ])
      await client.query(text);
    const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Buffers }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE reading ('task-0', NULL, 20)`,
    );
    const { Plan: plan } = rows[0]?.['QUERY PLAN'][0] ?? { Plan: undefined };
    const blocks = (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0);
    expect(blocks).toBeLessThan(100);
  } finally {
    await client.end();
  }
});

interface Buffers {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}
