/**
 * What happens in the daemons as it happens, for those who watch: prices, silent feeds, turns that were committed, alerts and
 * halts. It is told once and stored nowhere; what was missed is read anew. Watchers never reach back: a slow or failing one
 * costs the runtime nothing.
 */
import type { DecimalString } from '../domain/money.ts';
import type { Alert } from './alerts.ts';
import type { StoredTask, TurnRecord } from './journal.ts';
import type { Feed, Tick } from './market-data.ts';

export interface PriceMoved {
  readonly kind: 'price';
  readonly coin: string;
  readonly index: DecimalString;
  /** Exchange time. */
  readonly atMs: number;
}

export interface FeedChanged {
  readonly kind: 'feed';
  /** `null`: every coin. */
  readonly coin: string | null;
  /** Why no price comes; `null` from the moment they come again. */
  readonly reason: string | null;
  /** Exchange time. */
  readonly atMs: number;
}

/** A turn was committed, or a task was added or taken over: its stored version is this one. */
export interface TaskMoved {
  readonly kind: 'task';
  readonly accountId: string;
  readonly taskId: string;
  readonly version: number;
  /** Dotted state, e.g. `IDLE.watching`. */
  readonly state: string;
  /** Exchange time. */
  readonly atMs: number;
}

export interface AlertRaised {
  readonly kind: 'alert';
  readonly accountId: string;
  /** `null` for an alert about the account. */
  readonly taskId: string | null;
  readonly severity: Alert['severity'];
  readonly text: string;
  /** Exchange time. */
  readonly atMs: number;
}

/** Trading was halted in an account, or may go on: what halts it has to be read anew. */
export interface HaltChanged {
  readonly kind: 'halt';
  readonly accountId: string;
  readonly isHalted: boolean;
  /** Exchange time. */
  readonly atMs: number;
}

export type Happening = PriceMoved | FeedChanged | TaskMoved | AlertRaised | HaltChanged;

/** The runtime reports here. No method throws, and none takes longer than noting what is reported. */
export interface LiveReports {
  /** A frame of the market feed, after the tasks have received it. */
  ticks(ticks: readonly Tick[]): void;
  /**
   * Prices have stopped, with the reason, or come again (`null`). @param sources as `MarketListener.stale`
   * @param atMs exchange time
   */
  feed(
    feed: Feed,
    sources: readonly string[] | undefined,
    change: Pick<FeedChanged, 'reason' | 'atMs'>,
  ): void;
  /** A turn was made; it is reported on once `committed` resolves. */
  turn(record: TurnRecord, committed: Promise<unknown>): void;
  /** A task begins to be managed here, as it is stored. @param atMs exchange time */
  begun(task: Pick<StoredTask, 'accountId' | 'taskId' | 'version' | 'state'>, atMs: number): void;
  /** An alert about an account was raised. @param alert `atMs` is exchange time */
  accountAlert(accountId: string, alert: Alert & { readonly atMs: number }): void;
  /** A halt, or its end, was put into force in an account. */
  halt(change: Omit<HaltChanged, 'kind'>): void;
}

/** The events that the emitter has, one for each kind of happening. */
export type LiveEvents = { readonly [Kind in Happening['kind']]: (happening: HappeningOf<Kind>) => void };

export type HappeningOf<Kind extends Happening['kind']> = Extract<Happening, { readonly kind: Kind }>;

/** Gives what is reported to listeners. */
export interface LiveSource {
  /**
   * Calls these from now on, synchronously: they note and return. One that throws is counted and reported in the log, and
   * reaches neither the runtime nor other listeners.
   * @returns ends it
   */
  subscribe(listeners: Partial<LiveEvents>): () => void;
}

/**
 * Carries what happens from the daemons where it happens to those that are watched. It is lost while there is no connection
 * between them.
 */
export interface LiveRelay {
  /** Asks every other daemon to send what happens, for so long. @throws Error when it could not be asked */
  ask(forMs: number): Promise<void>;
  /**
   * Sends to every other daemon. @returns how many of them, from the first on, were sent: a message has a bound
   * @throws Error when nothing was sent
   */
  send(happenings: readonly Happening[]): Promise<number>;
  /** Says that some of what happened here was not sent. @throws Error when that could not be said */
  tellMissed(): Promise<void>;
  /** Asks every other daemon how it stands. @throws Error when it could not be asked */
  askStandings(): Promise<void>;
  /** Says how this daemon stands, to all that listen. @throws Error when that could not be said */
  sendStanding(word: DaemonWord): Promise<void>;
  /** Resolves when it listens, or after a first failure: it then keeps trying. */
  listen(listener: LiveRelayListener): Promise<void>;
}

/** Receives what other daemons ask and send; what this one sends does not come back. */
export interface LiveRelayListener {
  /** Another daemon is watched, and asks for everything that happens within the time. */
  asked(forMs: number): void;
  received(happenings: readonly Happening[]): void;
  /** Some may be missing: the other daemon says so, or the connection was lost and is there again. */
  missed(): void;
  /** The connection is there again: other daemons may have asked in vain. */
  reconnected(): void;
  /** It is asked how this daemon stands. */
  standingAsked?(): void;
  /** Another daemon says how it stands. */
  standing?(word: DaemonWord): void;
}

/** How one daemon stands, in its own words. */
export interface DaemonWord {
  readonly daemon: string;
  /** Of the program. */
  readonly version: string;
  /** Why it does not do its work, the worst first; none while it does. */
  readonly problems: readonly string[];
  /** Tasks that it manages. */
  readonly tasksHere: number;
}
