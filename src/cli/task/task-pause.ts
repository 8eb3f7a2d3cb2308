/** `rollkeeper task pause`. */
import type { Command } from 'commander';
import { taskAskCommand } from './task-ask.ts';

export const taskPauseCommand = (): Command =>
  taskAskCommand({
    name: 'pause',
    kind: 'pause',
    description: 'Stop a task from rolling until it is resumed',
    explanation: 'A roll that is under way is finished first: between its legs the position would be open.',
  });
