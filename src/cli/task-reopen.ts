/** `rollkeeper task reopen`. */
import type { Command } from 'commander';
import { taskAskCommand } from './task-ask.ts';

export const taskReopenCommand = (): Command =>
  taskAskCommand({
    name: 'reopen',
    kind: 'reopen',
    description: 'Let a FAILED task open its old option again',
    explanation:
      'For a task whose old option is closed and whose new one could not be opened: it goes back to where it was.',
  });
