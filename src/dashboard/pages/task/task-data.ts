/**
 * What the page of a task reads besides the task itself. What the journal says is read again with every event of the task; what its
 * daemon is asked for (advice, payoff, previews) a moment after the last one, because a roll is dozens of events in a second.
 */
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import type {
  AdviceReply,
  Explanation,
  JournalView,
  PayoffView,
  PriceHistory,
  RollTiming,
  ShownResolution,
  TaskAccount,
} from '../../../api/contract.ts';
import { queryText, request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';

const pathOf = (taskId: string, part: string): string => `/tasks/${encodeURIComponent(taskId)}/${part}`;

/** Everything that a daemon is asked about one task begins so. */
const adviceKey = (taskId: string) => ['advice', taskId] as const;

const adviceEveryMs = 10_000;
/** Where no prices came with the answer. */
const adviceAgainMs = 2_500;
const settlesAfterMs = 700;

const everyMs = (isOver: boolean, isPriced: boolean): number | false =>
  isOver ? false : isPriced ? adviceEveryMs : adviceAgainMs;

interface Asked {
  readonly taskId: string;
  /** A task that is over is asked nothing any more. */
  readonly isOver: boolean;
}

/** Why it does not roll, by its daemon. */
export const useExplanation = ({ taskId, isOver }: Asked): UseQueryResult<Explanation> =>
  useQuery({
    queryKey: [...adviceKey(taskId), 'explanation'],
    queryFn: ({ signal }) => request<Explanation>(pathOf(taskId, 'explanation'), { signal }),
    refetchInterval: ({ state }) => everyMs(isOver, state.data?.reply.kind === 'advice'),
    placeholderData: keepPreviousData,
  });

export const usePayoff = ({ taskId, isOver }: Asked): UseQueryResult<PayoffView> =>
  useQuery({
    queryKey: [...adviceKey(taskId), 'payoff'],
    queryFn: ({ signal }) => request<PayoffView>(pathOf(taskId, 'payoff'), { signal }),
    refetchInterval: ({ state }) => everyMs(isOver, state.data?.index != null),
    placeholderData: keepPreviousData,
  });

/** `null` while no daemon has adopted it. */
export const useLedger = ({ taskId, isOver }: Asked): UseQueryResult<TaskAccount | null> =>
  useQuery({
    queryKey: [...adviceKey(taskId), 'ledger'],
    queryFn: ({ signal }) => request<TaskAccount | null>(pathOf(taskId, 'ledger'), { signal }),
    refetchInterval: ({ state }) => everyMs(isOver, state.data?.isPriced === true),
    placeholderData: keepPreviousData,
  });

/** Oldest first. */
export const useRolls = (taskId: string): UseQueryResult<readonly RollTiming[]> =>
  useQuery({
    queryKey: [...keys.task(taskId), 'rolls'],
    queryFn: ({ signal }) => request<readonly RollTiming[]>(pathOf(taskId, 'rolls'), { signal }),
  });

/** What is known of what it waits for; read again with every event of the task. */
export const useResolution = (taskId: string): UseQueryResult<ShownResolution> =>
  useQuery({
    queryKey: [...keys.task(taskId), 'resolution'],
    queryFn: ({ signal }) => request<ShownResolution>(pathOf(taskId, 'resolution'), { signal }),
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });

export const journalPageSteps = 100;

/** The newest steps, oldest of them first. */
export const useNewestSteps = (taskId: string): UseQueryResult<JournalView> =>
  useQuery({
    queryKey: [...keys.task(taskId), 'journal'],
    queryFn: ({ signal }) =>
      request<JournalView>(`${pathOf(taskId, 'journal')}${queryText({ limit: journalPageSteps })}`, {
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** A page of older ones, which never change. */
export const readSteps = (taskId: string, from: number, limit: number): Promise<JournalView> =>
  request<JournalView>(`${pathOf(taskId, 'journal')}${queryText({ from, limit })}`);

/** @param coin `null` while it is not known whose index it is */
export const usePrices = (coin: string | null): UseQueryResult<PriceHistory> =>
  useQuery({
    queryKey: ['prices', coin],
    queryFn: ({ signal }) => request<PriceHistory>(`/prices/${encodeURIComponent(coin ?? '')}`, { signal }),
    enabled: coin !== null,
    staleTime: 30_000,
  });

export interface WantedTrade {
  readonly taskId: string;
  readonly trade: 'roll' | 'close';
  /** Name of a rule; `null` for the first that may. */
  readonly rule: string | null;
}

const previewEveryMs = 4_000;

/** What a trade would do now, again every few seconds while it is looked at; `null` when no daemon answers. */
export const useTradePreview = ({ taskId, trade, rule }: WantedTrade): UseQueryResult<AdviceReply | null> =>
  useQuery({
    queryKey: [...adviceKey(taskId), 'preview', trade, rule],
    queryFn: ({ signal }) =>
      request<AdviceReply | null>(`${pathOf(taskId, 'preview')}${queryText({ trade, rule })}`, { signal }),
    refetchInterval: previewEveryMs,
    staleTime: 0,
    gcTime: 0,
  });

interface CheckedSpec {
  readonly yaml: string;
}

/** The spec as a person writes it. @param version of the task that has it */
export const useYaml = (taskId: string, version: number, spec: object): UseQueryResult<CheckedSpec> =>
  useQuery({
    queryKey: [...adviceKey(taskId), 'yaml', JSON.stringify(spec)],
    queryFn: ({ signal }) => request<CheckedSpec>('/tasks/check', { method: 'POST', body: { spec }, signal }),
    staleTime: Infinity,
    enabled: version > 0,
  });

/** Asks the daemon anew once a task that has moved stands still for a moment. */
export function useFreshAdvice(taskId: string, version: number): void {
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setTimeout(() => {
      void readAnew(queries, {
        queryKey: adviceKey(taskId),
        predicate: ({ queryKey }) => queryKey[2] !== 'yaml',
      });
    }, settlesAfterMs);
    return () => clearTimeout(timer);
  }, [queries, taskId, version]);
}
