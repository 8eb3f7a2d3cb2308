/** `rollkeeper account limits`. */
import { Command } from 'commander';
import { setAccountLimits } from '../../application/account-limits.ts';
import { operator } from '../../application/caller.ts';
import { limitsText } from '../../domain/explain/limits-text.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly user?: string;
  readonly rollsPerDay?: string;
  readonly netDebitPerDay?: string;
  readonly notionalOpenedPerDay?: string;
  readonly ordersPerMinute?: string;
}

export const accountLimitsCommand = (): Command =>
  new Command('limits')
    .description('Show or set what an account may do in a day or a minute, over all of its tasks')
    .argument('<name>', 'the account')
    .option('--user <name>', 'whose it is')
    .option('--rolls-per-day <count>', 'rolls that begin on one day (UTC); none: no limit')
    .option('--net-debit-per-day <amount>', 'what rolls of one day may cost, in settle coin; none: no limit')
    .option('--notional-opened-per-day <amount>', 'index price of what rolls of one day open; none: no limit')
    .option('--orders-per-minute <count>', 'new orders within a minute; none: no limit')
    .addHelpText('after', help)
    .action(async (name: string, options: Options) => {
      const session = openSession(options);
      const view = await withStore(session, (store) =>
        setAccountLimits(operator, store, {
          account: { name, userName: options.user },
          changes: changesIn(options),
        }),
      );
      session.out.record(view);
      session.out.say(`${view.userName}/${view.accountName}: ${limitsText(view.limits)}.`);
    });

function changesIn(options: Options): Record<string, string | null> {
  const { rollsPerDay, netDebitPerDay, notionalOpenedPerDay, ordersPerMinute } = options;
  const given = { rollsPerDay, netDebitPerDay, notionalOpenedPerDay, ordersPerMinute };
  return Object.fromEntries(
    Object.entries(given).flatMap(([limit, value]) =>
      value === undefined ? [] : [[limit, value === 'none' ? null : value]],
    ),
  );
}

const help = `
Judged before a roll sends its first order, over all tasks of the account; a roll that has begun is never held up. Each roll's
debit counts for itself: the credit of one makes no room for another. Notional is quantity times index price of what is opened.
A close is held up by orders a minute alone. A task that is refused rests until there is room again, or the limits change,
which is at once. A day is one of UTC. Money of all settle coins is added up as if it were one.

Examples:
  rollkeeper account limits main
  rollkeeper account limits main --rolls-per-day 10 --net-debit-per-day 500
  rollkeeper account limits main --orders-per-minute none

With --json: {"accountId":…,"accountName":…,"userName":…,"limits":{"rollsPerDay":10,…}}

Exit codes: 0 shown or set · 1 failed · 2 unknown account or wrong value`;
