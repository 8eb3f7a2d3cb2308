/**
 * What the page reads, as hooks: their keys, their paths, and when they are read again. Live events make them stale, not timers,
 * except for what no event reports. Each page adds queries of its own beside its components, with keys that begin as here.
 */
import { QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  HaltsInForce,
  ListedAlert,
  ProfitReport,
  SessionView,
  SystemView,
  TaskPage,
  TaskStanding,
} from '../../api/contract.ts';
import { queryText, request, RequestFailed, requestWithTag } from './client.ts';

export const keys = {
  session: ['session'] as const,
  tasks: ['tasks'] as const,
  /** Everything about one task begins so: events about the task make all of it stale. */
  task: (taskId: string) => ['task', taskId] as const,
  alerts: ['alerts'] as const,
  audit: ['audit'] as const,
  halts: ['halts'] as const,
  accounts: ['accounts'] as const,
  positions: ['positions'] as const,
  profit: ['profit'] as const,
  system: ['system'] as const,
};

const retriesMax = 2;
/** Refusals are answers and are not asked again. */
const isWorthRetrying = (error: unknown): boolean =>
  error instanceof RequestFailed && (error.status === 0 || error.status >= 500);

export function createQueries(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        retry: (failures, error) => failures < retriesMax && isWorthRetrying(error),
        retryDelay: (failures) => 400 * 2 ** failures,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
  client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || !(query.state.error instanceof RequestFailed)) return;
    const [about] = query.queryKey as readonly unknown[];
    if (query.state.error.status === 401 && about !== 'session') client.setQueryData(keys.session, null);
  });
  return client;
}

/** `null`: nobody is signed in. */
export const useSession = (): UseQueryResult<SessionView | null> =>
  useQuery({
    queryKey: keys.session,
    queryFn: async ({ signal }) => {
      try {
        return await request<SessionView>('/session', { signal });
      } catch (error) {
        if (error instanceof RequestFailed && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Infinity,
  });

/** Distances are as of the last answer: read again now and then, because only price conditions are live. */
const surveyEveryMs = 20_000;
/** Sooner while a daemon has not answered for all of its tasks: it is busy, or has just begun. Not for ever: none may be there. */
const unansweredEveryMs = 3_000;
const soonAnswersMax = 10;

/** Every task that is not over, the most urgent first. */
export const useTasks = (): UseQueryResult<readonly TaskStanding[]> =>
  useQuery({
    queryKey: keys.tasks,
    queryFn: ({ signal }) => request<readonly TaskStanding[]>('/tasks', { signal }),
    refetchInterval: ({ state: { data = [], dataUpdateCount } }) =>
      dataUpdateCount < soonAnswersMax &&
      data.some(({ isFresh, urgency }) => !isFresh && urgency !== 'queued')
        ? unansweredEveryMs
        : surveyEveryMs,
  });

/** What is halted in the accounts that the viewer sees. */
export const useHalts = (): UseQueryResult<HaltsInForce> =>
  useQuery({
    queryKey: keys.halts,
    queryFn: ({ signal }) => request<HaltsInForce>('/halts', { signal }),
    refetchInterval: 60_000,
  });

export interface VersionedTask {
  readonly page: TaskPage;
  /** For `If-Match`. */
  readonly etag: string | null;
}

export const useTask = (taskId: string): UseQueryResult<VersionedTask> =>
  useQuery({
    queryKey: keys.task(taskId),
    queryFn: async ({ signal }) => {
      const { body, etag } = await requestWithTag<TaskPage>(`/tasks/${encodeURIComponent(taskId)}`, {
        signal,
      });
      return { page: body, etag };
    },
  });

export interface WantedAlerts {
  readonly dead?: boolean;
  readonly taskId?: string;
  readonly limit?: number;
}

/** Oldest first. */
export const useAlerts = (wanted: WantedAlerts = {}): UseQueryResult<readonly ListedAlert[]> =>
  useQuery({
    queryKey: [...keys.alerts, wanted],
    queryFn: ({ signal }) =>
      request<readonly ListedAlert[]>(`/alerts${queryText({ ...wanted })}`, { signal }),
  });

export const useSystem = (): UseQueryResult<SystemView> =>
  useQuery({
    queryKey: keys.system,
    queryFn: ({ signal }) => request<SystemView>('/system', { signal }),
    refetchInterval: 3_000,
  });

/** By days of the viewer's own zone. */
export const useProfit = (days: number): UseQueryResult<ProfitReport> =>
  useQuery({
    queryKey: [...keys.profit, days],
    queryFn: ({ signal }) => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return request<ProfitReport>(`/profit${queryText({ days, zone })}`, { signal });
    },
    refetchInterval: 60_000,
  });
