/** The journal of a task as far as it was read: the newest steps first, earlier ones when they are wanted, new ones as they come. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { JournalStepView, JournalView } from '../../../api/contract.ts';
import { queryText, request } from '../../api/client.ts';
import { firstStored } from '../../format/sealed.ts';
import { keys } from '../../api/queries.ts';

const firstSteps = 200;
const moreSteps = 500;

export interface Journal {
  readonly query: UseQueryResult<JournalView>;
  readonly steps: readonly JournalStepView[];
  /** There are earlier ones that were not read yet. */
  readonly hasEarlier: boolean;
  readonly sealed: JournalView['sealed'];
  readonly readEarlier: () => Promise<void>;
  readonly isReadingEarlier: boolean;
}

/** @param wanted a version that has to be among the first steps that are read */
export function useJournal(taskId: string, wanted: number | null): Journal {
  const client = useQueryClient();
  const key = [...keys.task(taskId), 'journal', 'walk'];
  const [isReadingEarlier, setReading] = useState(false);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const known = client.getQueryData<JournalView>(key);
      return known ? continued(taskId, known, signal) : begun(taskId, wanted, signal);
    },
  });
  const steps = query.data?.steps ?? [];
  const first = steps[0]?.version ?? 1;
  const sealed = query.data?.sealed ?? [];
  const lowest = firstStored(sealed);
  const readEarlier = useCallback(async () => {
    setReading(true);
    try {
      const from = Math.max(lowest, first - moreSteps);
      const { steps: earlier } = await read(taskId, { from, limit: Math.min(moreSteps, first - from) });
      client.setQueryData<JournalView>([...keys.task(taskId), 'journal', 'walk'], (known) =>
        known?.steps[0]?.version === first
          ? { ...known, steps: [...earlier.filter(({ version }) => version < first), ...known.steps] }
          : known,
      );
    } finally {
      setReading(false);
    }
  }, [client, first, lowest, taskId]);
  return { query, steps, sealed, hasEarlier: first > lowest, readEarlier, isReadingEarlier };
}

const read = (
  taskId: string,
  wanted: { readonly from?: number | undefined; readonly limit: number },
  signal?: AbortSignal,
): Promise<JournalView> =>
  request<JournalView>(`/tasks/${encodeURIComponent(taskId)}/journal${queryText(wanted)}`, { signal });

async function begun(taskId: string, wanted: number | null, signal: AbortSignal): Promise<JournalView> {
  const newest = await read(taskId, { limit: firstSteps }, signal);
  const first = newest.steps[0]?.version ?? 1;
  if (wanted === null || wanted >= first || first - wanted > 20 * moreSteps) return newest;
  return continued(
    taskId,
    await read(taskId, { from: Math.max(1, wanted - 20), limit: moreSteps }, signal),
    signal,
  );
}

/** With everything that came since. */
async function continued(taskId: string, known: JournalView, signal: AbortSignal): Promise<JournalView> {
  let all = known;
  for (;;) {
    const last = all.steps.at(-1)?.version ?? 0;
    const { version, sealed, steps } = await read(taskId, { from: last + 1, limit: moreSteps }, signal);
    all = { ...all, version, sealed, steps: [...all.steps, ...steps.filter((step) => step.version > last)] };
    if (steps.length < moreSteps) return all;
  }
}
