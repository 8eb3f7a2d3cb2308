/**
 * What the options of a coin look like: distance of strikes, tick, lot, digits. BTC and ETH have the exchange's own
 * filters, SOL has its tick and lot; the rules of any other coin are made from its first price.
 */
import { Decimal, toText } from '../../domain/money.ts';

export interface CoinRules {
  /** Strike distance of dailies and of near monthlies, a decimal; everything else is twice as far apart. */
  readonly strikeStep: string;
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQty: string;
  readonly qtyStep: string;
  readonly maxQty: string;
  readonly deliveryFeeRate: string;
  /** Decimals of the index price, and of the perpetual's mark. */
  readonly indexPlaces: number;
  /** Decimals of an option's mark price. */
  readonly markPlaces: number;
}

const fixedRules: ReadonlyMap<string, CoinRules> = new Map([
  [
    'BTC',
    {
      strikeStep: '500',
      tickSize: '5',
      minPrice: '5',
      maxPrice: '1110000',
      minQty: '0.01',
      qtyStep: '0.01',
      maxQty: '500',
      deliveryFeeRate: '0.00015',
      indexPlaces: 2,
      markPlaces: 8,
    },
  ],
  [
    'ETH',
    {
      strikeStep: '25',
      tickSize: '0.1',
      minPrice: '0.1',
      maxPrice: '111000',
      minQty: '0.1',
      qtyStep: '0.1',
      maxQty: '5000',
      deliveryFeeRate: '0.00015',
      indexPlaces: 2,
      markPlaces: 8,
    },
  ],
]);

const solFilters = {
  tickSize: '0.01',
  minPrice: '0.01',
  minQty: '1',
  qtyStep: '1',
  maxQty: '100000',
  deliveryFeeRate: '0.0002',
};

/** By what they are made from, so that equal rules are one object. */
const known = new Map<string, CoinRules>();
const knownMax = 1_000;

/** @param price of the coin in USD, above 0; it matters only for coins without rules of their own */
export function coinRulesFor(baseCoin: string, price: number): CoinRules {
  const fixed = fixedRules.get(baseCoin);
  if (fixed) return fixed;
  const step = strikeStepAt(price);
  const magnitude = Math.floor(Math.log10(price));
  const key = `${baseCoin === 'SOL' ? 'SOL' : ''} ${toText(step)} ${magnitude}`;
  const rules = known.get(key) ?? rulesAt(step, magnitude, baseCoin === 'SOL' ? solFilters : {});
  if (known.size >= knownMax) known.clear();
  known.set(key, rules);
  return rules;
}

/** The rules of a coin that are the same at every price; undefined for other coins. */
export const fixedRulesOf = (baseCoin: string): CoinRules | undefined => fixedRules.get(baseCoin);

/**
 * The largest step of the ladder 1, 2.5, 5, 10, 25, 50 … (times any power of ten) that is at most 2.5 % of the price.
 * Near strikes are then 1 % to 2.5 % of it apart, and the double distance of far ones (2, 5, 10) is a round figure too.
 */
export function strikeStepAt(price: number): Decimal {
  const most = new Decimal(price).times('0.025');
  const unit = new Decimal(10).pow(Math.floor(Math.log10(price * 0.025)));
  const digit = ['10', '5', '2.5', '1'].find((each) => unit.times(each).lessThanOrEqualTo(most)) ?? '1';
  return unit.times(digit);
}

/** A tick is about a hundredth of the strike step, a lot is worth about 100 USD, both powers of ten. */
function rulesAt(strikeStep: Decimal, magnitude: number, own: Partial<CoinRules>): CoinRules {
  const ten = new Decimal(10);
  const tick = ten.pow(Math.floor(Math.log10(strikeStep.toNumber() / 100) + 1e-9));
  const lot = ten.pow(2 - magnitude);
  return {
    strikeStep: toText(strikeStep),
    tickSize: toText(tick),
    minPrice: toText(tick),
    maxPrice: toText(ten.pow(magnitude + 3)),
    minQty: toText(lot),
    qtyStep: toText(lot),
    maxQty: toText(lot.times(50_000)),
    deliveryFeeRate: '0.00015',
    indexPlaces: Math.max(2, 5 - magnitude),
    markPlaces: Math.max(8, tick.decimalPlaces() + 4),
    ...own,
  };
}
