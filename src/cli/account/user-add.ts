/** `rollkeeper user add`. */
import { Command } from 'commander';
import { addUser } from '../../application/add-user.ts';
import { operator } from '../../application/caller.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { shellWord } from '../shell/shell-word.ts';

export const userAddCommand = (): Command =>
  new Command('add')
    .description('Add a user')
    .argument('<name>', 'a name no other user has')
    .addHelpText('after', help)
    .action(async (name: string, options: CommonOptions) => {
      const session = openSession(options, { makesDatabase: true });
      const user = await withStore(session, (store) => addUser(operator, store, name));
      session.out.record(user);
      session.out.say(`Added user ${user.name}.`);
      session.out.next(`rollkeeper account add main --user ${shellWord(user.name)}`);
    });

const help = `
Examples:
  rollkeeper user add ann
  rollkeeper user add ann --json        {"userId":"1","name":"ann"}

Next: rollkeeper account add main --user ann

Exit codes: 0 added · 1 failed · 2 name taken or unusable`;
