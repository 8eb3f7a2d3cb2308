/**
 * Ties the live connection to the queries while a person is signed in: a task that moved is read again with all others that moved
 * with it, in one request, and its row is replaced where it stands; `hello` makes everything stale.
 */
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import type { TaskStanding } from '../../api/contract.ts';
import { useToasts } from '../ui/toast.tsx';
import { request } from './client.ts';
import { connectLive } from './live.ts';
import { mergeStandings } from './merge-standings.ts';
import { lookForNewVersion } from './new-version.ts';
import { keys } from './queries.ts';
import { readAnew } from './read-anew.ts';

/** More ids than that are not worth a list: everything is read again. */
const idsMax = 50;

export function LiveQueries({ children }: { readonly children: ReactNode }): ReactNode {
  const client = useQueryClient();
  const { show } = useToasts();
  useEffect(
    () =>
      connectLive({
        onHello: () => {
          // Also after a restart, perhaps with another build of the page.
          void lookForNewVersion();
          void readAnew(client, { predicate: ({ queryKey }) => queryKey[0] !== 'session' });
        },
        onTasks: (taskIds) => {
          void readTasks(client, taskIds);
          for (const taskId of taskIds) void readAnew(client, { queryKey: keys.task(taskId) });
          void readAnew(client, { queryKey: keys.profit, refetchType: 'none' });
        },
        onHalt: () => {
          void readAnew(client, { queryKey: keys.halts });
          void readAnew(client, { queryKey: keys.tasks });
        },
        onAlert: ({ severity, text, taskId }) => {
          void readAnew(client, { queryKey: keys.alerts });
          if (severity !== 'info') show({ kind: severity, text, taskId });
        },
      }),
    [client, show],
  );
  return children;
}

async function readTasks(client: QueryClient, taskIds: readonly string[]): Promise<void> {
  const known = client.getQueryData<readonly TaskStanding[]>(keys.tasks);
  if (known === undefined || taskIds.length > idsMax) {
    await readAnew(client, { queryKey: keys.tasks });
    return;
  }
  const list = taskIds.map(encodeURIComponent).join(',');
  const moved = await request<readonly TaskStanding[]>(`/tasks?withOver=true&ids=${list}`).catch(() => null);
  if (moved === null) {
    await readAnew(client, { queryKey: keys.tasks });
    return;
  }
  client.setQueryData<readonly TaskStanding[]>(keys.tasks, (rows) => rows && mergeStandings(rows, moved));
}
