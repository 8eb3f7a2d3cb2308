/** When a backtest was without its position, and why: the old option of a roll closed, the new one not open yet. */
import { reasonText } from '../domain/explain/reason-text.ts';
import { isPositive, type DecimalString } from '../domain/money.ts';
import { missingOf, movesOf, type Roll } from '../domain/roll/roll.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';

/** What is missing of one option. */
interface MissingOption {
  /** Quantity that was still missing at last, base coin. */
  readonly qty: DecimalString;
  readonly symbol: string;
}

export interface UnhedgedInterval extends MissingOption {
  readonly rollId: string;
  readonly sinceMs: number;
  /** The end of the prices when the interval has not ended. */
  readonly untilMs: number;
  readonly hasEnded: boolean;
  /** The same of further legs of a structure. */
  readonly others?: readonly MissingOption[];
  /** How many orders had been sent to open something. */
  readonly orders: number;
  /** Why the new option was last not opened; `""` when an order was being worked all the time. */
  readonly reason: string;
}

type Open = Omit<UnhedgedInterval, 'untilMs' | 'hasEnded'>;

export class UnhedgedIntervals {
  readonly #ended: UnhedgedInterval[] = [];
  #open: Open | null = null;

  /** @param atMs time of the turn after which the task has this context */
  note({ roll, reasons, lastRoll }: Pick<RollContext, 'roll' | 'reasons' | 'lastRoll'>, atMs: number): void {
    const sinceMs = roll?.nakedInterval?.sinceMs ?? null;
    const former = this.#open;
    const staysFlat = roll === null && lastRoll?.isFlat === true;
    if (former !== null && !staysFlat && former.sinceMs !== sinceMs) {
      this.#ended.push({ ...former, untilMs: atMs, hasEnded: true });
      this.#open = null;
    }
    if (roll === null || sinceMs === null) return;
    const [last] = reasons;
    this.#open = {
      rollId: roll.rollId,
      sinceMs,
      ...missingIn(roll),
      orders: movesOf(roll).reduce((total, { opened }) => total + opened.attempts, 0),
      reason: last !== undefined && last.atMs >= sinceMs ? reasonText(last) : '',
    };
  }

  all(endMs: number): readonly UnhedgedInterval[] {
    return this.#open === null
      ? this.#ended
      : [...this.#ended, { ...this.#open, untilMs: endMs, hasEnded: false }];
  }
}

/** Of a structure each leg of which something is missing; there is one as long as the interval lasts. */
function missingIn(roll: Roll): MissingOption & Pick<UnhedgedInterval, 'others'> {
  const { others = [], ...own } = missingOf(roll);
  const [first = own, ...more] = [own, ...others].filter(({ qty }) => isPositive(qty));
  const optionOf = ({ qty, symbol, fromSymbol }: typeof own): MissingOption => ({
    qty,
    symbol: symbol ?? fromSymbol,
  });
  return { ...optionOf(first), ...(more.length > 0 && { others: more.map(optionOf) }) };
}
