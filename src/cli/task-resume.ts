/** `rollkeeper task resume`. */
import { Command } from 'commander';
import { ask, parseWait, tell, waitOption } from './ask.ts';
import { withStore } from './database.ts';
import { openSession, withCommonOptions, type CommonOptions } from './session.ts';
import { knownTask } from './task-show.ts';

export const taskResumeCommand = (): Command =>
  withCommonOptions(new Command('resume'))
    .description('Let a paused task roll again')
    .argument('<id>', 'the task')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const { accountId } = await knownTask(store, taskId);
        const question = { accountId, taskId, kind: 'resume', payload: null } as const;
        tell(session, await ask(store, question, waitSeconds), waitSeconds);
      });
    });

const help = `
It goes on where it was. If its trigger holds by now, it rolls at once. Without a running daemon the command is queued.

Examples:
  rollkeeper task resume k7m2p9qx4d
  rollkeeper task resume k7m2p9qx4d --wait 60 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Exit codes: 0 done or queued · 1 failed or refused · 2 no such task`;
