/**
 * Reads a whole file up to a bound, because a device never ends and a file given as settings may be a disk image. Works for
 * regular files, pipes and devices alike.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export const megabyte = 1 << 20;
const pieceBytes = 1 << 16;
const emptyPipeWaitMs = 10;

/**
 * @param path `-` is stdin
 * @throws Error of `fs`, or one that says that the file is longer than `maxBytes`
 */
export function readBounded(path: string, maxBytes: number): Buffer {
  const file = path === '-' ? 0 : openSync(path, 'r');
  try {
    if (fstatSync(file).size > maxBytes) throw new Error(tooLong(maxBytes));
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, maxBytes + 1 - bytes));
      const taken = readPiece(file, piece);
      if (taken === 0) return Buffer.concat(pieces);
      bytes += taken;
      if (bytes > maxBytes) throw new Error(tooLong(maxBytes));
      pieces.push(piece.subarray(0, taken));
    }
  } finally {
    if (file !== 0) closeSync(file);
  }
}

/** Waits for a pipe that has no data yet: reading it may fail with EAGAIN instead of blocking. */
function readPiece(file: number, piece: Buffer): number {
  for (;;) {
    try {
      return readSync(file, piece, 0, piece.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, emptyPipeWaitMs);
    }
  }
}

const tooLong = (maxBytes: number): string => `longer than ${sizeText(maxBytes)}`;

const sizeText = (bytes: number): string =>
  bytes >= megabyte ? `${Math.round(bytes / megabyte)} MB` : `${Math.round(bytes / 1_024)} kB`;
