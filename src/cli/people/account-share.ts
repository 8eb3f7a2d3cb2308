/** `rollkeeper account share` and `rollkeeper account unshare`. */
import { Command, Option } from 'commander';
import { operator } from '../../application/caller.ts';
import { shareAccount, unshareAccount } from '../../application/share-account.ts';
import type { SharedRole } from '../../ports/directory.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly with: string;
  readonly user?: string;
}

export const accountShareCommand = (): Command =>
  new Command('share')
    .description('Let another user see an account, or manage its tasks')
    .argument('<account>', 'the account')
    .requiredOption('--with <name>', 'the other user')
    .addOption(
      new Option('--role <role>', 'viewer only looks, trader does everything about tasks')
        .choices(['viewer', 'trader'])
        .default('viewer'),
    )
    .option('--user <name>', 'its owner, when several have an account of this name')
    .addHelpText('after', shareHelp)
    .action(async (name: string, options: Options & { readonly role: SharedRole }) => {
      const { with: withUser, role, user } = options;
      const session = openSession(options);
      const wanted = { account: { name, userName: user }, withUser, role };
      await withStore(session, (store) => shareAccount(operator, store, wanted));
      session.out.record({ account: name, with: withUser, role });
      session.out.say(`${withUser} is a ${role} of account ${name} now.`);
    });

export const accountUnshareCommand = (): Command =>
  new Command('unshare')
    .description('Let another user see an account no more')
    .argument('<account>', 'the account')
    .requiredOption('--with <name>', 'the other user')
    .option('--user <name>', 'its owner, when several have an account of this name')
    .addHelpText('after', unshareHelp)
    .action(async (name: string, options: Options) => {
      const { with: withUser, user } = options;
      const session = openSession(options);
      const wanted = { account: { name, userName: user }, withUser };
      await withStore(session, (store) => unshareAccount(operator, store, wanted));
      session.out.record({ account: name, with: withUser });
      session.out.say(`${withUser} sees account ${name} no more.`);
    });

const shareHelp = `
A viewer sees the account's tasks, their journals and ledgers. A trader also adds, edits, pauses, rolls and removes tasks. Only the
owner shares it and changes its key, which nobody else is shown. Sharing it again gives the other role.

Examples:
  rollkeeper account share main --with bob
  rollkeeper account share main --user ann --with bob --role trader

Exit codes: 0 shared · 1 failed · 2 unknown account or user, or its owner`;

const unshareHelp = `
Tasks that the other user has added stay.

Examples:
  rollkeeper account unshare main --with bob
  rollkeeper account unshare main --user ann --with bob

Exit codes: 0 not shared any more · 1 failed · 2 unknown account, or not shared with this user`;
