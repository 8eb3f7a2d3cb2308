/** `rollkeeper task resume`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskResumeCommand = (): Command =>
  taskAskCommand({
    name: 'resume',
    ask: wishFor('resume'),
    description: 'Let a paused task roll again',
    explanation: 'It goes on where it was. If its trigger holds by now, it rolls at once.',
  });
