import { describe, expect, it, test } from 'vitest';
import { tapeClock, todaysClock } from '../../../src/exchange/bybit/time/clock-claim.ts';
import { ExchangeClock } from '../../../src/exchange/bybit/time/exchange-clock.ts';
import { HandTime } from './hand-time.ts';
import { minuteMs } from '../../../src/domain/units.ts';

const start = Date.UTC(2023, 2, 1);

async function setClock(rules = tapeClock) {
  const local = new HandTime();
  const clock = new ExchangeClock({ local, rules });
  await agree(local, clock, start);
  return { local, clock };
}

/** The exchange is asked until its time is believed; then it is what it was asked for last. */
async function agree(local: HandTime, clock: ExchangeClock, atMs: number): Promise<void> {
  for (let asked = 0; asked < 3; asked += 1) {
    if (asked > 0) await local.pass(500);
    await clock.measure(() => Promise.resolve(atMs));
  }
}

describe('the exchange clock', () => {
  it('takes what the first answers agree upon, whatever this computer believes', async () => {
    const { clock } = await setClock();
    expect(clock.nowMs()).toBe(start);
  });

  it('is not bound by what it said before it was set', async () => {
    const local = new HandTime();
    const clock = new ExchangeClock({ local });
    expect(clock.nowMs()).toBeGreaterThan(start);
    await agree(local, clock, start);
    expect(clock.nowMs()).toBe(start);
  });

  it('runs in local time between frames', async () => {
    const { local, clock } = await setClock();
    await local.pass(1_500);
    expect(clock.nowMs()).toBe(start + 1_500);
  });

  it('steps with a frame from a tape minute ahead and runs on from there', async () => {
    const { local, clock } = await setClock();
    clock.observe(start + minuteMs);
    expect(clock.nowMs()).toBe(start + minuteMs);
    await local.pass(250);
    expect(clock.nowMs()).toBe(start + minuteMs + 250);
  });

  it('jumps by hours when three readings agree', async () => {
    const { local, clock } = await setClock();
    for (const seconds of [0, 1]) {
      clock.observe(start + 60 * minuteMs + seconds * 1_000);
      await local.pass(100);
      expect(clock.nowMs()).toBeLessThan(start + minuteMs);
    }
    clock.observe(start + 60 * minuteMs + 2_000);
    expect(clock.nowMs()).toBe(start + 60 * minuteMs);
  });

  it('ignores frames that arrive late, also while a tape is played fast', async () => {
    const { clock } = await setClock();
    clock.observe(start + 2 * minuteMs);
    clock.observe(start + minuteMs);
    clock.observe(start + 2 * minuteMs - 1);
    expect(clock.nowMs()).toBe(start + 2 * minuteMs);
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
    expect(clock.estimatedMs()).toBe(start + 1_000);
    await local.pass(1_500);
    expect(clock.nowMs()).toBe(start + 3_000);
    await local.pass(1_000);
    expect(clock.nowMs()).toBe(start + 3_500);
  });

  it('does not let an answer written before a jump undo the jump', async () => {
    const { local, clock } = await setClock();
    await clock.measure(async () => {
      await local.pass(3);
      clock.observe(start + 2 * minuteMs);
      return start + 2;
    });
    expect(clock.estimatedMs()).toBe(start + 2 * minuteMs);
  });

  it('ignores times that are no numbers', async () => {
    const { clock } = await setClock();
    clock.observe(Number.NaN);
    clock.observe(Number.POSITIVE_INFINITY);
    expect(clock.nowMs()).toBe(start);
  });
});

