/** Who asks, and what they may see: every use case takes one, and every query is restricted by it. */
import type { Scope } from '../ports/directory.ts';
import { NotAllowed } from '../domain/request-errors.ts';

export type Caller =
  /** Runs the command line beside the database: sees everybody's tasks and names. */
  | { readonly kind: 'operator' }
  /** Sees and asks for their own accounts and tasks alone; another's are unknown to them. */
  | { readonly kind: 'user'; readonly userId: string };

export const operator: Caller = { kind: 'operator' };

/** What the caller may see. */
export const scopeOf = (caller: Caller): Scope => ({
  userId: caller.kind === 'user' ? caller.userId : null,
});

/** The caller as commands and journals name it: `operator`, or `user:` and the id. */
export const askedBy = (caller: Caller): string =>
  caller.kind === 'user' ? `user:${caller.userId}` : caller.kind;

/** @throws NotAllowed to anybody but the operator */
export function assertOperator(caller: Caller, what: string): void {
  if (caller.kind !== 'operator') throw new NotAllowed(`Only the operator may ${what}`);
}
