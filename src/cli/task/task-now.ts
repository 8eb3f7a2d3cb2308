/** `rollkeeper task roll-now` and `rollkeeper task close-now`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { previewTask } from '../../application/preview-task.ts';
import { tradeNow } from '../../application/trade-now.ts';
import type { TradeWish } from '../../domain/rules/rule.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';
import { noDaemon, previewText } from './task-preview.ts';

interface Options extends CommonOptions {
  readonly wait: string;
  readonly dryRun?: boolean;
  readonly rule?: string;
}

export const taskRollNowCommand = (): Command =>
  commandFor('roll-now', 'Roll a task now, whatever its triggers say', rollHelp, ({ rule = null }) => ({
    kind: 'rollNow',
    rule,
  })).option('--rule <name>', 'the rule to roll by; without it, the first that rolls');

export const taskCloseNowCommand = (): Command =>
  commandFor('close-now', 'Close what a task manages now, whatever its rules say', closeHelp, () => ({
    kind: 'closeNow',
  }));

type WishOf = (options: Pick<Options, 'rule'>) => TradeWish;

function commandFor(name: string, description: string, ...[help, wishOf]: [string, WishOf]): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .option('--dry-run', 'show what it would do, and trade nothing')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      const asked = { taskId, trade: wishOf(options), waitMs: waitSeconds * 1_000 };
      await withStore(session, async (store) => {
        if (options.dryRun !== true) {
          reportAnswer(session, await tradeNow(operator, store, asked), waitSeconds);
          return;
        }
        const reply = await previewTask(operator, store, asked);
        if (reply === null) throw new Error(noDaemon(session.config.mode, waitSeconds));
        if (reply.kind === 'refused') throw new Error(`No preview: ${reply.reason}`);
        const { asked: preview, now } = reply.advice;
        session.out.record(reply.advice);
        session.out.say(preview === null ? `No preview: ${now}.` : previewText(preview));
      });
    });
}

const shared = (name: string): string => `
The daemon answers when the trade has begun: task show says how it goes on, an alert how it ended. A task that is paused
trades too, and is paused again afterwards. While a roll is under way it is refused. Without a running daemon the command
is queued.

Examples:
  rollkeeper task ${name} k7m2p9qx4d --dry-run
  rollkeeper task ${name} k7m2p9qx4d

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}; with --dry-run as task preview, in "asked"

Exit codes: 0 done or queued · 1 failed or refused · 2 no such task`;

const rollHelp = `
Rolls as the rule says: its target, guards on prices and margin, and execution, though it walks where the rule would rest.
What waits for another time does not apply: quiet hours, blackouts, the number of rolls on a day, the cooldown.
${shared('roll-now')}`;

const closeHelp = `
Buys back (or sells) everything that the task manages, with the execution of its first rule that trades, though it walks
where that would rest; then the task is over.
${shared('close-now')}`;
