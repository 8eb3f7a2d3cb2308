/** Finds the one account somebody means by its name, or says which there are. */
import { BadInput } from '../../domain/errors.ts';
import type { Account } from '../../store/read/directory.ts';
import type { Store } from '../../store/store.ts';
import { typedCommand } from '../shell/output.ts';

/** @throws BadInput when there is none, or more than one. */
export async function findAccount(store: Store, name: string, userName?: string): Promise<Account> {
  const accounts = await store.directory.accounts({ userName });
  const [found, second] = accounts.filter((account) => account.name === name);
  if (found && !second) return found;
  if (found && second) {
    const owners = accounts.filter((account) => account.name === name).map((account) => account.userName);
    throw new BadInput('More than one account has this name', [
      {
        path: '--account',
        found: JSON.stringify(name),
        expected: `--user beside it: one of ${owners.join(', ')}`,
      },
    ]);
  }
  const expected =
    accounts.length === 0
      ? `an account to be added first: ${typedCommand('rollkeeper account add main --user NAME')}`
      : `one of ${[...new Set(accounts.map((account) => account.name))].join(', ')}`;
  throw new BadInput('There is no such account', [
    { path: '--account', found: JSON.stringify(name), expected },
  ]);
}
