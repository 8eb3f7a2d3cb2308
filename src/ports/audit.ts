/**
 * The record of what people did. Every port that changes something on a person's behalf takes an `Act` and writes it in the
 * transaction that makes the change, so that neither is there without the other.
 */

/** Who does it, and from where. */
export interface Act {
  /** `operator`, or `user:` and a user's id. */
  readonly by: string;
  /** `command line on HOST`, `telegram 12345`, `token 7`. */
  readonly from: string;
}

export interface RecordedAct extends Act {
  readonly auditId: string;
  readonly atMs: number;
  /** Name of the user who did it; `null` for the operator. */
  readonly byName: string | null;
  /** Subject and verb of the command line: `user.ban`, `task.pause`. */
  readonly act: string;
  /** What it was done to; `null` where it was no account. */
  readonly accountName: string | null;
  readonly ownerName: string | null;
  readonly taskId: string | null;
  /** The user it was done to. */
  readonly userName: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Whose acts may be read. */
export type AuditScope =
  | { readonly kind: 'everything' }
  /** What this user did, and what anybody did to accounts of this user. Nothing when the user is not let in. */
  | { readonly kind: 'user'; readonly userId: string };

export interface WantedActs {
  /** Only acts by this user, to this user or to accounts of this user. */
  readonly userName?: string | undefined;
  readonly sinceMs?: number | undefined;
  /** The newest so many. */
  readonly limit: number;
}

export interface AuditReading {
  /** Oldest first; empty for an unknown user. */
  acts(wanted: WantedActs, scope: AuditScope): Promise<readonly RecordedAct[]>;
}
