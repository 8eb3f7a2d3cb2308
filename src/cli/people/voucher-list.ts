/** `rollkeeper voucher list`. It has no codes: the database has none either. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listVouchers } from '../../application/vouchers.ts';
import type { Voucher } from '../../ports/vouchers.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const voucherListCommand = (): Command =>
  new Command('list')
    .description('Show the last 200 vouchers, newest first')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const session = openSession(options);
      const vouchers = await withStore(session, (store) => listVouchers(operator, store));
      for (const voucher of vouchers) session.out.record(voucher);
      if (vouchers.length === 0) {
        session.out.say('There is no voucher yet.');
        session.out.next('rollkeeper voucher gen 30');
        return;
      }
      session.out.table(
        ['ID', 'DAYS', 'REDEEMED', 'FOR', 'MADE BY', 'STATE'],
        vouchers.map((voucher) => [
          voucher.voucherId,
          String(voucher.days),
          `${String(voucher.uses)} of ${String(voucher.usesMax)}`,
          voucher.userName ?? 'anybody',
          voucher.createdBy,
          stateOf(voucher),
        ]),
      );
    });

function stateOf({ revokedAtMs, uses, usesMax, expiresAtMs }: Voucher): string {
  if (revokedAtMs !== null) return `revoked ${timeText(revokedAtMs)}`;
  if (uses >= usesMax) return 'redeemed';
  return `${expiresAtMs > Date.now() ? 'until' : 'ended'} ${timeText(expiresAtMs)}`;
}

const help = `
Codes are shown once, when they are made, and stored as hashes.

Examples:
  rollkeeper voucher list
  rollkeeper voucher list --json            one JSON line per voucher

Exit codes: 0 shown · 1 failed · 2 wrong configuration`;
