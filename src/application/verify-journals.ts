/**
 * Finds rows of journals that were edited, removed or moved since they were written, in the database and in the files of what is
 * archived.
 */
import type { JournalFault } from '../ports/journal-keeping.ts';
import type { Seal, SealedPart } from '../ports/seal.ts';
import { assertOperator, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { ShellPorts } from './ports.ts';
import { readSeal } from './sealed-file.ts';

export interface VerifyOrder {
  /** `null` for every journal. */
  readonly taskId: string | null;
  /** Where the archive lies now; default: where it was written. */
  readonly folder?: string | undefined;
}

export interface VerifiedJournals {
  /** The first of each journal in the database, and each file that is not what was sealed; empty when there is none. */
  readonly faults: readonly JournalFault[];
  /** Files that were read and are what was sealed. */
  readonly filesRead: number;
  /** Parts whose files are not here: of them only the seals were looked at. */
  readonly unread: readonly UnreadPart[];
}

export interface UnreadPart extends SealedPart {
  readonly taskId: string;
  readonly problem: string;
}

const pageSeals = 200;

/** @throws NotFound when the caller sees no such task; NotAllowed to users who ask for all */
export async function verifyJournals(
  caller: Caller,
  ports: Pick<ShellPorts, 'tasks' | 'archive' | 'seals' | 'sealedFiles'>,
  { taskId, folder }: VerifyOrder,
): Promise<VerifiedJournals> {
  if (taskId === null) assertOperator(caller, "verify every user's journals");
  const only = taskId === null ? undefined : (await findTask(caller, ports, taskId)).taskId;
  const faults = [...(await ports.archive.verify(only ?? null))];
  const unread: UnreadPart[] = [];
  let filesRead = 0;
  let last: Seal | undefined;
  for (;;) {
    const page = await ports.seals.seals({ taskId: only, after: last, limit: pageSeals });
    for (const seal of page) {
      const before = last?.taskId === seal.taskId ? last.lastHash : '';
      const read = await readSeal(ports, { seal, before, folder });
      const { taskId: of, fromVersion, toVersion, place, sealedAtMs } = seal;
      if (read.kind === 'rows') filesRead += 1;
      else if (read.kind === 'changed')
        faults.push({ taskId: of, version: fromVersion, problem: read.problem });
      else unread.push({ taskId: of, fromVersion, toVersion, place, sealedAtMs, problem: read.problem });
      last = seal;
    }
    if (page.length < pageSeals) return { faults, filesRead, unread };
  }
}
