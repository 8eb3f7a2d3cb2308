/** Finds the account that a person names. */
import { Ambiguous, NotFound } from '../domain/request-errors.ts';
import type { Account } from '../ports/directory.ts';
import type { Caller } from './caller.ts';
import { listAccounts } from './list-accounts.ts';
import type { Ports } from './ports.ts';

export interface AccountName {
  readonly name: string;
  /** The user it belongs to; needed when several users that the caller sees have an account of that name. */
  readonly userName?: string | undefined;
}

/**
 * Of several accounts of this name the caller's own is meant, so that nobody confuses a user by sharing an account.
 * @throws NotFound when the caller sees no such user or account; Ambiguous when several accounts have this name
 */
export async function findAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory'>,
  { name, userName }: AccountName,
): Promise<Account> {
  const accounts = await listAccounts(caller, ports, { userName });
  const named = accounts.filter((account) => account.name === name);
  const own = named.filter(({ userId }) => caller.kind === 'user' && userId === caller.userId);
  const [found, second] = own.length > 0 ? own : named;
  if (second) throw new Ambiguous(name);
  if (!found) throw new NotFound('account', name, userName);
  return found;
}
