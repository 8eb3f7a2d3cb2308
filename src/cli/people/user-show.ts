/** `rollkeeper user show`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { showUser, type UserPage } from '../../application/user-access.ts';
import { withStore } from '../shell/database.ts';
import type { Output } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { accessText } from './people-words.ts';

export const userShowCommand = (): Command =>
  new Command('show')
    .description('Show a user: access, ban, and what messengers call them')
    .argument('<name>', 'the user')
    .addHelpText('after', help)
    .action(async (userName: string, options: CommonOptions) => {
      const session = openSession(options);
      showPage(session.out, await withStore(session, (store) => showUser(operator, store, { userName })));
    });

export function showPage(out: Output, user: UserPage): void {
  out.record(user);
  out.table(
    ['USER', user.name],
    [
      ['Access', accessText(user)],
      ...(user.banReason === null ? [] : [['Reason', user.banReason]]),
      ['Known as', user.identities.join(', ') || '-'],
      ['Administrator', user.isAdministrator ? 'yes, by ADMINISTRATORS' : 'no'],
    ],
  );
}

const help = `
"Known as" lists the ids by which a messenger knows the user; rollkeeper user unlink takes one away.

Examples:
  rollkeeper user show ann
  rollkeeper user show ann --json

Exit codes: 0 shown · 1 failed · 2 unknown user or wrong configuration`;
