/** The exchange's clock and the speed of the tape, on wall time that the test lets pass. */
import { describe, expect, it } from 'vitest';
import type { Minute, MinuteSource } from '../../../src/exchange/paper/price-path.ts';
import { ManualPlayer } from '../../../src/exchange/paper/manual-player.ts';
import { TapePlayer, type PacingOptions, type PlayerHost } from '../../../src/exchange/paper/player.ts';
import { TapeClock } from '../../../src/exchange/paper/tape-clock.ts';
import { ManualClock } from './engine-fixture.ts';

const startMs = Date.UTC(2023, 2, 1);
const minute = (at: number): Minute => ({
  atMs: startMs + at * 60_000,
  open: 100 + at,
  high: 103 + at,
  low: 98 + at,
  close: 101 + at,
});
const tape = (minutes: number): MinuteSource => ({
  baseCoin: 'BTC',
  startMs,
  totalMinutes: minutes,
  minute: (at) => (at < minutes ? minute(at) : undefined),
});

interface PlayerFixture {
  readonly wall: ManualClock;
  readonly player: TapePlayer;
  readonly ticks: { atMs: number; price: number }[];
  barriers: number;
  isBusy: boolean;
  /** What the next barrier does besides resolving. */
  atBarrier: () => void;
}

function fixtureWith(minutes: number, pacing: PacingOptions = {}): PlayerFixture {
  const wall = new ManualClock();
  const ticks: { atMs: number; price: number }[] = [];
  const fixture = {
    wall,
    ticks,
    barriers: 0,
    isBusy: false,
    atBarrier: () => undefined,
  } as unknown as PlayerFixture;
  const host: PlayerHost = {
    tick: (atMs, _, price) => void ticks.push({ atMs: atMs - startMs, price }),
    isBusy: () => fixture.isBusy,
    barrier: () => {
      fixture.barriers += 1;
      fixture.atBarrier();
      return Promise.resolve();
    },
  };
  const player = new TapePlayer(tape(minutes), {
    wall,
    host,
    pacing: { speed: 'fast', minuteMs: 0, startWhen: 'called', ...pacing },
  });
  player.open();
  return Object.assign(fixture, { player });
}

