/** `rollkeeper task resume`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskResumeCommand = (): Command =>
  taskAskCommand({
    name: 'resume',
    ask: wishFor('resume'),
    description: 'Let a paused task roll again',
    explanation:
      'The task continues with the spec, the ledger and the trigger that it had. If the trigger holds now, it rolls at once.',
  });
