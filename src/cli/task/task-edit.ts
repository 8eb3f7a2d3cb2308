/** `rollkeeper task edit`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { editTask } from '../../application/edit-task.ts';
import { parseWait, tell, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { readSpecInput, specError, type SpecOptions } from './task-spec-input.ts';

interface Options extends CommonOptions, SpecOptions {
  readonly wait: string;
}

export const taskEditCommand = (): Command =>
  new Command('edit')
    .description('Give a task a new spec, for the position that it manages')
    .argument('<id>', 'the task')
    .option('--trigger <price>', 'as for task add')
    .option('--target <step>', 'as for task add')
    .option('--qty <quantity>', 'in base coin, or all; without it as much as the task manages now')
    .option('--symbol <symbol>', 'the option that it manages now, which is meant without it')
    .option('--spec <file>', 'everything above and more in a YAML or JSON file; - reads it from a pipe')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const spec = readSpecInput(options);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const wish = { taskId, spec, waitMs: waitSeconds * 1_000 };
        const asked = await editTask(operator, store, wish).catch((error: unknown) => {
          throw specError(error, options);
        });
        tell(session, asked, waitSeconds);
      });
    });

const help = `
The new spec takes the place of the old one as a whole: what it does not say is as task add has it without being told.
It is judged like a new task's: it has to fit the position, and its trigger must not hold yet. The trigger starts anew
where the spec puts it; rolls, ledger and a cooldown that runs are kept. During a roll it is refused.
Without a running daemon the command is queued, and done by the next one before it looks at a price.

Examples:
  rollkeeper task edit k7m2p9qx4d --trigger 26500 --target +1000
  rollkeeper task edit k7m2p9qx4d --spec call.yaml
  rollkeeper task edit k7m2p9qx4d --spec call.yaml --wait 60 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Next: rollkeeper task show ID

Exit codes: 0 done or queued · 1 failed or refused by the daemon · 2 wrong spec, no such task`;
