/** Lets users in and out: until when, bans as the switch that stops everything of a user, and whom a messenger's id means. */
import { BadInput } from '../domain/errors.ts';
import { plainText } from '../domain/foreign-text.ts';
import type { Identity, UserAccess } from '../ports/people.ts';
import { assertNoAdministrator, isAdministrator } from './administrators.ts';
import { actOf, assertAdministrator, assertRight, peopleScopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface UserPage extends UserAccess {
  readonly isAdministrator: boolean;
}

type PeoplePorts = Pick<Ports, 'people' | 'administrators'>;

/**
 * @param wanted `userName`: default the caller's own; the operator has to say
 * @throws NotFound when the caller sees no such user
 */
export async function showUser(
  caller: Caller,
  { people, administrators }: PeoplePorts,
  { userName }: { readonly userName?: string | undefined } = {},
): Promise<UserPage> {
  assertRight(caller, 'read');
  const scope = peopleScopeOf(caller);
  const isOwn = userName === undefined && caller.kind === 'user';
  const user = await people.user(userName ?? null, isOwn ? { userId: caller.userId } : scope);
  return pageOf(user, administrators);
}

export interface AccessEnd {
  readonly userName: string;
  /** ms since epoch; `null`: no end. */
  readonly untilMs: number | null;
}

/** @throws NotAllowed to everybody but administrators; NotFound */
export async function setAccess(
  caller: Caller,
  { people, administrators }: PeoplePorts,
  { userName, untilMs }: AccessEnd,
): Promise<UserPage> {
  assertAdministrator(caller, 'change access');
  if (untilMs !== null && !(untilMs >= 0 && untilMs <= latestMs))
    throw new BadInput('Access cannot end then', [
      { path: 'until', found: String(untilMs), expected: 'a moment before the year 3000' },
    ]);
  return pageOf(await people.setAccess(userName, untilMs, actOf(caller)), administrators);
}

const latestMs = Date.UTC(3_000, 0);

export interface WantedBan {
  readonly userName: string;
  /** For the audit, and for whom administrates next. */
  readonly reason: string;
}

/**
 * From now on nobody comes in as this user, by any identity or token, and the user's tasks are stopped by their daemons.
 * @throws NotAllowed to everybody but administrators, and for an administrator; NotFound; BadInput without a reason
 */
export async function banUser(
  caller: Caller,
  { people, administrators }: PeoplePorts,
  { userName, reason }: WantedBan,
): Promise<UserPage> {
  assertAdministrator(caller, 'ban users');
  const said = plainText(reason);
  if (said === '')
    throw new BadInput('A ban needs a reason', [
      { path: 'reason', found: 'nothing', expected: 'some words for those who ask later' },
    ]);
  assertNoAdministrator(administrators, await people.user(userName, { userId: null }), 'be banned');
  return pageOf(await people.ban(userName, said, actOf(caller)), administrators);
}

/** The user comes in again, until access ends. @throws NotAllowed to everybody but administrators; NotFound */
export async function liftBan(
  caller: Caller,
  { people, administrators }: PeoplePorts,
  { userName }: { readonly userName: string },
): Promise<UserPage> {
  assertAdministrator(caller, 'lift bans');
  return pageOf(await people.liftBan(userName, actOf(caller)), administrators);
}

export interface LinkedIdentity {
  readonly userName: string;
  readonly identity: Identity;
}

/** For a phone that was lost: its messenger lets nobody in as this user any more. @throws NotAllowed; NotFound */
export async function unlinkIdentity(
  caller: Caller,
  { people, administrators }: PeoplePorts,
  { userName, identity }: LinkedIdentity,
): Promise<UserPage> {
  assertAdministrator(caller, 'unlink people');
  return pageOf(await people.unlink(userName, identity, actOf(caller)), administrators);
}

const pageOf = (user: UserAccess, administrators: Ports['administrators']): UserPage => ({
  ...user,
  isAdministrator: isAdministrator(administrators, user),
});
