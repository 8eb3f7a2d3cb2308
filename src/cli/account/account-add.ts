/** `rollkeeper account add`. On paper the keys are made up; elsewhere they come from the exchange. */
import { Command } from 'commander';
import { addAccount } from '../../application/add-account.ts';
import { paperCredentials } from '../../application/add-own-account.ts';
import { operator } from '../../application/caller.ts';
import type { Mode } from '../../config.ts';
import { assertApiKey } from './api-key.ts';
import { readApiSecret } from './api-secret.ts';
import { withStore } from '../shell/database.ts';
import { shellWord } from '../shell/shell-word.ts';
import { findingLines } from './key-findings.ts';
import { firstTask } from '../task/first-task.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly user: string;
  readonly apiKey?: string;
  readonly apiSecretFile?: string;
}

export const accountAddCommand = (): Command =>
  new Command('add')
    .description('Add an account: an API key of the exchange that the mode trades on')
    .argument('<name>', "a name none of the user's other accounts has")
    .requiredOption('--user <name>', 'the user who owns the account')
    .option('--api-key <key>', 'the API key (in paper mode one is made up)')
    .option('--api-secret-file <file>', 'file with the API secret; - reads it from a pipe')
    .addHelpText('after', help)
    .action(async (name: string, options: Options) => {
      const session = openSession(options);
      const environment = session.config.mode;
      const keys = await keysFor(environment, options);
      const account = { userName: options.user, name, environment, ...keys };
      const { accountId, findings } = await withStore(session, (store) =>
        addAccount(operator, store, account),
      );
      const { apiKey } = keys;
      session.out.record({ accountId, name, userName: options.user, environment, apiKey, findings });
      session.out.say(`Added account ${name} of ${options.user} (${environment}, key ${keys.apiKey}).`);
      for (const text of findingLines(findings)) session.out.say(text);
      if (environment === 'live')
        session.out.say('It is only watched until it is armed: nothing is traded in it.');
      session.out.next(await firstTask(session.config, name), ...startOf(environment, name));
    });

const startOf = (environment: Mode, account: string): readonly string[] =>
  environment === 'live'
    ? ['rollkeeper start --i-understand-live', `rollkeeper arm --account ${shellWord(account)}`]
    : ['rollkeeper start'];

async function keysFor(mode: Mode, options: Options): Promise<{ apiKey: string; apiSecret: string }> {
  const { apiKey } = options;
  if (mode === 'paper' && apiKey === undefined && options.apiSecretFile === undefined)
    return paperCredentials();
  assertApiKey(apiKey, mode);
  return { apiKey, apiSecret: await readApiSecret(mode, options.apiSecretFile) };
}

const help = `
The account belongs to the current mode (ROLLKEEPER_MODE). On paper no key is needed: one is made up, and the daemon opens
the account with cash and two short options, so that there is something to roll.
The secret is never an argument: it comes from --api-secret-file, from BYBIT_API_SECRET, from a pipe, or from a prompt that
does not show it. It is stored encrypted with ENCRYPTION_KEY and never printed.
The exchange is asked about the key first. It is refused when it may withdraw money, may only read or may not trade options, and
when the account is no unified one or has isolated margin. An address that it is not bound to, its end and a wrong clock are
warned about. When the exchange does not answer, the account is added all the same, and a daemon asks again.
Each key, and each user or sub-account of the exchange, can be added once: two accounts would trade the same positions.

Examples:
  rollkeeper account add main --user ann
  ROLLKEEPER_MODE=testnet rollkeeper account add main --user ann --api-key abcdef
  pass bybit/main | rollkeeper account add main --user ann --api-key abcdef --api-secret-file -

Next: rollkeeper task add --account main …

Exit codes: 0 added · 1 failed · 2 unknown user, name or key taken, or no usable key, or one
  that must not be used`;
