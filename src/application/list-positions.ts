/** What the accounts of a caller hold, as the daemons that manage them see it at this moment. */
import type { SeenPosition } from '../domain/explain/account-look.ts';
import type { LookReply } from '../ports/advice.ts';
import type { Account } from '../ports/directory.ts';
import type { Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import { listAccounts } from './list-accounts.ts';
import type { Ports } from './ports.ts';

export interface AccountPositions {
  readonly accountName: string;
  readonly userName: string;
  /** `null` when it is not known now: then `problem` says why. */
  readonly positions: readonly SeenPosition[] | null;
  readonly problem: string | null;
}

export interface PositionsQuestion {
  /** Default: every account that the caller sees. */
  readonly account?: AccountName | undefined;
  /** How long to wait for the daemons' answers. */
  readonly waitMs: number;
}

/** By user and account. @throws NotFound and Ambiguous as `findAccount` */
export async function listPositions(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'advice'>,
  { account, waitMs }: PositionsQuestion,
): Promise<readonly AccountPositions[]> {
  const accounts = account ? [await findAccount(caller, ports, account)] : await listAccounts(caller, ports);
  return Promise.all(
    accounts.map(async ({ accountId, name, userName, problem }) => {
      const reply = await ports.advice.look(accountId, waitMs);
      const named = { accountName: name, userName };
      if (reply?.kind === 'look') return { ...named, positions: reply.look.positions, problem: null };
      return { ...named, positions: null, problem: problem ?? problemIn(reply) };
    }),
  );
}

export const problemIn = (reply: LookReply | null): string =>
  reply?.kind === 'refused' ? reply.reason : 'no daemon has answered';

export type SeenAccount = Pick<Account, 'accountId' | 'name' | 'userName'>;
