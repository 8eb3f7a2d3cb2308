/** `rollkeeper task accept-flat`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskAcceptFlatCommand = (): Command =>
  taskAskCommand({
    name: 'accept-flat',
    ask: wishFor('acceptFlat'),
    description: 'Stop here: leave a FAILED task, or a roll under way, as it is, and end it',
    explanation:
      'Nothing more is opened or closed: what was closed stays closed, what was opened stays open, and the task is over.\nAn order that is being worked is ended first, and what it has traded by then stays.',
  });
