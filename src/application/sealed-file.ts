/**
 * A part of a journal as a file: the lines of an export, compressed. Its name says task, versions and what it holds, so that a file of
 * another content never has the same name. Reading it checks everything that its seal says.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { messageOf } from '../domain/errors.ts';
import type { ExportedJournal, ExportedRow } from '../ports/journal-keeping.ts';
import type { NewSeal, Seal } from '../ports/seal.ts';
import { brokenRow } from './journal-chain.ts';
import { readOwnJournal, writeJournal } from './journal-file.ts';
import type { ShellPorts } from './ports.ts';

/** Of it the smallest files for the time: from here on it takes fifty times as long for three per cent. */
const quality = 5;
/** Lines of one file together at most; 20,000 rows have some 130 MB. */
const textBytesMax = 1 << 29;

/** Ids are random letters and digits; an imported one may be anything. */
const folderOf = (taskId: string): string => {
  const safe = encodeURIComponent(taskId).replaceAll('.', '%2E');
  return `${safe.slice(0, 2)}/${safe}`;
};

type Named = Pick<NewSeal, 'taskId' | 'fromVersion' | 'toVersion' | 'lastHash'>;

/** `k7/k7m2p9qx4d/v1-v412-0123456789ab.jsonl.br`, within the folder of the archive. */
export const sealedName = ({ taskId, fromVersion, toVersion, lastHash }: Named): string =>
  `${folderOf(taskId)}/v${fromVersion}-v${toVersion}-${lastHash.slice(0, 12)}.jsonl.br`;

/** Last versions, and beginnings of their hashes, of the files of a task that begin with this version. */
export async function filesFrom(
  { sealedFiles }: Pick<ShellPorts, 'sealedFiles'>,
  folder: string,
  { taskId, fromVersion }: Pick<NewSeal, 'taskId' | 'fromVersion'>,
): Promise<readonly { readonly toVersion: number; readonly hash: string }[]> {
  const names = await sealedFiles.namesIn(folder, folderOf(taskId));
  return names.flatMap((name) => {
    const [, from, to, hash = ''] = /^v(\d+)-v(\d+)-([0-9a-f]{12})\.jsonl\.br$/.exec(name) ?? [];
    return Number(from) === fromVersion ? [{ toVersion: Number(to), hash }] : [];
  });
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const packJournal = (journal: ExportedJournal): Buffer =>
  brotliCompressSync(writeJournal(journal), {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });

/** @throws BadInput, or an error of the decompression, when it is not a whole file */
export const unpackJournal = (bytes: Buffer, place: string): ExportedJournal =>
  readOwnJournal(brotliDecompressSync(bytes, { maxOutputLength: textBytesMax }).toString(), place);

/** What a file that was read has, or why it is not what its seal says, as a sentence. */
export type ReadSeal =
  | { readonly kind: 'rows'; readonly rows: readonly ExportedRow[] }
  /** It is not there. */
  | { readonly kind: 'away'; readonly problem: string }
  /** It is there, and is not what was sealed. */
  | { readonly kind: 'changed'; readonly problem: string };

export interface SealToRead {
  readonly seal: Seal;
  /** Last hash of the seal before it, hex; empty for the first. */
  readonly before: string;
  /** Where the archive lies now; default: where it was written. */
  readonly folder?: string | undefined;
}

/** Reads the file of a seal and compares it with the seal: its checksum, its chain, its first and its last row. */
export async function readSeal(
  { sealedFiles }: Pick<ShellPorts, 'sealedFiles'>,
  { seal, before, folder }: SealToRead,
): Promise<ReadSeal> {
  const place = folder === undefined ? seal.place : sealedFiles.placeIn(folder, sealedName(seal));
  let bytes: Buffer | null;
  try {
    bytes = await sealedFiles.read(place);
  } catch (error) {
    const why = messageOf(error).replaceAll(/\s*\n\s*/g, '; ');
    return { kind: 'away', problem: `${place} cannot be read (${why})` };
  }
  if (bytes === null)
    return {
      kind: 'away',
      problem: `there is no ${place}${place.includes('://') ? '' : ' on this machine'}`,
    };
  const changed = (problem: string): ReadSeal => ({ kind: 'changed', problem: `${place} ${problem}` });
  if (sha256Of(bytes) !== seal.sha256)
    return changed('was changed since it was sealed: it has another SHA-256');
  try {
    const { taskId, rows } = unpackJournal(bytes, place);
    const problem = taskId === seal.taskId ? problemOf(seal, before, rows) : `is of task ${taskId}`;
    return problem === null ? { kind: 'rows', rows } : changed(problem);
  } catch (error) {
    return changed(`is not a whole file (${messageOf(error)})`);
  }
}

function problemOf(seal: Seal, before: string, rows: readonly ExportedRow[]): string | null {
  const [first, last] = [rows[0], rows.at(-1)];
  const broken = brokenRow(before, seal.taskId, rows);
  if (broken !== null) return `has a row that is not as it was written: version ${broken}`;
  const isWhole =
    first?.version === seal.fromVersion &&
    first.hash === seal.firstHash &&
    last?.version === seal.toVersion &&
    last.hash === seal.lastHash;
  if (!isWhole) return `does not have versions ${seal.fromVersion}–${seal.toVersion} as they were sealed`;
  const isSame =
    last.snapshotJson === seal.snapshotJson && last.state === seal.state && last.machine === seal.machine;
  return isSame ? null : `ends otherwise than its seal in the database says`;
}
