/** Words for the tests of the domain: one option, one quote, one roll, each with what a test wants to be different. */
import type { Trigger } from '../../../src/domain/rules/triggers.ts';
import { formatOptionSymbol, parseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import type { Fill, Instrument, ListedOption, OrderReport, Quote } from '../../../src/domain/market/order.ts';
import { withCosts, type PricedOption } from '../../../src/domain/market/unit-costs.ts';
import type { OrderOutcome } from '../../../src/domain/orders/order-progress.ts';
import { startRoll, type LegTally, type Roll } from '../../../src/domain/roll/roll.ts';
import type { Execution } from '../../../src/domain/rules/rule.ts';
import { expiryKindOf } from '../../../src/exchange/bybit/expiries.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { optionNamed } from '../../support/options.ts';
import { muchAvailable } from '../../support/fixture-margin.ts';

export const nowMs = Date.UTC(2023, 2, 1, 12);
export const call24 = 'BTC-31MAR23-24000-C-USDT';
export const call25 = 'BTC-31MAR23-25000-C-USDT';

export const execution: Execution = {
  style: 'walk',
  everyMs: 3_000,
  steps: 5,
  deadlineMs: 120_000,
  slippageMax: '0.05',
};

export function instrument(symbol: string, changes: Partial<Instrument> = {}): Instrument {
  const option = optionNamed(symbol);
  return {
    ...option,
    expiryKind: expiryKindOf(changes.expiryMs ?? option.expiryMs),
    status: 'Trading',
    tickSize: '5',
    minPrice: '5',
    qtyStep: '0.01',
    minQty: '0.01',
    maxQty: '500',
    ...changes,
  };
}

/** Of an account with much available. */
export const margin = muchAvailable;

export const quote = (symbol: string, changes: Partial<Quote> = {}): Quote => ({
  symbol,
  bid: '990',
  ask: '1010',
  mark: '1000',
  index: '23000',
  greeks: null,
  openInterest: null,
  atMs: nowMs,
  ...changes,
});

export const listed = (
  symbol: string,
  {
    instrument: rules = {},
    quote: top = {},
  }: { instrument?: Partial<Instrument>; quote?: Partial<Quote> | null } = {},
): ListedOption => ({
  instrument: instrument(symbol, rules),
  quote: top === null ? null : quote(symbol, top),
});

/** As the runtime reads it for a task that holds `held`. */
export const priced = (chain: readonly ListedOption[], of: HeldOption = held): readonly PricedOption[] =>
  withCosts(chain, of, bybitRules);

/** The same option at other strikes. */
export const series = (symbol: string, strikes: readonly number[]): ListedOption[] =>
  strikes.map((strike) => listed(formatOptionSymbol({ ...parseOptionSymbol(symbol), strike: `${strike}` })));

export const report = (changes: Partial<OrderReport> = {}): OrderReport => ({
  linkId: 'close-task000001-v1',
  symbol: call24,
  side: 'Buy',
  status: 'open',
  qty: '0.3',
  price: '1000',
  executedQty: '0',
  averagePrice: '0',
  fee: '0',
  reason: '',
  refusal: null,
  updatedAtMs: nowMs,
  ...changes,
});

export const fill = (execId: string, qty: string, changes: Partial<Fill> = {}): Fill => ({
  execId,
  linkId: 'close-task000001-v1',
  symbol: call24,
  side: 'Buy',
  qty,
  price: '1000',
  fee: '0.1',
  atMs: nowMs,
  ...changes,
});

export const outcome = (changes: Partial<OrderOutcome> = {}): OrderOutcome => ({
  linkId: 'close-task000001-v1',
  symbol: call24,
  result: 'filled',
  executedQty: '0.3',
  value: '300',
  fee: '0.2',
  cause: null,
  before: [],
  refusal: null,
  atMs: nowMs,
  ...changes,
});

export const tally = (executedQty: string, changes: Partial<LegTally> = {}): LegTally => ({
  attempts: executedQty === '0' ? 0 : 1,
  executedQty,
  value: '0',
  fee: '0',
  ...changes,
});

export const held: HeldOption = { ...optionNamed(call24), side: 'Sell', qty: '0.3', premium: '270' };

export const indexAbove = (level: string): Trigger => ({
  kind: 'index',
  direction: 'above',
  level,
  holdMs: 0,
});

export const roll = (changes: Partial<Roll> = {}): Roll => ({
  ...startRoll({
    taskId: 'task000001',
    version: 4,
    atMs: nowMs,
    indexPrice: '23500',
    trigger: indexAbove('23500'),
    rules: [0],
    asked: null,
    held,
  }),
  ...(changes.toSymbol && targetNamed(changes.toSymbol)),
  ...changes,
});

const targetNamed = (symbol: string): Partial<Roll> => {
  const { strike, expiryMs } = optionNamed(symbol);
  return { toStrike: strike, toExpiryMs: expiryMs };
};
