/** Adds an account: one API key at an exchange, looked at there first, its secret sealed before it is stored. */
import { KeyTaken } from '../domain/request-errors.ts';
import type { KeyFinding } from '../domain/orders/key-facts.ts';
import { lookAtKey } from '../domain/orders/key-standing.ts';
import type { NewAccount } from '../ports/directory.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import { judgeNewKey } from './check-key.ts';
import type { Ports } from './ports.ts';

export interface AddedAccount {
  readonly accountId: string;
  /** Warnings about the key; empty when all is well, and when there was no exchange to ask. */
  readonly findings: readonly KeyFinding[];
}

/**
 * Stores the account under the named user. `KeyTaken` names the account that has the key to the operator alone.
 * @throws NotAllowed to a token that may not; NotFound when the caller sees no such user; KeyTaken; BadInput naming what is
 * taken or unusable, what is wrong with the key, or a wrong encryption key
 */
export async function addAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'keys' | 'keyCheck' | 'accounts'>,
  account: Omit<NewAccount, 'exchangeUserId'>,
): Promise<AddedAccount> {
  const { directory, keys, accounts } = ports;
  assertRight(caller, 'manage');
  // A mistyped key would seal this secret so that no daemon opens it. Daemons, which act for users, have checked theirs.
  if (caller.kind === 'operator') await keys.assertOpenable();
  const { facts, findings } = await judgeNewKey(ports, account);
  try {
    const exchangeUserId = facts?.userId ?? null;
    const { accountId } = await directory.addAccount(
      { ...account, exchangeUserId },
      scopeOf(caller),
      actOf(caller),
    );
    if (facts !== null) {
      // Whoever adds the account is shown these findings now.
      const { standing } = lookAtKey(null, facts, account.name);
      await accounts.noteKeyStanding(accountId, null, { standing, alerts: [] });
    }
    return { accountId, findings };
  } catch (error) {
    // A user must not learn which other user has the key.
    if (error instanceof KeyTaken && caller.kind !== 'operator') throw new KeyTaken(error.shared, null);
    throw error;
  }
}
