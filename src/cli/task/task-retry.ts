/** `rollkeeper task retry`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskRetryCommand = (): Command =>
  taskAskCommand({
    name: 'retry',
    ask: wishFor('retry'),
    description: 'Try again now: a FAILED task, or a roll that is under way',
    explanation:
      'Look first: task show says what is open and what is not. It goes on with the same roll, for exactly what is missing,\nas if for the first time. An order that is being worked goes on; if it ends short, the next try follows at once.',
  });
