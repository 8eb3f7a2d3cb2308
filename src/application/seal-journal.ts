/**
 * Archives the old part of one journal, a file at a time: rows up to the last point between rolls are written, read back, hashed and
 * replayed; then their seal is committed, and only then they are removed. Whatever of that an earlier run left undone is done first,
 * and each step may be repeated: a file's name says what it has to hold, and a seal follows the one before it or is not committed.
 */
import { partOfTurn, type RollsOfTask } from '../domain/explain/roll-timing.ts';
import type { Act } from '../ports/audit.ts';
import type { ExportedRow } from '../ports/journal-keeping.ts';
import type { NewSeal, Seal } from '../ports/seal.ts';
import { brokenRow } from './journal-chain.ts';
import type { ShellPorts } from './ports.ts';
import { filesFrom, packJournal, readSeal, sealedName, sha256Of, unpackJournal } from './sealed-file.ts';

/** So that a file, and what of it is in memory, stays at some megabytes. */
const rowsPerFile = 1_000;
/** A roll that has more rows than a file is looked for an end of once more. */
const rowsPerFileMax = 20_000;
/** Few enough that no statement holds anything up. */
const rowsPerRemoval = 200;

export type ArchivingPorts = Pick<ShellPorts, 'seals' | 'sealedFiles' | 'replaying'>;

export interface Archiving {
  readonly folder: string;
  /** Rows written before this moment, ms since epoch by the database's clock. */
  readonly beforeMs: number;
  readonly isDryRun: boolean;
  readonly act: Act;
}

/** What was archived of a journal, or would be. */
export interface ArchivedPart {
  readonly taskId: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly place: string;
  /** Of the file; `null` when nothing was written. */
  readonly bytes: number | null;
  /** `removed`: the seal was there before, and the rows that were left were removed. */
  readonly done: 'sealed' | 'removed' | 'would be sealed';
}

/** Why nothing more of a journal is archived; its rows stay where they are. */
class NotArchived extends Error {
  override readonly name = 'NotArchived';
}

interface Standing {
  readonly taskId: string;
  /** The newest seal; `null` while nothing is sealed. */
  readonly last: Seal | null;
}

/** A part between two points that are between rolls. */
interface Cut {
  readonly rows: readonly ExportedRow[];
  readonly seal: Omit<NewSeal, 'sha256'>;
}

/**
 * @returns each part as it is done
 * @throws NotArchived with a sentence that says why the rest stays; an error of the database, of the disk or of S3
 */
export async function* sealJournal(
  ports: ArchivingPorts,
  taskId: string,
  archiving: Archiving,
): AsyncGenerator<ArchivedPart, void> {
  const seals = await sealsOf(ports, taskId);
  for (const [place, seal] of seals.entries()) {
    if (seal.isRemoved || archiving.isDryRun) continue;
    const read = await readSeal(ports, { seal, before: seals[place - 1]?.lastHash ?? '' });
    if (read.kind !== 'rows')
      throw new NotArchived(`${read.problem}; rows that are still in the database stay there`);
    await removeRows(ports, seal);
    yield partOf(seal, 'removed');
  }
  for (let last = seals.at(-1) ?? null; ;) {
    const cut = await nextCut(ports, { taskId, last }, archiving);
    if (cut === null) return;
    if (archiving.isDryRun) {
      yield partOf(cut.seal, 'would be sealed');
      const row = cut.rows.at(-1);
      if (!row) return;
      last = { ...cut.seal, ...row, sha256: '', sealedAtMs: 0, isRemoved: false };
      continue;
    }
    const bytes = await writeFile(ports, cut, last);
    const seal = { ...cut.seal, sha256: sha256Of(bytes) };
    if (!(await ports.seals.seal(seal, archiving.act)))
      throw new NotArchived('its rows, or the hold on its account, have changed meanwhile');
    await removeRows(ports, seal);
    yield partOf(seal, 'sealed', bytes.length);
    last = (await sealsOf(ports, taskId)).at(-1) ?? null;
  }
}

/** Every seal of a task, in order. */
export async function sealsOf(
  { seals }: Pick<ShellPorts, 'seals'>,
  taskId: string,
): Promise<readonly Seal[]> {
  const found: Seal[] = [];
  for (;;) {
    const page = await seals.seals({ taskId, after: found.at(-1), limit: 100 });
    found.push(...page);
    if (page.length < 100) return found;
  }
}

/** Says why a journal is not archived; `null` for an error that is none of these. */
export const reasonNotArchived = (error: unknown): string | null =>
  error instanceof NotArchived ? error.message : null;

