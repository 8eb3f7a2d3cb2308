/** How the daemons stand: this one, and all that share the database. */
import type { RollPart } from '../domain/explain/state-text.ts';

/** What a daemon knows of itself. */
export interface DaemonStanding {
  readonly daemon: string;
  /** Of the program. */
  readonly version: string;
  readonly environment: string;
  /** This computer's date. */
  readonly startedAtMs: number;
  /** Why it does not do its work, the worst first; none while it does. */
  readonly problems: readonly string[];
  /** Tasks that it manages. */
  readonly tasksHere: number;
  readonly streams: readonly StreamStanding[];
  readonly journal: JournalStanding;
  readonly live: WatcherCounts;
}

/** The prices of one underlying. */
export interface StreamStanding {
  readonly coin: string;
  readonly isLive: boolean;
  /** Why no price comes; `null` while they come. */
  readonly reason: string | null;
  /** Exchange time of the last price; `null` before the first. */
  readonly lastAtMs: number | null;
}

export interface JournalStanding {
  readonly healthy: boolean;
  /** Turns that wait to be stored. */
  readonly waiting: number;
  /** How long the oldest of them has waited; 0 while none does. */
  readonly lagMs: number;
}

export interface WatcherCounts {
  /** Open streams of live events. */
  readonly subscribers: number;
  /** How many were dropped since the start because they did not read. */
  readonly dropped: number;
}

export interface ListedDaemon {
  readonly name: string;
  readonly isThisOne: boolean;
  /** Slices of the accounts that it holds. */
  readonly shards: number;
  readonly accounts: number;
}

/** What of something lasts now. */
export interface Lasting {
  readonly count: number;
  /** How long the oldest has lasted, exchange time; 0 while there is none. */
  readonly oldestMs: number;
}

/** The rolls of one daemon. */
export interface RollsStanding {
  /** How many are under way in each part. */
  readonly parts: Readonly<Record<RollPart, number>>;
  /** How many wait for a person to decide. */
  readonly failed: number;
  /** Something is closed and not opened again; those that wait for a person, too. */
  readonly halfRolled: Lasting;
  /** Something is opened and the old option not closed for it yet; those that wait for a person, too. */
  readonly doubled: Lasting;
  /** Orders that are looked up, because it is not known what became of them. */
  readonly unknownOutcomes: Lasting;
}

/** The prices of one underlying as this daemon receives them. */
export interface CoinFlow {
  readonly coin: string;
  /** Frames since the start. */
  readonly ticks: number;
  /** How old the last price is, exchange time; `null` before the first. */
  readonly ageMs: number | null;
  readonly isLive: boolean;
}

/** What the runtime of one daemon does, and has done since the start. */
export interface RuntimeStanding {
  readonly tasks: number;
  readonly accounts: number;
  readonly rolls: RollsStanding;
  readonly coins: readonly CoinFlow[];
  /** Frames of options' tickers. */
  readonly optionTicks: number;
  /** How often a task was woken by a price or the time. */
  readonly wakes: number;
  /** Tasks that wait to read the market and order. */
  readonly waitingForAdmission: number;
}

/** One limit that the exchange sets to requests. */
export interface LimitStanding {
  /** The endpoint for a limit of each account; `address` and `connections` for those of this computer. */
  readonly limit: string;
  /** The share that is free, 0 to 1; of the account that has the least. */
  readonly room: number;
  /** Requests that wait for room. */
  readonly waiting: number;
}

/** Websockets to the exchange. */
export interface StreamsStanding {
  readonly stream: 'prices' | 'options' | 'account' | 'orders';
  readonly wanted: number;
  /** Wanted and delivering nothing. */
  readonly down: number;
}

/** How the connection to the exchange stands. */
export interface ExchangeStanding {
  readonly limits: readonly LimitStanding[];
  readonly streams: readonly StreamsStanding[];
  /** Since the start. */
  readonly connections: number;
  /** Frames that could not be read, since the start. */
  readonly malformedFrames: number;
}

/** Slices of the accounts. */
export interface ShardsStanding {
  readonly held: number;
  /** Those with accounts that no daemon holds, at several looks in a row. */
  readonly unowned: number;
}

export interface PoolStanding {
  readonly busy: number;
  readonly idle: number;
  /** Queries that wait for a connection. */
  readonly waiting: number;
}

/** How far the delivery of alerts is behind. */
export interface OutboxBacklog {
  /** Deliveries that wait, those that are tried again included. */
  readonly waiting: number;
  /** How long the oldest of them has waited; 0 for none. */
  readonly oldestMs: number;
  /** Given up, until a person has them sent again. */
  readonly dead: number;
  /** When the oldest alert happened that was not divided among channels yet, exchange time; `null` for none. */
  readonly unplannedSinceMs: number | null;
}

export interface SystemReading {
  /** The daemons of this environment that live, by name. */
  daemons(): Promise<readonly ListedDaemon[]>;
  /** Tasks of this environment that are not over. */
  activeTasks(): Promise<number>;
  /** Of all environments; up to 10,000 of each kind are counted. */
  outboxBacklog(): Promise<OutboxBacklog>;
  /** Into how many slices the accounts fall. */
  readonly shardsTotal: number;
}
