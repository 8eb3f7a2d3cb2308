/**
 * An account at an exchange as the suites of TradingAccount find it, whichever the implementation: bitcoin at 23,500 on
 * 1 March 2023, 100,000 USDT, half a call sold at 700, and quotes that stand for minutes.
 */
import type { OrderRequest } from '../../../src/domain/market/order.ts';
import type { Faults } from '../../../src/exchange/paper/faults.ts';
import type { TradingAccount } from '../../../src/ports/exchange.ts';
import { type ReceivedReports, short, whenever } from '../exchange-fixture.ts';
import type { Closable } from './contract.ts';

export const index = '23500';
/** Sold at 700, 0.5; quoted 610 to 625. */
export const held = short;
/** Not held. */
export const other = 'BTC-31MAR23-27000-C-USDT';
/** A price at which the held option is not offered, until bitcoin falls a lot. */
export const restingPrice = '300';
export const ask = '625';

export interface AccountFixture extends Closable {
  /** Open; time passes as it has to while it is asked. */
  readonly account: TradingAccount;
  /** What its stream has reported since it was opened. */
  readonly received: ReceivedReports;
  /** The same account, not opened. */
  readonly unopened: () => TradingAccount;
  /** Exchange time, as the implementation estimates it. */
  readonly nowMs: () => number;
  /** Link ids of every order that the exchange took, oldest first. */
  readonly ordersTaken: () => readonly string[];
  readonly setIndex: (price: string) => Promise<void>;
  /** Its owner has so much of a perpetual or a coin from now on. */
  readonly setHolding: (symbol: string, qty: string) => void;
  /** The exchange moves on by so much. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** So much time passes, for everything that is on its way. */
  readonly pass: (durationMs: number) => Promise<void>;
  readonly until: (what: string, holds: () => boolean) => Promise<void>;
  readonly faults: Pick<Faults, 'add' | 'thinBook'>;
  /** Forgets its recent closed orders; the stream breaks and comes back. */
  readonly restart: () => Promise<void>;
  /** The stream breaks and comes back by itself. */
  readonly breakStream: () => void;
}

let linkIds = 0;

/** A fresh order that buys a part of the short back, at the ask. */
export function closing(changes: Partial<OrderRequest> = {}): OrderRequest {
  linkIds += 1;
  return {
    linkId: `close-t${linkIds}-v1`,
    symbol: held,
    side: 'Buy',
    qty: '0.1',
    price: ask,
    timeInForce: 'IOC',
    reduceOnly: true,
    ...changes,
  };
}

export const resting = (changes: Partial<OrderRequest> = {}): OrderRequest =>
  closing({ timeInForce: 'GTC', price: restingPrice, ...changes });

/** Submits it and waits until it is filled. */
export async function filled(
  { account, received, until }: AccountFixture,
  order: OrderRequest,
): Promise<void> {
  await account.submit(order, whenever);
  await until('it is filled', () => received.last(order.linkId)?.status === 'filled');
  const sum = (): number =>
    new Map(received.fills.filter(({ linkId }) => linkId === order.linkId).map((fill) => [fill.execId, fill]))
      .size;
  await until('its fill is reported', () => sum() > 0);
}

/** Submits it and waits until it rests. */
export async function rested(
  { account, received, until }: AccountFixture,
  order: OrderRequest,
): Promise<void> {
  await account.submit(order, whenever);
  await until('it rests', () => received.last(order.linkId)?.status === 'open');
}
