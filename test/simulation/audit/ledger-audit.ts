/** Money: whenever no order of a task is being worked, its ledger is what the exchange executed of all its orders. */
import { add, compare, multiply, subtract, sum } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import { taskOfLinkId } from '../../../src/domain/roll/roll.ts';
import type { PaperFill } from '../../../src/exchange/paper/engine/types.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';
import type { Ledger } from '../../../src/domain/roll/ledger.ts';
import { contextOf, isWorking } from './stored-turn.ts';

/** In settle coin. */
interface Executed {
  credits: string;
  debits: string;
  fees: string;
}

type SeenFill = Pick<PaperFill, 'execId' | 'linkId' | 'qty' | 'price' | 'fee'> & { readonly side: Side };

export class LedgerAudit {
  readonly #executed = new Map<string, Executed>();
  readonly #working = new Set<string>();
  /** A fill may be reported twice. */
  readonly #counted = new Set<string>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  filled({ execId, linkId, side, qty, price, fee }: SeenFill): void {
    const taskId = taskOfLinkId(linkId);
    if (taskId === null || this.#counted.has(execId)) return;
    this.#counted.add(execId);
    const total = this.#of(taskId);
    const value = multiply(qty, price);
    if (side === 'Sell') total.credits = add(total.credits, value);
    else total.debits = add(total.debits, value);
    total.fees = add(total.fees, fee);
  }

  /** Looks when an order has ended: in between nothing can have been executed. */
  committed({ taskId, state, snapshotJson }: TurnRecord): void {
    if (isWorking(state)) {
      this.#working.add(taskId);
      return;
    }
    if (!this.#working.delete(taskId)) return;
    const { ledger } = contextOf(snapshotJson);
    const executed = withDeliveries(this.#of(taskId), ledger);
    for (const what of ['credits', 'debits', 'fees'] as const)
      if (compare(ledger[what], executed[what]) !== 0)
        this.#violate(
          `task ${taskId} is ${state} with ${what} of ${ledger[what]}, the exchange executed ${executed[what]}`,
        );
  }

  #of(taskId: string): Executed {
    const known = this.#executed.get(taskId) ?? { credits: '0', debits: '0', fees: '0' };
    this.#executed.set(taskId, known);
    return known;
  }
}

/** Deliveries are in the ledger, too; a structure may go on after one. */
function withDeliveries({ credits, debits, fees }: Executed, ledger: Ledger): Executed {
  const { settlement, settlements = settlement ? [settlement] : [] } = ledger;
  const payouts = settlements.map(({ payout }) => payout);
  return {
    credits: add(credits, sum(payouts.filter((payout) => compare(payout, '0') > 0))),
    debits: subtract(debits, sum(payouts.filter((payout) => compare(payout, '0') < 0))),
    fees: add(fees, sum(settlements.map(({ fee }) => fee))),
  };
}
