/** Two daemons that both believe the task is theirs. Real Postgres, real sockets; the first one's locks are taken away behind its back. */
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { paperKey } from '../../src/config.ts';
import { createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { Supervisor } from '../../src/runtime/supervisor.ts';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { openTestStore, query } from '../support/database.ts';

const log = pino({ level: 'silent' });
let fixture: DaemonFixture;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await fixture.close();
});

/** A daemon in this process that goes on as if nothing had happened when its locks are taken away. */
async function stubbornOwner(daemonName: string): Promise<Supervisor> {
  const store = await openTestStore(fixture.database.url, { daemonName, encryptionKey: paperKey() });
  const exchange = createBybitExchange({ restUrl: fixture.paper.url, wsUrl: fixture.paper.wsUrl, log });
  const { ownership } = store;
  const supervisor = new Supervisor({
    ...store,
    ownership: {
      claimAccounts: () => ownership.claimAccounts(),
      giveBack: (shard) => ownership.giveBack(shard),
      resign: () => ownership.resign(),
      noteAccount: (accountId, state) => ownership.noteAccount(accountId, state),
      adopt: (accountId) => ownership.adopt(accountId),
      reload: (accountId, taskId) => ownership.reload(accountId, taskId),
      create: (task) => ownership.create(task),
      onLost: () => undefined,
      release: () => Promise.resolve(),
    },
    market: exchange.market,
    clock: exchange.clock,
    log,
    connect: async (accountId) => exchange.account(await store.directory.credentials(accountId)),
  });
  await exchange.market.open(supervisor.marketListener);
  await supervisor.claim();
  closers.push(async () => {
    await supervisor.stop();
    await exchange.close();
    await store.close();
  });
  return supervisor;
}

const heldHere = `FROM pg_locks
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Ends every session that holds a shard of this database, and waits until it is gone, so that the next daemon can take it. */
async function freeShards(): Promise<void> {
  await query(fixture.database.url, `SELECT pg_terminate_backend(pid) ${heldHere}`);
  await fixture.until(async () => (await query(fixture.database.url, `SELECT ${heldHere}`)).length === 0);
}

test('two daemons given the same task place each order once', async () => {
  fixture = await DaemonFixture.open();
  const founder = fixture.startDaemon();
  const task = await fixture.addTask();
  await founder.terminate();
  const first = await stubbornOwner('first');
  await freeShards();
  const second = await stubbornOwner('second');
  expect([first.taskCount, second.taskCount]).toEqual([1, 1]);

  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);

  expect(fixture.orders()).toEqual([
    `Buy 0.3 ${callSymbol} close-${task}`,
    `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
  ]);
  expect(fixture.paper.stats().ordersRejected).toBe(0);
  expect([first.taskCount, second.taskCount]).toEqual([0, 1]);
});

test('a daemon fenced in the middle of a roll sends nothing more, and its successor ends the roll', async () => {
  fixture = await DaemonFixture.open();
  const founder = fixture.startDaemon();
  const task = await fixture.addTask({
    execution: { style: 'walk', every: '200ms', steps: 2, deadline: '2m' },
  });
  await founder.terminate();
  const first = await stubbornOwner('first');
  // So that the roll is still under way when the second one has come in, also on a busy machine.
  fixture.paper.faults.add({ kind: 'delayEffect', ms: 15_000, match: { linkIdPrefix: 'close-' } });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ state }) => state.startsWith('ROLL_INITIATED'));
  await freeShards();
  const second = await stubbornOwner('second');
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);

  const traded = fixture.orders().filter((order) => !order.includes(' 0 '));
  expect(traded).toEqual([
    `Buy 0.3 ${callSymbol} close-${task}`,
    `Sell 0.3 BTC-31MAR23-26000-C-USDT open-${task}`,
  ]);
  await fixture.until(() => first.taskCount === 0);
  expect(second.taskCount).toBe(1);
});
