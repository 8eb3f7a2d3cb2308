/** What an account may do in a day or a minute, over all of its tasks: set by its owner, in force at once. */
import { z } from 'zod';
import { parseInput } from '../domain/bad-input.ts';
import type { AccountLimits } from '../domain/rules/account-limits.ts';
import { actOf, assertRole, type Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';

const countOf = (most: number) =>
  z.coerce
    .number({ error: `a whole number from 0 to ${most}` })
    .int({ error: `a whole number from 0 to ${most}` })
    .min(0, { error: `a whole number from 0 to ${most}` })
    .max(most, { error: `a whole number from 0 to ${most}` })
    .nullable()
    .optional();
const amountText = 'an amount of settle coin, like 250 or 99.5';
const amount = z
  .string({ error: amountText })
  .regex(/^\d{1,12}(\.\d{1,8})?$/, { error: amountText })
  .nullable()
  .optional();

const limitsShape = z.strictObject({
  rollsPerDay: countOf(100_000),
  netDebitPerDay: amount,
  notionalOpenedPerDay: amount,
  ordersPerMinute: countOf(10_000),
});

export interface WantedLimits {
  readonly account: AccountName;
  /** Those that are to change: a number or an amount as text; `null` takes a limit away. */
  readonly changes: Readonly<Record<string, unknown>>;
}

export interface AccountLimitsView {
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  readonly limits: AccountLimits;
}

/**
 * Changes the limits that are named; without changes it shows them.
 * @throws BadInput naming what is wrong; NotFound and Ambiguous as `findAccount`; NotAllowed to all but its owner
 */
export async function setAccountLimits(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'limits'>,
  { account: name, changes: given }: WantedLimits,
): Promise<AccountLimitsView> {
  const account = await findAccount(caller, ports, name);
  const { accountId, userName } = account;
  assertRole(caller, { role: account.role, accountName: account.name }, 'owner');
  const changes = parseInput(limitsShape, given, 'The limits are not right') as AccountLimits;
  const limits =
    Object.keys(changes).length === 0
      ? ((await ports.limits.limitsOf([accountId])).get(accountId) ?? {})
      : await ports.limits.setLimits(accountId, changes, actOf(caller));
  return { accountId, accountName: account.name, userName, limits };
}

/** The limits of these accounts, which the caller was shown before; those without are left out. */
export const limitsOf = (
  { limits }: Pick<Ports, 'limits'>,
  accounts: readonly { readonly accountId: string }[],
): Promise<ReadonlyMap<string, AccountLimits>> => limits.limitsOf(accounts.map(({ accountId }) => accountId));
