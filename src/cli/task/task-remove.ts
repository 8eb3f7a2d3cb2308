/** `rollkeeper task remove`. */
import type { Command } from 'commander';
import { removeTask } from '../../application/remove-task.ts';
import { taskAskCommand } from './task-ask.ts';

export const taskRemoveCommand = (): Command =>
  taskAskCommand({
    name: 'remove',
    ask: removeTask,
    description: 'Stop managing a position; the position itself is left as it is',
    explanation:
      'Nothing is opened or closed. The task becomes COMPLETED, its journal is kept, and the position can be added again.\nDuring a roll it is refused, because a part of the position may be closed: task accept-flat ends the roll as it stands.',
  });
