/** `rollkeeper task accept-flat`. */
import type { Command } from 'commander';
import { taskAskCommand } from './task-ask.ts';

export const taskAcceptFlatCommand = (): Command =>
  taskAskCommand({
    name: 'accept-flat',
    kind: 'acceptFlat',
    description: 'Leave a FAILED task as it is, and end it',
    explanation: 'Nothing more is opened or closed: what was closed stays closed, and the task is over.',
  });
