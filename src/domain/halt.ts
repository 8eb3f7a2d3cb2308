/** Why trading is halted, as it is persisted, alerted and shown. Everything that stops an account unites here. */

/**
 * `halt`: a person halted it; `notArmed`: it trades real money, and no person has armed it; the others follow from what was
 * decided about the account's owner.
 */
export type HaltCause = 'halt' | 'notArmed' | 'banned' | 'accessEnded';

export interface Halt {
  readonly cause: HaltCause;
  /** What is halted: everything, all accounts of one user, or one account. */
  readonly scope: 'everything' | 'user' | 'account';
  /** Who halted it, by name; `null` where that is not told, or time did. */
  readonly by: string | null;
  /** In that person's words; `null` for none. */
  readonly reason: string | null;
  /** This installation's date, ms. */
  readonly sinceMs: number;
}

/** `user` is a name. */
export interface AccessAlertFigures {
  readonly accessEnds: { readonly user: string; readonly untilMs: number };
  readonly accessEnded: { readonly user: string; readonly untilMs: number };
}

/** What alerts about halts carry; `name` is the account's. */
export interface HaltAlertFigures extends AccessAlertFigures {
  readonly tradingHalted: { readonly name: string; readonly halt: Halt };
  /** `halts` that remain; trading goes on when there are none. */
  readonly tradingResumed: { readonly name: string; readonly by: string; readonly halts: readonly Halt[] };
}

/** Without what only its storing needs. */
export const plainHalt = ({ cause, scope, by, reason, sinceMs }: Halt): Halt => ({
  cause,
  scope,
  by,
  reason,
  sinceMs,
});
