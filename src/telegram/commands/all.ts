/** Every command of the bot, in the order of the list. */
import { steps } from '../dialogues/all.ts';
import { accountsCommand, addCommand } from './accounts.ts';
import { banCommand, genCommand, logCommand, statsCommand, unbanCommand } from './administration.ts';
import { alertsCommand, zoneCommand } from './alerts.ts';
import type { BotCommand } from './command.ts';
import { haltCommand, resumeCommand } from './halt.ts';
import { helpCommand, positionsCommand, profitCommand, statusCommand } from './looking.ts';
import { taskCommand } from './task.ts';

const all: readonly BotCommand[] = [
  statusCommand,
  taskCommand,
  addCommand(steps),
  positionsCommand,
  profitCommand,
  accountsCommand(steps),
  haltCommand,
  resumeCommand,
  logCommand,
  alertsCommand,
  zoneCommand,
  helpCommand(() => all),
  genCommand,
  banCommand,
  unbanCommand,
  statsCommand,
];

export const botCommands: ReadonlyMap<string, BotCommand> = new Map(all.map((each) => [each.name, each]));
