/** Positions at the exchange: a roll moves what is held, it never adds to it and never turns it around. */
import { add, compare, subtract } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import type { Account } from '../../../src/exchange/paper/engine/account.ts';

interface Entrusted {
  readonly side: Side;
  readonly qty: string;
}

export class ExposureAudit {
  readonly #entrusted = new Map<string, Entrusted>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  /** What an account held when the world began. */
  entrust(accountId: string, side: Side, qty: string): void {
    const before = this.#entrusted.get(accountId)?.qty ?? '0';
    this.#entrusted.set(accountId, { side, qty: add(before, qty) });
  }

  changed(account: Account): void {
    const entrusted = this.#entrusted.get(account.apiKey);
    if (!entrusted) return;
    const positions = Object.values(account.state.positions);
    const turned = positions.find(({ side }) => side !== entrusted.side);
    if (turned)
      this.#violate(`${turned.side} ${turned.qty} ${turned.symbol}: the position was turned around`);
    const held = positions.reduce((total, { qty }) => add(total, qty), '0');
    const opening = [...account.pending]
      .filter(({ reduceOnly }) => !reduceOnly)
      .reduce((total, { qty, executedQty }) => add(total, subtract(qty, executedQty)), '0');
    const reach = add(held, opening);
    if (compare(reach, entrusted.qty) > 0)
      this.#violate(
        `account ${account.apiKey} holds ${held} and is about to open ${opening}; entrusted with ${entrusted.qty}`,
      );
  }
}
