/**
 * What a price costs that hits nobody: the text of a ticker frame is read as the price stream reads it, and the router
 * asks the trigger book. Beside it the way without a book: one broadcast to every task's guard.
 */
import { EventEmitter } from 'eventemitter3';
import { triggerHolds } from '../../../src/domain/triggers.ts';
import { readFrame } from '../../../src/exchange/bybit/frames.ts';
import { linearTickerRow } from '../../../src/exchange/bybit/messages.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, atMost } from '../harness/comparison.ts';
import { specOf, waitingTasks, type Waiting } from '../many/waiting-tasks.ts';

/** Within the gap in which no trigger lies. */
const priceAt = (tick: number): string => (25_000 + (tick % 4_000)).toFixed(2);

const frameOf = (tick: number): string =>
  JSON.stringify({
    topic: 'tickers.BTCUSDT',
    type: 'delta',
    data: { symbol: 'BTCUSDT', indexPrice: priceAt(tick), markPrice: priceAt(tick), openInterest: '51234.2' },
    cs: 24987956059 + tick,
    ts: 1_673_272_861_686 + tick,
  });
const frames = Array.from({ length: 4_096 }, (_, tick) => frameOf(tick));

/** As IndexStream does with a frame (exchange/bybit/streams.ts), without its socket. */
function take(text: string, { router }: Waiting): void {
  const read = readFrame(text);
  if (read.kind !== 'data') throw new Error(`not a data frame: ${text}`);
  const { indexPrice } = linearTickerRow.parse(read.frame.data);
  router.tick({ baseCoin: 'BTC', price: indexPrice ?? '0', atMs: read.frame.ts ?? 0 });
}

function microsecondsPerTick(waiting: Waiting, ticks: number): number {
  const startedMs = performance.now();
  for (let tick = 0; tick < ticks; tick += 1) take(frames[tick % frames.length] ?? '', waiting);
  return ((performance.now() - startedMs) * 1_000) / ticks;
}

/** One listener for each task, which asks its own guard. */
function broadcast(total: number): (price: string) => number {
  const prices = new EventEmitter<{ price: (price: string) => void }>();
  let hits = 0;
  for (let at = 0; at < total; at += 1) {
    const { trigger } = specOf(at);
    prices.on('price', (price) => {
      if (triggerHolds(trigger, price)) hits += 1;
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
    if (emit(priceAt(tick)) > 0) throw new Error('a price hit somebody');
  return ((performance.now() - startedMs) * 1_000) / times;
}

const bench: Bench = {
  measures: 'one tick through decode and trigger book, and one broadcast to all guards',
  *run({ rounds, quick, say }) {
    const sizes = quick ? [100, 1_000, 2_000] : [1_000, 10_000, 100_000, 1_000_000];
    const ticks = quick ? 2_000 : 100_000;
    const [smallest = 0, ...larger] = sizes;
    const compared = quick ? 1_000 : 100_000;
    const books = new Map<number, Waiting>();
    for (const size of sizes) {
      books.set(size, waitingTasks(size));
      say(`${size.toLocaleString('en-US')} tasks wait`);
    }
    const emit = broadcast(compared);
    const times = new Map<number, number[]>(sizes.map((size) => [size, []]));
    const broadcasts: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      for (const [size, waiting] of books) {
        const each = microsecondsPerTick(waiting, ticks);
        if (round >= 0) times.get(size)?.push(each);
      }
      const each = microsecondsPerBroadcast(emit, 5);
      if (round >= 0) broadcasts.push(each);
    }
    const of = (size: number): readonly number[] => times.get(size) ?? [];
    const figure = (values: readonly number[]): string => `${Math.min(...values).toFixed(2)} µs`;
    for (const size of larger)
      yield {
        case: `${size.toLocaleString('en-US')} armed tasks`,
        against: `the same with ${smallest.toLocaleString('en-US')}`,
        reach: atMost(1.2),
        rounds: of(size).map((time, round) => time / (of(smallest)[round] ?? 0)),
        figures: `${figure(of(size))} against ${figure(of(smallest))} a tick`,
      };
    yield {
      case: `a broadcast to ${compared.toLocaleString('en-US')} guards (EventEmitter3)`,
      against: 'a tick with as many tasks',
      reach: atLeast(1_000),
      rounds: broadcasts.map((time, round) => time / (of(compared)[round] ?? 0)),
      figures: `${figure(broadcasts)} against ${figure(of(compared))}`,
    };
  },
};

export default bench;
