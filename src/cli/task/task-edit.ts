/** `rollkeeper task edit`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { editTask } from '../../application/edit-task.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';
import { legOption } from './leg-options.ts';
import { presetOption, setOption } from './preset-options.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { readSpecInput, specError, type SpecOptions } from './task-spec-input.ts';

interface Options extends CommonOptions, SpecOptions {
  readonly wait: string;
}

export const taskEditCommand = (): Command =>
  new Command('edit')
    .description('Give a task a new spec for the position that it manages')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .option('--trigger <price>', 'as for task add')
    .option('--target <step>', 'as for task add')
    .option('--qty <quantity>', 'in base coin, or all; default: as much as the task manages now')
    .option('--symbol <symbol>', 'the option that the task manages now (the default)')
    .addOption(legOption('; default: those that the task manages now'))
    .option('--spec <file>', 'everything above and more in a YAML or JSON file; - reads it from a pipe')
    .addOption(presetOption())
    .addOption(setOption())
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
        reportAnswer(session, asked, waitSeconds);
      });
    });

const help = `
The new spec replaces the old one as a whole: what it does not mention gets the default that task add gives it.
It is checked like a new task's: it has to fit the position, and its trigger must not hold yet. The trigger starts at the
level in the new spec; rolls, ledger and a running cooldown are kept. During a roll an edit is refused.
Without a running daemon the command is queued; the next daemon does it before it looks at any price.

Examples:
  rollkeeper task edit k7m2p9qx4d --trigger 26500 --target +1000
  rollkeeper task edit k7m2p9qx4d --spec call.yaml
  rollkeeper task edit k7m2p9qx4d --preset half-profit --set profit=60%
  rollkeeper task edit k7m2p9qx4d --spec call.yaml --wait 60 --json
  rollkeeper task edit 3hd8w5nt6c --preset strangle-pair --set delta=0.20

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Next: rollkeeper task show ID

Exit codes: 0 done or queued · 1 failed or refused by the daemon · 2 wrong spec, no such task`;
