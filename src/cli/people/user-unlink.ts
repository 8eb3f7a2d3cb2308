/** `rollkeeper user unlink`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { unlinkIdentity } from '../../application/user-access.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const userUnlinkCommand = (): Command =>
  new Command('unlink')
    .description("Take a messenger's id away from a user, like that of a phone that was lost")
    .argument('<name>', 'the user')
    .argument('<id>', 'as user show has it, like telegram:12345')
    .addHelpText('after', help)
    .action(async (userName: string, text: string, options: CommonOptions) => {
      const [, id] = /^telegram:(\d{1,19})$/.exec(text) ?? [];
      if (id === undefined)
        throw new BadInput('This is no id of a messenger', [
          {
            path: 'id',
            found: JSON.stringify(text),
            expected: 'one as user show has it, like telegram:12345',
          },
        ]);
      const session = openSession(options);
      const wanted = { userName, identity: { kind: 'telegram', id } } as const;
      const user = await withStore(session, (store) => unlinkIdentity(operator, store, wanted));
      session.out.record(user);
      session.out.say(`${text} is not ${user.name} any more.`);
    });

const help = `
Examples:
  rollkeeper user unlink ann telegram:12345

Exit codes: 0 unlinked · 1 failed · 2 unknown user, or no id of this user`;
