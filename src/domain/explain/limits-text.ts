/** What an account may do, as a clause. */
import type { AccountLimits } from '../rules/account-limits.ts';

/** Without a full stop. */
export function limitsText(limits: AccountLimits): string {
  const { rollsPerDay, netDebitPerDay, notionalOpenedPerDay, ordersPerMinute } = limits;
  const parts: readonly (readonly [string, number | string | null | undefined])[] = [
    ['rolls a day', rollsPerDay],
    ['net debit a day', netDebitPerDay],
    ['notional opened a day', notionalOpenedPerDay],
    ['orders a minute', ordersPerMinute],
  ];
  const set = parts.flatMap(([what, limit]) =>
    limit === null || limit === undefined ? [] : [`${what} at most ${limit}`],
  );
  return set.length === 0 ? 'no limits' : set.join(', ');
}
