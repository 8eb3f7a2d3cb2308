/** The relay of live events against the promises of its port, between real stores on a real Postgres. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Listening } from '../../src/store/commands/listening.ts';
import { PostgresLiveRelay } from '../../src/store/live/postgres-live-relay.ts';
import { silentLog } from '../../src/store/log.ts';
import { openPool } from '../../src/store/pool.ts';
import {
  createTestDatabase,
  openTestStore,
  openWire,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { describeLiveRelay, type LiveRelayFixture } from './suites/live-relay.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function open(): Promise<LiveRelayFixture> {
  const wire = await openWire(database.url);
  const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
  const listening = new Listening({ databaseUrl: wire.url, log: silentLog });
  const store = await openTestStore(database.url, { daemonName: 'daemon-b' });
  const testnet = await openTestStore(database.url, { daemonName: 'daemon-c', environment: 'testnet' });
  return {
    here: new PostgresLiveRelay({ pool, listening, environment: 'paper' }),
    there: store.relay,
    elsewhere: testnet.relay,
    loseConnection: async (meanwhile) => {
      wire.mode = 'refused';
      wire.cut();
      await meanwhile();
      wire.mode = 'on';
    },
    close: async () => {
      await Promise.all([listening.close(), store.close(), testnet.close()]);
      await pool.end();
      await wire.close();
    },
  };
}

describeLiveRelay('Postgres', { open });

it('What others send on the channel is dropped, and nothing fails of it', async () => {
  const fixture = await open();
  const received: unknown[] = [];
  await fixture.here.listen({
    asked: (forMs) => received.push(forMs),
    received: (happenings) => received.push(...happenings),
    missed: () => received.push('missed'),
    reconnected: () => undefined,
  });
  const strange = [
    'hello',
    '',
    '{"from":"x","askForMs":1e12}',
    '{"from":"x","askForMs":-1}',
    '{"from":"x","happenings":[{"kind":"price","coin":"BTC","index":"1e999","atMs":1}]}',
    '{"from":"x","happenings":[{"kind":"task","accountId":"7 OR 1","taskId":"t","version":1,"state":"s","atMs":1}]}',
    '{"from":"x","happenings":[{"kind":"hello"}]}',
    '[',
  ];
  for (const payload of strange)
    await query(database.url, "SELECT pg_notify('rollkeeper_live_paper', $1)", [payload]);
  await fixture.there.ask(5_000);
  await expect.poll(() => received).toEqual([5_000]);
  await fixture.close?.();
});
