/**
 * Lets people and programs in: what a messenger calls a person, or a token, becomes a caller. Who is unknown, banned or whose
 * access has ended becomes nobody.
 */
import type { Admission, Identity } from '../ports/people.ts';
import { isAdministrator } from './administrators.ts';
import type { Caller, Right } from './caller.ts';
import type { Ports } from './ports.ts';
import { tokenHash } from './secrets.ts';
import { userNamesFor } from './user-names.ts';

export interface KnownIdentity extends Identity {
  /** Where the call came from, for the audit: `telegram 12345`. */
  readonly from: string;
}

/** A person of a messenger. Whom the configuration names as administrator becomes a user when first seen. */
export async function admitIdentity(
  { people, administrators }: Pick<Ports, 'people' | 'administrators'>,
  { kind, id, from }: KnownIdentity,
): Promise<Caller> {
  const known = await people.admissionOf({ kind, id });
  if (known) return callerOf(known, { administrators, right: 'manage', from });
  if (!administrators.identities.includes(`${kind}:${id}`)) return { kind: 'nobody', from };
  const names = userNamesFor(`administrator-${id}`, administrators);
  const welcomed = await people.welcome({ identity: { kind, id }, names }, from);
  return callerOf(welcomed, { administrators, right: 'manage', from });
}

export interface PresentedToken {
  readonly token: string;
  /** Where the call came from, like an address; the audit has the token's id beside it. */
  readonly from: string;
}

/** A program with a token, in the name of a user and within the token's scope. */
export async function admitToken(
  { tokens, administrators }: Pick<Ports, 'tokens' | 'administrators'>,
  { token, from }: PresentedToken,
): Promise<Caller> {
  const hash = tokenHash(token);
  const admitted = hash && (await tokens.admission(hash));
  if (!admitted) return { kind: 'nobody', from };
  const { tokenId, scope } = admitted;
  return callerOf(admitted, { administrators, right: scope, from: `token ${tokenId}, ${from}` });
}

interface Entry extends Pick<Ports, 'administrators'> {
  readonly right: Right;
  readonly from: string;
}

/** An administrator comes in though access has ended, or nobody could prolong it; such a user still sees no account. */
export function callerOf(admission: Admission, { administrators, right, from }: Entry): Caller {
  const { userId, isBanned, hasEnded } = admission;
  const isOne = isAdministrator(administrators, admission);
  if (isBanned || (hasEnded && !isOne)) return { kind: 'nobody', from };
  return { kind: 'user', userId, right, isAdministrator: isOne, from };
}
