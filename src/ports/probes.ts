/**
 * What `doctor` looks at outside of what is stored: this process, the embedded database, the server, the exchange. Each probe
 * looks once and gives facts; it judges nothing and changes nothing.
 */
import type { DatabaseFacts, SchemaFacts } from '../domain/doctor/judge-database.ts';
import type { EmbeddedFacts } from '../domain/doctor/judge-embedded.ts';
import type { ExchangeFacts } from '../domain/doctor/judge-surroundings.ts';
import type { DecimalString } from '../domain/money.ts';

/** Another clock compared with this computer's. */
export interface ClockLook {
  /** How far it is ahead of this computer's; negative when it is behind. */
  readonly aheadMs: number;
  /** How long its answer took. */
  readonly withinMs: number;
}

export interface ExchangeLook {
  readonly facts: ExchangeFacts;
  /** `null` where the exchange's date is not today's: on a tape. */
  readonly clock: ClockLook | null;
  /** Exchange time of the answer. */
  readonly nowMs: number;
}

export interface PriceLook {
  readonly coin: string;
  readonly index: DecimalString;
  readonly withinMs: number;
}

/** Each rejects with an error that says, without secrets, what kept it from looking. */
export interface Probes {
  /** How many files one process of this user may have open; `null` where this system does not say. */
  fileLimit(): Promise<number | null>;
  /** `null` when the database is not an embedded one. */
  embedded(): Promise<EmbeddedFacts | null>;
  /** Where the database is kept, and what is left there; `null` when that is another computer's, or cannot be seen from here. */
  disk(): Promise<{ readonly place: string; readonly freeBytes: number } | null>;
  /** @throws Retryable when it cannot be reached */
  database(): Promise<DatabaseFacts>;
  /** Resolves when connections are sessions of their own. @throws BadInput when a pooler shares them */
  ownSessions(): Promise<void>;
  databaseClock(): Promise<ClockLook>;
  schema(): Promise<SchemaFacts>;
  /** `null` when the only exchange is a daemon's own. */
  exchange(): Promise<ExchangeLook | null>;
  /** Opens the public streams, waits for a price and closes them again; `null` as `exchange`. */
  price(): Promise<PriceLook | null>;
  /** Opens the private stream of an account and closes it again; `null` as `exchange`. @returns how long it took, ms */
  privateStream(accountId: string): Promise<number | null>;
  /** Age of the newest backup that is known of, ms; `null` when nothing knows of one. */
  backupAge(): Promise<number | null>;
}
