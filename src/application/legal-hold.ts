/** Keeps the journals of an account from being archived, for as long as they may be needed as they are. */
import { actOf, assertOperator, type Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';

export interface WantedHold {
  readonly account: AccountName;
  /** Default: it stays as it is, and is shown. */
  readonly isOn?: boolean | undefined;
}

export interface LegalHoldView {
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  /** By the database's clock, ms since epoch; `null` when there is none. */
  readonly sinceMs: number | null;
}

/** @throws NotAllowed to users; NotFound and Ambiguous as `findAccount` */
export async function setLegalHold(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'seals'>,
  { account: name, isOn }: WantedHold,
): Promise<LegalHoldView> {
  assertOperator(caller, 'put an account under legal hold, or end that');
  const { accountId, userName, name: accountName } = await findAccount(caller, ports, name);
  if (isOn !== undefined) await ports.seals.setLegalHold(accountId, isOn, actOf(caller));
  return { accountId, accountName, userName, sinceMs: await ports.seals.legalHold(accountId) };
}
