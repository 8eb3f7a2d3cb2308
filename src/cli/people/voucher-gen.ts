/** `rollkeeper voucher gen`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { createVoucher } from '../../application/vouchers.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { wholeNumber } from './people-words.ts';

interface Options extends CommonOptions {
  readonly uses: string;
  readonly valid: string;
  readonly user?: string;
}

export const voucherGenCommand = (): Command =>
  new Command('gen')
    .description('Make a voucher: a code that lets people in for some days')
    .argument('<days>', 'days of access')
    .option('--uses <n>', 'how many people may redeem it', '1')
    .option('--valid <days>', 'for how many days it can be redeemed', '30')
    .option('--user <name>', 'who redeems it becomes this user')
    .addHelpText('after', help)
    .action(async (days: string, options: Options) => {
      const wanted = {
        days: wholeNumber('days', days),
        uses: wholeNumber('--uses', options.uses),
        validDays: wholeNumber('--valid', options.valid),
        userName: options.user,
      };
      const session = openSession(options);
      const voucher = await withStore(session, (store) => createVoucher(operator, store, wanted));
      session.out.record(voucher);
      session.out.say(
        `Voucher ${voucher.voucherId}, for ${String(voucher.days)} days, ${usesText(voucher.usesMax)}, to be redeemed until ` +
          `${timeText(voucher.expiresAtMs)}:\n\n  ${voucher.code}\n\n` +
          'It is shown now and never again. Who has it can send it to the bot: /start and the code.',
      );
    });

const usesText = (uses: number): string => (uses === 1 ? 'for one person' : `for ${String(uses)} people`);

const help = `
A voucher is redeemed at the bot. It makes a new user; a person who is a user already gets the days on top of what they have.
With --user it links the person to a user who is there already, who may do everything as that user: so a user of the command line
comes to the bot. Three wrong codes lock a person out for a quarter of an hour, and then twice as long each time.

Examples:
  rollkeeper voucher gen 30
  rollkeeper voucher gen 30 --uses 10 --valid 7
  rollkeeper voucher gen 365 --user ann
  rollkeeper voucher gen 30 --json            {"voucherId":"1","code":"7K3M-…",…}

Exit codes: 0 made · 1 failed · 2 unknown user, or figures out of bounds`;
