/** `rollkeeper journal <task>`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { showJournal } from '../../application/show-journal.ts';
import { BadInput } from '../../domain/errors.ts';
import { sealedText } from '../../domain/explain/sealed-text.ts';
import type { SealedPart } from '../../ports/seal.ts';
import type { JournalRow } from '../../ports/task-reading.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly at?: string;
  readonly mermaid?: boolean;
}

export const journalShowCommand = (): Command =>
  new Command('show')
    .description('Show every row of a journal, or the task as it was at one row')
    .argument('<task>', 'its id, or as much of it as is unique')
    .option('--at <version>', 'the task as it was after this row')
    .option('--mermaid', 'draw the path through the states as a Mermaid diagram')
    .addHelpText('after', help)
    .action(async (given: string, options: Options) => {
      const session = openSession(options);
      const { taskId, rows, sealed } = await withStore(session, (store) =>
        showJournal(operator, store, given),
      );
      if (options.at !== undefined) {
        const row = rowAt(rows, options.at, sealed);
        const snapshot: unknown = JSON.parse(row.snapshotJson);
        const shown = { ...lineOf(row), snapshot };
        session.out.record(shown);
        session.out.say(JSON.stringify(shown, null, 2));
        return;
      }
      if (options.mermaid) {
        session.out.record({ taskId, mermaid: mermaidOf(rows) });
        session.out.say(mermaidOf(rows));
        return;
      }
      for (const part of sealed) session.out.record({ sealed: part });
      if (sealed.length > 0) session.out.say(`Of task ${taskId} ${sealedText(sealed)}.\n`);
      for (const row of rows) session.out.record(lineOf(row));
      session.out.table(
        ['VERSION', 'TIME', 'STATE', 'BECAUSE OF'],
        rows.map((row) => [
          String(row.version),
          timeText(row.atMs),
          row.state,
          `${row.path === '' ? '' : `${row.path}: `}${eventOf(row).type}`,
        ]),
      );
    });

const eventOf = (row: JournalRow): { type: string } => JSON.parse(row.eventJson) as { type: string };

const lineOf = (row: JournalRow): object => {
  const { version, atMs, path, state, machine, hash } = row;
  return { version, atMs, path, state, machine, hash, event: eventOf(row) };
};

function rowAt(rows: readonly JournalRow[], version: string, sealed: readonly SealedPart[]): JournalRow {
  const row = rows.find((each) => String(each.version) === version);
  if (row) return row;
  const archived = sealed.length === 0 ? '' : `: ${sealedText(sealed)}`;
  throw new BadInput('There is no such row', [
    {
      path: '--at',
      found: version,
      expected: `a version from ${rows[0]?.version ?? 1} to ${rows.at(-1)?.version ?? 1}${archived}`,
    },
  ]);
}

/** States are nodes and rows are arrows; a state that is entered several times is one node. */
function mermaidOf(rows: readonly JournalRow[]): string {
  const idOf = (state: string): string => state.replaceAll('.', '_');
  const states = [...new Set(rows.map(({ state }) => state))];
  const arrows = rows.flatMap((row, at) => {
    const from = at === 0 ? '[*]' : idOf(rows[at - 1]?.state ?? '');
    const to = idOf(row.state);
    return from === to
      ? []
      : [`  ${from} --> ${to}: ${row.version} ${eventOf(row).type.replaceAll(/[:;]/g, ' ')}`];
  });
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  state "${state}" as ${idOf(state)}`),
    ...arrows,
  ].join('\n');
}

const help = `
Examples:
  rollkeeper journal show k7m2p9qx4d
  rollkeeper journal show k7m2p9qx4d --at 12
  rollkeeper journal show k7m2p9qx4d --mermaid
  rollkeeper journal show k7m2p9qx4d --json        one line per row, before them one for each archived part: {"sealed":{…}}

Exit codes: 0 shown · 1 failed · 2 no such task or row`;
