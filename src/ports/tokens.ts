/** Access tokens: what programs are let in by, in the name of a user. The store has only the SHA-256 of a token. */
import type { Act } from './audit.ts';
import type { Scope } from './directory.ts';
import type { Admission } from './people.ts';

/** What a token may do at most: look; everything about tasks; everything. */
export type TokenScope = 'read' | 'trade' | 'manage';

export interface NewToken {
  /** `null`: the scope's own user. */
  readonly userName: string | null;
  /** Unique among the tokens of the user that are not revoked. */
  readonly name: string;
  readonly tokenHash: Buffer;
  readonly scope: TokenScope;
  /** `null`: never. */
  readonly expiresAtMs: number | null;
}

export interface Token {
  readonly tokenId: string;
  readonly name: string;
  readonly userName: string;
  readonly scope: TokenScope;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** To the minute; `null` when never used. */
  readonly lastUsedAtMs: number | null;
}

export interface AdmittedToken extends Admission {
  readonly tokenId: string;
  readonly scope: TokenScope;
}

export interface Tokens {
  /** @throws NotFound when there is no such user within the scope; BadInput when the name is taken or unusable */
  add(token: NewToken, scope: Scope, act: Act): Promise<Token>;
  /** Those that are not revoked, oldest first. @param userName `null`: all within the scope @throws NotFound */
  list(userName: string | null, scope: Scope): Promise<readonly Token[]>;
  /** @throws NotFound when the user has no such token within the scope */
  revoke(
    token: { readonly userName: string | null; readonly name: string },
    scope: Scope,
    act: Act,
  ): Promise<Token>;
  /** `null` when no such token is valid. Notes that it was used, at most once a minute. */
  admission(tokenHash: Buffer): Promise<AdmittedToken | null>;
}
