/** Asks back before a roll or a close that a person wants now: legs and prices, what it brings, what it does to the margin, what forbids it. */
import { useState, type ReactNode } from 'react';
import type { Preview } from '../../../api/contract.ts';
import type { VersionedTask } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ChoiceField } from '../../ui/field.tsx';
import { Age } from '../../ui/figures.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { useCommand } from './task-commands.ts';
import { useExplanation, useTradePreview } from './task-data.ts';
import { settleCoinOf, type TradeAction } from './task-words.ts';
import { Guards, LegTable, useTradeFigures } from './trade-parts.tsx';

interface Props {
  readonly task: VersionedTask;
  readonly action: TradeAction;
  readonly onClose: () => void;
}

export function TradeDialog({ task, action, onClose }: Props): ReactNode {
  const { m } = useMessages();
  const { page } = task;
  const [rule, setRule] = useState<string | null>(null);
  const isRoll = action === 'rollNow';
  const wanted = {
    taskId: page.taskId,
    trade: isRoll ? 'roll' : 'close',
    rule: isRoll ? rule : null,
  } as const;
  const { data: reply, error, refetch } = useTradePreview(wanted);
  const advice = reply?.kind === 'advice' ? reply.advice : null;
  const preview = advice?.asked ?? null;
  const send = useCommand(task);
  const figures = useTradeFigures(preview, settleCoinOf(page));
  const isPossible = preview !== null && preview.would !== 'nothing';
  return (
    <ConfirmDialog
      title={isRoll ? m.task.actions.rollTitle : m.task.actions.closeTitle}
      text={isRoll ? m.task.actions.rollText : m.task.actions.closeText}
      figures={figures}
      confirmLabel={m.task.actions[action]}
      isPossible={isPossible}
      onConfirm={(idempotencyKey) =>
        send({
          method: 'POST',
          path: isRoll ? '/roll-now' : '/close-now',
          ...(isRoll && { body: rule === null ? {} : { rule } }),
          idempotencyKey,
          isBoundToVersion: true,
        })
      }
      onClose={onClose}
    >
      {isRoll && <RuleChoice taskId={page.taskId} rule={rule} onChoose={setRule} />}
      {reply === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={4} />
        )
      ) : preview === null ? (
        <p className="fault" role="status">
          {reply === null
            ? m.task.actions.noAnswer
            : m.task.actions.cannot(reply.kind === 'refused' ? reply.reason : reply.advice.now)}
        </p>
      ) : (
        <Shown preview={preview} />
      )}
    </ConfirmDialog>
  );
}

function Shown({ preview }: { readonly preview: Preview }): ReactNode {
  const { m } = useMessages();
  return (
    <>
      {preview.would === 'nothing' && (
        <p className="fault" role="status">
          {m.task.actions.cannot(preview.reason)}
        </p>
      )}
      <LegTable preview={preview} />
      <Guards guards={preview.guards} />
      <p className="small muted">
        {m.task.actions.asOf} <Age atMs={preview.atMs} />
      </p>
    </>
  );
}

interface RuleChoiceProps {
  readonly taskId: string;
  readonly rule: string | null;
  readonly onChoose: (rule: string | null) => void;
}

/** Only where several rules roll. */
function RuleChoice({ taskId, rule, onChoose }: RuleChoiceProps): ReactNode {
  const { m } = useMessages();
  const { data } = useExplanation({ taskId, isOver: false });
  const rules =
    data && 'rules' in data.known ? data.known.rules.filter(({ does }) => does.startsWith('roll')) : [];
  if (rules.length < 2) return null;
  return (
    <ChoiceField
      label={m.task.actions.rule}
      value={rule ?? ''}
      onChange={(name) => onChoose(name === '' ? null : name)}
      options={[
        { value: '', label: m.task.actions.firstRule },
        ...rules.map(({ name, does }) => ({ value: name, label: `${name}: ${does}` })),
      ]}
    />
  );
}
