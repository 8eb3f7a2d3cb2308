/** `rollkeeper task retry`. */
import type { Command } from 'commander';
import { taskAskCommand } from './task-ask.ts';

export const taskRetryCommand = (): Command =>
  taskAskCommand({
    name: 'retry',
    kind: 'retry',
    description: 'Let a FAILED task try again',
    explanation:
      'Look first: task show says what is open and what is not. It goes on with the same roll, for exactly what is missing.',
  });
