/** `rollkeeper token list`. It has no tokens themselves: the database has none either. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listTokens } from '../../application/tokens.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const tokenListCommand = (): Command =>
  new Command('list')
    .description('Show the access tokens that are not revoked')
    .option('--user <name>', "only this user's")
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const tokens = await withStore(session, (store) =>
        listTokens(operator, store, { userName: options.user }),
      );
      for (const token of tokens) session.out.record(token);
      if (tokens.length === 0) {
        session.out.say('There is no access token.');
        session.out.next('rollkeeper token add script --user ann');
        return;
      }
      session.out.table(
        ['TOKEN', 'USER', 'SCOPE', 'ENDS', 'LAST USED'],
        tokens.map(({ name, userName, scope, expiresAtMs, lastUsedAtMs }) => [
          name,
          userName,
          scope,
          expiresAtMs === null ? '-' : timeText(expiresAtMs),
          lastUsedAtMs === null ? 'never' : timeText(lastUsedAtMs),
        ]),
      );
    });

const help = `
LAST USED is right to the minute.

Examples:
  rollkeeper token list
  rollkeeper token list --user ann --json       one JSON line per token

Exit codes: 0 shown · 1 failed · 2 unknown user or wrong configuration`;
