/** Leg 2 does not open: what the outbox holds after minutes of exchange time, over a kill, and how it ends. */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { afterEach, expect, test } from 'vitest';
import { callSymbol, DaemonBench } from '../support/daemon-bench.ts';

let bench: DaemonBench;
afterEach(() => bench.close());

const minuteMs = 60_000;
const targetSymbol = 'BTC-31MAR23-26000-C-USDT';

test('a leg 2 refused for margin is told of louder and louder, also after a kill, and opens once when there is margin', async () => {
  bench = await DaemonBench.open();
  const daemon = bench.startDaemon();
  const task = await bench.addTask({ execution: { style: 'cross' } });
  const alerts = async () => (await bench.store.tasks.showTask(task))?.alerts ?? [];
  const untilAlert = (pattern: RegExp) =>
    bench.until(
      async () => (await alerts()).some((alert) => pattern.test(alertText(alert))),
      async () => (await alerts()).map(alertText).join('\n'),
    );
  /** Until it waits for its next try, long enough for what comes: an order decided just before a jump leaves too late. */
  const untilFailed = (times: number) =>
    bench.untilTask(
      task,
      ({ state, context }) => state === 'LEG2_OPENING.backingOff' && (context.roll?.failures ?? 0) >= times,
    );
  const refuse = { match: { linkIdPrefix: 'open-' }, times: 'always' } as const;
  bench.paper.faults.add({
    kind: 'reject',
    retCode: 110007,
    retMsg: 'ab not enough for new order',
    ...refuse,
  });
  bench.paper.setIndex('BTC', '24600');
  await untilAlert(/is not open: .*ab not enough.*Available \d.*Free margin or deposit/s);
  await untilFailed(4);
  bench.paper.advance(minuteMs);
  await untilAlert(/still not open: .* for [1-4] min now/);
  await untilFailed(5);
  bench.paper.advance(4 * minuteMs);
  await untilAlert(/still not open: .* for ([5-9]|1[0-4]) min now/);
  await untilFailed(6);
  await daemon.kill();
  bench.paper.advance(30 * minuteMs);
  bench.startDaemon();
  await untilAlert(/still not open: .* for (3[5-9]|4[0-4]) min now/);
  await untilFailed(7);
  bench.paper.faults.clear();
  bench.paper.advance(minuteMs);
  await bench.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect((await alerts()).map((alert) => `${alert.severity}: ${alertText(alert).slice(0, 5)}`)).toEqual([
    'info: Leg 1',
    'warning: Leg 2',
    'critical: Leg 2',
    'critical: Leg 2',
    'critical: Leg 2',
    'info: Rolle',
  ]);
  expect(bench.orders().filter((order) => !order.includes(' 0 '))).toEqual([
    `Buy 0.3 ${callSymbol} close-${task}`,
    expect.stringMatching(`^Sell 0\\.3 ${targetSymbol} open-${task}-a\\d+$`),
  ]);
});

test('an option that refuses gives way to the next best at once, over the wire and after a kill', async () => {
  bench = await DaemonBench.open();
  const daemon = bench.startDaemon();
  const task = await bench.addTask({ execution: { style: 'cross' } });
  const of = (symbol?: string) => ({ match: { linkIdPrefix: 'open-', ...(symbol && { symbol }) } });
  bench.paper.faults.add({ kind: 'reject', retCode: 30228, times: 'always', ...of(targetSymbol) });
  bench.paper.faults.add({ kind: 'reject', retCode: 110007, times: 'always', ...of() });
  bench.paper.setIndex('BTC', '24600');
  await bench.untilTask(task, ({ context }) => (context.roll?.failures ?? 0) >= 2);
  await daemon.kill();
  bench.paper.faults.clear();
  bench.paper.faults.add({ kind: 'reject', retCode: 30228, times: 'always', ...of(targetSymbol) });
  bench.startDaemon();
  await bench.untilTask(task, (found) => found.context.rollsDone === 1);
  const { context } = await bench.task(task);
  expect(context.held).toMatchObject({ symbol: 'BTC-31MAR23-26500-C-USDT', qty: '0.3' });
  expect(bench.orders().filter((order) => order.includes(targetSymbol))).toEqual([]);
});

test('a person may leave it as it is while it keeps trying', async () => {
  bench = await DaemonBench.open();
  bench.startDaemon();
  const task = await bench.addTask({ execution: { style: 'cross' } });
  bench.paper.faults.add({
    kind: 'reject',
    retCode: 110007,
    times: 'always',
    match: { linkIdPrefix: 'open-' },
  });
  bench.paper.setIndex('BTC', '24600');
  await bench.untilTask(task, ({ context }) => (context.roll?.failures ?? 0) >= 2);
  const { accountId } = bench;
  const commandId = await bench.store.commands.send({
    accountId,
    taskId: task,
    kind: 'acceptFlat',
    askedBy: 'operator',
    payload: null,
  });
  await bench.untilTask(task, ({ state }) => state === 'COMPLETED');
  expect(await bench.store.commands.awaitAnswer(commandId, minuteMs)).toMatchObject({
    status: 'done',
    text: expect.stringContaining(`0.3 of ${targetSymbol} is missing`) as string,
  });
  expect(bench.positions().join('\n')).not.toContain(targetSymbol);
});
