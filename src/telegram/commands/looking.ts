/** Commands that show and change nothing: help, status, positions, profit. */
import { listPositions } from '../../application/list-positions.ts';
import { showProfit } from '../../application/show-profit.ts';
import { openBoard } from '../board.ts';
import { page, bold } from '../page.ts';
import { say } from '../room.ts';
import { positionsPage, profitPage } from '../texts/money-pages.ts';
import { aboutOf, type BotCommand } from './command.ts';

/** @param commands those that the person may use */
export const helpCommand = (commands: () => readonly BotCommand[]): BotCommand => ({
  name: 'help',
  about: 'what the bot can do',
  run: async (room) => {
    const isAdministrator = room.caller.kind === 'user' && room.caller.isAdministrator;
    const lines = commands()
      .filter(
        ({ isHidden, isForAdministrators }) =>
          isHidden !== true && (isAdministrator || isForAdministrators !== true),
      )
      .map((command) => `/${command.name} – ${aboutOf(command, { isAdministrator })}`);
    await say(
      room,
      page([
        bold('Rollkeeper'),
        ' rolls your option positions by rules.\n\n',
        lines.join('\n'),
        '\n\nBefore money moves you are asked to confirm. /cancel leaves any question.',
      ]),
    );
  },
});

export const statusCommand: BotCommand = {
  name: 'status',
  about: 'all tasks in one message that updates itself',
  run: (room) => openBoard(room),
};

export const positionsCommand: BotCommand = {
  name: 'positions',
  about: 'what your accounts hold',
  run: async (room) => {
    const { caller, ports, waitMs } = room;
    await say(room, positionsPage(await listPositions(caller, ports, { waitMs }), ports.rules));
  },
};

const daysUsual = 14;
const daysMost = 90;

export const profitCommand: BotCommand = {
  name: 'profit',
  about: 'what was earned, by day and by coin',
  run: async (room, rest) => {
    const { caller, ports, zone } = room;
    const days = Math.min(
      daysMost,
      Math.max(1, /^\d{1,3}/.test(rest) ? Number.parseInt(rest, 10) : daysUsual),
    );
    await say(room, profitPage(await showProfit(caller, ports, { days, zone, waitMs: 1_000 })));
  },
};
