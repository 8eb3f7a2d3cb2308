/**
 * Orders as the exchange sees them, leg by leg: no two accepted orders for one leg's purpose beyond its quantity.
 * A leg is the orders that share a link id up to its attempt: `close-<task>-v<version>[-a<n>]`.
 */
import { add, compare, larger, smaller, subtract, sum } from '../../../src/domain/money.ts';
import { legOf } from '../../support/link-ids.ts';
import { isPending, type PaperOrder } from '../../../src/exchange/paper/engine/types.ts';

interface Leg {
  /** By option, the most that any of its orders asked for: a structure closes several. */
  readonly wantedQty: Map<string, string>;
  readonly orders: Map<string, PaperOrder>;
}

export class LegAudit {
  readonly #legs = new Map<string, Leg>();
  readonly #violate: (text: string) => void;
  readonly #purposeOf: (leg: string) => string | null;
  readonly #opensFirst: (leg: string) => boolean;

  /** @param purposeOf the most that a leg may execute as it was decided; `null` where that is not known */
  constructor(
    violate: (text: string) => void,
    purposeOf: (leg: string) => string | null = () => null,
    opensFirst: (leg: string) => boolean = () => false,
  ) {
    this.#violate = violate;
    this.#opensFirst = opensFirst;
    this.#purposeOf = purposeOf;
  }

  orderChanged(order: PaperOrder): void {
    const name = legOf(order.linkId);
    const leg = this.#legs.get(name) ?? {
      wantedQty: new Map<string, string>(),
      orders: new Map<string, PaperOrder>(),
    };
    this.#legs.set(name, leg);
    const known = leg.orders.get(order.linkId);
    if (known && known.orderId !== order.orderId) this.#violate(`link id ${order.linkId} names two orders`);
    leg.orders.set(order.linkId, order);
    leg.wantedQty.set(order.symbol, larger(leg.wantedQty.get(order.symbol) ?? '0', order.qty));
    const pending = [...leg.orders.values()].filter(isPending);
    if (pending.length > 1)
      this.#violate(`two orders live for one leg: ${pending.map(({ linkId }) => linkId).join(' and ')}`);
    const asked = this.#askedBy(name);
    const purpose = this.#purposeOf(name) ?? asked;
    const limit = smaller(this.#reachOf(name) ?? purpose, purpose);
    const atRisk = pending.reduce(
      (total, { qty, executedQty }) => add(total, subtract(qty, executedQty)),
      this.executedQty(name),
    );
    if (compare(atRisk, limit) > 0)
      this.#violate(`${name} may execute ${atRisk}, at most ${limit} is its purpose`);
  }

  /**
   * What the leg that comes first has executed; where less is opened than closed, the rest is closed with it. `null` for the leg that
   * comes first: of a roll that opens first each order may ask for a part only, and of one that closes first the first asks for all.
   */
  #reachOf(name: string): string | null {
    const second = this.#opensFirst(name) ? 'close-' : 'open-';
    if (!name.startsWith(second)) return this.#opensFirst(name) ? null : this.#askedBy(name);
    if (name.startsWith('open-')) return this.executedQty(name.replace('open-', 'close-'));
    const opening = name.replace('close-', 'open-');
    const less = subtract(this.#purposeOf(name) ?? '0', this.#purposeOf(opening) ?? '0');
    return add(this.executedQty(opening), less);
  }

  /** By option the most that one order asked for, all together. */
  #askedBy(name: string): string {
    return sum([...(this.#legs.get(name)?.wantedQty.values() ?? [])]);
  }

  /** What the leg's orders have executed so far, all together; in one option, where it is said. */
  executedQty(name: string, symbol?: string): string {
    const orders = [...(this.#legs.get(name)?.orders.values() ?? [])];
    return sum(
      orders
        .filter((order) => symbol === undefined || order.symbol === symbol)
        .map(({ executedQty }) => executedQty),
    );
  }

  get orderCount(): number {
    return [...this.#legs.values()].reduce((total, { orders }) => total + orders.size, 0);
  }
}
