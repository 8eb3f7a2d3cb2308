/** What walks over the roll chart share: the machine whose effects the walk answers, and what the exchange may answer. */
import type { Position, Settlement } from '../../src/domain/market/order.ts';
import type { StopFill } from '../../src/domain/market/stops.ts';
import type { OrderOutcome } from '../../src/domain/orders/order-progress.ts';
import type { MarketReading } from '../../src/domain/orders/outcomes.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { listed, margin, nowMs, priced } from '../unit/domain/samples.ts';
import { neverAnswers } from './chart.ts';
import { call24, call25 } from './leg2-fixture.ts';

/** The machine with effects that never answer: the walk does. */
export const machine = rollMachine.provide({
  actors: {
    alarm: neverAnswers,
    reminder: neverAnswers,
    'read market': neverAnswers,
    'check margin': neverAnswers,
    'read settlement': neverAnswers,
    'work order': orderMachine.provide({
      actors: {
        alarm: neverAnswers,
        'submit order': neverAnswers,
        'amend order': neverAnswers,
        'cancel order': neverAnswers,
        'look up order': neverAnswers,
        'read quote': neverAnswers,
      },
    }),
  },
});

export const expiryMs = Date.UTC(2023, 2, 31, 8);
export const stamp = { atMs: nowMs, version: 7 };
export const halt = { cause: 'halt', scope: 'everything', by: 'operator', reason: null, sinceMs: nowMs };
export const seenTwice = { ...stamp, firstAskedAtMs: nowMs + 10_000, askedAtMs: nowMs + 20_000 };

const quoted = (index: string) => ({
  index,
  greeks: { delta: '0.5', gamma: '0', vega: '0', theta: '0', volatility: null },
});

interface ReadingOptions {
  /** Symbols without a quote. */
  readonly silent?: readonly string[];
  /** Symbols of the chain. */
  readonly symbols?: readonly string[];
  readonly index?: string;
  readonly atMs?: number;
  /** What stops have executed. */
  readonly stopFills?: readonly unknown[];
  /** The account may begin no roll today. */
  readonly isLimited?: boolean;
}

const nothingLeft = {
  limits: { rollsPerDay: 0 },
  used: { rolls: 0, debit: '0', notional: '0', ordersMs: [] },
};

export function reading(positions: readonly Position[], options: ReadingOptions = {}): object {
  const { silent = [], symbols = [call24, call25], index = '23600', atMs = nowMs, isLimited } = options;
  const value: MarketReading = {
    askedAtMs: atMs,
    chain: priced(
      symbols.map((symbol) => listed(symbol, { quote: silent.includes(symbol) ? null : quoted(index) })),
    ),
    positions,
    margin,
    underlying: { index },
    ...(isLimited && { account: nothingLeft }),
    ...(options.stopFills && { stopFills: options.stopFills as readonly StopFill[] }),
  };
  return { kind: 'read', value, ...stamp, atMs };
}

export const outcome = (executedQty: string, changes: Partial<OrderOutcome> = {}): OrderOutcome => ({
  linkId: 'x',
  symbol: call24,
  result: executedQty === '0' ? 'unfilled' : 'partial',
  executedQty,
  value: '100',
  fee: '0.1',
  cause: { code: 'deadlinePassed', figures: {} },
  before: [],
  refusal: null,
  atMs: nowMs,
  ...changes,
});

export const settlement: Settlement = {
  symbol: call24,
  side: 'Sell',
  qty: '0.3',
  deliveryPrice: '23500',
  fee: '0',
  atMs: expiryMs,
};
