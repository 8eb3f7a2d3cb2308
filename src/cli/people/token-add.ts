/** `rollkeeper token add`. */
import { Command, Option } from 'commander';
import { operator } from '../../application/caller.ts';
import { addToken } from '../../application/tokens.ts';
import type { TokenScope } from '../../ports/tokens.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { wholeNumber } from './people-words.ts';

interface Options extends CommonOptions {
  readonly user: string;
  readonly scope: TokenScope;
  readonly days?: string;
}

export const tokenAddCommand = (): Command =>
  new Command('add')
    .description('Make an access token, by which a program is let in as a user')
    .argument('<name>', "a name none of the user's other tokens has")
    .requiredOption('--user <name>', 'in whose name the program comes')
    .addOption(
      new Option('--scope <scope>', 'the most that it may do')
        .choices(['read', 'trade', 'manage'])
        .default('read'),
    )
    .option('--days <n>', 'after which it ends (default: it does not end)')
    .addHelpText('after', help)
    .action(async (tokenName: string, options: Options) => {
      const { user: userName, scope, days } = options;
      const ends = days === undefined ? {} : { days: wholeNumber('--days', days) };
      const session = openSession(options);
      const wanted = { tokenName, userName, scope, ...ends };
      const token = await withStore(session, (store) => addToken(operator, store, wanted));
      session.out.record(token);
      const end = token.expiresAtMs === null ? 'without end' : `until ${timeText(token.expiresAtMs)}`;
      session.out.say(
        `Token ${token.name} of ${token.userName}, scope ${token.scope}, ${end}:\n\n  ${token.token}\n\n` +
          'It is shown now and never again, and stored as a hash.',
      );
    });

const help = `
What a token may do: read looks at everything that the user sees; trade does everything about tasks too; manage does everything.
It never does more than the user may: on an account that is shared with the user as a viewer, a token only looks.

Examples:
  rollkeeper token add grafana --user ann
  rollkeeper token add script --user ann --scope trade --days 90
  rollkeeper token add script --user ann --json         {"tokenId":"1","token":"rk_…",…}

Exit codes: 0 made · 1 failed · 2 unknown user, or name taken or unusable`;
