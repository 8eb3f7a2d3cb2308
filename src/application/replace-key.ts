/** Gives an account another API key of the same user of the exchange: before the old one ends, or when its secret is lost. */
import type { KeyFinding } from '../domain/orders/key-facts.ts';
import { lookAtKey } from '../domain/orders/key-standing.ts';
import { KeyTaken } from '../domain/request-errors.ts';
import type { Credentials } from '../ports/exchange.ts';
import { actOf, assertRole, type Caller } from './caller.ts';
import { judgeNewKey } from './check-key.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';

export interface ReplacedKey {
  readonly accountId: string;
  readonly name: string;
  readonly userName: string;
  /** Warnings about the new key. */
  readonly findings: readonly KeyFinding[];
}

/**
 * The owner and the operator may. The daemon that manages the account connects it anew, with its tasks as they are.
 * @throws NotFound and Ambiguous as `findAccount`; NotAllowed to traders and viewers; KeyTaken; BadInput with what is wrong with
 * the key
 */
export async function replaceKey(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'keyCheck' | 'accounts'>,
  { account: wanted, key }: { readonly account: AccountName; readonly key: Credentials },
): Promise<ReplacedKey> {
  const account = await findAccount(caller, ports, wanted);
  const { accountId, name, userName } = account;
  assertRole(caller, { role: account.role, accountName: name }, 'owner');
  const { facts, findings } = await judgeNewKey(ports, key);
  try {
    const { apiKey, apiSecret } = key;
    const exchangeUserId = facts?.userId ?? null;
    await ports.directory.replaceKey(account, { apiKey, apiSecret, exchangeUserId }, actOf(caller));
  } catch (error) {
    // A user must not learn which other user has the key.
    if (error instanceof KeyTaken && caller.kind !== 'operator') throw new KeyTaken(error.shared, null);
    throw error;
  }
  if (facts !== null) {
    const { standing } = lookAtKey(null, facts, name);
    await ports.accounts.noteKeyStanding(accountId, null, { standing, alerts: [] });
  }
  return { accountId, name, userName, findings };
}
