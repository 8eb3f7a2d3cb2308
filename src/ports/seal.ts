/** What remains in the database of a part of a journal that is archived in a file. Times are ms since epoch, by the database's clock. */

/** What people see of a part that is archived. */
export interface SealedPart {
  /** Both included. */
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Path of the file on the machine that archived it, or `s3://bucket/key`. */
  readonly place: string;
  readonly sealedAtMs: number;
}

export interface NewSeal extends Pick<SealedPart, 'fromVersion' | 'toVersion' | 'place'> {
  readonly taskId: string;
  /** Hashes of the first and the last row, hex. */
  readonly firstHash: string;
  readonly lastHash: string;
  /** Of the file, hex. */
  readonly sha256: string;
}

export interface Seal extends NewSeal, SealedPart {
  /** After the last row. */
  readonly state: string;
  readonly machine: string;
  readonly snapshotJson: string;
  /** No row of it is in the journal any more. */
  readonly isRemoved: boolean;
}
