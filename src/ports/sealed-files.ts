/** Files of archived journals on this machine, by their places: absolute paths. */
export interface SealedFiles {
  /** The place of a file, by its name within a folder; the name may have folders, parted by `/`. */
  placeIn(folder: string, name: string): string;
  /** Names of files in a folder of it, without those that are being written; empty when there is no such folder. */
  namesIn(folder: string, inner: string): Promise<readonly string[]>;
  /** `null` when there is no such file. @throws Error when it cannot be read, or is longer than a file of ours can be */
  read(place: string): Promise<Buffer | null>;
  /** Resolves when the whole file is on the disk under this name; a file that was there is replaced. */
  write(place: string, bytes: Buffer): Promise<void>;
}