/** Lets promises and timers run for so much wall time, a millisecond at a time. */
async function pass(wall: ManualClock, durationMs: number): Promise<void> {
  for (let at = 0; at < durationMs; at += 1) {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    wall.pass(1);
  }
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('the exchange clock', () => {
  it('accepts at real-time speed what Bybit accepts: server - window <= timestamp < server + 1000', () => {
    const wall = new ManualClock();
    const clock = new TapeClock(wall, startMs);
    clock.set(startMs, 1);
    wall.pass(20_000);
    const now = startMs + 20_000;
    expect(clock.nowMs()).toBe(now);
    expect(clock.accepts(now - 5_000, 5_000)).toBe(true);
    expect(clock.accepts(now - 5_001, 5_000)).toBe(false);
    expect(clock.accepts(now + 999, 5_000)).toBe(true);
    expect(clock.accepts(now + 1_000, 5_000)).toBe(false);
    expect(clock.accepts(now + 1_000, 60_000)).toBe(false);
  });

  it('accepts what it showed within the window of real time, however far the tape raced since', () => {
    const wall = new ManualClock();
    const clock = new TapeClock(wall, startMs);
    wall.pass(1_000);
    for (let at = 1; at <= 1_000; at += 1) {
      clock.set(startMs + at * 60_000, 0);
      wall.pass(1);
    }
    const sixtyMinutesBack = startMs + 940 * 60_000;
    expect(clock.accepts(sixtyMinutesBack, 5_000)).toBe(true);
    expect(clock.accepts(sixtyMinutesBack, 50)).toBe(false);
    wall.pass(5_000);
    expect(clock.accepts(sixtyMinutesBack, 5_000)).toBe(false);
  });

  it('never goes back', () => {
    const clock = new TapeClock(new ManualClock(), startMs);
    clock.set(startMs + 5_000, 0);
    clock.set(startMs, 0);
    expect(clock.nowMs()).toBe(startMs + 5_000);
  });

  it('accepts a client whose clock ran on while the tape waited to start', () => {
    const wall = new ManualClock();
    const clock = new TapeClock(wall, startMs);
    wall.pass(30_000);
    expect(clock.nowMs()).toBe(startMs);
    expect(clock.accepts(startMs + 30_000, 5_000)).toBe(true);
    expect(clock.accepts(startMs + 31_000, 5_000)).toBe(false);
  });
});

describe('the player', () => {
  it('plays every point of every quiet minute in order, with twelve barriers after each minute', async () => {
    const fixture = fixtureWith(50);
    fixture.player.start();
    await fixture.player.done;
    expect(fixture.ticks.map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: 50 }, (_, at) => [0, 20, 40, 59].map((s) => at * 60_000 + s * 1_000)).flat(),
    );
    expect(fixture.barriers).toBe(600);
    expect(fixture.player.progress()).toEqual({
      playedMinutes: 50,
      totalMinutes: 50,
      index: '150.00',
      mode: 'ended',
    });
    fixture.player.close();
  });

  it('waits for the first public subscription, or for start()', async () => {
    const fixture = fixtureWith(5, { startWhen: 'subscribed' });
    await pass(fixture.wall, 500);
    expect(fixture.player.progress().mode).toBe('waiting');
    expect(fixture.ticks).toHaveLength(1);
    fixture.player.subscribed();
    await fixture.player.done;
    expect(fixture.ticks).toHaveLength(20);
    fixture.player.close();
  });

  it('can keep real time until prices are subscribed to, and races only then', async () => {
    const fixture = fixtureWith(100, { startWhen: 'now, fast when subscribed' });
    await pass(fixture.wall, 10_000);
    expect(fixture.player.nowMs() - startMs).toBe(10_000);
    expect(fixture.player.progress()).toMatchObject({ mode: 'real time', playedMinutes: 0 });
    fixture.player.subscribed();
    await pass(fixture.wall, 200);
    await fixture.player.done;
    expect(fixture.player.progress()).toMatchObject({ mode: 'ended', playedMinutes: 100 });
    fixture.player.close();
  });

  it('stops racing at once when a client acts, and races again after quietMs', async () => {
    const fixture = fixtureWith(1_000);
    fixture.atBarrier = () => {
      if (fixture.barriers === 10) fixture.player.touch('request');
    };
    fixture.player.start();
    await pass(fixture.wall, 250);
    expect(fixture.barriers).toBe(10);
    expect(fixture.player.progress().mode).toBe('real time');
    expect(fixture.player.nowMs() - startMs).toBeLessThan(11 * 60_000);
    await pass(fixture.wall, 250);
    await fixture.player.done;
    fixture.player.close();
  });

  it('keeps real time as long as it is held', async () => {
    const fixture = fixtureWith(1_000);
    fixture.atBarrier = () => {
      if (fixture.barriers === 10) fixture.player.hold(true);
    };
    fixture.player.start();
    await pass(fixture.wall, 10_000);
    expect(fixture.barriers).toBe(10);
    expect(fixture.player.progress().mode).toBe('real time');
    fixture.player.hold(false);
    await pass(fixture.wall, 250);
    await fixture.player.done;
    fixture.player.close();
  });

  it('lingers after an order as long as it is told to, and not after a mere request', async () => {
    const fixture = fixtureWith(1_000, { afterOrderMs: 5_000 });
    const modeAfter = async (wallMs: number): Promise<string> => {
      await pass(fixture.wall, wallMs);
      return fixture.player.progress().mode;
    };
    fixture.atBarrier = () => {
      if (fixture.barriers === 10) fixture.player.touch('order');
      if (fixture.barriers === 20) fixture.player.touch('request');
    };
    fixture.player.start();
    expect(await modeAfter(4_900)).toBe('real time');
    expect(fixture.barriers).toBe(10);
    expect(await modeAfter(200)).toBe('real time');
    expect(fixture.barriers).toBe(20);
    expect(await modeAfter(400)).not.toBe('real time');
    fixture.player.close();
  });

  it('stays in real time while an order is open: a second of tape a second', async () => {
    const fixture = fixtureWith(1_000);
    fixture.isBusy = true;
    fixture.player.start();
    await pass(fixture.wall, 60_000);
    expect(fixture.player.nowMs() - startMs).toBe(60_000);
    const inside = fixture.ticks.find(({ atMs }) => atMs === 10_000);
    expect(inside?.price).toBeCloseTo(99, 9); // halfway from the open (100) to the low (98)
    fixture.isBusy = false;
    await pass(fixture.wall, 200);
    await fixture.player.done;
    fixture.player.close();
  });

  it('plays at a multiple of real time when one is set', async () => {
    const fixture = fixtureWith(100, { speed: 60 });
    fixture.player.start();
    await pass(fixture.wall, 10_000);
    expect(fixture.player.nowMs() - startMs).toBe(600_000);
    fixture.player.touch('request');
    await pass(fixture.wall, 100);
    const before = fixture.player.nowMs();
    await pass(fixture.wall, 100);
    expect(fixture.player.nowMs() - before).toBe(100);
    fixture.player.close();
  });

  it('lets time pass on at the last price after the tape has ended', async () => {
    const fixture = fixtureWith(2);
    fixture.player.start();
    await fixture.player.done;
    const before = fixture.player.nowMs();
    await pass(fixture.wall, 1_000);
    expect(fixture.player.nowMs() - before).toBe(1_000);
    expect(fixture.ticks[fixture.ticks.length - 1]?.price).toBe(102);
    fixture.player.close();
  });
});

describe('prices that the caller sets', () => {
  it('stay where they were set, while time passes as it really does or by command', () => {
    const wall = new ManualClock();
    const ticks: string[] = [];
    const host = {
      tick: (atMs: number, coin: string, price: number) => void ticks.push(`${atMs} ${coin} ${price}`),
      isBusy: () => false,
      barrier: () => Promise.resolve(),
    };
    const running = new ManualPlayer(
      { prices: { BTC: '100' }, startMs: 0, standing: false, tickMs: 100 },
      wall,
      host,
    );
    running.open();
    wall.pass(100);
    running.setIndex('BTC', '101');
    running.advance(60_000);
    expect(ticks).toEqual(['0 BTC 100', '100 BTC 100', '100 BTC 101', '60100 BTC 101']);
    expect(() => running.setIndex('BTC', '-1')).toThrow('above 0');
    running.close();
    const standing = new ManualPlayer(
      { prices: { BTC: '100' }, startMs: 5, standing: true, tickMs: 100 },
      wall,
      host,
    );
    standing.open();
    wall.pass(10_000);
    expect(standing.nowMs()).toBe(5);
    standing.close();
  });
});
