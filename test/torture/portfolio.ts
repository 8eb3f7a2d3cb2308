/**
 * The accounts of the torture: four with a call and a put each, short and long, USDT and USDC, walking and crossing. And
 * the price: it swings, and each position goes from task to task, to be rolled up and then down again, so that rolls
 * never end and strikes never leave the listing.
 */
import type { AccountOptions } from '../../src/exchange/paper/engine/account.ts';
import type { PriceSourceOptions } from '../../src/exchange/paper/exchange.ts';
import type { Side } from '../../src/domain/market/order.ts';

const middle = 24_000;
const swing = 1_800;
const sweepMs = 9_000;
/** Rolls of one task before another one takes its position the way back. */
const rollsPerTask = 3;
export const heldQty = '0.3';

export interface TorturedAccount {
  readonly name: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly side: Side;
  readonly symbols: readonly string[];
  /** From one strike of the series to the next. */
  readonly strikeStep: number;
  /** Of every task of this account. */
  readonly spec: object;
}

const walk = { style: 'walk', every: '200ms', steps: 2, deadline: '3s', slippage: { max: '20%' } };
const cross = { style: 'cross', deadline: '3s', slippage: { max: '20%' } };

const withKey = (account: Omit<TorturedAccount, 'apiKey' | 'apiSecret'>): TorturedAccount => ({
  ...account,
  apiKey: `torture-${account.name}`,
  apiSecret: `secret-of-${account.name}`,
});

const usdtSymbols = [`BTC-31MAR23-${middle}-C-USDT`, `BTC-31MAR23-${middle}-P-USDT`];
const usdcSymbols = [`BTC-31MAR23-${middle}-C`, `BTC-31MAR23-${middle}-P`];
const reopening = { execution: cross, leg2: { fallback: 'reopenLeg1', attempts: 2 } };

export const portfolio: readonly TorturedAccount[] = [
  withKey({ name: 'walker', side: 'Sell', symbols: usdtSymbols, strikeStep: 500, spec: { execution: walk } }),
  withKey({
    name: 'crosser',
    side: 'Buy',
    symbols: usdtSymbols,
    strikeStep: 500,
    spec: { execution: cross },
  }),
  withKey({ name: 'usdc', side: 'Sell', symbols: usdcSymbols, strikeStep: 1_000, spec: { execution: walk } }),
  withKey({ name: 'reopener', side: 'Sell', symbols: usdtSymbols, strikeStep: 500, spec: reopening }),
];

export const priceSource: PriceSourceOptions = {
  kind: 'manual',
  prices: { BTC: String(middle) },
  startMs: Date.UTC(2023, 2, 1, 12),
};

export const paperAccounts = (): AccountOptions[] =>
  portfolio.map(({ apiKey, apiSecret, side, symbols }) => ({
    apiKey,
    apiSecret,
    usdt: '1000000',
    usdc: '1000000',
    positions: symbols.map((symbol) => ({ symbol, side, qty: heldQty })),
  }));

/** A triangle between `middle` ± `swing`: every level is crossed once per sweep. */
export function indexAt(elapsedMs: number): string {
  const sweeps = elapsedMs / sweepMs + 0.5;
  const rising = Math.floor(sweeps) % 2 === 0;
  const along = sweeps % 1;
  return (middle + swing * (rising ? 2 * along - 1 : 1 - 2 * along)).toFixed(2);
}

export type Direction = 'up' | 'down';

export interface SpecOptions {
  readonly symbol: string;
  readonly direction: Direction;
  /** Sets tasks apart, so that not all of them trigger on one price. */
  readonly offset: number;
}

export function specOf({ spec, strikeStep }: TorturedAccount, options: SpecOptions): object {
  const { symbol, direction, offset } = options;
  const level = direction === 'up' ? middle - strikeStep + offset : middle + strikeStep - offset;
  return {
    ...spec,
    symbol,
    trigger: { index: direction === 'up' ? { above: level } : { below: level } },
    target: direction === 'up' ? `+${strikeStep}` : `-${strikeStep}`,
    guards: { cooldown: '300ms', rolls: { max: rollsPerTask }, allowWrongWay: true },
  };
}
