/** Makes vouchers, lists them and takes them back. */
import { BadInput } from '../domain/errors.ts';
import type { Voucher } from '../ports/vouchers.ts';
import { actOf, assertAdministrator, assertOperator, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { newVoucherCode, voucherHash } from './secrets.ts';

export interface WantedVoucher {
  /** Of access, 1 to 3650. */
  readonly days: number;
  /** How many people may redeem it, 1 to 1000. Default: 1. */
  readonly uses?: number | undefined;
  /** Whom the redeemer becomes. Default: a user of their own. */
  readonly userName?: string | undefined;
  /** Days after which it cannot be redeemed any more, 1 to 365. Default: 30. */
  readonly validDays?: number | undefined;
}

export interface ShownVoucher extends Voucher {
  /** Shown now and never again. */
  readonly code: string;
}

const dayMs = 86_400_000;

/**
 * Administrators and the operator may; for a user who is there already only the operator, because its redeemer acts as that user.
 * @throws NotAllowed; BadInput naming the figure that is out of bounds; NotFound when there is no such user
 */
export async function createVoucher(
  caller: Caller,
  { vouchers }: Pick<Ports, 'vouchers'>,
  { days, uses = 1, userName, validDays = 30 }: WantedVoucher,
): Promise<ShownVoucher> {
  assertAdministrator(caller, 'make vouchers');
  if (userName !== undefined) assertOperator(caller, 'make a voucher for a user who is there already');
  assertWhole('days', days, 3_650);
  assertWhole('uses', uses, 1_000);
  assertWhole('valid', validDays, 365);
  const code = newVoucherCode();
  const expiresAtMs = Date.now() + validDays * dayMs;
  const voucher = {
    codeHash: voucherHash(code),
    days,
    usesMax: uses,
    userName: userName ?? null,
    expiresAtMs,
  };
  const created = await vouchers.create(voucher, actOf(caller));
  return { ...created, code };
}

/** The last 200, newest first, without their codes. @throws NotAllowed to everybody but administrators */
export async function listVouchers(
  caller: Caller,
  { vouchers }: Pick<Ports, 'vouchers'>,
): Promise<readonly Voucher[]> {
  assertAdministrator(caller, 'see vouchers');
  return vouchers.list();
}

/** Who has redeemed it keeps the days. @throws NotAllowed to everybody but administrators; NotFound */
export async function revokeVoucher(
  caller: Caller,
  { vouchers }: Pick<Ports, 'vouchers'>,
  { voucherId }: { readonly voucherId: string },
): Promise<Voucher> {
  assertAdministrator(caller, 'revoke vouchers');
  return vouchers.revoke(voucherId, actOf(caller));
}

function assertWhole(path: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new BadInput('The voucher cannot be made', [
    { path, found: String(value), expected: `a whole number from 1 to ${String(most)}` },
  ]);
}
