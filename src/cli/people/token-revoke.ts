/** `rollkeeper token revoke`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { revokeToken } from '../../application/tokens.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const tokenRevokeCommand = (): Command =>
  new Command('revoke')
    .description('Take an access token back: from now on it lets nobody in')
    .argument('<name>', 'as token list has it')
    .requiredOption('--user <name>', 'whose it is')
    .addHelpText('after', help)
    .action(async (tokenName: string, options: CommonOptions & { readonly user: string }) => {
      const session = openSession(options);
      const wanted = { tokenName, userName: options.user };
      const token = await withStore(session, (store) => revokeToken(operator, store, wanted));
      session.out.record(token);
      session.out.say(`Token ${token.name} of ${token.userName} is revoked.`);
    });

const help = `
Examples:
  rollkeeper token revoke script --user ann

Exit codes: 0 revoked · 1 failed · 2 unknown user or token`;
