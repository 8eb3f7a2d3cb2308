import { describe, expect, it } from 'vitest';
import { ExchangeClock } from '../../../src/exchange/bybit/exchange-clock.ts';
import { HandTime } from './hand-time.ts';

const start = Date.UTC(2023, 2, 1);
const minuteMs = 60_000;

async function setClock(jumpMaxMs?: number) {
  const local = new HandTime();
  const clock = new ExchangeClock(jumpMaxMs === undefined ? { local } : { local, jumpMaxMs });
  await clock.measure(() => Promise.resolve(start));
  return { local, clock };
}

describe('the exchange clock', () => {
  it('takes the first measurement whatever this computer believes', async () => {
    const { clock } = await setClock();
    expect(clock.nowMs()).toBe(start);
  });

  it('is not bound by what it said before it was set', async () => {
    const clock = new ExchangeClock({ local: new HandTime() });
    expect(clock.nowMs()).toBeGreaterThan(start);
    await clock.measure(() => Promise.resolve(start));
    expect(clock.nowMs()).toBe(start);
  });

  it('runs in local time between frames', async () => {
    const { local, clock } = await setClock();
    await local.pass(1_500);
    expect(clock.nowMs()).toBe(start + 1_500);
  });

  it('jumps with a frame from minutes ahead and runs on from there', async () => {
    const { local, clock } = await setClock();
    clock.observe(start + 10 * minuteMs);
    expect(clock.nowMs()).toBe(start + 10 * minuteMs);
    await local.pass(250);
    expect(clock.nowMs()).toBe(start + 10 * minuteMs + 250);
  });

  it('ignores frames that arrive late, also while a tape is played fast', async () => {
    const { clock } = await setClock();
    clock.observe(start + 10 * minuteMs);
    clock.observe(start + 9 * minuteMs);
    clock.observe(start + 10 * minuteMs - 1);
    expect(clock.nowMs()).toBe(start + 10 * minuteMs);
  });

  it('is never ahead of the exchange, however late its frames arrive', async () => {
    const { local, clock } = await setClock();
    let exchangeMs = start;
    for (const delayMs of [5, 900, 30, 3_000, 0, 1_200]) {
      exchangeMs += 2_000;
      await local.pass(2_000);
      clock.observe(exchangeMs - delayMs);
      expect(clock.nowMs()).toBeLessThanOrEqual(exchangeMs);
    }
  });

  it('takes the earliest time an answer can prove, never the middle of a long round trip', async () => {
    const { local, clock } = await setClock();
    await local.pass(100);
    const asking = clock.measure(async () => {
      await local.pass(800);
      return start + 5_000;
    });
    await asking;
    expect(clock.nowMs()).toBe(start + 5_000);
  });

  it('stands still when it is found ahead, until the exchange has caught up', async () => {
    const { local, clock } = await setClock();
    clock.observe(start + 3_000);
    expect(clock.nowMs()).toBe(start + 3_000);
    await clock.measure(() => Promise.resolve(start + 1_000));
    expect(clock.nowMs()).toBe(start + 3_000);
    expect(clock.reckonedMs()).toBe(start + 1_000);
    await local.pass(1_500);
    expect(clock.nowMs()).toBe(start + 3_000);
    await local.pass(1_000);
    expect(clock.nowMs()).toBe(start + 3_500);
  });

  it('does not let an answer written before a jump undo the jump', async () => {
    const { local, clock } = await setClock();
    await clock.measure(async () => {
      await local.pass(3);
      clock.observe(start + 10 * minuteMs);
      return start + 2;
    });
    expect(clock.reckonedMs()).toBe(start + 10 * minuteMs);
  });

  it('asks again instead of believing a frame further ahead than the exchange ever jumps', async () => {
    const { clock } = await setClock(5_000);
    let doubts = 0;
    clock.onDoubt(() => (doubts += 1));
    clock.observe(start + 60 * minuteMs);
    expect(clock.nowMs()).toBe(start);
    expect(doubts).toBe(1);
  });

  it('ignores times that are no numbers', async () => {
    const { clock } = await setClock();
    clock.observe(Number.NaN);
    clock.observe(Number.POSITIVE_INFINITY);
    expect(clock.nowMs()).toBe(start);
  });
});

describe('an alarm', () => {
  it('rings by local time, not before its time', async () => {
    const { local, clock } = await setClock();
    const rung: number[] = [];
    clock.alarm(start + 1_000, () => rung.push(clock.nowMs()));
    await local.pass(999);
    expect(rung).toEqual([]);
    await local.pass(1);
    expect(rung).toEqual([start + 1_000]);
  });

  it('rings as soon as a frame jumps past it, but not inside the call that told of the frame', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    clock.alarm(start + 5 * minuteMs, () => (rung += 1));
    clock.observe(start + 6 * minuteMs);
    expect(rung).toBe(0);
    await local.pass(0);
    expect(rung).toBe(1);
    await local.pass(10 * minuteMs);
    expect(rung).toBe(1);
  });

  it('rings when its time is over already, but not inside the call that set it', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    clock.alarm(start - 1, () => (rung += 1));
    expect(rung).toBe(0);
    await local.pass(0);
    expect(rung).toBe(1);
  });

  it('rings before a later one, and in the order they were set for equal times', async () => {
    const { local, clock } = await setClock();
    const rung: string[] = [];
    clock.alarm(start + 200, () => rung.push('c'));
    clock.alarm(start + 100, () => rung.push('a'));
    clock.alarm(start + 100, () => rung.push('b'));
    clock.observe(start + 1_000);
    await local.pass(0);
    expect(rung).toEqual(['a', 'b', 'c']);
  });

  it('never rings once cancelled, not even when it was due already', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    const cancelFuture = clock.alarm(start + 100, () => (rung += 1));
    const cancelDue = clock.alarm(start, () => (rung += 1));
    cancelFuture();
    cancelDue();
    cancelDue();
    await local.pass(1_000);
    expect(rung).toBe(0);
  });

  it('survives a thousand cancelled neighbours', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    clock.alarm(start + 500, () => (rung += 1));
    for (let index = 0; index < 1_000; index += 1) clock.alarm(start + 100 + index, () => (rung += 1))();
    await local.pass(2_000);
    expect(rung).toBe(1);
  });

  it('waits while the clock stands still', async () => {
    const { local, clock } = await setClock();
    clock.observe(start + 3_000);
    await clock.measure(() => Promise.resolve(start + 1_000));
    const rung: number[] = [];
    clock.alarm(start + 3_100, () => rung.push(clock.nowMs()));
    await local.pass(2_099);
    expect(rung).toEqual([]);
    await local.pass(1);
    expect(rung).toEqual([start + 3_100]);
  });

  it('is forgotten when the clock is closed', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    clock.alarm(start + 100, () => (rung += 1));
    clock.close();
    await local.pass(1_000);
    expect(rung).toBe(0);
  });
});
