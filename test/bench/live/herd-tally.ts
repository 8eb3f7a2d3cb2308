/** Reads off the exchange's own books what a herd has traded: which legs were sent, which are filled, when, and which twice. */
import { add, compare } from '../../../src/domain/money.ts';
import type { PaperExchange } from '../../../src/exchange/paper/exchange.ts';
import type { PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import type { HerdTally, TallyOptions } from './exchange-words.ts';

/** All attempts at one leg of one roll. */
interface Leg {
  sentMs: number;
  filledMs: number;
  qty: string;
}

export function tallyHerd(paper: PaperExchange, options: TallyOptions): HerdTally {
  const { accounts, prefix, sinceMs } = options;
  const result = { closing: 0, rolled: 0, lastClosingMs: 0, lastRolledMs: 0, orders: 0 };
  const accountsMs: number[] = [];
  const twice: string[] = [];
  for (let at = 0; at < accounts; at += 1) {
    const orders = paper
      .account(`${prefix}${at}`)
      .orders()
      .filter(({ acceptedAtMs }) => acceptedAtMs >= sinceMs);
    result.orders += orders.length;
    let doneMs = 0;
    for (const [name, leg] of legsOf(orders)) {
      if (compare(leg.qty, options.qty) > 0) twice.push(`${name} traded ${leg.qty}`);
      if (name.startsWith('close-')) {
        result.closing += 1;
        result.lastClosingMs = Math.max(result.lastClosingMs, leg.sentMs - sinceMs);
      } else if (compare(leg.qty, options.qty) >= 0) {
        result.rolled += 1;
        doneMs = Math.max(doneMs, leg.filledMs - sinceMs);
      }
    }
    result.lastRolledMs = Math.max(result.lastRolledMs, doneMs);
    accountsMs.push(doneMs);
  }
  return { ...result, accountsMs, twice };
}

function legsOf(orders: readonly Readonly<PaperOrder>[]): ReadonlyMap<string, Leg> {
  const legs = new Map<string, Leg>();
  for (const { linkId, acceptedAtMs, updatedAtMs, executedQty } of orders) {
    const name = linkId.replace(/-a\d+$/, '');
    const leg = legs.get(name) ?? { sentMs: acceptedAtMs, filledMs: 0, qty: '0' };
    leg.filledMs = Math.max(leg.filledMs, updatedAtMs);
    leg.qty = add(leg.qty, executedQty);
    legs.set(name, leg);
  }
  return legs;
}
