/** Adds up the result of a backtest: rolls, money, time in each state, and the comparison with the position left alone. */
import type { RollSummary } from '../domain/roll/roll.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { decimal, subtract, sum, type DecimalString } from '../domain/money.ts';
import type { TurnRecord } from '../ports/journal.ts';
import { Refusals, type Refusal } from './refusals.ts';
import { UnhedgedIntervals, type UnhedgedInterval } from './unhedged.ts';

/** Change in the worth of the accounts since the beginning, settle coin, after fees. */
export interface EquityPoint {
  readonly atMs: number;
  readonly rolling: DecimalString;
  readonly notRolling: DecimalString;
}

export interface Outcome {
  readonly rolls: readonly RollSummary[];
  /** State of the task when the prices ended. */
  readonly state: string;
  readonly netCredit: DecimalString;
  readonly fees: DecimalString;
  /** Change in worth from beginning to end, settle coin. */
  readonly result: { readonly rolling: DecimalString; readonly notRolling: DecimalString };
  /** The largest fall from an earlier high among all samples; 0 or more. */
  readonly worstDrawdown: { readonly rolling: DecimalString; readonly notRolling: DecimalString };
  readonly msInState: Readonly<Record<string, number>>;
  /** Every interval between the legs of a roll, oldest first. */
  readonly unhedged: readonly UnhedgedInterval[];
  /** Why it did not roll though its trigger held, the most frequent reason first. */
  readonly refusals: readonly Refusal[];
  readonly equity: readonly EquityPoint[];
}

/** Two years of hours. A longer curve keeps fewer points a day, so that it needs no more memory. */
const pointsMax = 17_520;

export class Tally {
  readonly #rolls: RollSummary[] = [];
  readonly #msInState: Record<string, number> = {};
  readonly #unhedged = new UnhedgedIntervals();
  readonly #refusals = new Refusals();
  readonly #falls = { rolling: new Fall(), notRolling: new Fall() };
  #equity: EquityPoint[] = [];
  /** One of so many samples becomes a point of the curve. */
  #samplesAPoint = 1;
  #samples = 0;
  #last: EquityPoint | null = null;
  #lastRollId: string | null = null;
  #state: { readonly name: string; readonly sinceMs: number } | null = null;

  turn({ atMs, state, snapshotJson }: Pick<TurnRecord, 'atMs' | 'state' | 'snapshotJson'>): void {
    this.#leaveState(atMs);
    this.#state = { name: state, sinceMs: atMs };
    const { context } = JSON.parse(snapshotJson) as { context: RollContext };
    this.#unhedged.note(context, atMs);
    this.#refusals.note(context.reasons);
    const { lastRoll } = context;
    if (!lastRoll || lastRoll.rollId === this.#lastRollId) return;
    this.#lastRollId = lastRoll.rollId;
    this.#rolls.push(lastRoll);
  }

  sample(point: EquityPoint): void {
    this.#falls.rolling.note(point.rolling);
    this.#falls.notRolling.note(point.notRolling);
    this.#last = point;
    if (this.#samples % this.#samplesAPoint === 0) this.#equity.push(point);
    this.#samples += 1;
    if (this.#equity.length < pointsMax) return;
    this.#samplesAPoint *= 2;
    this.#equity = this.#equity.filter((_, at) => at % 2 === 0);
  }

  outcome(endMs: number): Outcome {
    this.#leaveState(endMs);
    const last = this.#last;
    if (last && this.#equity.at(-1) !== last) this.#equity.push(last);
    return {
      rolls: this.#rolls,
      state: this.#state?.name ?? '',
      netCredit: sum(this.#rolls.map(({ netCredit }) => netCredit)),
      fees: sum(this.#rolls.map(({ fee }) => fee)),
      result: { rolling: last?.rolling ?? '0', notRolling: last?.notRolling ?? '0' },
      worstDrawdown: {
        rolling: this.#falls.rolling.worst,
        notRolling: this.#falls.notRolling.worst,
      },
      msInState: this.#msInState,
      unhedged: this.#unhedged.all(endMs),
      refusals: this.#refusals.all(),
      equity: this.#equity,
    };
  }

  #leaveState(atMs: number): void {
    if (!this.#state) return;
    const { name, sinceMs } = this.#state;
    this.#msInState[name] = (this.#msInState[name] ?? 0) + (atMs - sinceMs);
    this.#state = { name, sinceMs: atMs };
  }
}

/** The largest fall from an earlier high of a curve that begins at 0. */
class Fall {
  #high = '0';
  worst = '0';

  note(worth: DecimalString): void {
    if (decimal(worth).greaterThan(this.#high)) this.#high = worth;
    const fall = subtract(this.#high, worth);
    if (decimal(fall).greaterThan(this.worst)) this.worst = fall;
  }
}
