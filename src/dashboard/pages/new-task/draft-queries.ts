/** What the daemon says of a task that is being written: whether it can be read, what it would do, what there is to manage. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { AccountPositions, AdviceReply, Preset, TaskPage } from '../../../api/contract.ts';
import { request, RequestFailed } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import type { Fault } from '../../ui/field.tsx';

export interface ChosenAccount {
  readonly name: string;
  readonly userName: string;
}

/** A task that is changed, as it was read. */
export interface EditedTask {
  readonly page: TaskPage;
  /** For `If-Match`. */
  readonly etag: string | null;
}

export interface CheckedSpec {
  /** In full, with every default. */
  readonly spec: object;
  readonly yaml: string;
}

export const usePositions = (): UseQueryResult<readonly AccountPositions[]> =>
  useQuery({
    queryKey: keys.positions,
    queryFn: ({ signal }) => request<readonly AccountPositions[]>('/positions', { signal }),
    refetchInterval: 30_000,
  });

export const usePresets = (): UseQueryResult<readonly Preset[]> =>
  useQuery({
    queryKey: ['presets'],
    queryFn: ({ signal }) => request<readonly Preset[]>('/presets', { signal }),
    staleTime: Infinity,
  });

/** @param spec `null`: there is nothing to check yet */
export const useCheck = (spec: object | null): UseQueryResult<CheckedSpec> =>
  useQuery({
    queryKey: ['check', spec],
    queryFn: ({ signal }) => request<CheckedSpec>('/tasks/check', { method: 'POST', body: { spec }, signal }),
    enabled: spec !== null,
    staleTime: Infinity,
    gcTime: 10_000,
  });

/** Again every so often, because the market moves. */
const previewEveryMs = 10_000;

export const useSpecPreview = (
  account: ChosenAccount | null,
  spec: object | null,
): UseQueryResult<AdviceReply | null> =>
  useQuery({
    queryKey: ['preview', account, spec],
    queryFn: ({ signal }) =>
      request<AdviceReply | null>('/tasks/preview', { method: 'POST', body: { account, spec }, signal }),
    enabled: account !== null && spec !== null,
    placeholderData: keepPreviousData,
    refetchInterval: previewEveryMs,
    gcTime: 10_000,
  });

export const faultsIn = (error: unknown): readonly Fault[] =>
  error instanceof RequestFailed ? (error.problem?.faults ?? []) : [];

/** The first one that is about the place, or about something in it. */
export const faultAt = (faults: readonly Fault[], ...places: readonly string[]): Fault | undefined =>
  faults.find(({ path }) => places.some((place) => path === place || path.startsWith(`${place}.`)));
