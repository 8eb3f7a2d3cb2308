/**
 * Backtests that a daemon plays for people: a task against recorded prices, in a thread that takes only the time that trading
 * leaves. They are kept in memory for a while and belong to the user who asked; nothing of them is stored.
 */
import type { InputIssue } from '../domain/errors.ts';
import type { DecimalString } from '../domain/money.ts';
import type { RollSummary } from '../domain/roll/roll.ts';

/** Recorded prices that come with the program. */
export interface Tape {
  readonly name: string;
  /** In one line. */
  readonly about: string;
  readonly coin: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

export interface PriceFileView {
  readonly priceFileId: string;
  /** As the person calls it. */
  readonly name: string;
  readonly bytes: number;
  readonly keptUntilMs: number;
}

export interface BacktestOrder {
  /** As a person wrote it. */
  readonly spec: unknown;
  /** Size of the position where the spec says `all`, base coin. */
  readonly qty: DecimalString;
  readonly side: 'short' | 'long';
  /** On the account at the beginning, settle coin. */
  readonly cash: DecimalString;
  /** At-the-money, as a fraction per year: `0.55`. */
  readonly volatility: DecimalString;
  /** Name of a tape; or of a price file its id. */
  readonly prices: string;
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
  /** What is answered where the task asks first; `default`: nothing, and the default acts. */
  readonly approvals?: 'roll' | 'skip' | 'default' | undefined;
  /** Up to two places in the task with their values, as `trigger=24000..27000:500` or `target=1,2,3`. */
  readonly sweep?: readonly string[] | undefined;
}

/** Results of rolling, and of the same position left alone. */
export interface Compared {
  readonly rolling: DecimalString;
  readonly notRolling: DecimalString;
}

export interface BacktestReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly rowEveryMs: number;
  /** In which every amount is. */
  readonly settleCoin: string;
  /** How the file was understood, and what is missing in it; a sentence each. */
  readonly notes: readonly string[];
  readonly rolls: readonly RollSummary[];
  /** State of the task when the prices ended. */
  readonly state: string;
  readonly netCredit: DecimalString;
  readonly fees: DecimalString;
  readonly result: Compared;
  /** The largest fall from an earlier high; 0 or more. */
  readonly worstDrawdown: Compared;
  readonly msInState: Readonly<Record<string, number>>;
  /** Intervals without the position between the legs of a roll, oldest first. */
  readonly unhedged: readonly {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly hasEnded: boolean;
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly reason: string;
  }[];
  /** Why it did not roll though its trigger held, the most frequent first. */
  readonly refusals: readonly { readonly text: string; readonly times: number; readonly lastAtMs: number }[];
  /** `[at ms, rolling, not rolling]`: change in worth since the beginning, after fees. At most 2,000 points. */
  readonly curve: readonly (readonly [number, DecimalString, DecimalString])[];
}

export interface SweepReport {
  readonly axes: readonly { readonly path: string; readonly values: readonly string[] }[];
  /** Those that have been played so far, in the order of the grid, the last axis changing fastest. */
  readonly cells: readonly {
    readonly values: readonly string[];
    readonly rolls: number;
    readonly state: string;
    readonly netCredit: DecimalString;
    readonly fees: DecimalString;
    readonly result: DecimalString;
    readonly worstDrawdown: DecimalString;
    /** Why this run could not begin; `null` when it was played. */
    readonly refusal: string | null;
  }[];
}

export interface BacktestView {
  readonly backtestId: string;
  readonly state: 'waiting' | 'playing' | 'done' | 'refused' | 'failed' | 'cancelled';
  /** How many are played before this one. */
  readonly before: number;
  /** Share that has been played, 0 to 1. */
  readonly progress: number;
  readonly askedAtMs: number;
  /** Why there is no result, in one sentence; `null` otherwise. */
  readonly problem: string | null;
  /** What is wrong in the order, when it was refused. */
  readonly faults: readonly InputIssue[];
  readonly report: BacktestReport | null;
  /** `null` when none was asked for. It grows while it is played. */
  readonly sweep: SweepReport | null;
}

/** @param owner whose they are: nobody else sees them */
export interface Backtests {
  tapes(): readonly Tape[];
  /** Keeps a file of prices for an hour. @throws TooMany when as many are kept already */
  keepPriceFile(
    owner: string,
    file: { readonly name: string; readonly content: Uint8Array },
  ): Promise<PriceFileView>;
  priceFiles(owner: string): readonly PriceFileView[];
  /**
   * Puts a backtest in the queue. The same id again asks for the same backtest.
   * @throws TooMany when as many wait already; NotFound when there are no such prices
   */
  start(owner: string, backtestId: string, order: BacktestOrder): void;
  /** `null` when the owner has none of this id. */
  view(owner: string, backtestId: string): BacktestView | null;
  /** Ends it, and forgets it. @returns false when the owner has none of this id */
  remove(owner: string, backtestId: string): Promise<boolean>;
}
