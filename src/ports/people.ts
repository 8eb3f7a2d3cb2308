/** Users as they are let in and out: until when, whether they are banned, and what a messenger calls them. */
import type { Act } from './audit.ts';
import type { Scope, User } from './directory.ts';

/** What a messenger calls a person. */
export interface Identity {
  readonly kind: 'telegram';
  readonly id: string;
}

/** Who may let people in and out, as the configuration has it. */
export interface Administrators {
  /** Of users. */
  readonly names: readonly string[];
  /** `telegram:12345`. */
  readonly identities: readonly string[];
}

export interface UserAccess extends User {
  /** When the user's access ends or has ended; `null`: never. */
  readonly accessUntilMs: number | null;
  /** `null` when not banned. */
  readonly bannedAtMs: number | null;
  readonly banReason: string | null;
  /** `telegram:12345`. */
  readonly identities: readonly string[];
}

/** What admission is decided on. */
export interface Admission {
  readonly userId: string;
  readonly name: string;
  readonly identities: readonly string[];
  readonly isBanned: boolean;
  /** Access is over. */
  readonly hasEnded: boolean;
}

export interface People {
  /** One user by name, `null` for the scope's own. @throws NotFound when there is no such user within the scope */
  user(userName: string | null, scope: Scope): Promise<UserAccess>;
  /** @param untilMs `null`: without end @throws NotFound */
  setAccess(userName: string, untilMs: number | null, act: Act): Promise<UserAccess>;
  /** Bans, or gives a ban another reason. @throws NotFound */
  ban(userName: string, reason: string, act: Act): Promise<UserAccess>;
  /** Changes nothing when there is no ban. @throws NotFound */
  liftBan(userName: string, act: Act): Promise<UserAccess>;
  /** `null` when nobody is known by this identity. */
  admissionOf(identity: Identity): Promise<Admission | null>;
  /**
   * A new user with this identity, unless the identity is known already.
   * @param from where the person came from; the user itself is named as the one who did it
   */
  welcome(person: NewPerson, from: string): Promise<Admission>;
  /** Takes a messenger's id away from its user. @throws NotFound when the user has no such identity */
  unlink(userName: string, identity: Identity, act: Act): Promise<UserAccess>;
}

export interface NewPerson {
  readonly identity: Identity;
  /** Usable as user names, the first free one is taken. */
  readonly names: readonly string[];
}
