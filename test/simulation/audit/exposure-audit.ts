/** Positions at the exchange: a roll moves what is held, it never adds to it and never turns it around. */
import { add, compare, subtract, sum } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import type { Account } from '../../../src/exchange/paper/engine/account.ts';

/** By side; that of an account of structures has both. */
type Entrusted = ReadonlyMap<Side, string>;

export class ExposureAudit {
  readonly #entrusted = new Map<string, Entrusted>();
  readonly #twice = new Map<string, Entrusted>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  /** What an account held when the world began, and what a person has kept of a roll that opened first. */
  entrust(accountId: string, side: Side, qty: string): void {
    const before = this.#entrusted.get(accountId) ?? new Map<Side, string>();
    this.#entrusted.set(accountId, new Map([...before, [side, add(before.get(side) ?? '0', qty)]]));
  }

  /** A task that opens first may hold so much twice for a while. */
  allowTwice(accountId: string, side: Side, qty: string): void {
    const twice = this.#twice.get(accountId) ?? new Map<Side, string>();
    this.#twice.set(accountId, new Map([...twice, [side, add(twice.get(side) ?? '0', qty)]]));
  }

  changed(account: Account): void {
    const entrusted = this.#entrusted.get(account.apiKey);
    if (!entrusted) return;
    const positions = Object.values(account.state.positions);
    const turned = positions.find(({ side }) => !entrusted.has(side));
    if (turned)
      this.#violate(`${turned.side} ${turned.qty} ${turned.symbol}: the position was turned around`);
    const only = entrusted.size === 1;
    for (const [side, entrustedQty] of entrusted) {
      const held = sum(positions.filter((position) => position.side === side).map(({ qty }) => qty));
      const opening = [...account.pending]
        .filter((order) => !order.reduceOnly && (only || order.side === side))
        .reduce((total, { qty, executedQty }) => add(total, subtract(qty, executedQty)), '0');
      const twice = this.#twice.get(account.apiKey)?.get(side) ?? '0';
      if (compare(add(held, opening), add(entrustedQty, twice)) > 0)
        this.#violate(
          `account ${account.apiKey} holds ${held} and is about to open ${opening}; entrusted with ${entrustedQty}`,
        );
    }
  }
}
