/** The one account that is meant by a name. */
import { Ambiguous, NotFound } from '../domain/request-errors.ts';
import type { Account } from '../ports/directory.ts';
import type { Caller } from './caller.ts';
import { listAccounts } from './list-accounts.ts';
import type { Ports } from './ports.ts';

export interface AccountName {
  readonly name: string;
  /** Its owner, where several that the caller sees have an account of that name. */
  readonly userName?: string | undefined;
}

/** @throws NotFound (user or account); Ambiguous when more than one has this name */
export async function findAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory'>,
  { name, userName }: AccountName,
): Promise<Account> {
  const accounts = await listAccounts(caller, ports, { userName });
  const [found, second] = accounts.filter((account) => account.name === name);
  if (second) throw new Ambiguous(name);
  if (!found) throw new NotFound('account', name, userName);
  return found;
}
