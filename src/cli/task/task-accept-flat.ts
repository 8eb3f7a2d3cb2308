/** `rollkeeper task accept-flat`. */
import type { Command } from 'commander';
import { taskAskCommand, wishFor } from './task-ask.ts';

export const taskAcceptFlatCommand = (): Command =>
  taskAskCommand({
    name: 'accept-flat',
    ask: wishFor('acceptFlat'),
    description: 'End a FAILED task, or a roll under way, as it stands now',
    explanation:
      'What was closed stays closed, what was opened stays open, nothing more is traded, and the task is over.\nAn order that is being worked is cancelled first; what it has traded by then stays.',
  });
