/** `rollkeeper logs`: the journal of a task as sentences. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { taskLog } from '../../application/task-log.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { secondText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { untilStopped } from './until-stopped.ts';

interface Options extends CommonOptions {
  readonly follow?: boolean;
  readonly last?: string;
}

export const logsCommand = (): Command =>
  new Command('logs')
    .description('Show what happened to a task, a sentence a step, oldest first')
    .argument('<task>', 'its id, or as much of it as is unique')
    .option('-f, --follow', 'go on with what is added, until Ctrl-C')
    .option('--last <number>', 'only so many of the newest steps')
    .addHelpText('after', help)
    .action(async (taskId: string, options: Options) => {
      const question = { taskId, last: lastOf(options.last), follows: options.follow ?? false };
      const session = openSession(options, { watches: true });
      const { out } = session;
      await untilStopped((signal) =>
        withStore(session, async (store) => {
          for await (const step of taskLog(operator, store, { ...question, signal })) {
            out.record(step);
            out.say(`${secondText(step.atMs)}  ${String(step.version).padStart(4)}  ${step.text}`);
          }
        }),
      );
    });

function lastOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 500) return Number(text);
  throw new BadInput('Wrong number of steps', [
    { path: '--last', found: JSON.stringify(text), expected: 'a whole number from 1 to 500' },
  ]);
}

const help = `
Each line has the exchange's time in UTC, the version that the step made, and what the task learned and where that led it. The rows
themselves, with states and snapshots: rollkeeper journal show.

Examples:
  rollkeeper logs k7m2p9qx4d
  rollkeeper logs k7m2p9qx4d --last 20 --follow
  rollkeeper logs k7m2p9qx4d --json      one JSON line per step

Exit codes: 0 shown · 1 failed · 2 no such task or wrong configuration`;
