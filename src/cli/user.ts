/** `rollkeeper user`: the people who own accounts. */
import { Command } from 'commander';
import { userAddCommand } from './user-add.ts';
import { userListCommand } from './user-list.ts';

export const userCommand = (): Command =>
  new Command('user')
    .description('The people who own accounts')
    .addCommand(userAddCommand())
    .addCommand(userListCommand());
