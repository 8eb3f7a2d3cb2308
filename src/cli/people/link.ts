/** `rollkeeper link`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { makeSignInLink } from '../../application/sessions.ts';
import type { Config } from '../../config.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly user?: string;
}

export const linkCommand = (): Command =>
  new Command('link')
    .description('Make a link that signs a browser in, once and within five minutes')
    .option('--user <name>', 'as whom; without it as the operator, who sees and may do everything')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const session = openSession(options);
      const { user: userName } = options;
      const made = await withStore(session, (store) => makeSignInLink(operator, store, { userName }));
      const [address = addressOf(session.config)] = made.addresses;
      const link = `${address}/sign-in#${made.code}`;
      const { expiresAtMs } = made;
      session.out.record({ link, userName: made.userName, expiresAtMs });
      session.out.say(`${link}\n\nIt is good once, for five minutes.`);
      if (made.addresses.length === 0)
        session.out.say('No daemon that serves the page is running on this database: start one first.');
    });

/** Where a daemon of this configuration would serve. */
function addressOf({ api }: Config): string {
  if (api === null) return 'http://127.0.0.1:8787';
  return api.publicUrl ?? `http://${api.host.includes(':') ? `[${api.host}]` : api.host}:${String(api.port)}`;
}

const help = `
The link leads to the page that a running daemon serves. What signs in stands behind the # of it, where browsers do not send it and
nothing on the way can log it. A browser stays signed in for seven days, or until it was not used for one.

Examples:
  rollkeeper link
  rollkeeper link --user ann
  rollkeeper link --json                {"link":"http://127.0.0.1:8787/sign-in#…","userName":null,…}

Exit codes: 0 made · 1 failed · 2 unknown user`;
