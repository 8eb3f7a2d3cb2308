/** The form all commands have that ask something of one task: pause, resume, and the three ways out of a roll. */
import { Command } from 'commander';
import { askTask, type TaskWish } from '../../application/ask-task.ts';
import { operator } from '../../application/caller.ts';
import { parseWait, tell, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export interface TaskAsk {
  /** As it is typed. */
  readonly name: string;
  readonly kind: TaskWish['kind'];
  readonly description: string;
  /** What a person should know before typing it. */
  readonly explanation: string;
}

export const taskAskCommand = ({ name, kind, description, explanation }: TaskAsk): Command =>
  new Command(name)
    .description(description)
    .argument('<id>', 'the task')
    .addOption(waitOption())
    .addHelpText('after', help(name, explanation))
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const wish = { taskId, kind, waitMs: waitSeconds * 1_000 };
        tell(session, await askTask(operator, store, wish), waitSeconds);
      });
    });

const help = (name: string, explanation: string): string => `
${explanation}
Without a running daemon the command is queued, and done by the next one before it looks at a price.

Examples:
  rollkeeper task ${name} k7m2p9qx4d
  rollkeeper task ${name} k7m2p9qx4d --wait 60 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Exit codes: 0 done or queued · 1 failed or refused · 2 no such task`;
