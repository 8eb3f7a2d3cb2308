/** Recorded and invented prices. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { repeatText, seed } from '../../support/seed.ts';
import { pointsOf, priceBetween } from '../../../src/exchange/paper/price-path.ts';
import { parseTape, readTape, resumedTape } from '../../../src/exchange/paper/tape.ts';
import { randomWalk } from '../../../src/exchange/paper/walk.ts';

const march = fileURLToPath(
  new URL('../../../src/exchange/paper/tapes/btcusdt-1m-2023-03.csv.gz', import.meta.url),
);
const head = 'time,open,high,low,close\n';
const good = '2023-03-01T00:00Z,23140.48,23150.77,23128.52,23142.31\n';

describe('a tape', () => {
  it('of March 2023 has 30,240 minutes without a gap', () => {
    const tape = readTape({ path: march });
    expect(tape.totalMinutes).toBe(30_240);
    expect(tape.startMs).toBe(Date.UTC(2023, 2, 1));
    expect(tape.minute(30_239)).toMatchObject({ close: 28_110.26 });
    expect(tape.minute(30_240)).toBeUndefined();
  });

  it('can be cut at both ends', () => {
    const tape = readTape({ path: march, fromMs: Date.UTC(2023, 2, 9), toMs: Date.UTC(2023, 2, 10) });
    expect(tape.totalMinutes).toBe(1_440);
    expect(() => readTape({ path: march, fromMs: Date.UTC(2024, 0, 1) })).toThrow('no minute lies between');
  });

  it('goes on from any moment of it, never before that moment, and stands at its last price after its end', () => {
    const tape = readTape({ path: march });
    const [startMs, minutes] = [tape.startMs, tape.totalMinutes ?? 0];
    expect(resumedTape(tape, 0)).toBe(tape);
    const later = resumedTape(tape, startMs + 90_001);
    expect(later).toMatchObject({ startMs: startMs + 120_000, totalMinutes: minutes - 2, baseCoin: 'BTC' });
    expect(later.minute(0)).toEqual(tape.minute(2));
    const afterMs = startMs + minutes * 60_000 + 12_345;
    const over = resumedTape(tape, afterMs);
    expect(over).toMatchObject({ startMs: afterMs, totalMinutes: 1 });
    expect(over.minute(0)).toMatchObject({ atMs: afterMs, open: 28_110.26, close: 28_110.26 });
    expect(over.minute(1)).toBeUndefined();
  });

  it.each([
    ['a wrong header', 'time,o,h,l,c\n' + good, 'row 1: expected the header'],
    ['a price that is no number', head + '2023-03-01T00:00Z,x,2,1,1\n', 'row 2: expected a price'],
    ['a missing column', head + good + '2023-03-01T00:01Z,1,2,1\n', 'row 3'],
    ['a high below the close', head + '2023-03-01T00:00Z,10,11,9,12\n', 'row 2: high is not the highest'],
    ['a low above the open', head + '2023-03-01T00:00Z,10,12,11,12\n', 'row 2: low is not the lowest'],
    ['a gap', head + good + '2023-03-01T00:02Z,1,2,1,1\n', 'row 3: expected the minute right after'],
    ['a local time', head + '2023-03-01 00:00,1,2,1,1\n', 'row 2: expected a minute like'],
  ])('with %s is refused and the row named', (_, text, message) => {
    expect(() => parseTape(text, 'x.csv')).toThrow(message);
  });
});

describe('the path through a minute', () => {
  const minute = { atMs: 60_000, open: 100, high: 110, low: 97, close: 105 };

  it('visits the nearer extreme first, at +0, +20, +40 and +59 seconds', () => {
    expect(pointsOf(minute)).toEqual([
      { atMs: 60_000, price: 100 },
      { atMs: 80_000, price: 97 },
      { atMs: 100_000, price: 110 },
      { atMs: 119_000, price: 105 },
    ]);
    expect(pointsOf({ ...minute, low: 80 }).map(({ price }) => price)).toEqual([100, 110, 80, 105]);
  });

  it('is straight between its points', () => {
    const [open, low] = pointsOf(minute);
    expect(open && priceBetween(open, low, 70_000)).toBe(98.5);
    expect(open && priceBetween(open, undefined, 70_000)).toBe(100);
  });
});

describe('a random walk', () => {
  const settings = { startPrice: 25_000, startMs: Date.UTC(2026, 0, 1), minutes: 500 };
  const closes = (of: number): readonly (number | undefined)[] => {
    const walk = randomWalk({ ...settings, seed: of });
    return Array.from({ length: 500 }, (_, at) => walk.minute(at)?.close);
  };

  it('is the same for the same seed and another for another', () => {
    expect(closes(seed), repeatText).toEqual(closes(seed));
    expect(closes(seed), repeatText).not.toEqual(closes(seed + 1));
  });

  it('makes minutes whose extremes hold open and close, each opening where the last closed', () => {
    const walk = randomWalk({ ...settings, seed });
    let last = 25_000;
    for (let at = 0; at < 500; at += 1) {
      const minute = walk.minute(at);
      if (!minute) throw new Error(`too short, ${repeatText}`);
      expect(minute.open, repeatText).toBe(last);
      expect(minute.high, repeatText).toBeGreaterThanOrEqual(Math.max(minute.open, minute.close));
      expect(minute.low, repeatText).toBeLessThanOrEqual(Math.min(minute.open, minute.close));
      last = minute.close;
    }
    expect(walk.minute(500)).toBeUndefined();
  });
});
