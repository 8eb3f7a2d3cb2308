/** `rollkeeper account legal-hold`. */
import { Argument, Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { setLegalHold } from '../../application/legal-hold.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const accountLegalHoldCommand = (): Command =>
  new Command('legal-hold')
    .description('Keep the journals of an account from being archived, or allow it again')
    .argument('<name>', 'the account')
    .addArgument(new Argument('[state]', 'without it, whether it is on is shown').choices(['on', 'off']))
    .option('--user <name>', 'whose it is')
    .addHelpText('after', help)
    .action(
      async (
        name: string,
        state: string | undefined,
        options: CommonOptions & { readonly user?: string },
      ) => {
        const session = openSession(options);
        const view = await withStore(session, (store) =>
          setLegalHold(operator, store, {
            account: { name, userName: options.user },
            isOn: state === undefined ? undefined : state === 'on',
          }),
        );
        session.out.record(view);
        const account = `${view.userName}/${view.accountName}`;
        session.out.say(
          view.sinceMs === null
            ? `${account} is not under legal hold: its journals may be archived.`
            : `${account} is under legal hold since ${timeText(view.sinceMs)}: nothing of its journals is archived.`,
        );
      },
    );

const help = `
What is archived already stays archived; an archiving that runs stops before its next removal of rows of this account.

Examples:
  rollkeeper account legal-hold main on
  rollkeeper account legal-hold main off
  rollkeeper account legal-hold main --json

With --json: {"accountId":…,"accountName":…,"userName":…,"sinceMs":…}

Exit codes: 0 shown or set · 1 failed · 2 unknown account`;
