/** `rollkeeper account list`. It never reads secrets. */
import { Command } from 'commander';
import { troubleView } from '../../application/account-trouble.ts';
import { operator } from '../../application/caller.ts';
import { listAccounts } from '../../application/list-accounts.ts';
import type { Account, Grant } from '../../ports/directory.ts';
import { haltLine } from '../../domain/explain/halt-text.ts';
import { limitsOf } from '../../application/account-limits.ts';
import { limitsText } from '../../domain/explain/limits-text.ts';
import { haltsOf } from '../../application/halt-trading.ts';
import { troubleText } from './account-trouble.ts';
import { shortText } from './key-findings.ts';
import { shellWord } from '../shell/shell-word.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const accountListCommand = (): Command =>
  new Command('list')
    .description('Show accounts, without their secrets')
    .option('--user <name>', "only this user's")
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const { accounts, halts, limits } = await withStore(session, async (store) => {
        const found = await listAccounts(operator, store, { userName: options.user });
        return {
          accounts: found,
          halts: await haltsOf(store, found),
          limits: await limitsOf(store, found),
        };
      });
      for (const account of accounts)
        session.out.record({
          ...account,
          trouble: troubleView(account.trouble),
          halts: halts.get(account.accountId) ?? [],
          limits: limits.get(account.accountId) ?? {},
        });
      if (accounts.length === 0) {
        session.out.say('There is no account yet.');
        session.out.next('rollkeeper account add main --user ann');
        return;
      }
      session.out.table(
        ['ACCOUNT', 'USER', 'EXCHANGE', 'API KEY', 'TASKS', 'MANAGED BY'],
        accounts.map((account) => [
          account.name,
          account.userName,
          account.environment,
          account.apiKey,
          String(account.tasksTotal),
          managerOf(account),
        ]),
      );
      for (const { userName, name, grants } of accounts)
        if (grants.length > 0)
          session.out.say(`\n${userName}/${name} is shared with ${grants.map(grantText).join(', ')}.`);
      for (const { userName, name, trouble } of accounts) {
        const view = troubleView(trouble);
        if (view) session.out.say(`\n${troubleText(`${userName}/${name}`, view)}`);
      }
      for (const { accountId, name, userName } of accounts)
        for (const halt of halts.get(accountId) ?? [])
          session.out.say(`\n${haltLine(`${userName}/${name}`, halt)}`);
      for (const { accountId, name, userName } of accounts) {
        const own = limits.get(accountId);
        if (own) session.out.say(`\n${userName}/${name}: ${limitsText(own)}.`);
      }
      for (const { name, userName, keyStanding } of accounts) {
        const text = shortText(keyStanding?.findings ?? []);
        if (text !== '')
          session.out.say(
            `\nKey of ${userName}/${name}: ${text}. See: rollkeeper account check ${shellWord(name)}`,
          );
      }
      for (const { name, userName, problem } of accounts)
        if (problem !== null) session.out.say(`\nNo daemon manages ${name} of ${userName}: ${problem}`);
    });

const grantText = ({ userName, role }: Grant): string => `${userName} (${role})`;

function managerOf({ environment, daemon, problem }: Account): string {
  if (daemon !== null) return daemon;
  if (problem !== null) return 'none: see below';
  return environment === ('archive' as string) ? '-' : 'no daemon';
}

const help = `
MANAGED BY is the daemon that watches the account's tasks now. An account that no running daemon can manage is named below
the table, with the reason.

Examples:
  rollkeeper account list
  rollkeeper account list --user ann --json      one JSON line per account

Exit codes: 0 shown · 1 failed · 2 unknown user or wrong configuration`;
