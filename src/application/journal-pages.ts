/**
 * A task's journal in pages, so that however long it is only some megabytes are in memory. What is archived is read from its files,
 * where they can be read; otherwise the pages say what is missing and after which row they go on.
 */
import type { ReplayStart } from '../ports/journal-replaying.ts';
import type { ExportedRow } from '../ports/journal-keeping.ts';
import type { SealedPart } from '../ports/seal.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { ShellPorts } from './ports.ts';
import { readSeal } from './sealed-file.ts';

const pageRows = 500;

export interface PagesWanted {
  readonly taskId: string;
  /** Where the archive lies now; default: where it was written. */
  readonly folder?: string | undefined;
}

export type JournalPart =
  | { readonly kind: 'rows'; readonly rows: readonly ExportedRow[] }
  | {
      readonly kind: 'sealed';
      readonly part: SealedPart;
      /** Why it was not read, as a sentence. */
      readonly problem: string;
      /** The file is there, and is not what was sealed. */
      readonly isChanged: boolean;
      /** Its last row, after which a replay can go on. */
      readonly last: ReplayStart;
    };

/** Rows in order of versions, some hundreds a page; the last page may be empty. An unknown task has one page, which is empty. */
export async function* journalPages(
  caller: Caller,
  ports: Pick<ShellPorts, 'tasks' | 'sealedFiles'>,
  { taskId, folder }: PagesWanted,
): AsyncGenerator<JournalPart, void> {
  const scope = scopeOf(caller);
  let before = '';
  let fromVersion = 1;
  for (const seal of await ports.tasks.sealsOf(taskId, scope)) {
    const read = await readSeal(ports, { seal, before, folder });
    const { toVersion: version, state, machine, snapshotJson } = seal;
    if (read.kind === 'rows') yield read;
    else
      yield {
        kind: 'sealed',
        part: seal,
        problem: read.problem,
        isChanged: read.kind === 'changed',
        last: { version, state, machine, snapshotJson },
      };
    before = seal.lastHash;
    fromVersion = version + 1;
  }
  for (; ; fromVersion += pageRows) {
    const rows = await ports.tasks.journalRows(taskId, { fromVersion, limit: pageRows }, scope);
    yield { kind: 'rows', rows };
    if (rows.length < pageRows) return;
  }
}
