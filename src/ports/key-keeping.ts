/** Which encryption keys seal the secrets in the database, and sealing all of them with the present one. No key is shown. */
import type { Act } from './audit.ts';
import type { ExchangeEnvironment } from './directory.ts';

/** What secrets are sealed for: API secrets of accounts, addresses of channels. */
export type SecretKind = 'account' | 'channel';

/** Secrets of one kind and one exchange that one key seals. */
export interface KeyUse {
  /** `null` for secrets from before they carried the id of their key. */
  readonly keyId: string | null;
  readonly kind: SecretKind;
  /** `null` for what belongs to no exchange. */
  readonly environment: ExchangeEnvironment | null;
  readonly secrets: number;
  /** Of these, how many no configured key opens, because their key is not configured. */
  readonly keyMissing: number;
  /** Of these, what does not open although its key is configured: the row was changed. */
  readonly changed: readonly SealedRow[];
}

/** The row that a secret belongs to. */
export interface SealedRow {
  readonly id: string;
  /** As people know it. */
  readonly name: string;
}

export interface KeyReport {
  /** Id of `ENCRYPTION_KEY`, with which new secrets are sealed. */
  readonly presentKeyId: string;
  /** Ids of the former keys that are configured. */
  readonly formerKeyIds: readonly string[];
  readonly uses: readonly KeyUse[];
}

export interface RotationProgress {
  /** So far. */
  readonly resealed: number;
}

export interface KeyKeeping {
  /** Opens every secret once, and forgets it. Rejects when the database cannot be read. */
  report(): Promise<KeyReport>;
  /**
   * Seals every secret that a configured key opens with the present key, a few rows at a time, while other programs read and
   * add secrets. What was done stays done when it is interrupted.
   * @returns how many were sealed anew; what is left is in `report`
   */
  rotate(onProgress: (progress: RotationProgress) => void, act: Act): Promise<{ readonly resealed: number }>;
  /** Makes sure that the secrets of this program's exchange, and those of none, can be opened. @throws BadInput */
  assertOpenable(): Promise<void>;
}
