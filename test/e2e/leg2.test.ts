/** Leg 2 does not open: what the outbox holds after minutes of exchange time, over a kill, and how it ends. */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { afterEach, expect, test } from 'vitest';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const targetSymbol = 'BTC-31MAR23-26000-C-USDT';

test('a leg 2 refused for margin brings alerts of rising severity, also after a kill, and opens once when there is margin', async () => {
  fixture = await DaemonFixture.open();
  const daemon = fixture.startDaemon();
  const task = await fixture.addTask({ execution: { style: 'cross' } });
  const alerts = async () => (await fixture.store.tasks.showTask(task))?.alerts ?? [];
  const untilAlert = (pattern: RegExp) =>
    fixture.until(
      async () => (await alerts()).some((alert) => pattern.test(alertText(alert))),
      async () => (await alerts()).map(alertText).join('\n'),
    );
  /** Until it waits for its next try, long enough for what comes: an order decided just before a jump leaves too late. */
  const untilFailed = (times: number) =>
    fixture.untilTask(
      task,
      ({ state, context }) => state === 'LEG2_OPENING.backingOff' && (context.roll?.failures ?? 0) >= times,
    );
  const refuse = { match: { linkIdPrefix: 'open-' }, times: 'always' } as const;
  fixture.paper.faults.add({
    kind: 'reject',
    retCode: 110007,
    retMsg: 'ab not enough for new order',
    ...refuse,
  });
  fixture.paper.setIndex('BTC', '24600');
  await untilAlert(/is not open: .*ab not enough.*Available \d.*Free margin or deposit/s);
  await untilFailed(4);
  fixture.paper.advance(minuteMs);
  await untilAlert(/still not open: .* for [1-4] min now/);
  await untilFailed(5);
  fixture.paper.advance(4 * minuteMs);
  await untilAlert(/still not open: .* for ([5-9]|1[0-4]) min now/);
  await untilFailed(6);
  await daemon.kill();
  fixture.paper.advance(30 * minuteMs);
  fixture.startDaemon();
  await untilAlert(/still not open: .* for (3[5-9]|4[0-4]) min now/);
  await untilFailed(7);
  fixture.paper.faults.clear();
  fixture.paper.advance(minuteMs);
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect((await alerts()).map((alert) => `${alert.severity}: ${alertText(alert).slice(0, 5)}`)).toEqual([
    'info: Leg 1',
    'warning: Leg 2',
    'critical: Leg 2',
    'critical: Leg 2',
    'critical: Leg 2',
    'info: Rolle',
  ]);
  expect(fixture.orders().filter((order) => !order.includes(' 0 '))).toEqual([
    `Buy 0.3 ${callSymbol} close-${task}`,
    expect.stringMatching(`^Sell 0\\.3 ${targetSymbol} open-${task}-a\\d+$`),
  ]);
});

test('an option that refuses gives way to the next best at once, over the wire and after a kill', async () => {
  fixture = await DaemonFixture.open();
  const daemon = fixture.startDaemon();
  const task = await fixture.addTask({ execution: { style: 'cross' } });
  const of = (symbol?: string) => ({ match: { linkIdPrefix: 'open-', ...(symbol && { symbol }) } });
  fixture.paper.faults.add({ kind: 'reject', retCode: 30228, times: 'always', ...of(targetSymbol) });
  fixture.paper.faults.add({ kind: 'reject', retCode: 110007, times: 'always', ...of() });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ context }) => (context.roll?.failures ?? 0) >= 2);
  await daemon.kill();
  fixture.paper.faults.clear();
  fixture.paper.faults.add({ kind: 'reject', retCode: 30228, times: 'always', ...of(targetSymbol) });
  fixture.startDaemon();
  await fixture.untilTask(task, (found) => found.context.rollsDone === 1);
  const { context } = await fixture.task(task);
  expect(context.held).toMatchObject({ symbol: 'BTC-31MAR23-26500-C-USDT', qty: '0.3' });
  expect(fixture.orders().filter((order) => order.includes(targetSymbol))).toEqual([]);
});

test('a person may accept a flat position while leg 2 is still being tried', async () => {
  fixture = await DaemonFixture.open();
  fixture.startDaemon();
  const task = await fixture.addTask({ execution: { style: 'cross' } });
  fixture.paper.faults.add({
    kind: 'reject',
    retCode: 110007,
    times: 'always',
    match: { linkIdPrefix: 'open-' },
  });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ context }) => (context.roll?.failures ?? 0) >= 2);
  const { accountId } = fixture;
  const commandId = await fixture.store.commands.send({
    accountId,
    taskId: task,
    kind: 'acceptFlat',
    askedBy: 'operator',
    payload: null,
  });
  await fixture.untilTask(task, ({ state }) => state === 'COMPLETED');
  expect(await fixture.store.commands.awaitAnswer(commandId, minuteMs)).toMatchObject({
    status: 'done',
    text: expect.stringContaining(`0.3 of ${targetSymbol} is missing`) as string,
  });
  expect(fixture.positions().join('\n')).not.toContain(targetSymbol);
});
