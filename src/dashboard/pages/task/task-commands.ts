/** How the page of a task asks something of it: who may, and what is sent; the daemon's own answer is shown. */
import { useQueryClient } from '@tanstack/react-query';
import type { CommandResult } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { keys, useSession, type VersionedTask } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { useToasts } from '../../ui/toast.tsx';

/** Whether the person may act on it at all. */
export function useMayAct({ page }: VersionedTask): boolean {
  const { data: session } = useSession();
  return session != null && session.right !== 'read' && page.role !== 'viewer';
}

/** Sends a command and shows what the daemon answered. @throws RequestFailed */
export function useCommand(task: VersionedTask): (wanted: WantedCommand) => Promise<void> {
  const { m } = useMessages();
  const { show } = useToasts();
  const queries = useQueryClient();
  return async ({ method, path, body, idempotencyKey, isBoundToVersion = false }) => {
    const { taskId } = task.page;
    const result = await request<CommandResult>(`/tasks/${encodeURIComponent(taskId)}${path}`, {
      method,
      idempotencyKey,
      ...(body !== undefined && { body }),
      ...(isBoundToVersion && task.etag !== null && { ifMatch: task.etag }),
    });
    show({
      kind: result.status === 'queued' ? 'info' : 'good',
      text: result.answer ?? m.common.queued,
      taskId,
    });
    await readAnew(queries, { queryKey: keys.task(taskId) });
  };
}

export interface WantedCommand {
  readonly method: 'POST' | 'DELETE';
  /** Below the task, with a leading slash. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey: string;
  /** It is done only if the task has not moved since it was read. */
  readonly isBoundToVersion?: boolean;
}
