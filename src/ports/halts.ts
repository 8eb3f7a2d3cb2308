/**
 * Halts of trading as they are stored: a person halts everything, a user's accounts or one account, and resumes it. The daemon's
 * side says which accounts are halted, and notes what is in force where.
 */
import type { Halt } from '../domain/halt.ts';
import type { Act } from './audit.ts';

/** What a halt is about: ids are `null` where it is wider. */
export interface HaltTarget {
  readonly accountId: string | null;
  readonly userId: string | null;
}

/** A halt with the id that daemons acknowledge it by. */
export interface StandingHalt extends Halt, HaltTarget {
  readonly id: string;
}

/** An account in which a daemon has not put a halt into force yet, or still has one that was lifted. */
export interface PendingHalt {
  readonly accountName: string;
  readonly userName: string;
  readonly daemon: string;
}

export interface HaltingAct extends HaltTarget, Act {
  /** Done as the operator or an administrator: what they halt, users cannot lift. */
  readonly isByOperator: boolean;
}

export interface NewHalt extends HaltingAct {
  readonly reason: string | null;
}

export interface NewArming extends Act {
  readonly accountIds: readonly string[];
  readonly isArmed: boolean;
}

export interface HaltKeeping {
  /**
   * Halts the target and alerts each account in it, in one transaction. What was halted already by one of the same standing
   * stays as it was.
   */
  halt(halt: NewHalt): Promise<{ readonly haltId: string; readonly isNew: boolean }>;
  /** Lifts those of this target that the person may lift, and alerts each account. @returns their ids */
  lift(act: HaltingAct): Promise<readonly string[]>;
  /**
   * Arms these live accounts, or disarms them, and records each.
   * @returns ids of those that changed, and ids under which `confirmed` knows that all of these are not armed
   */
  arm(
    arming: NewArming,
  ): Promise<{ readonly changed: readonly string[]; readonly haltIds: readonly string[] }>;
  /** What halts each of these accounts, the widest first; accounts that nothing halts are left out. */
  ofAccounts(accountIds: readonly string[]): Promise<ReadonlyMap<string, readonly StandingHalt[]>>;
  /** Everything that halts any account, the widest first. */
  inForce(): Promise<readonly StandingHalt[]>;
  /** How many accounts the target has. */
  accountsIn(target: HaltTarget): Promise<number>;
  /**
   * Waits until no daemon has yet to put these halts into force, or to lift them, or until `waitMs` have passed.
   * @returns the accounts of living daemons that have not confirmed it
   */
  confirmed(
    haltIds: readonly string[],
    wanted: { readonly isInForce: boolean; readonly waitMs: number },
  ): Promise<readonly PendingHalt[]>;
}

/** What halts an account now; `userId` is its owner. */
export interface EnteredAccount {
  readonly userId: string;
  readonly halts: readonly StandingHalt[];
}

/** The daemon's side. Every promise rejects with an error when the database cannot be used. */
export interface HaltBook {
  /**
   * What halts the account now, noted as in force with this daemon: from here on a halt waits for this daemon's word.
   * To be called before any task of the account may act.
   */
  enter(accountId: string): Promise<EnteredAccount>;
  /** Everything that halts any account. */
  inForce(): Promise<readonly StandingHalt[]>;
  /** Notes which halts are in force in each account here. */
  noteInForce(accounts: readonly { accountId: string; haltIds: readonly string[] }[]): Promise<void>;
  /** Alerts users whose access ends soon, or has ended; each once, however often and by however many daemons this is called. */
  warnOfAccessEnds(): Promise<void>;
  /** Calls `onChange` whenever something may have changed, also without. */
  listen(onChange: () => void): Promise<void>;
}
