/** When a backtest was without its position, and why: the old option of a roll closed, the new one not open yet. */
import { reasonText } from '../domain/explain/reason-text.ts';
import type { DecimalString } from '../domain/money.ts';
import { leftToOpen } from '../domain/roll/roll.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';

export interface UnhedgedInterval {
  readonly rollId: string;
  readonly sinceMs: number;
  /** The end of the prices when the interval has not ended. */
  readonly untilMs: number;
  readonly hasEnded: boolean;
  /** Quantity that was still missing at last, base coin. */
  readonly qty: DecimalString;
  readonly symbol: string;
  /** How many orders leg 2 had sent. */
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
      qty: leftToOpen(roll),
      symbol: roll.compensating ? roll.fromSymbol : (roll.toSymbol ?? roll.fromSymbol),
      orders: roll.opened.attempts,
      reason: last !== undefined && last.atMs >= sinceMs ? reasonText(last) : '',
    };
  }

  all(endMs: number): readonly UnhedgedInterval[] {
    return this.#open === null
      ? this.#ended
      : [...this.#ended, { ...this.#open, untilMs: endMs, hasEnded: false }];
  }
}
