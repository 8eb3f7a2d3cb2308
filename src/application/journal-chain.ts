/** The chain of hashes through a journal, as the database makes it (migration 0005): for rows that are not in the database. */
import { createHash } from 'node:crypto';
import type { ExportedRow } from '../ports/journal-keeping.ts';

/** Postgres counts characters; JavaScript counts those beyond the first 65,536 twice. */
const lengthOf = (text: string): number => {
  let length = text.length;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code >= 0xd800 && code <= 0xdbff) length -= 1;
  }
  return length;
};

/** @param before hash of the row before, hex; empty for the first row @returns the hash that the row has to have, hex */
export function chainedHash(before: string, taskId: string, row: ExportedRow): string {
  const { version, atMs, path, eventJson, state, snapshotJson, machine } = row;
  const texts = [path, eventJson, state, snapshotJson, machine];
  const lengths = [lengthOf(taskId), version, atMs, ...texts.map(lengthOf)];
  const text = [...lengths, taskId, ...texts].join(' ');
  return createHash('sha256').update(Buffer.from(before, 'hex')).update(text).digest('hex');
}

/**
 * @param before hash of the row before the first one, hex
 * @returns the version of the first row that is not as it was written, or does not follow the one before it; `null` when all do
 */
export function brokenRow(before: string, taskId: string, rows: readonly ExportedRow[]): number | null {
  let hash = before;
  let version = (rows[0]?.version ?? 1) - 1;
  for (const row of rows) {
    version += 1;
    hash = chainedHash(hash, taskId, row);
    if (row.version !== version || row.hash !== hash) return row.version;
  }
  return null;
}
