/** `rollkeeper task pause`. */
import { Command } from 'commander';
import { ask, parseWait, tell, waitOption } from './ask.ts';
import { withStore } from './database.ts';
import { openSession, withCommonOptions, type CommonOptions } from './session.ts';
import { knownTask } from './task-show.ts';

export const taskPauseCommand = (): Command =>
  withCommonOptions(new Command('pause'))
    .description('Stop a task from rolling until it is resumed')
    .argument('<id>', 'the task')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const { accountId } = await knownTask(store, taskId);
        const question = { accountId, taskId, kind: 'pause', payload: null } as const;
        tell(session, await ask(store, question, waitSeconds), waitSeconds);
      });
    });

const help = `
A roll that is under way is finished first: between its legs the position would be open. Without a running daemon the
command is queued, and holds before the next daemon looks at a price.

Examples:
  rollkeeper task pause k7m2p9qx4d
  rollkeeper task pause k7m2p9qx4d --wait 60 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Exit codes: 0 done or queued · 1 failed or refused · 2 no such task`;
