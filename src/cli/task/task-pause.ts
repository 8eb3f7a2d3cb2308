/** `rollkeeper task pause`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskPauseCommand = (): Command =>
  taskAskCommand({
    name: 'pause',
    ask: wishFor('pause'),
    description: 'Stop a task from rolling until it is resumed',
    explanation:
      'A roll that has closed nothing yet is broken off: its order is cancelled. One that has closed something is finished\nfirst, because between its legs the position is missing.',
  });
