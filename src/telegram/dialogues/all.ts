/** Every step of every dialogue. */
import { addAccountSteps } from './add-account.ts';
import { addTaskSteps } from './add-task.ts';
import type { Steps } from './dialogue.ts';
import { editTaskSteps } from './edit-task.ts';

export const steps: Steps = { ...addAccountSteps, ...addTaskSteps, ...editTaskSteps };
