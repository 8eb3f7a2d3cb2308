/** The journal of one task as sentences, from its beginning on, and what is added to it as it is added. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AmbiguousTask, NotFound } from '../domain/request-errors.ts';
import type { Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { showSteps, type JournalStepView } from './show-steps.ts';

export interface LogQuestion {
  /** Its id, or as much of it as is unique. */
  readonly taskId: string;
  /** Only so many of the newest steps that there are. Default: all. */
  readonly last?: number | undefined;
  /** Go on with what is added. Default: end. */
  readonly follows?: boolean | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const pageSize = 500;
const lookEveryMs = 1_000;

/** Oldest first. @throws NotFound when the caller sees no such task; AmbiguousTask */
export async function* taskLog(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  { taskId, last, follows = false, signal }: LogQuestion,
): AsyncGenerator<JournalStepView> {
  const opening = last === undefined ? { fromVersion: 1 } : { limit: last };
  let page = await showSteps(caller, ports, { taskId, limit: pageSize, ...opening });
  let next = last === undefined ? 1 : page.version + 1;
  for (;;) {
    yield* page.steps;
    next = Math.max(next, (page.steps.at(-1)?.version ?? 0) + 1);
    const isMore = page.version >= next;
    if (!isMore && !follows) return;
    if (!isMore) await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    page = await nextPage(caller, ports, { taskId: page.taskId, fromVersion: next }).catch(
      (error: unknown) => {
        // A database that is away for a while comes back; only what will never be otherwise ends it.
        if (!follows || error instanceof NotFound || error instanceof AmbiguousTask) throw error;
        return { ...page, version: next - 1, steps: [] };
      },
    );
  }
}

const nextPage = (
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  from: { readonly taskId: string; readonly fromVersion: number },
) => showSteps(caller, ports, { ...from, limit: pageSize });
