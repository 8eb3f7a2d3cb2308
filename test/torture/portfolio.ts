/**
 * Who is tortured: four accounts with a call and a put each, short and long, USDT and USDC, walking and crossing. And
 * the price that tortures them: it swings, and every position is handed over again and again, to be rolled up and
 * then down again, so that rolls never end and strikes never leave the listing.
 */
import type { AccountOptions } from '../../src/exchange/paper/engine/account.ts';
import type { PriceSourceOptions } from '../../src/exchange/paper/exchange.ts';
import type { Side } from '../../src/domain/market/order.ts';

const middle = 24_000;
const swing = 1_800;
const sweepMs = 9_000;
/** Rolls of one task before its position is handed over for the way back. */
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

const account = (name: string, side: Side, series: string, strikeStep: number, spec: object) => ({
  name,
  apiKey: `torture-${name}`,
  apiSecret: `secret-of-${name}`,
  side,
  symbols: [`BTC-31MAR23-${middle}-C${series}`, `BTC-31MAR23-${middle}-P${series}`],
  strikeStep,
  spec,
});

export const portfolio: readonly TorturedAccount[] = [
  account('walker', 'Sell', '-USDT', 500, { execution: walk }),
  account('crosser', 'Buy', '-USDT', 500, { execution: cross }),
  account('usdc', 'Sell', '', 1_000, { execution: walk }),
  account('reopener', 'Sell', '-USDT', 500, {
    execution: cross,
    leg2: { fallback: 'reopenLeg1', attempts: 2 },
  }),
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

/** @param offset sets tasks apart, so that not all of them trigger on one price */
export function specOf(
  { spec, strikeStep }: TorturedAccount,
  symbol: string,
  direction: Direction,
  offset: number,
): object {
  const level = direction === 'up' ? middle - strikeStep + offset : middle + strikeStep - offset;
  return {
    ...spec,
    symbol,
    trigger: { index: direction === 'up' ? { above: level } : { below: level } },
    target: direction === 'up' ? `+${strikeStep}` : `-${strikeStep}`,
    guards: { cooldown: '300ms', rolls: { max: rollsPerTask }, allowWrongWay: true },
  };
}
