/**
 * A daemon of the next version takes over from the one that stops, while prices go on. A trigger that is reached while neither
 * watches is a roll, once; a price that is back before anything watches again is none, and the log says for how long none did.
 */
import { afterEach, expect, test } from 'vitest';
import { replay } from '../../src/replay/replay.ts';
import { callSymbol, DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const callWithStrike = (strike: number): string => `BTC-31MAR23-${strike}-C-USDT`;
const spec = { execution: { style: 'cross' }, guards: { cooldown: '1s' } };

interface LogLine {
  readonly msg?: string;
  readonly unwatchedMaxMs?: number;
}

const linesOf = ({ logs }: NamedDaemon): LogLine[] =>
  logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);

/** A daemon beside the one that manages the account. */
async function standby(): Promise<NamedDaemon> {
  const daemon = fixture.startDaemon();
  await fixture.until(() => linesOf(daemon).some(({ msg }) => msg?.startsWith('running') === true));
  return daemon;
}

/** For how long at most the account was watched by none, by the log of its next daemon. */
async function unwatchedMs(daemon: NamedDaemon): Promise<number> {
  const found = (): number | undefined =>
    linesOf(daemon).find(({ unwatchedMaxMs }) => unwatchedMaxMs !== undefined)?.unwatchedMaxMs;
  await fixture.until(() => found() !== undefined);
  return found() ?? Number.NaN;
}

test('a trigger that is reached while neither daemon watches is rolled once by the next, and a spike in between is not', async ({
  annotate,
}) => {
  fixture = await DaemonFixture.open();
  const first = fixture.startDaemon();
  const task = await fixture.addTask(spec);

  // Stopped and reached in between: the next one is held until the first has ended.
  const second = await standby();
  second.process.kill('SIGSTOP');
  expect(await first.terminate()).toBe(0);
  fixture.paper.setIndex('BTC', '24600');
  second.process.kill('SIGCONT');
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  const held = await unwatchedMs(second);

  // Killed, and a price that is back at once: none saw it, and none trades on it.
  const third = await standby();
  third.process.kill('SIGSTOP');
  await second.kill();
  fixture.paper.setIndex('BTC', '25700');
  fixture.paper.setIndex('BTC', '24700');
  third.process.kill('SIGCONT');
  const killed = await unwatchedMs(third);
  expect(fixture.orders()).toHaveLength(2);
  expect((await fixture.task(task)).state).toMatch(/^IDLE/);

  // As an operator does it, with prices all the time and the trigger reached as the signal is sent.
  const fourth = await standby();
  let ticks = 0;
  const prices = setInterval(() => fixture.paper.setIndex('BTC', String(25_700 + (ticks++ % 5))), 50);
  expect(await third.terminate()).toBe(0);
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 2);
  clearInterval(prices);
  await annotate(
    `unwatched at most: ${held} ms behind a daemon that was held, ${killed} ms after kill -9, ${await unwatchedMs(fourth)} ms after SIGTERM`,
  );

  expect(fixture.orders()).toEqual([
    `Buy 0.3 ${callSymbol} close-${task}`,
    `Sell 0.3 ${callWithStrike(26_000)} open-${task}`,
    `Buy 0.3 ${callWithStrike(26_000)} close-${task}`,
    `Sell 0.3 ${callWithStrike(27_000)} open-${task}`,
  ]);
  expect(fixture.paper.stats()).toMatchObject({ ordersRejected: 0, duplicateLinkIds: 0 });

  // It waited at each take-over: they left no row, and what four daemons made of it replays as if it were one.
  const rows = await fixture.store.tasks.journalRows(task);
  expect(rows.filter(({ eventJson }) => eventJson.includes('"ADOPTED"'))).toEqual([]);
  expect(replay(rows)).toMatchObject({ rows: rows.length, mismatch: null });
});
