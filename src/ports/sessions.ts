/** Browsers that are signed in, and the one-time links that sign them in. The store has only the SHA-256 of a link and of a cookie. */
import type { Act } from './audit.ts';
import type { Scope } from './directory.ts';
import type { Admission } from './people.ts';
import type { TokenScope } from './tokens.ts';

export interface NewLink {
  /** As whom it signs in; `null`: as the operator. */
  readonly userName: string | null;
  readonly codeHash: Buffer;
  readonly expiresAtMs: number;
}

export interface NewSession {
  readonly secretHash: Buffer;
  /** The browser's address. */
  readonly from: string;
  /** At the latest. */
  readonly expiresAtMs: number;
}

/** Who is signed in. `null` as `admission`: the operator. */
export interface SignedIn {
  readonly sessionId: string;
  readonly admission: Admission | null;
  /** Of the token that the session was begun with; `manage` without one. */
  readonly scope: TokenScope;
  /** `null` without one. */
  readonly tokenId: string | null;
  readonly expiresAtMs: number;
}

export interface Sessions {
  /** @throws NotFound when there is no such user within the scope */
  addLink(link: NewLink, scope: Scope, act: Act): Promise<void>;
  /** Uses a link up and begins a session. `null` when there is no such link, or it was used, or has expired. */
  beginByLink(codeHash: Buffer, session: NewSession): Promise<SignedIn | null>;
  /** Begins a session that ends with this token. `null` when the token is not valid. */
  beginByToken(tokenHash: Buffer, session: NewSession): Promise<SignedIn | null>;
  /** `null` when there is no such session, or it has ended. Notes that it was used, at most once a minute. */
  session(secretHash: Buffer): Promise<SignedIn | null>;
  /** Notes where this daemon serves the page. */
  noteAddress(url: string): Promise<void>;
  /** Where the daemons that live serve the page, the latest first. */
  addresses(): Promise<readonly string[]>;
  /** Who has the secret may end the session. @param from the browser's address @returns false when there was none */
  end(secretHash: Buffer, from: string): Promise<boolean>;
}
