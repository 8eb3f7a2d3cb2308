/** What is reported of a task that this program cannot go on with, because of what is stored of it. */
import type { Alert } from '../alert.ts';
import type { ReasonOf } from '../reason.ts';

export interface BrokenTaskFigures {
  /** Nothing watches it until it can be restored. */
  readonly taskSetAside: { readonly name: string; readonly taskId: string; readonly problem: string };
  readonly taskManagedAgain: { readonly name: string; readonly taskId: string };
}

type BrokenTaskAlert = Pick<Alert, 'severity'> & ReasonOf<BrokenTaskFigures>;

/** @param name of the account, as people know it */
export const taskSetAside = (name: string, taskId: string, problem: string): BrokenTaskAlert => ({
  severity: 'critical',
  code: 'taskSetAside',
  figures: { name, taskId, problem },
});

export const taskManagedAgain = (name: string, taskId: string): BrokenTaskAlert => ({
  severity: 'info',
  code: 'taskManagedAgain',
  figures: { name, taskId },
});
