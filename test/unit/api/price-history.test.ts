/** The history of prices keeps what a plain reading of all of them would give, within a bounded memory. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PriceHistories } from '../../../src/api/live/price-history.ts';

const hourMs = 3_600_000;
const beginMs = Date.UTC(2023, 2, 1);

interface Seen {
  readonly atMs: number;
  readonly index: string;
}

/** Bars made of all prices at once, the plain way. */
function barsOf(seen: readonly Seen[], barMs: number) {
  const bars = new Map<number, Seen[]>();
  for (const price of seen) {
    const from = price.atMs - (price.atMs % barMs);
    bars.set(from, [...(bars.get(from) ?? []), price]);
  }
  return [...bars].map(([from, prices]) => {
    const sorted = prices.map(({ index }) => index).sort((a, b) => Number(a) - Number(b));
    return [from, prices[0]?.index, sorted.at(-1), sorted[0], prices.at(-1)?.index];
  });
}

test('bars hold the first, highest, lowest and last price, as they came', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 40_000 }),
    cents: fc.integer({ min: 1, max: 5_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (steps) => {
      const histories = new PriceHistories();
      let atMs = beginMs;
      const seen = steps.map(({ afterMs, cents }) => ({
        atMs: (atMs += afterMs),
        index: (cents / 100).toFixed(2),
      }));
      for (const price of seen) histories.note({ kind: 'price', coin: 'BTC', ...price });
      const { bars, barMs } = histories.of('BTC', 24);
      expect(barMs).toBe(10_000);
      expect(bars).toEqual(barsOf(seen, barMs));
    }),
  );
});

test('a longer span has longer bars, and never more than some hundred', () => {
  const histories = new PriceHistories();
  const total = 6 * 60 * 24 * 30;
  for (let at = 0; at < total; at += 1)
    histories.note({
      kind: 'price',
      coin: 'BTC',
      index: String(20_000 + (at % 97)),
      atMs: beginMs + at * 10_000,
    });
  const lengths = [1, 24, 240, 1_440].map((hours) => histories.of('BTC', hours));
  expect(lengths.map(({ barMs }) => barMs / 1_000)).toEqual([10, 60, 600, 3_600]);
  expect(lengths.map(({ bars }) => bars.length)).toEqual([361, 1_441, 1_441, 720]);
  for (const { bars } of lengths) {
    expect(bars.at(-1)?.[4]).toBe(String(20_000 + ((total - 1) % 97)));
    expect(bars.map(([from]) => from)).toEqual(bars.map(([from]) => from).sort((a, b) => a - b));
  }
});

test('a price that comes late changes nothing; silence is a stretch with a reason, per coin or of all', () => {
  const histories = new PriceHistories();
  histories.note({ kind: 'price', coin: 'BTC', index: '5', atMs: beginMs + 10 });
  histories.note({ kind: 'price', coin: 'BTC', index: '9', atMs: beginMs });
  histories.note({ kind: 'price', coin: 'ETH', index: '1', atMs: beginMs });
  expect(histories.of('BTC', 1).bars).toEqual([[beginMs, '5', '5', '5', '5']]);
  histories.feed({ kind: 'feed', coin: null, reason: 'lost', atMs: beginMs + 20 });
  histories.feed({ kind: 'feed', coin: 'BTC', reason: 'silent', atMs: beginMs + 30 });
  histories.feed({ kind: 'feed', coin: 'BTC', reason: null, atMs: beginMs + 40 });
  expect(histories.of('BTC', 1).stale).toEqual([{ fromMs: beginMs + 20, toMs: beginMs + 40 }]);
  expect(histories.of('ETH', 1).stale).toEqual([{ fromMs: beginMs + 20, toMs: null }]);
  expect(histories.standing()).toMatchObject([
    { coin: 'BTC', silence: null },
    { coin: 'ETH', silence: { reason: 'lost' } },
  ]);
  expect(histories.of('DOGE', hourMs)).toEqual({ coin: 'DOGE', bars: [], barMs: 10_000, stale: [] });
});

test('so many coins may be named, and no more are kept', () => {
  const histories = new PriceHistories();
  for (let at = 0; at < 500; at += 1)
    histories.note({ kind: 'price', coin: `C${at}`, index: '1', atMs: beginMs });
  expect(histories.standing()).toHaveLength(64);
});
