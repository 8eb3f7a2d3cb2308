/** `rollkeeper task spec`: the spec of a task that is managed, as `task add --spec` takes it. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { printSpec, type PrintedSpec } from '../../application/task-spec.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { specYaml } from './spec-lines.ts';

export const taskSpecCommand = (): Command =>
  new Command('spec')
    .description('Print the spec of a task as it stands now, to edit it or to add it again')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .addHelpText('after', help)
    .action(async (given: string, options: CommonOptions) => {
      const session = openSession(options);
      const printed = await withStore(session, (store) => printSpec(operator, store, given));
      session.out.record(printed.spec);
      session.out.say([...comments(printed), specYaml(printed.spec)].join('\n'));
    });

function comments({ taskId, state, rollsDone, hasMoved }: PrintedSpec): readonly string[] {
  const moved = `symbol and trigger are where ${rollsDone === 1 ? 'its roll has' : `its ${rollsDone} rolls have`} brought them`;
  return [`# task ${taskId}, ${state}${hasMoved ? `; ${moved}` : ''}`];
}

const help = `
It is complete: every default is filled in, symbol and trigger are those of the option that is held now. Given to the task
again it changes nothing.

Examples:
  rollkeeper task spec k7m2p9qx4d > call.yaml
  rollkeeper task edit k7m2p9qx4d --spec call.yaml
  rollkeeper task spec k7m2p9qx4d --json > call.json      the same as JSON, which --spec takes too

Exit codes: 0 printed · 1 failed · 2 no such task`;
