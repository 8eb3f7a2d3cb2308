/**
 * What the HTTP API answers with, route by route, as types: an answer is what a use case returns, as JSON. The page imports
 * these types and nothing else of the program. Quantities and money are decimal strings, times ms since epoch.
 */
export type { Explanation } from '../application/explain-task.ts';
export type { ListedAlert } from '../application/list-alerts.ts';
export type { AccountPositions } from '../application/list-positions.ts';
export type { ProfitReport } from '../application/show-profit.ts';
export type { TaskPage } from '../application/show-task.ts';
export type { SystemView } from '../application/show-system.ts';
export type { TaskStanding, Urgency } from '../application/survey-tasks.ts';
export type { TaskAccount } from '../application/account-for-task.ts';
export type { CommandResult } from '../application/send-command.ts';
export type { ConditionView, Advice, RuleAdvice } from '../domain/explain/advice.ts';
export type { Preview } from '../domain/explain/preview.ts';
export type { AdviceReply } from '../ports/advice.ts';
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

/** `GET /api/tasks/:id/payoff`: result at prices of the underlying, in settle coin, of everything that the task holds. */
export interface PayoffView {
  /** Of the underlying now; `null` when it is not known. */
  readonly index: string | null;
  /** At which prices of the underlying every curve is given, rising. */
  readonly prices: readonly string[];
  readonly curves: readonly PayoffCurve[];
  /** Levels of triggers on the underlying's price. */
  readonly triggers: readonly { readonly text: string; readonly level: string }[];
}

export interface PayoffCurve {
  /**
   * `before`: as held, at delivery; `today`: as held, at its value now by Black-Scholes; `between`: while leg 1 is closed and leg 2 is
   * not open; `after`: after the next roll, at delivery.
   */
  readonly kind: 'before' | 'today' | 'between' | 'after';
  /** In words: `short 0.1 BTC-31MAR23-25000-C-USDT`. */
  readonly text: string;
  /** One for each of `prices`, after fees, what the task has earned so far included. */
  readonly results: readonly string[];
  readonly breakEvens: readonly string[];
}

/** `GET /api/tasks/:id/rolls`: when each part of a roll was. Oldest first. */
export interface RollTiming {
  readonly rollId: string;
  readonly phases: readonly {
    /** `interval`: the old leg is closed, the new one is not yet ordered. */
    readonly kind: 'planning' | 'leg1' | 'interval' | 'leg2' | 'other';
    readonly fromMs: number;
    /** `null` while it lasts. */
    readonly toMs: number | null;
  }[];
  /** Versions of the journal from its lock to its end; `null` while it lasts. */
  readonly fromVersion: number;
  readonly toVersion: number | null;
  readonly fromSymbol: string;
  readonly toSymbol: string | null;
  /** As of the ledger; `null` while it lasts. */
  readonly netCredit: string | null;
  readonly fee: string | null;
}

/** `GET /api/machines/:name`: a chart, laid out; coordinates in px. */
export interface MachineLayout {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly states: readonly {
    /** Dotted, as a task's state is: `IDLE.watching`. */
    readonly id: string;
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly isCompound: boolean;
    readonly kind: 'state' | 'initial' | 'final';
  }[];
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    /** Event and guard, a line for each. */
    readonly label: string;
    readonly points: readonly (readonly [number, number])[];
    readonly labelBox: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    } | null;
  }[];
}

/** `GET /api/tasks/:id/journal?from=&limit=`: what a slider goes through. Oldest first. */
export interface JournalView {
  readonly taskId: string;
  /** The last version there is. */
  readonly version: number;
  readonly steps: readonly {
    readonly version: number;
    readonly atMs: number;
    /** Actor that received the stimulus; `""` is the task itself. */
    readonly path: string;
    readonly event: string;
    /** The stimulus as journaled. */
    readonly eventJson: string;
    readonly state: string;
    /** State of the order's machine that works; `null` when none does. */
    readonly orderState: string | null;
    /** One sentence. */
    readonly text: string;
  }[];
}
