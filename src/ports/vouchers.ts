/** Vouchers: codes that let people in for some days. The store has only the SHA-256 of a code. */
import type { RefusedVoucher } from '../domain/request-errors.ts';
import type { Act } from './audit.ts';
import type { Identity } from './people.ts';

export interface NewVoucher {
  readonly codeHash: Buffer;
  readonly days: number;
  readonly usesMax: number;
  /** Whom a redeemer becomes; `null`: a user of their own. */
  readonly userName: string | null;
  readonly expiresAtMs: number;
}

export interface Voucher {
  readonly voucherId: string;
  readonly days: number;
  readonly usesMax: number;
  readonly uses: number;
  readonly userName: string | null;
  /** `operator`, or `user:` and an id. */
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | null;
}

export interface Redemption {
  readonly codeHash: Buffer;
  readonly identity: Identity;
  /** For a new user: the first free one is taken. */
  readonly names: readonly string[];
  readonly from: string;
}

export type RedeemAnswer =
  | {
      readonly kind: 'redeemed';
      readonly userId: string;
      readonly userName: string;
      readonly identities: readonly string[];
      readonly isNew: boolean;
      /** When access ends now; `null`: never. */
      readonly accessUntilMs: number | null;
    }
  | { readonly kind: 'refused'; readonly refusal: RefusedVoucher };

export interface Vouchers {
  /** @throws NotFound when there is no such user */
  create(voucher: NewVoucher, act: Act): Promise<Voucher>;
  /** Newest first, at most 200. */
  list(): Promise<readonly Voucher[]>;
  /** Uses that were made stay made. @throws NotFound */
  revoke(voucherId: string, act: Act): Promise<Voucher>;
  /** Once a use, also when several redeem at once. The act is recorded as the user's own. */
  redeem(redemption: Redemption): Promise<RedeemAnswer>;
}
