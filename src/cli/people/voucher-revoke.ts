/** `rollkeeper voucher revoke`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { revokeVoucher } from '../../application/vouchers.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const voucherRevokeCommand = (): Command =>
  new Command('revoke')
    .description('Take a voucher back: nobody redeems it any more')
    .argument('<id>', 'as voucher list has it')
    .addHelpText('after', help)
    .action(async (voucherId: string, options: CommonOptions) => {
      const session = openSession(options);
      const voucher = await withStore(session, (store) => revokeVoucher(operator, store, { voucherId }));
      session.out.record(voucher);
      session.out.say(`Voucher ${voucher.voucherId} is revoked.`);
    });

const help = `
Who has redeemed it keeps the days; rollkeeper user access and rollkeeper user ban end those.

Examples:
  rollkeeper voucher revoke 7

Exit codes: 0 revoked · 1 failed · 2 there is no such voucher`;
