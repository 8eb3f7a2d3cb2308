/** Adds an account: one API key at an exchange, its secret sealed before it is stored. */
import { KeyTaken } from '../domain/request-errors.ts';
import type { NewAccount } from '../ports/directory.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/**
 * Stores the account under the named user. `KeyTaken` names the account that has the key to the operator alone.
 * @throws NotAllowed to a token that may not; NotFound when the caller sees no such user; KeyTaken; BadInput naming what is
 * taken or unusable, or a wrong encryption key
 */
export async function addAccount(
  caller: Caller,
  { directory, keys }: Pick<Ports, 'directory' | 'keys'>,
  account: NewAccount,
): Promise<{ readonly accountId: string }> {
  assertRight(caller, 'manage');
  // A mistyped key would seal this secret so that no daemon opens it. Daemons, which act for users, have checked theirs.
  if (caller.kind === 'operator') await keys.assertOpenable();
  try {
    return await directory.addAccount(account, scopeOf(caller), actOf(caller));
  } catch (error) {
    // A user must not learn which other user has the key.
    if (error instanceof KeyTaken && caller.kind !== 'operator') throw new KeyTaken(error.shared, null);
    throw error;
  }
}
