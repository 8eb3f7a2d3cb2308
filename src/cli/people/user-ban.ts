/** `rollkeeper user ban` and `rollkeeper user unban`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { banUser, liftBan } from '../../application/user-access.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { shellWord } from '../shell/shell-word.ts';
import { accessText } from './people-words.ts';

export const userBanCommand = (): Command =>
  new Command('ban')
    .description('Ban a user: nobody comes in as this user, and the tasks of their accounts stop')
    .argument('<name>', 'the user')
    .requiredOption('--reason <text>', 'why, for those who ask later')
    .addHelpText('after', banHelp)
    .action(async (userName: string, options: CommonOptions & { readonly reason: string }) => {
      const session = openSession(options);
      const { reason } = options;
      const user = await withStore(session, (store) => banUser(operator, store, { userName, reason }));
      session.out.record(user);
      session.out.say(
        `Banned ${user.name}. Their tokens and messengers let nobody in any more. Rolls under way are first brought to where ` +
          'nothing is missing.',
      );
      session.out.next(`rollkeeper user unban ${shellWord(user.name)}`);
    });

export const userUnbanCommand = (): Command =>
  new Command('unban')
    .description('Lift the ban of a user')
    .argument('<name>', 'the user')
    .addHelpText('after', unbanHelp)
    .action(async (userName: string, options: CommonOptions) => {
      const session = openSession(options);
      const user = await withStore(session, (store) => liftBan(operator, store, { userName }));
      session.out.record(user);
      session.out.say(`${user.name} is not banned. Access: ${accessText(user)}.`);
    });

const banHelp = `
A ban is for emergencies and can be lifted. Access tokens and messengers of the user let nobody in, vouchers are refused, and
accounts that others share with the user are not seen. Whom ADMINISTRATORS names cannot be banned.

Examples:
  rollkeeper user ban ann --reason "key was stolen"
  rollkeeper user ban ann --reason "key was stolen" --json

Exit codes: 0 banned · 1 failed · 2 unknown user, an administrator, or no reason`;

const unbanHelp = `
Access goes on until its end; rollkeeper user access sets another one.

Examples:
  rollkeeper user unban ann

Exit codes: 0 not banned · 1 failed · 2 unknown user`;
