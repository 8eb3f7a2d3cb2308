/** The command that adds a task, as a daemon finds it in its inbox. */
import type { Command } from '../../src/ports/inbox.ts';

/** @param payload the spec, as a person wrote it */
export const addCommand = (payload: unknown): Command => ({
  commandId: 'c1',
  accountId: '1',
  taskId: 'task000001',
  kind: 'add',
  askedBy: 'operator',
  payload,
});