describe.each([
  ['today', todaysClock],
  ['on a tape', tapeClock],
])('a time that others contradict, %s', (_, rules) => {
  const dayMs = 1_440 * minuteMs;
  const year2099 = Date.UTC(2099, 0, 1);

  it('of the year 2099 moves nothing, in an answer or in a frame', async () => {
    const { local, clock } = await setClock(rules);
    let contradictions = 0;
    clock.onContradiction(() => (contradictions += 1));
    for (const wrong of [year2099, start + 60 * dayMs, start + 60 * minuteMs]) {
      clock.observe(wrong);
      await clock.measure(() => Promise.resolve(wrong));
      await local.pass(100);
      clock.observe(clock.estimatedMs() + 1);
      expect(clock.claimedMs).toBeNull();
    }
    expect(clock.nowMs()).toBeLessThan(start + minuteMs);
    expect(contradictions).toBeGreaterThan(2);
  });

  it('moves nothing however often it comes, as long as it is contradicted each time', async () => {
    const { local, clock } = await setClock(rules);
    for (let times = 0; times < 50; times += 1) {
      await clock.measure(() => Promise.resolve(year2099 + times));
      await local.pass(400);
      clock.observe(clock.estimatedMs());
    }
    expect(clock.nowMs()).toBeLessThan(start + minuteMs);
  });

  it('taken once as a frame and once as a measurement is one reading', async () => {
    const { local, clock } = await setClock(rules);
    for (let answers = 0; answers < 2; answers += 1) {
      clock.observe(year2099);
      await clock.measure(() => Promise.resolve(year2099));
      await local.pass(1_000);
    }
    expect(clock.nowMs()).toBeLessThan(start + minuteMs);
  });

  it('does not stop the clock when it lies in the past', async () => {
    const { local, clock } = await setClock(rules);
    await clock.measure(() => Promise.resolve(start - 400 * dayMs));
    await local.pass(1_000);
    expect(clock.nowMs()).toBe(start + 1_000);
    clock.observe(clock.estimatedMs());
    expect(clock.claimedMs).toBeNull();
  });

  it('moves nothing in however many answers while frames come, which say otherwise, and does with the first that agrees', async () => {
    const { local, clock } = await setClock(rules);
    clock.observeFrame(clock.estimatedMs());
    for (let answers = 0; answers < 8; answers += 1) {
      await local.pass(400);
      clock.observe(year2099 + answers * 400);
      await clock.measure(() => Promise.resolve(year2099 + answers * 400));
    }
    expect(clock.nowMs()).toBeLessThan(start + minuteMs);
    clock.observeFrame(year2099 + 3_300);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(year2099);
  });

  it('is believed of answers alone when no frame comes any more', async () => {
    const { local, clock } = await setClock(rules);
    clock.observeFrame(clock.estimatedMs());
    await local.pass(5_000);
    await agree(local, clock, start + 60 * dayMs);
    expect(clock.nowMs()).toBe(start + 60 * dayMs);
  });

  it('as the very first one sets nothing, nor is it remembered', async () => {
    const local = new HandTime();
    const clock = new ExchangeClock({ local, rules });
    await clock.measure(() => Promise.resolve(year2099));
    expect(clock.isSet).toBe(false);
    await local.pass(500);
    await agree(local, clock, start);
    expect(clock.nowMs()).toBe(start);
  });

  it('is believed when the exchange keeps reporting it, and given up when it reports another one later', async () => {
    const { local, clock } = await setClock(rules);
    await agree(local, clock, start + 60 * dayMs);
    expect(clock.nowMs()).toBe(start + 60 * dayMs);
    await agree(local, clock, start + minuteMs);
    expect(clock.nowMs()).toBe(start + minuteMs);
  });
});

test('an alarm that was set by a wrong time rings after its wait when the time is set right', async () => {
  const { local, clock } = await setClock();
  const rung: string[] = [];
  clock.alarm(start + 60 * minuteMs, () => rung.push('in an hour'));
  await agree(local, clock, start + 50 * minuteMs);
  clock.alarm(clock.nowMs() + minuteMs, () => rung.push('in a minute'));
  await agree(local, clock, start + minuteMs);
  await local.pass(minuteMs);
  expect(rung).toEqual(['in a minute']);
  await local.pass(60 * minuteMs);
  expect(rung).toEqual(['in a minute', 'in an hour']);
});

describe('today', () => {
  it('a first answer that this computer agrees with is enough', async () => {
    const local = new HandTime();
    const clock = new ExchangeClock({ local, rules: todaysClock });
    await clock.measure(() => Promise.resolve(local.dateMs() + 30_000));
    expect(clock.isSet).toBe(true);
  });

  it('two times that are both wrong do not agree', async () => {
    const { local, clock } = await setClock(todaysClock);
    for (const days of [60, 90, 30, 60, 91]) {
      await clock.measure(() => Promise.resolve(start + days * 86_400_000));
      await local.pass(2_000);
    }
    expect(clock.nowMs()).toBeLessThan(start + minuteMs);
  });
});

/** What every clock does with alarms is in test/contract/suites/clock.ts. */
describe('an alarm', () => {
  it('rings as soon as a frame jumps past it, but not inside the call that reported the frame', async () => {
    const { local, clock } = await setClock();
    let rung = 0;
    clock.alarm(start + minuteMs, () => (rung += 1));
    clock.observe(start + 2 * minuteMs);
    expect(rung).toBe(0);
    await local.pass(0);
    expect(rung).toBe(1);
    await local.pass(10 * minuteMs);
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
