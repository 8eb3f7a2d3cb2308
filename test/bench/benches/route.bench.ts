/**
 * What a price costs that hits no task: the text of a ticker frame is read as the price stream reads it, and the router
 * asks the trigger book. Beside it the way without a book: one broadcast to every task's guard. And what a price costs
 * that hits a few: each task that it wakes is followed to the turn that starts its roll.
 */
import { setImmediate as settle } from 'node:timers/promises';
import { EventEmitter } from 'eventemitter3';
import { judge } from '../../../src/domain/rules/trigger-judging.ts';
import { readFrame } from '../../../src/exchange/bybit/stream/frames.ts';
import { linearTickerRow } from '../../../src/exchange/bybit/messages.ts';
import { underlyingReadings } from '../../../src/exchange/bybit/parse.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, atMost, type Measured } from '../harness/comparison.ts';
import { ruleOf } from '../../support/options.ts';
import { heldOf, specOf, waitingTasks, type Waiting } from '../many/waiting-tasks.ts';

/** Within the gap in which no trigger lies. */
const priceAt = (tick: number): string => (25_000 + (tick % 4_000)).toFixed(2);

const frameOf = (tick: number, price: string): string =>
  JSON.stringify({
    topic: 'tickers.BTCUSDT',
    type: 'delta',
    data: { symbol: 'BTCUSDT', indexPrice: price, markPrice: price, openInterest: '51234.2' },
    cs: 24987956059 + tick,
    ts: 1_673_272_861_686 + tick,
  });
const frames = Array.from({ length: 4_096 }, (_, tick) => frameOf(tick, priceAt(tick)));

/** As UnderlyingStream does with a frame (exchange/bybit/price-streams.ts), without its socket. */
function take(text: string, { router }: Waiting): void {
  const read = readFrame(text);
  if (read.kind !== 'data') throw new Error(`not a data frame: ${text}`);
  const readings = underlyingReadings(linearTickerRow.parse(read.frame.data));
  router.tick({ feed: 'underlying', source: 'BTC', readings, atMs: read.frame.ts ?? 0 });
}

function microsecondsPerTick(waiting: Waiting, ticks: number): number {
  const startedMs = performance.now();
  for (let tick = 0; tick < ticks; tick += 1) take(frames[tick % frames.length] ?? '', waiting);
  return ((performance.now() - startedMs) * 1_000) / ticks;
}

/** The first round teaches the compiler how a price is that hits no task, the second that others may hit. */
const warmUps = 2;

/** Ticks that go further and further into the levels of those who wait for a rise; each wakes a few of them. */
const rise = { centsEach: 20, from: 3_000_100 };

/** Per task that was woken. `turn`: how often this book was used for this before; no task is left at those levels. */
async function microsecondsPerWoken(waiting: Waiting, ticks: number, turn: number): Promise<number> {
  const texts = Array.from({ length: ticks }, (_, tick) => {
    const cents = rise.from + (turn * ticks + tick) * rise.centsEach;
    return frameOf(tick, (cents / 100).toFixed(2));
  });
  const before = waiting.router.waitingTasks;
  const startedMs = performance.now();
  for (const text of texts) take(text, waiting);
  await settle();
  const tookMs = performance.now() - startedMs;
  return (tookMs * 1_000) / (before - waiting.router.waitingTasks);
}

/** One listener for each task, which asks its own guard. */
function broadcast(total: number): (price: string) => number {
  const prices = new EventEmitter<{ price: (price: string) => void }>();
  let hits = 0;
  for (let at = 0; at < total; at += 1) {
    const trigger = ruleOf(specOf(at)).when;
    const held = heldOf(at);
    prices.on('price', (price) => {
      if (judge({ trigger, held, heldSince: {} }, { index: price }, 0).holds) hits += 1;
    });
  }
  return (price) => {
    prices.emit('price', price);
    return hits;
  };
}

function microsecondsPerBroadcast(emit: (price: string) => number, times: number): number {
  const startedMs = performance.now();
  for (let tick = 0; tick < times; tick += 1)
    if (emit(priceAt(tick)) > 0) throw new Error('a price hit a task');
  return ((performance.now() - startedMs) * 1_000) / times;
}

const words = (total: number): string => total.toLocaleString('en-US');
const figure = (values: readonly number[]): string => `${Math.min(...values).toFixed(2)} µs`;

function ratio(
  ours: readonly number[],
  others: readonly number[],
  { of, ...words }: Omit<Measured, 'rounds' | 'figures'> & { readonly of: string },
): Measured {
  return {
    ...words,
    rounds: ours.map((time, round) => time / (others[round] ?? Number.NaN)),
    figures: `${figure(ours)} against ${figure(others)} ${of}`,
  };
}

const bench: Bench = {
  measures: 'one tick through decode and trigger book, and one broadcast to all guards',
  async *run({ rounds, quick, say }) {
    const sizes = quick ? [1_000, 2_000, 4_000] : [1_000, 10_000, 100_000, 1_000_000];
    const [ticks, rising] = quick ? [2_000, 10] : [100_000, 40];
    const [smallest = 0, ...larger] = sizes;
    const largest = Math.max(...sizes);
    const compared = quick ? 2_000 : 100_000;
    const books = new Map<number, Waiting>();
    for (const size of sizes) {
      books.set(size, waitingTasks(size));
      say(`${words(size)} tasks wait`);
    }
    const emit = broadcast(compared);
    const times = new Map<number, number[]>(sizes.map((size) => [size, []]));
    const woken: { few: number[]; many: number[] } = { few: [], many: [] };
    const broadcasts: number[] = [];
    const manyBook = books.get(largest) ?? waitingTasks(largest);
    for (let round = 0; round < warmUps + rounds; round += 1) {
      for (const [size, waiting] of books) times.get(size)?.push(microsecondsPerTick(waiting, ticks));
      broadcasts.push(microsecondsPerBroadcast(emit, 5));
      woken.few.push(await microsecondsPerWoken(waitingTasks(smallest), rising, 0));
      woken.many.push(await microsecondsPerWoken(manyBook, rising, round));
    }
    const measured = (values: readonly number[] = []): readonly number[] => values.slice(warmUps);
    const of = (size: number): readonly number[] => measured(times.get(size));
    for (const size of larger)
      yield ratio(of(size), of(smallest), {
        case: `${words(size)} armed tasks`,
        against: `the same with ${words(smallest)}`,
        reach: atMost(1.2),
        of: 'a tick',
      });
    yield ratio(measured(broadcasts), of(compared), {
      case: `a broadcast to ${words(compared)} guards (EventEmitter3)`,
      against: 'a tick with as many tasks',
      reach: atLeast(1_000),
      of: 'a tick',
    });
    yield ratio(measured(woken.many), measured(woken.few), {
      case: `ticks that hit a few of ${words(largest)}`,
      against: `a few of ${words(smallest)}`,
      reach: atMost(1.2),
      of: 'a task that is hit',
    });
  },
};

export default bench;
