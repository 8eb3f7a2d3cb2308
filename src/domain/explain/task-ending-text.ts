/** How a task ended, for people. */
import type { TaskEnding } from '../roll/task-ending.ts';

const texts: Readonly<Record<TaskEnding, string>> = {
  rolledOut: 'all its rolls are used up; the position is left as it is',
  closedByRule: 'its rule closed the position',
  closedByOwner: 'its owner closed the position',
  stoppedOut: 'a stop at the exchange closed the position',
  delivered: 'the option was delivered',
  removed: 'its owner removed it; the position is left as it is',
  flat: 'in the middle of a roll: what was closed was not opened again',
};

/** How the task ended, in a few words. */
export const endingText = (ending: TaskEnding): string => texts[ending];
