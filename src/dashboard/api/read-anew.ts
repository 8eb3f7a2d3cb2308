/**
 * What was read is out of date: it is read again where it is shown. An answer that is on its way may be older than what happened;
 * TanStack Query asks again for one that replaces another, but keeps the first answer of all, so that one is asked for twice here.
 */
import type { InvalidateQueryFilters, Query, QueryClient } from '@tanstack/react-query';

/** Queries whose first answer is on its way, and will be asked for again. */
const askedTwice = new WeakSet<Query>();

/** As `QueryClient.invalidateQueries`. Resolves when what is shown was read again; never rejects. */
export async function readAnew(client: QueryClient, filters: InvalidateQueryFilters): Promise<void> {
  const first = client
    .getQueryCache()
    .findAll(filters)
    .filter(({ state }) => state.data === undefined && state.fetchStatus !== 'idle');
  await Promise.all([client.invalidateQueries(filters), ...first.map((query) => askTwice(client, query))]);
}

async function askTwice(client: QueryClient, query: Query): Promise<void> {
  if (askedTwice.has(query)) return;
  askedTwice.add(query);
  await query.promise?.catch(() => undefined);
  askedTwice.delete(query);
  await client.invalidateQueries({ queryKey: query.queryKey, exact: true });
}
