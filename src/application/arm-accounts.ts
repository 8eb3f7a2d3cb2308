/**
 * Arms live accounts: until a person has done so, an account with real money is managed, but nothing is traded in it. Disarming
 * halts it again. What stands between is the same as with any halt (halt-trading.ts).
 */
import type { Account } from '../ports/directory.ts';
import type { PendingHalt } from '../ports/halts.ts';
import { actOf, assertRole, type Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import { listAccounts } from './list-accounts.ts';
import type { Ports } from './ports.ts';

export interface WantedArming {
  /** Default: every live account that the caller owns; for the operator, all of them. */
  readonly account?: AccountName | undefined;
  readonly isArmed: boolean;
  /** How long to wait for the daemons to put it into force. */
  readonly waitMs: number;
}

export type ArmableAccount = Pick<Account, 'accountId' | 'name' | 'userName'>;

export interface ArmingResult {
  readonly isArmed: boolean;
  /** All that it is about, by user and name. */
  readonly accounts: readonly ArmableAccount[];
  /** Ids of those that changed; the others were so already. */
  readonly changed: readonly string[];
  /** Where the daemon has not confirmed it yet. */
  readonly pending: readonly PendingHalt[];
}

/**
 * The live accounts that the caller may arm; none where the named one is of another mode, which needs no arming.
 * @throws NotFound and Ambiguous as `findAccount`; NotAllowed to all but its owner
 */
export async function armableAccounts(
  caller: Caller,
  ports: Pick<Ports, 'directory'>,
  account?: AccountName,
): Promise<readonly ArmableAccount[]> {
  const found = account ? [await findAccount(caller, ports, account)] : await listAccounts(caller, ports);
  for (const { role, name } of account ? found : []) assertRole(caller, { role, accountName: name }, 'owner');
  return found
    .filter(({ environment, role }) => environment === 'live' && role === 'owner')
    .map(({ accountId, name, userName }) => ({ accountId, name, userName }));
}

/** Arms or disarms. @throws as `armableAccounts` */
export async function armAccounts(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'halts'>,
  { account, isArmed, waitMs }: WantedArming,
): Promise<ArmingResult> {
  const accounts = await armableAccounts(caller, ports, account);
  const accountIds = accounts.map(({ accountId }) => accountId);
  const { changed, haltIds } = await ports.halts.arm({ accountIds, isArmed, ...actOf(caller) });
  const pending = await ports.halts.confirmed(haltIds, { isInForce: !isArmed, waitMs });
  return { isArmed, accounts, changed, pending };
}