const partOf = (
  { taskId, fromVersion, toVersion, place }: Omit<NewSeal, 'sha256'>,
  done: ArchivedPart['done'],
  bytes: number | null = null,
): ArchivedPart => ({ taskId, fromVersion, toVersion, place, bytes, done });

async function removeRows(
  { seals }: Pick<ShellPorts, 'seals'>,
  seal: Pick<Seal, 'taskId' | 'fromVersion'>,
): Promise<void> {
  while ((await seals.removeSealed(seal, rowsPerRemoval)) > 0);
}

/** The next part that can be sealed; `null` when none is old enough and ends between rolls. */
async function nextCut(
  ports: ArchivingPorts,
  { taskId, last }: Standing,
  { folder, beforeMs }: Archiving,
): Promise<Cut | null> {
  const fromVersion = (last?.toVersion ?? 0) + 1;
  for (const limit of [rowsPerFile, rowsPerFileMax]) {
    const found = await ports.seals.rowsToSeal(taskId, { fromVersion, limit, beforeMs });
    // A clock that was set back leaves a younger row between older ones.
    const gap = found.findIndex(({ version }, place) => version !== fromVersion + place);
    const old = gap < 0 ? found : found.slice(0, gap);
    const begun = await filesFrom(ports, folder, { taskId, fromVersion });
    const [first, end] = [old[0], lastBetweenRolls(old, begun)];
    if (first && end) {
      const rows = old.slice(0, end.version - fromVersion + 1);
      const broken = brokenRow(last?.lastHash ?? '', taskId, rows);
      if (broken !== null)
        throw new NotArchived(`version ${broken} is not as it was written: journal verify says more`);
      const named = { taskId, fromVersion, toVersion: end.version, lastHash: end.hash };
      const place = ports.sealedFiles.placeIn(folder, sealedName(named));
      return { rows, seal: { ...named, firstHash: first.hash, place } };
    }
    if (found.length < limit) return null;
  }
  throw new NotArchived(`no roll of it ends within ${rowsPerFileMax} rows after version ${fromVersion - 1}`);
}

/** Where a file was begun before it is ended as it was begun, so that no second file holds the same rows. */
function lastBetweenRolls(
  rows: readonly ExportedRow[],
  begun: Awaited<ReturnType<typeof filesFrom>>,
): ExportedRow | undefined {
  const isBegun = ({ version, hash }: ExportedRow): boolean =>
    begun.some((file) => file.toVersion === version && hash.startsWith(file.hash));
  return rows.findLast((row) => isBegun(row) && isBetweenRolls(row)) ?? rows.findLast(isBetweenRolls);
}

/** No roll and no effect is under way: a replay can begin after it. */
function isBetweenRolls({ state, snapshotJson }: ExportedRow): boolean {
  const { context, children = {} } = JSON.parse(snapshotJson) as {
    readonly context?: RollsOfTask;
    readonly children?: object;
  };
  return context !== undefined && Object.keys(children).length === 0 && partOfTurn(state, context) === null;
}

/** Writes the file where it is not there, reads it back, hashes and plays it. @returns what is on the disk */
async function writeFile(
  { sealedFiles, replaying }: ArchivingPorts,
  cut: Cut,
  last: Seal | null,
): Promise<Buffer> {
  const { place, taskId } = cut.seal;
  const read = async (): Promise<ReadBack | null> => {
    const bytes = await sealedFiles.read(place);
    const rows = bytes && wholeRows(bytes, cut, last?.lastHash ?? '');
    return rows && { bytes, rows };
  };
  let found = await read();
  if (found === null) {
    const isWritten = await sealedFiles.write(place, packJournal({ taskId, rows: cut.rows }));
    found = await read();
    if (found === null)
      throw new NotArchived(
        isWritten
          ? `${place} does not hold what was written to it`
          : `${place} holds something else, which is not overwritten: look at it, and move it away`,
      );
  }
  const disagreement = replaying.disagreement(last && { ...last, version: last.toVersion }, found.rows);
  if (disagreement !== null) throw new NotArchived(`it does not replay: ${disagreement}`);
  return found.bytes;
}

interface ReadBack {
  readonly bytes: Buffer;
  readonly rows: readonly ExportedRow[];
}

/** The rows of a file that holds the cut as it was journaled; `null` of any other, as of one that was left half-written. */
function wholeRows(bytes: Buffer, { rows, seal }: Cut, before: string): readonly ExportedRow[] | null {
  try {
    const found = unpackJournal(bytes, seal.place);
    const isWhole =
      found.taskId === seal.taskId &&
      found.rows.length === rows.length &&
      found.rows.at(-1)?.hash === seal.lastHash &&
      brokenRow(before, seal.taskId, found.rows) === null;
    return isWhole ? found.rows : null;
  } catch {
    return null;
  }
}
