/** Moves old parts of journals into files (seal-journal.ts), task by task, while daemons run. */
import { actOf, assertOperator, type Caller } from './caller.ts';
import type { TaskToArchive } from '../ports/seals.ts';
import type { ShellPorts } from './ports.ts';
import { findTask } from './find-task.ts';
import { reasonNotArchived, sealJournal, type ArchivedPart } from './seal-journal.ts';

export interface ArchiveOrder {
  /** A folder of this machine, or `s3://bucket/folder`. */
  readonly folder: string;
  /** Rows written before this moment, ms since epoch. */
  readonly beforeMs: number;
  /** Only says what would be archived. */
  readonly isDryRun: boolean;
  /** Default: every task. */
  readonly taskId?: string | undefined;
  /** Receives each part as it is done. */
  readonly onProgress?: ((part: ArchivedPart) => void) | undefined;
}

export interface ArchiveReport {
  readonly parts: number;
  /** In new files. */
  readonly rows: number;
  readonly bytes: number;
  /** Journals of which old rows stay, and why. */
  readonly problems: readonly { readonly taskId: string; readonly problem: string }[];
  /** Accounts under legal hold that have old rows. */
  readonly onHold: readonly { readonly accountName: string; readonly userName: string }[];
}

const tasksPerPage = 500;
/** While one waits for the disk, the database or S3, others are packed and replayed. */
const journalsAtOnce = 4;

/**
 * What cannot be archived stays, is named, and does not keep others from it.
 * @throws NotAllowed to users; BadInput for a folder that cannot be used; NotFound for an unknown task; an error of the database, of
 * the disk or of S3, after which it can be run again
 */
export async function archiveJournals(
  caller: Caller,
  ports: Pick<ShellPorts, 'tasks' | 'seals' | 'sealedFiles' | 'replaying'>,
  { folder, beforeMs, isDryRun, taskId, onProgress }: ArchiveOrder,
): Promise<ArchiveReport> {
  assertOperator(caller, 'archive journals');
  ports.sealedFiles.assertUsable(folder);
  const only = taskId === undefined ? undefined : (await findTask(caller, ports, taskId)).taskId;
  const archiving = { folder, beforeMs, isDryRun, act: actOf(caller) };
  const problems: { taskId: string; problem: string }[] = [];
  const onHold = new Map<string, { accountName: string; userName: string }>();
  let [parts, rows, bytes] = [0, 0, 0];
  await inTurns(oldTasks(ports, { beforeMs, taskId: only }), async (task) => {
    const { taskId: id, isOnHold, accountName, userName } = task;
    if (isOnHold) {
      onHold.set(`${userName}/${accountName}`, { accountName, userName });
      return;
    }
    try {
      for await (const part of sealJournal(ports, id, archiving)) {
        parts += 1;
        if (part.done !== 'removed') rows += part.toVersion - part.fromVersion + 1;
        bytes += part.bytes ?? 0;
        onProgress?.(part);
      }
    } catch (error) {
      const problem = reasonNotArchived(error);
      if (problem === null) throw error;
      problems.push({ taskId: id, problem });
    }
  });
  return { parts, rows, bytes, problems, onHold: [...onHold.values()] };
}

async function* oldTasks(
  { seals }: Pick<ShellPorts, 'seals'>,
  { beforeMs, taskId }: Pick<ArchiveOrder, 'beforeMs' | 'taskId'>,
): AsyncGenerator<TaskToArchive, void> {
  for (let afterId = ''; ;) {
    const page = await seals.tasksToArchive({ afterId, limit: tasksPerPage, beforeMs, taskId });
    yield* page.filter(({ isOld }) => isOld);
    const last = page.at(-1);
    if (!last || page.length < tasksPerPage) return;
    afterId = last.taskId;
  }
}

/** Some at once. After an error those that have begun are ended, no other is begun, and the error is thrown. */
async function inTurns<T>(all: AsyncGenerator<T, void>, work: (one: T) => Promise<void>): Promise<void> {
  const turns = Array.from({ length: journalsAtOnce }, async () => {
    // Leaving the loop by an error ends the generator, and with it the other loops.
    for await (const one of all) await work(one);
  });
  const ended = await Promise.allSettled(turns);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
