/** The commands that the bench sends to the process of its clients. Plain values, because they travel between processes. */

export interface Reading {
  /** Of the API. */
  readonly url: string;
  readonly token: string;
  /** Asked in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
}

export interface ReadTally {
  readonly done: number;
  readonly failed: number;
  readonly tookMs: number;
}

export interface Subscribing {
  readonly url: string;
  /** Of users, each of whom opens as many streams as the others. */
  readonly tokens: readonly string[];
  readonly total: number;
  /** So many of them stop reading once they are open. */
  readonly deaf: number;
}

export interface ClientCommands {
  /** As fast as answers come. */
  readonly read: (reading: Reading, durationMs: number) => Promise<ReadTally>;
  /** So many a second until `stop`. */
  readonly readSteadily: (reading: Reading, perSecond: number) => void;
  readonly stop: () => ReadTally;
  /** Resolves when every stream has said hello. */
  readonly subscribe: (subscribing: Subscribing) => Promise<void>;
  /** When each stream that reads has received this price, ms since epoch; resolves when all have. */
  readonly arrivals: (index: string) => Promise<readonly number[]>;
  readonly unsubscribe: () => void;
}
