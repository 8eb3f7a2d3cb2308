/** The caller of a use case, and what it may see: every use case takes one, and every query is restricted by it. */
import type { Scope } from '../ports/directory.ts';
import { NotAllowed } from '../domain/request-errors.ts';

export type Caller =
  /** Runs the command line beside the database, and sees the tasks and names of all users. */
  | { readonly kind: 'operator' }
  /** Sees and changes this user's accounts and tasks alone; those of other users count as unknown. */
  | { readonly kind: 'user'; readonly userId: string };

export const operator: Caller = { kind: 'operator' };

/** The rows that the caller may see. */
export const scopeOf = (caller: Caller): Scope => ({
  userId: caller.kind === 'user' ? caller.userId : null,
});

/** The caller as commands and journals name it: `operator`, or `user:` and the id. */
export const askedBy = (caller: Caller): string =>
  caller.kind === 'user' ? `user:${caller.userId}` : caller.kind;

/** @param what completes the error's sentence: "Only the operator may …" @throws NotAllowed to users */
export function assertOperator(caller: Caller, what: string): void {
  if (caller.kind !== 'operator') throw new NotAllowed(`Only the operator may ${what}`);
}
