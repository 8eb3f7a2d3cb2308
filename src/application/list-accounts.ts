/** Accounts without their secrets, by user and age. */
import type { Account } from '../ports/directory.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** The accounts of one user, or of all that the caller sees. @throws NotFound when the caller sees no such user */
export const listAccounts = (
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
  wanted: { readonly userName?: string | undefined } = {},
): Promise<readonly Account[]> => directory.accounts(wanted, scopeOf(caller));
