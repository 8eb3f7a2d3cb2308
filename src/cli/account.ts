/** `rollkeeper account`: API keys at the exchange. */
import { Command } from 'commander';
import { accountAddCommand } from './account-add.ts';
import { accountListCommand } from './account-list.ts';

export const accountCommand = (): Command =>
  new Command('account')
    .description('Exchange accounts: one API key each')
    .addCommand(accountAddCommand())
    .addCommand(accountListCommand());
