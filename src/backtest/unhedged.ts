/** When a backtest was without its position: a roll's old option closed, the new one not open yet, and what kept it so. */
import { reasonText } from '../domain/explain/reason-text.ts';
import type { DecimalString } from '../domain/money.ts';
import { leftToOpen } from '../domain/roll/roll.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';

export interface UnhedgedInterval {
  readonly rollId: string;
  readonly sinceMs: number;
  /** The end of the prices when it never ended. */
  readonly untilMs: number;
  readonly hasEnded: boolean;
  /** What was missing last, base coin. */
  readonly qty: DecimalString;
  readonly symbol: string;
  /** Orders of leg 2 by then. */
  readonly orders: number;
  /** What last kept it from being opened; `""` when nothing did and an order was being worked. */
  readonly reason: string;
}

type Open = Omit<UnhedgedInterval, 'untilMs' | 'hasEnded'>;

export class UnhedgedIntervals {
  readonly #ended: UnhedgedInterval[] = [];
  #open: Open | null = null;

  /** The task after a turn. */
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
