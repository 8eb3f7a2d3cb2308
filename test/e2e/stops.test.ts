/**
 * Stops at the exchange and a real daemon: its emergency stop closes the position while the daemon is dead, and an owner's stop fires
 * in the middle of a roll. Real processes, real kills, a real database.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { endingOf } from '../../src/domain/roll/task-ending.ts';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { signedPost } from '../unit/paper/wire.ts';

let fixture: DaemonFixture;
beforeAll(async () => {
  fixture = await DaemonFixture.open('Sell', { symbols: [callSymbol], accountsTotal: 2 });
});
afterAll(() => fixture.close());

const alertsOf = async (taskId: string): Promise<string[]> => {
  const page = await fixture.store.tasks.showTask(taskId);
  return (page?.alerts ?? []).map(alertText);
};

/** Two lists, ten seconds apart, show what a dead daemon has missed: the next test passes meanwhile. */
let stoppedTask = '';

test('an emergency stop closes the position of a dead daemon', async () => {
  const daemon = fixture.startDaemon();
  const task = await fixture.addTask({ trigger: 90_000, emergencyStop: { loss: '150%' } });
  await fixture.untilTask(task, ({ context }) => context.seenStops?.emergency != null);
  expect((await fixture.task(task)).context.seenStops?.stops).toMatchObject([
    { symbol: callSymbol, kind: 'stopLoss', qty: '0.3' },
  ]);
  await daemon.kill();

  fixture.paper.setIndex('BTC', '27500');
  await fixture.until(() => fixture.positions().length === 0);

  fixture.startDaemon();
  stoppedTask = task;
});

test("an owner's stop that fires while leg 1 is worked ends the roll, and nothing is opened", async () => {
  const [, accountId] = fixture.accountIds;
  fixture.paper.setIndex('BTC', '23500');
  const given = { category: 'option', symbol: callSymbol, tpslMode: 'Full', positionIdx: 0 };
  const set = await signedPost('/v5/position/trading-stop', JSON.stringify({ ...given, stopLoss: '1800' }), {
    url: fixture.paper.url,
    timestampMs: fixture.paper.player.nowMs(),
    key: 'fixture-key-1',
    secret: 'fixture-secret',
  });
  expect(set.json).toMatchObject({ retCode: 0 });
  const task = await fixture.addTask(
    { execution: { style: 'walk', every: '200ms', steps: 2, deadline: '60s' } },
    accountId,
  );
  expect((await fixture.task(task)).context.seenStops?.stops).toMatchObject([{ mark: '1800' }]);

  fixture.paper.faults.add({ kind: 'partialFill', qty: '0.1', match: { linkIdPrefix: 'close-' } });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.until(() => fixture.positions(1).includes(`Sell 0.2 ${callSymbol}`));
  fixture.paper.setIndex('BTC', '27500');
  await fixture.untilTask(task, ({ state }) => state === 'COMPLETED');

  expect(fixture.positions(1)).toEqual([]);
  expect(endingOf((await fixture.task(task)).context)).toBe('stoppedOut');
  expect(fixture.orders(1).filter((order) => order.includes('open-'))).toEqual([]);
  expect((await alertsOf(task)).at(-1)).toContain(
    'The roll had closed 0.1 of it before; nothing more is opened.',
  );
});

test('the daemon that comes after the dead one understands that its emergency stop has fired', async () => {
  await fixture.untilTask(stoppedTask, ({ state }) => state === 'COMPLETED');
  const { context } = await fixture.task(stoppedTask);
  expect(endingOf(context)).toBe('stoppedOut');
  expect(context.ledger.changedByOwner).toBe('0');
  expect((await alertsOf(stoppedTask)).join('\n')).toContain(
    `your stop-loss at the exchange closed 0.3 ${callSymbol}`,
  );
});
