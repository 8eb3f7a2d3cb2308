/**
 * Halts of trading as they are stored: a person halts everything, a user's accounts or one account, and resumes it. The daemon's
 * side says which accounts are halted, and notes what is in force where.
 */
import type { Halt } from '../domain/halt.ts';
import type { Scope } from './directory.ts';

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

export interface NewHalt extends HaltTarget {
  /** As `Caller` names itself to commands. */
  readonly by: string;
  readonly reason: string | null;
}

export interface HaltKeeping {
  /**
   * Halts the target and alerts each account in it, in one transaction. What this person, or another of the same standing,
   * has halted already stays as it was.
   */
  halt(halt: NewHalt): Promise<{ readonly halt: StandingHalt; readonly isNew: boolean }>;
  /** Lifts those of this target that the person may lift: an operator all, a user those of users. Alerts each account. */
  lift(wanted: NewHalt): Promise<readonly StandingHalt[]>;
  /** Everything that halts an account within the scope, the widest first. */
  standing(scope: Scope): Promise<readonly StandingHalt[]>;
  /** How many accounts the target has. */
  accountsIn(target: HaltTarget): Promise<number>;
  /** Accounts that a living daemon manages, in which the halt of this id is not in force yet, or still is. */
  pending(haltId: string, wanted: 'in force' | 'lifted'): Promise<readonly PendingHalt[]>;
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
  /** Calls `onChange` whenever something may have changed, also without. */
  listen(onChange: () => void): Promise<void>;
}
