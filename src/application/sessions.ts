/**
 * Signs browsers in: by a one-time link, or with a token. A session of a token may do what the token may, and ends with it; who may
 * not be let in any more is not let in by a session either, from the next request on.
 */
import { NotFound } from '../domain/request-errors.ts';
import type { SignedIn } from '../ports/sessions.ts';
import { callerOf } from './admit.ts';
import { actOf, assertOperator, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { newSessionSecret, sessionHash, tokenHash } from './secrets.ts';

const linkMs = 5 * 60_000;
const sessionMs = 7 * 86_400_000;

export interface MadeLink {
  /** Shown now and never again; it is good once. */
  readonly code: string;
  readonly expiresAtMs: number;
  /** As whom it signs in; `null`: as the operator. */
  readonly userName: string | null;
  /** Where daemons serve the page, the latest first. */
  readonly addresses: readonly string[];
}

/**
 * A one-time link, good for five minutes.
 * @throws NotAllowed to everybody but the operator; NotFound when there is no such user
 */
export async function makeSignInLink(
  caller: Caller,
  { sessions }: Pick<Ports, 'sessions'>,
  { userName = null }: { readonly userName?: string | null | undefined } = {},
): Promise<MadeLink> {
  assertOperator(caller, 'make links that sign in');
  const code = newSessionSecret();
  const expiresAtMs = Date.now() + linkMs;
  await sessions.addLink({ userName, codeHash: hashOf(code), expiresAtMs }, scopeOf(caller), actOf(caller));
  return { code, expiresAtMs, userName, addresses: await sessions.addresses() };
}

/** What a browser shows to sign in. */
export type Credential =
  { readonly kind: 'link'; readonly code: string } | { readonly kind: 'token'; readonly token: string };

/** Who is signed in. */
export interface OpenSession {
  readonly caller: Caller;
  /** `null` for the operator. */
  readonly userName: string | null;
  readonly expiresAtMs: number;
}

/** Of the caller's user; `null` for the operator, and for an administrator whose access has ended. */
export async function ownName(caller: Caller, { people }: Pick<Ports, 'people'>): Promise<string | null> {
  if (caller.kind === 'operator') return null;
  try {
    return (await people.user(null, scopeOf(caller))).name;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

/** @param from the browser's address @returns the secret for its cookie; `null` when the credential lets nobody in */
export async function signIn(
  ports: Pick<Ports, 'sessions' | 'administrators'>,
  credential: Credential,
  from: string,
): Promise<(OpenSession & { readonly secret: string }) | null> {
  const secret = newSessionSecret();
  const session = { secretHash: hashOf(secret), from, expiresAtMs: Date.now() + sessionMs };
  const hash = credential.kind === 'link' ? sessionHash(credential.code) : tokenHash(credential.token);
  if (hash === null) return null;
  const signedIn =
    credential.kind === 'link'
      ? await ports.sessions.beginByLink(hash, session)
      : await ports.sessions.beginByToken(hash, session);
  const opened = signedIn && openSession(ports, signedIn, from);
  return opened && { ...opened, secret };
}

/** Who a browser's cookie belongs to; `null` when it lets nobody in. */
export async function admitSession(
  ports: Pick<Ports, 'sessions' | 'administrators'>,
  secret: string,
  from: string,
): Promise<OpenSession | null> {
  const hash = sessionHash(secret);
  const signedIn = hash && (await ports.sessions.session(hash));
  return signedIn && openSession(ports, signedIn, from);
}

/** From now on the cookie lets nobody in. */
export async function signOut(
  { sessions }: Pick<Ports, 'sessions'>,
  secret: string,
  from: string,
): Promise<void> {
  const hash = sessionHash(secret);
  if (hash !== null) await sessions.end(hash, from);
}

function openSession(
  { administrators }: Pick<Ports, 'administrators'>,
  { admission, scope, tokenId, expiresAtMs }: SignedIn,
  address: string,
): OpenSession | null {
  const from = `browser at ${address}${tokenId === null ? '' : `, token ${tokenId}`}`;
  if (admission === null) return { caller: { kind: 'operator', from }, userName: null, expiresAtMs };
  const caller = callerOf(admission, { administrators, right: scope, from });
  return caller.kind === 'nobody' ? null : { caller, userName: admission.name, expiresAtMs };
}

function hashOf(secret: string): Buffer {
  const hash = sessionHash(secret);
  if (hash === null) throw new Error('A new secret has another form than secrets have');
  return hash;
}
