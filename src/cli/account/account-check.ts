/** `rollkeeper account check`. The exchange is asked with the stored key, which is not shown. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { checkAccount, type CheckedAccount } from '../../application/check-key.ts';
import { isRefusing } from '../../domain/orders/key-facts.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { findingLines } from './key-findings.ts';

export const accountCheckCommand = (): Command =>
  new Command('check')
    .description('Ask the exchange what the key of an account may do, and until when')
    .argument('<name>', 'the account')
    .option('--user <name>', 'its owner, needed when several users have an account of that name')
    .addHelpText('after', help)
    .action(async (name: string, options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const checked = await withStore(session, (store) =>
        checkAccount(operator, store, { name, userName: options.user }),
      );
      session.out.record(checked);
      session.out.say(summaryOf(checked));
      for (const text of findingLines(checked.findings)) session.out.say(text);
      if (checked.findings.some(isUnfit)) process.exitCode = 1;
    });

/** Not asked means not checked. */
const isUnfit = (finding: CheckedAccount['findings'][number]): boolean =>
  isRefusing(finding) || finding.code === 'notAsked';

function summaryOf({ name, userName, facts, findings }: CheckedAccount): string {
  const account = `account ${name} of ${userName}`;
  if (facts === null)
    return findings.length > 0
      ? `The key of ${account} was not checked.`
      : `The key of ${account} was made up for the daemon's own paper exchange: there is nothing to check.`;
  const { expiresAtMs } = facts;
  const end = expiresAtMs === null ? 'has no end that the exchange knows' : `ends ${timeText(expiresAtMs)}`;
  const verdict = findings.some(isRefusing) ? 'must not be used as it is' : 'can be used';
  return `The key of ${account} ${verdict}, and ${end}.`;
}

const help = `
The same questions as when an account is added: may the key trade options, is it read-only, may it withdraw money, is it bound to
an address, when does it end, which margin mode has the account, and is the clock of this computer right.
Daemons ask every hour, too, and alert what has become wrong and a key that ends within 14, 7, 3 and 1 days.

Examples:
  rollkeeper account check main
  rollkeeper account check main --user ann --json

With --json: one line {"accountId":…,"name":…,"userName":…,"facts":{…},"findings":[{"code":…,"figures":{…}}]}

Exit codes: 0 can be used · 1 must not be used, or could not be checked · 2 no such account or wrong configuration`;
