/** Starts, follows and ends a backtest; sends price files. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  BacktestOrder,
  BacktestView,
  PlayablePrices,
  PriceFileView,
  Problem,
  StartedBacktest,
} from '../../../api/contract.ts';
import { newKey, queryText, request, RequestFailed } from '../../api/client.ts';

export const pricesKey = ['tapes'] as const;

export const usePrices = (): UseQueryResult<PlayablePrices> =>
  useQuery({
    queryKey: pricesKey,
    queryFn: ({ signal }) => request<PlayablePrices>('/tapes', { signal }),
  });

const lookEveryMs = 400;

/** Again and again until it has ended. @param id `null`: none */
export const useBacktest = (id: string | null): UseQueryResult<BacktestView> =>
  useQuery({
    queryKey: ['backtest', id],
    queryFn: ({ signal }) => request<BacktestView>(`/backtests/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
    staleTime: 0,
    refetchInterval: ({ state: { data, error } }) =>
      error === null && (data === undefined || isRunning(data)) ? lookEveryMs : false,
  });

export const isRunning = ({ state }: Pick<BacktestView, 'state'>): boolean =>
  state === 'waiting' || state === 'playing';

export async function startBacktest(order: BacktestOrder): Promise<string> {
  const { backtestId } = await request<StartedBacktest>('/backtests', {
    method: 'POST',
    body: order,
    idempotencyKey: newKey(),
  });
  return backtestId;
}

export const removeBacktest = (id: string): Promise<unknown> =>
  request(`/backtests/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** @throws RequestFailed */
export async function sendPriceFile(file: File): Promise<PriceFileView> {
  const response = await fetch(`/api/price-files${queryText({ name: file.name })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-rollkeeper': 'page' },
    credentials: 'same-origin',
    body: file,
  }).catch(() => {
    throw new RequestFailed(0, null);
  });
  const given: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new RequestFailed(response.status, given as Problem | null);
  return given as PriceFileView;
}
