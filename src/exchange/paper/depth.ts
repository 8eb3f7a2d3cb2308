/**
 * The market maker's book: several levels of bids and asks around the mark, on the tick grid, with sizes that depend on
 * symbol and level alone. Users' own orders are added in engine/books.ts.
 */
import { add, compare, onGrid, subtract, toText, Decimal, type DecimalString } from '../../domain/money.ts';
import type { PaperInstrument } from './listing.ts';
import { plainNumber } from './pricing.ts';
import { hashFraction } from './random.ts';

export interface Level {
  readonly price: DecimalString;
  readonly qty: DecimalString;
}

export interface Depth {
  /** Best first on both sides. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface DepthSettings {
  readonly levels: number;
  /** Distance between best bid and best ask as a fraction of the mark. */
  readonly spread: number;
  /** Size of a level, in units of 100 lots: 3 = about 3 BTC or 30 ETH. */
  readonly size: number;
}

export const defaultDepth: DepthSettings = { levels: 5, spread: 0.02, size: 3 };

/** Levels of both sides for a mark price; a side without a level of at least `minPrice` is empty. */
export function depthAround(instrument: PaperInstrument, mark: number, settings: DepthSettings): Depth {
  const { tickSize, minPrice, markPlaces } = instrument.rules;
  const tick = Number(tickSize);
  const ticksMin = Math.round(Number(minPrice) / tick);
  const half = Math.max(tick * 0.6, (mark * settings.spread) / 2);
  const bestBid = Math.floor((mark - half) / tick);
  const bestAsk = Math.max(Math.ceil((mark + half) / tick), ticksMin);
  const ticksBetweenLevels = Math.max(1, Math.round((mark * 0.01) / tick));
  const sizes = sizesOf(instrument, settings);
  const side = (name: 'bid' | 'ask', best: number, direction: 1 | -1): Level[] =>
    sizes[name]
      .map((qty, at) => ({ ticks: best + direction * at * ticksBetweenLevels, qty }))
      .filter(({ ticks }) => ticks >= ticksMin)
      .map(({ ticks, qty }) => ({ price: plainNumber(ticks * tick, markPlaces), qty }));
  return { bids: side('bid', bestBid, -1), asks: side('ask', bestAsk, 1) };
}

interface Sizes {
  readonly bid: readonly DecimalString[];
  readonly ask: readonly DecimalString[];
}

/** Sizes never change, and a chain of hundreds of symbols asks for them on every tick. */
const knownSizes = new WeakMap<DepthSettings, Map<string, Sizes>>();

function sizesOf(instrument: PaperInstrument, settings: DepthSettings): Sizes {
  const known = knownSizes.get(settings) ?? new Map<string, Sizes>();
  knownSizes.set(settings, known);
  const side = (name: string): readonly DecimalString[] =>
    Array.from({ length: settings.levels }, (_, at) =>
      levelSize(instrument, { side: name, at }, settings.size),
    );
  const sizes = known.get(instrument.symbol) ?? { bid: side('bid'), ask: side('ask') };
  known.set(instrument.symbol, sizes);
  return sizes;
}

function levelSize(
  instrument: PaperInstrument,
  { side, at }: { side: string; at: number },
  sizeOfAll: number,
): DecimalString {
  const fraction = hashFraction(`${instrument.symbol}:${side}:${at}`);
  const units = sizeOfAll * (0.6 + 0.8 * fraction) * (1 + at / 2) * 100;
  const { qtyStep } = instrument.rules;
  const size = onGrid(toText(new Decimal(qtyStep).times(units)), qtyStep, 'down');
  return compare(size, instrument.rules.minQty) < 0 ? instrument.rules.minQty : size;
}

/** Levels left when `taken` has already been traded away from the best ones. */
export function levelsLeft(levels: readonly Level[], taken: DecimalString): readonly Level[] {
  let rest = taken;
  const left: Level[] = [];
  for (const level of levels) {
    if (compare(rest, level.qty) >= 0) {
      rest = subtract(rest, level.qty);
      continue;
    }
    left.push({ price: level.price, qty: subtract(level.qty, rest) });
    rest = '0';
  }
  return left;
}

/** The best levels that together hold at most `cap`. */
export function cappedTo(levels: readonly Level[], cap: DecimalString): readonly Level[] {
  let used = '0';
  const kept: Level[] = [];
  for (const level of levels) {
    const room = subtract(cap, used);
    if (compare(room, '0') <= 0) break;
    const qty = compare(level.qty, room) <= 0 ? level.qty : room;
    kept.push({ price: level.price, qty });
    used = add(used, qty);
  }
  return kept;
}
