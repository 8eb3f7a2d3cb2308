/** What halts trading now, in the accounts that a caller sees. */
import { plainHalt, type Halt } from '../domain/halt.ts';
import { assertRight, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface HaltedAccount {
  readonly accountName: string;
  readonly userName: string;
  /** The widest first. */
  readonly halts: readonly Halt[];
}

export interface HaltsInForce {
  /** What halts every account there is. */
  readonly everything: readonly Halt[];
  /** Those in which anything is halted, by user and age. */
  readonly accounts: readonly HaltedAccount[];
}

/** @throws NotAllowed to nobody */
export async function listHalts(
  caller: Caller,
  { directory, halts }: Pick<Ports, 'directory' | 'halts'>,
): Promise<HaltsInForce> {
  assertRight(caller, 'read');
  const accounts = await directory.accounts({}, scopeOf(caller));
  const found = await halts.ofAccounts(accounts.map(({ accountId }) => accountId));
  const everything = (await halts.inForce()).filter(({ scope }) => scope === 'everything');
  return {
    everything: everything.map(plainHalt),
    accounts: accounts.flatMap(({ accountId, name, userName }) => {
      const standing = found.get(accountId) ?? [];
      return standing.length === 0 ? [] : [{ accountName: name, userName, halts: standing.map(plainHalt) }];
    }),
  };
}
