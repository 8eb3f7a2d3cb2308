/** Asks back before a task is added or changed: when it acts, what that would come to now, and what forbids it. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Advice, CommandResult } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { ConfirmDialog, type Figure } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { useTradeFigures } from '../task/trade-parts.tsx';
import type { ChosenAccount, EditedTask } from './draft-queries.ts';

interface Props {
  readonly spec: object;
  readonly account: ChosenAccount;
  readonly edited: EditedTask | undefined;
  /** `null` while it is not known. */
  readonly advice: Advice | null;
  readonly settleCoin: string | null;
  readonly onClose: () => void;
}

export function SendDialog({ spec, account, edited, advice, settleCoin, onClose }: Props): ReactNode {
  const { m } = useMessages();
  const client = useQueryClient();
  const toasts = useToasts();
  const [, navigate] = useLocation();
  const preview = advice?.rules.find(({ preview: one }) => one !== null)?.preview ?? null;
  const figures: readonly Figure[] = [
    { label: m.newTask.account, value: account.name },
    ...(advice?.rules ?? []).map((rule) => ({
      label: rule.does,
      value: rule.conditions.map(({ text }) => text).join(', '),
    })),
    ...useTradeFigures(preview, settleCoin),
  ];
  const send = async (idempotencyKey: string): Promise<void> => {
    const { status, taskId } = edited
      ? await save(edited, spec, idempotencyKey).catch((fault: unknown) => {
          void readAnew(client, { queryKey: keys.task(edited.page.taskId) });
          throw fault;
        })
      : await request<CommandResult>('/tasks', { method: 'POST', body: { account, spec }, idempotencyKey });
    toasts.show({
      kind: 'good',
      text: status === 'queued' ? m.newTask.queued : edited ? m.newTask.saved : m.newTask.added,
    });
    void readAnew(client, { queryKey: keys.tasks });
    void readAnew(client, { queryKey: keys.positions });
    void readAnew(client, { queryKey: keys.task(taskId) });
    navigate(`/tasks/${taskId}`);
  };
  const actsAtOnce = advice?.rules.some(({ triggerHolds }) => triggerHolds) === true;
  return (
    <ConfirmDialog
      title={edited ? m.newTask.confirmSave : m.newTask.confirmAdd}
      text={m.newTask.confirmText}
      figures={figures}
      kind="primary"
      confirmLabel={edited ? m.newTask.save : m.newTask.add}
      onConfirm={send}
      onClose={onClose}
    >
      {actsAtOnce && <p className="fault">{m.newTask.holds}</p>}
    </ConfirmDialog>
  );
}

const save = ({ page, etag }: EditedTask, spec: object, idempotencyKey: string): Promise<CommandResult> =>
  request<CommandResult>(`/tasks/${encodeURIComponent(page.taskId)}`, {
    method: 'PUT',
    body: { spec },
    ...(etag !== null && { ifMatch: etag }),
    idempotencyKey,
  });
