/** `rollkeeper account key`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { replaceKey } from '../../application/replace-key.ts';
import { readApiSecret } from './api-secret.ts';
import { assertApiKey } from './api-key.ts';
import { findingLines } from './key-findings.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly user?: string;
  readonly apiKey: string;
  readonly apiSecretFile?: string;
}

export const accountKeyCommand = (): Command =>
  new Command('key')
    .description('Give an account another API key of the same user of the exchange')
    .argument('<name>', 'the account')
    .requiredOption('--api-key <key>', 'the new API key')
    .option('--api-secret-file <file>', 'file with the API secret; - reads it from a pipe')
    .option('--user <name>', 'its owner, needed when several users have an account of that name')
    .addHelpText('after', help)
    .action(async (name: string, options: Options) => {
      const session = openSession(options);
      const { mode } = session.config;
      assertApiKey(options.apiKey, mode);
      const key = {
        apiKey: options.apiKey,
        apiSecret: await readApiSecret(mode, options.apiSecretFile),
      };
      const account = { name, userName: options.user };
      const replaced = await withStore(session, (store) => replaceKey(operator, store, { account, key }));
      session.out.record({ ...replaced, apiKey: key.apiKey });
      session.out.say(`Account ${name} of ${replaced.userName} has the key ${key.apiKey} now.`);
      for (const text of findingLines(replaced.findings)) session.out.say(text);
    });

const help = `
For a key that ends, and for one whose secret cannot be opened any more because ENCRYPTION_KEY is lost. The exchange is asked about
it as by account add. It has to belong to the same user or sub-account there, because the account's tasks hold positions of that
user. A running daemon connects the account with it within seconds, and its tasks go on.
The secret is never an argument: it comes from --api-secret-file, from BYBIT_API_SECRET, from a pipe, or from a prompt that does
not show it.

Examples:
  rollkeeper account key main --api-key abcdef
  pass bybit/main | rollkeeper account key main --user ann --api-key abcdef --api-secret-file -

With --json: one line {"accountId":…,"name":…,"userName":…,"findings":[…],"apiKey":…}

Exit codes: 0 replaced · 1 failed · 2 no such account, key taken or of another user, or one that must not be used`;
