/** The rolls of all tasks of a caller that ended within some days. */
import { dayMs } from '../domain/units.ts';
import type { TaskRoll } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface RollsQuestion {
  /** How many times 24 hours, back from now. */
  readonly days: number;
  /** How long to wait for a daemon to say what time it is at the exchange; without one the computer's is taken. */
  readonly waitMs: number;
}

/** Oldest first. */
export async function listRolls(
  caller: Caller,
  { tasks, directory, advice }: Pick<Ports, 'tasks' | 'directory' | 'advice'>,
  { days, waitMs }: RollsQuestion,
): Promise<readonly TaskRoll[]> {
  const scope = scopeOf(caller);
  const managed = (await directory.accounts({}, scope)).find(({ daemon }) => daemon !== null);
  const reply = managed ? await advice.look(managed.accountId, waitMs) : null;
  const nowMs = reply?.kind === 'look' ? reply.look.atMs : Date.now();
  return tasks.rollsSince(nowMs - days * dayMs, scope);
}
