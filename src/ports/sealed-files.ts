/** Files of archived journals by their places: absolute paths of this machine, or `s3://bucket/folder/file`. */
export interface SealedFiles {
  /** @throws BadInput when no file can be kept in this folder: an address of another kind, or without what it takes to reach it */
  assertUsable(folder: string): void;
  /** The place of a file, by its name within a folder; the name may have folders, parted by `/`. */
  placeIn(folder: string, name: string): string;
  /** Names of files in a folder of it, without those that are being written; empty when there is no such folder. */
  namesIn(folder: string, inner: string): Promise<readonly string[]>;
  /** `null` when there is no such file. @throws Error when it cannot be read, or is longer than a file of ours can be */
  read(place: string): Promise<Buffer | null>;
  /**
   * Resolves when the whole file is kept under this name. In a folder a file that was there is replaced, because a copy that was cut
   * off may be one; in S3, where there are no halves, never.
   * @returns false when another content is there and was left
   */
  write(place: string, bytes: Buffer): Promise<boolean>;
}
