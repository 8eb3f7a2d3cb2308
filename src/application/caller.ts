/**
 * The caller of a use case, and what it may see and do: every use case takes one, every query is restricted by it, and
 * whatever changes something asks here first. Callers are made by `admit.ts`, or are the operator of the command line.
 */
import { hostname } from 'node:os';
import { NotAllowed } from '../domain/request-errors.ts';
import type { Act, AuditScope } from '../ports/audit.ts';
import type { Role, Scope } from '../ports/directory.ts';
import type { TokenScope } from '../ports/tokens.ts';

/** The most that a caller may do, whatever the role on an account allows: a token's scope; everything for a person. */
export type Right = TokenScope;

export type Caller =
  /** Runs the command line beside the database, or has signed in by its link, and sees the tasks and names of all users. */
  | {
      readonly kind: 'operator';
      /** Where the call came from, for the audit. Default: the command line of this machine. */
      readonly from?: string;
    }
  /** Sees the accounts that this user owns or was given access to, and does there what the role allows. */
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly right: Right;
      /** As the configuration has it. An administrator lets people in and out, and sees no more accounts than others. */
      readonly isAdministrator: boolean;
      /** Where the call came from, for the audit: `telegram 12345`, `token 7`. */
      readonly from: string;
    }
  /** Was not let in: sees nothing and may do nothing. */
  | { readonly kind: 'nobody'; readonly from: string };

export const operator: Caller = { kind: 'operator' };

/** No user has this id: the database counts from 1. */
const nobodysId = '0';

/** The accounts that the caller may see. */
export function scopeOf(caller: Caller): Scope {
  switch (caller.kind) {
    case 'operator':
      return { userId: null };
    case 'user':
      return { userId: caller.userId };
    case 'nobody':
      return { userId: nobodysId };
  }
}

/** The users that the caller may see: administrators see all of them. */
export const peopleScopeOf = (caller: Caller): Scope =>
  caller.kind === 'user' && caller.isAdministrator ? { userId: null } : scopeOf(caller);

/** The acts that the caller may read. */
export function auditScopeOf(caller: Caller): AuditScope {
  const { userId } = peopleScopeOf(caller);
  return userId === null ? { kind: 'everything' } : { kind: 'user', userId };
}

/** What the caller does now, as the audit records it. */
export const actOf = (caller: Caller): Act => ({ by: askedBy(caller), from: cameFrom(caller) });

/** The caller as commands and journals name it: `operator`, or `user:` and the id. */
export const askedBy = (caller: Caller): string =>
  caller.kind === 'user' ? `user:${caller.userId}` : caller.kind;

/** Where the caller's acts come from, as the audit has it. */
export const cameFrom = (caller: Caller): string => caller.from ?? `command line on ${hostname()}`;

/** @param what completes the error's sentence: "Only the operator may …" @throws NotAllowed to users */
export function assertOperator(caller: Caller, what: string): void {
  if (caller.kind !== 'operator') throw new NotAllowed(`Only the operator may ${what}`);
}

/** @param what completes the error's sentence: "Only an administrator may …" @throws NotAllowed to everybody else */
export function assertAdministrator(caller: Caller, what: string): void {
  if (caller.kind === 'operator') return;
  if (caller.kind === 'nobody' || !caller.isAdministrator)
    throw new NotAllowed(`Only an administrator may ${what}`);
  assertRight(caller, 'manage');
}

/** @throws NotAllowed to nobody, and to a token whose scope is narrower */
export function assertRight(caller: Caller, needed: Right): void {
  if (caller.kind === 'nobody') throw new NotAllowed('This is only for people who have access');
  if (caller.kind === 'operator' || rank[ceiling[caller.right]] >= rank[ceiling[needed]]) return;
  throw new NotAllowed(`This token may ${rightText[caller.right]}: it takes one with the scope ${needed}`);
}

const rank: Readonly<Record<Role, number>> = { viewer: 0, trader: 1, owner: 2 };
const ceiling: Readonly<Record<Right, Role>> = { read: 'viewer', trade: 'trader', manage: 'owner' };

export interface HeldRole {
  /** The caller's on the account. */
  readonly role: Role;
  readonly accountName: string;
}

/**
 * @param needed `trader` for whatever is done to tasks, `owner` for the account itself, its key and its sharing
 * @throws NotAllowed when the caller sees the account, but may not do that
 */
export function assertRole(caller: Caller, { role, accountName }: HeldRole, needed: Role): void {
  assertRight(caller, neededRight[needed]);
  if (rank[role] >= rank[needed]) return;
  throw new NotAllowed(
    needed === 'owner'
      ? `You are a ${role} of account ${JSON.stringify(accountName)}: only its owner may do this`
      : `You are a viewer of account ${JSON.stringify(accountName)}: its owner can make you a trader`,
  );
}

const rightText: Readonly<Record<Right, string>> = {
  read: 'only read',
  trade: 'only read and manage tasks',
  manage: 'do everything',
};
const neededRight: Readonly<Record<Role, Right>> = { viewer: 'read', trader: 'trade', owner: 'manage' };
