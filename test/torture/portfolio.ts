/**
 * The accounts of the torture: four with a call and a put each, short and long, USDT and USDC, walking and crossing, one with a
 * strangle and one with a condor, each of them a task of several legs. And
 * the price: it swings, and each position goes from task to task, to be rolled up and then down again, so that rolls
 * never end and strikes never leave the listing.
 */
import type { AccountOptions } from '../../src/exchange/paper/engine/account.ts';
import type { PriceSourceOptions } from '../../src/exchange/paper/exchange.ts';
import type { HeldPosition } from '../../src/domain/market/held-option.ts';
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
  /** What one task manages each: one option, or the legs of a structure. */
  readonly positions: readonly (readonly HeldPosition[])[];
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

const held = (side: Side, ...symbols: readonly string[]): readonly HeldPosition[] =>
  symbols.map((symbol) => ({ symbol, side, qty: heldQty }));
const each = (side: Side, symbols: readonly string[]) => symbols.map((symbol) => held(side, symbol));
const option = (strike: number, type: 'C' | 'P'): string => `BTC-31MAR23-${strike}-${type}-USDT`;

const usdtSymbols = [`BTC-31MAR23-${middle}-C-USDT`, `BTC-31MAR23-${middle}-P-USDT`];
const usdcSymbols = [`BTC-31MAR23-${middle}-C`, `BTC-31MAR23-${middle}-P`];
const reopening = { execution: cross, leg2: { fallback: 'reopenLeg1', attempts: 2 } };

export const portfolio: readonly TorturedAccount[] = [
  withKey({
    name: 'walker',
    positions: each('Sell', usdtSymbols),
    strikeStep: 500,
    spec: { execution: walk },
  }),
  withKey({
    name: 'crosser',
    positions: each('Buy', usdtSymbols),
    strikeStep: 500,
    spec: { execution: cross },
  }),
  withKey({
    name: 'protector',
    positions: each('Buy', usdtSymbols),
    strikeStep: 500,
    spec: { execution: { ...cross, legs: 'openFirst' } },
  }),
  withKey({
    name: 'usdc',
    positions: each('Sell', usdcSymbols),
    strikeStep: 1_000,
    spec: { execution: walk },
  }),
  withKey({ name: 'reopener', positions: each('Sell', usdtSymbols), strikeStep: 500, spec: reopening }),
  withKey({
    name: 'strangler',
    positions: [held('Sell', option(middle + 500, 'C'), option(middle - 500, 'P'))],
    strikeStep: 500,
    spec: { execution: walk },
  }),
  withKey({
    name: 'condor',
    positions: [
      [
        ...held('Buy', option(middle - 1_500, 'P')),
        ...held('Sell', option(middle - 500, 'P'), option(middle + 500, 'C')),
        ...held('Buy', option(middle + 1_500, 'C')),
      ],
    ],
    strikeStep: 500,
    spec: { execution: cross, leg2: { fallback: 'reopenLeg1', attempts: 2 } },
  }),
];

export const priceSource: PriceSourceOptions = {
  kind: 'manual',
  prices: { BTC: String(middle) },
  startMs: Date.UTC(2023, 2, 1, 12),
};

export const paperAccounts = (): AccountOptions[] =>
  portfolio.map(({ apiKey, apiSecret, positions }) => ({
    apiKey,
    apiSecret,
    usdt: '1000000',
    usdc: '1000000',
    positions: positions.flat(),
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
  /** One, or those of a structure. */
  readonly symbols: readonly string[];
  readonly direction: Direction;
  /** Sets tasks apart, so that not all of them trigger on one price. */
  readonly offset: number;
}

export function specOf({ spec, strikeStep }: TorturedAccount, options: SpecOptions): object {
  const { symbols, direction, offset } = options;
  const level = direction === 'up' ? middle - strikeStep + offset : middle + strikeStep - offset;
  const index = direction === 'up' ? { above: level } : { below: level };
  const target = direction === 'up' ? `+${strikeStep}` : `-${strikeStep}`;
  const guards = { cooldown: '300ms', rolls: { max: rollsPerTask }, allowWrongWay: true };
  const [symbol] = symbols;
  if (symbols.length === 1) return { ...spec, symbol, trigger: { index }, target, guards };
  return { ...spec, ...structureOf(symbols, { index, target }), guards };
}

/** A signed step is one of a side: each has a rule of its own, and only together they are as many rolls as a task makes. */
function structureOf(
  symbols: readonly string[],
  { index, target }: { readonly index: object; readonly target: string },
): object {
  const legs = symbols.map((symbol, place) => ({ name: `leg ${place + 1}`, symbol }));
  const rules = (['C', 'P'] as const).map((type) => ({
    name: type === 'C' ? 'calls' : 'puts',
    when: { index },
    then: {
      roll: target,
      legs: legs.filter(({ symbol }) => symbol.includes(`-${type}`)).map(({ name }) => name),
    },
    guards: { rolls: { max: 2 } },
  }));
  return { legs, rules };
}
