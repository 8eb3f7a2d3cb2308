/** Redeems a voucher: lets a person of a messenger in, or adds days to the access of one who is in. */
import { VoucherRefused } from '../domain/request-errors.ts';
import type { Identity } from '../ports/people.ts';
import { isAdministrator } from './administrators.ts';
import type { Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { voucherHash } from './secrets.ts';
import { userNamesFor } from './user-names.ts';

export interface PresentedVoucher {
  /** As a person typed it. */
  readonly code: string;
  /** `name`: what the messenger calls the person, for the name of a new user. */
  readonly identity: Identity & { readonly name: string };
  /** Where the call came from, for the audit: `telegram 12345`. */
  readonly from: string;
}

export interface RedeemedVoucher {
  readonly caller: Caller;
  readonly userName: string;
  /** The person was nobody here before. */
  readonly isNew: boolean;
  /** When access ends now; `null`: never. */
  readonly accessUntilMs: number | null;
}

/**
 * Takes no caller, because the code itself lets a person in. Each use counts once, also when several redeem at once.
 * @throws VoucherRefused when the code is wrong, used up or out of date, or the person has tried too many wrong ones
 */
export async function redeemVoucher(
  { vouchers, administrators }: Pick<Ports, 'vouchers' | 'administrators'>,
  { code, identity: { kind, id, name }, from }: PresentedVoucher,
): Promise<RedeemedVoucher> {
  const names = userNamesFor(name, administrators);
  const answer = await vouchers.redeem({ codeHash: voucherHash(code), identity: { kind, id }, names, from });
  if (answer.kind === 'refused') throw new VoucherRefused(answer.refusal);
  const { userId, userName, identities, isNew, accessUntilMs } = answer;
  const isOne = isAdministrator(administrators, { name: userName, identities });
  const caller: Caller = { kind: 'user', userId, right: 'manage', isAdministrator: isOne, from };
  return { caller, userName, isNew, accessUntilMs };
}
