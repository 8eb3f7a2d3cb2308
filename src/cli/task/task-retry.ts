/** `rollkeeper task retry`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskRetryCommand = (): Command =>
  taskAskCommand({
    name: 'retry',
    ask: wishFor('retry'),
    description: 'Try again now: a FAILED task, or a roll that is under way',
    explanation:
      'Look first: task show says what is open and what is not. The same roll continues with exactly what is missing, and\nfailed attempts are counted from zero again. An order that is being worked is left alone; if it ends before it is\nfilled, the next attempt follows at once.',
  });
