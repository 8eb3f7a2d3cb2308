/** How the daemons stand: this one, and all that share the database. */

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

export interface SystemReading {
  /** The daemons of this environment that live, by name. */
  daemons(): Promise<readonly ListedDaemon[]>;
  /** Tasks of this environment that are not over. */
  activeTasks(): Promise<number>;
  /** Into how many slices the accounts fall. */
  readonly shardsTotal: number;
}
