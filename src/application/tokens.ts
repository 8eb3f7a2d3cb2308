/** Access tokens of a user, for programs: adds, lists and revokes them. */
import { BadInput } from '../domain/errors.ts';
import type { Token, TokenScope } from '../ports/tokens.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { newToken, tokenHash } from './secrets.ts';

export interface WantedToken {
  /** Unique among the user's tokens. */
  readonly tokenName: string;
  /** Whose it is. Default: the caller's; the operator has to say. */
  readonly userName?: string | undefined;
  readonly scope: TokenScope;
  /** After which it ends, 1 to 3650. Default: it does not end. */
  readonly days?: number | undefined;
}

export interface ShownToken extends Token {
  /** Shown now and never again. */
  readonly token: string;
}

const dayMs = 86_400_000;
const daysMax = 3_650;

/**
 * A token of the caller's user, or of any user for the operator.
 * @throws NotAllowed to a token that may not; NotFound when the caller sees no such user; BadInput naming what is wrong
 */
export async function addToken(
  caller: Caller,
  { tokens }: Pick<Ports, 'tokens'>,
  { tokenName, userName, scope, days }: WantedToken,
): Promise<ShownToken> {
  assertRight(caller, 'manage');
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= daysMax))
    throw new BadInput('The token cannot be made', [
      { path: 'days', found: String(days), expected: `a whole number from 1 to ${String(daysMax)}` },
    ]);
  const token = newToken();
  const hash = tokenHash(token);
  if (!hash) throw new Error('A new token has another form than tokens have');
  const expiresAtMs = days === undefined ? null : Date.now() + days * dayMs;
  const wanted = { userName: userName ?? null, name: tokenName, tokenHash: hash, scope, expiresAtMs };
  const added = await tokens.add(wanted, scopeOf(caller), actOf(caller));
  return { ...added, token };
}

/** Those that are not revoked, without the tokens themselves. @throws NotFound when the caller sees no such user */
export async function listTokens(
  caller: Caller,
  { tokens }: Pick<Ports, 'tokens'>,
  { userName }: { readonly userName?: string | undefined } = {},
): Promise<readonly Token[]> {
  assertRight(caller, 'read');
  return tokens.list(userName ?? null, scopeOf(caller));
}

export interface TokenName {
  readonly tokenName: string;
  /** Whose it is. Default: the caller's; the operator has to say. */
  readonly userName?: string | undefined;
}

/** From now on it lets nobody in. @throws NotAllowed to a token that may not; NotFound */
export async function revokeToken(
  caller: Caller,
  { tokens }: Pick<Ports, 'tokens'>,
  { tokenName, userName }: TokenName,
): Promise<Token> {
  assertRight(caller, 'manage');
  return tokens.revoke({ userName: userName ?? null, name: tokenName }, scopeOf(caller), actOf(caller));
}
