/**
 * What the HTTP API answers with, route by route, as types: an answer is what a use case returns, as JSON. The page imports
 * these types and nothing else of the program. Quantities and money are decimal strings, times ms since epoch.
 */
export type { AddedAccount } from '../application/add-account.ts';
export type { AddedChannel } from '../application/add-channel.ts';
export type { AccountLimitsView } from '../application/account-limits.ts';
export type { CheckedAccount } from '../application/check-key.ts';
export type { HaltResult } from '../application/halt-trading.ts';
export type { HaltsInForce } from '../application/list-halts.ts';
export type { PresetPage } from '../application/presets.ts';
export type { ReplacedKey } from '../application/replace-key.ts';
export type { TestedChannel } from '../application/test-channel.ts';
export type { ShownToken } from '../application/tokens.ts';
export type { UserPage } from '../application/user-access.ts';
export type { ShownVoucher } from '../application/vouchers.ts';
export type { Preset } from '../domain/spec/preset.ts';
export type { RecordedAct } from '../ports/audit.ts';
export type { Channel } from '../ports/channel-book.ts';
export type { Account, ListedUser, User } from '../ports/directory.ts';
export type { KeyReport } from '../ports/key-keeping.ts';
export type { TaskRoll } from '../ports/task-reading.ts';
export type { Token } from '../ports/tokens.ts';
export type { Voucher } from '../ports/vouchers.ts';
export type { Explanation } from '../application/explain-task.ts';
export type { ListedAlert } from '../application/list-alerts.ts';
export type { AccountPositions } from '../application/list-positions.ts';
export type { ProfitReport } from '../application/show-profit.ts';
export type { TaskPage, WayOutView } from '../application/show-task.ts';
export type { SystemView } from '../application/show-system.ts';
export type { ResolutionView, ShownResolution, ShownWayOut } from '../application/resolve-task.ts';
export type { TaskStanding, Urgency } from '../application/survey-tasks.ts';
export type { TaskAccount } from '../application/account-for-task.ts';
export type { CheckedSpec } from '../application/check-spec.ts';
export type { CommandResult } from '../application/send-command.ts';
/** `GET /api/tasks/:id/payoff?waitMs=`, `/rolls` (an array) and `/journal?from=&limit=`. */
export type { PayoffCurve, PayoffStrike, PayoffView } from '../domain/explain/payoff-view.ts';
export type { RollPhase, RollTiming } from '../domain/explain/roll-timing.ts';
export type { JournalStepView, JournalView } from '../application/show-steps.ts';
export type { ConditionView, Advice, RuleAdvice } from '../domain/explain/advice.ts';
export type { CandidatePreview, JudgedGuard, LegPreview, Preview } from '../domain/explain/preview.ts';
export type { AdviceReply } from '../ports/advice.ts';
export type { MachineNames } from '../application/machines.ts';
export type { PlayablePrices, StartedBacktest } from '../application/backtests.ts';
export type {
  BacktestOrder,
  BacktestReport,
  BacktestView,
  PriceFileView,
  SweepReport,
  Tape,
} from '../ports/backtests.ts';
export type { MachineLayout, LaidState, LaidTransition } from '../ports/machine-charts.ts';
export type { Transition } from '../ports/task-reading.ts';
export type { RollSummary } from '../domain/roll/roll.ts';

/** `application/problem+json` (RFC 9457), of every answer that is not 2xx. */
export interface Problem {
  /** `about:blank`, or a path of the documentation. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** One sentence: what happened, with which value, what to do. */
  readonly detail: string;
  /** What is wrong in the request, as the command line says it. */
  readonly faults?: readonly { readonly path: string; readonly found: string; readonly expected: string }[];
}

/** `GET /api/session`: who is signed in. */
export interface SessionView {
  readonly kind: 'operator' | 'user';
  /** `null` for the operator. */
  readonly userName: string | null;
  /** The most that may be done: `read`, `trade`, `manage`. */
  readonly right: 'read' | 'trade' | 'manage';
  readonly isAdministrator: boolean;
  /** paper, testnet, demo, live. */
  readonly environment: string;
  readonly version: string;
  /** When this session ends; `null` for a token. */
  readonly expiresAtMs: number | null;
}

/** `GET /healthz`: the process answers. */
export interface Alive {
  readonly isAlive: true;
}

/** `GET /readyz`: the daemon does its work; 503 with the reasons while it does not. */
export interface Ready {
  readonly isReady: true;
}

/** `GET /api/prices/:coin`: what this daemon has seen of an index since it started, oldest first. */
export interface PriceHistory {
  readonly coin: string;
  /** `[from ms, open, high, low, close]`; a stretch without prices has no bar. */
  readonly bars: readonly (readonly [number, string, string, string, string])[];
  readonly barMs: number;
  /** Stretches in which the index was stale; `toMs` `null` while it still is. */
  readonly stale: readonly { readonly fromMs: number; readonly toMs: number | null }[];
}

/** One event of `GET /api/events` (server-sent events; the field `event` is `kind`). */
export type LiveEvent =
  /** First, and again whenever events were lost: everything shown has to be read anew. */
  | { readonly kind: 'hello'; readonly atMs: number; readonly environment: string; readonly daemon: string }
  /** The newest index prices, at most twenty times a second; `atMs` is exchange time. */
  | {
      readonly kind: 'prices';
      readonly prices: readonly { readonly coin: string; readonly index: string; readonly atMs: number }[];
    }
  /** A feed became stale or live again. */
  | {
      readonly kind: 'feed';
      /** `null`: of every coin. */
      readonly coin: string | null;
      readonly isStale: boolean;
      readonly reason: string | null;
      readonly sinceMs: number;
    }
  /** A task of an account that the caller sees moved to this version: a turn was committed. */
  | {
      readonly kind: 'task';
      readonly taskId: string;
      readonly version: number;
      readonly state: string;
      readonly atMs: number;
    }
  /** An alert was raised in an account that the caller sees. */
  | {
      readonly kind: 'alert';
      readonly taskId: string | null;
      readonly severity: 'critical' | 'warning' | 'info';
      readonly text: string;
      readonly atMs: number;
    }
  /** Trading was halted in an account that the caller sees, or goes on: `GET /api/halts` says by what. */
  | { readonly kind: 'halt'; readonly isHalted: boolean; readonly atMs: number }
  /** Proof of life, every second. `clockMs` is exchange time. */
  | { readonly kind: 'beat'; readonly clockMs: number };

/** `POST /api/alerts/retry`: the deliveries that are sent again. */
export interface RetriedAlerts {
  readonly deliveryIds: readonly string[];
}

/** `POST /api/presets/:name/spec`: a task as a person would write it. */
export interface PresetSpec {
  readonly spec: object;
}
