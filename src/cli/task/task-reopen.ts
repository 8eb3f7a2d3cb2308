/** `rollkeeper task reopen`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskReopenCommand = (): Command =>
  taskAskCommand({
    name: 'reopen',
    ask: wishFor('reopen'),
    description: 'Open the old option again instead of the new one',
    explanation:
      'For a task whose old option is closed and whose new one is not open yet, FAILED or still trying: it buys or sells the\nold option back. An order that is being worked is cancelled first. Once a part of the new option is open, there is no\nway back.',
  });
