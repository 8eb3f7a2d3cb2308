/** `rollkeeper user list`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listUsers } from '../../application/list-users.ts';
import { accessText } from '../people/people-words.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const userListCommand = (): Command =>
  new Command('list')
    .description('Show all users')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const session = openSession(options);
      const users = await withStore(session, (store) => listUsers(operator, store));
      for (const user of users) session.out.record(user);
      if (users.length === 0) {
        session.out.say('There is no user yet.');
        session.out.next('rollkeeper user add ann');
        return;
      }
      session.out.table(
        ['USER', 'ACCOUNTS', 'ACCESS'],
        users.map((user) => [user.name, String(user.accountsTotal), accessText(user)]),
      );
    });

const help = `
Examples:
  rollkeeper user list
  rollkeeper user list --json           one JSON line per user

Exit codes: 0 shown · 1 failed · 2 wrong configuration`;
