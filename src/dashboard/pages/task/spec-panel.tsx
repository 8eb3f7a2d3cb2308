/** What the task is told, as a person writes it, and what people have asked of it. */
import { useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { TaskPage } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge, SeverityBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/figures.tsx';
import { ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { handOver } from '../backtest/handed-over.ts';
import { useYaml } from './task-data.ts';

export function SpecPanel({
  task,
  canEdit,
}: {
  readonly task: TaskPage;
  readonly canEdit: boolean;
}): ReactNode {
  const { m } = useMessages();
  const { data, error, refetch } = useYaml(task.taskId, task.version, task.spec);
  return (
    <Panel
      title={m.task.spec.title}
      beside={
        <span className="beside-buttons">
          {data && <CopyButton text={data.yaml} />}
          {data && <PlayButton task={task} yaml={data.yaml} />}
          {canEdit && (
            <Link className="button quiet" href={`/tasks/${task.taskId}/edit`}>
              {m.task.spec.edit}
            </Link>
          )}
        </span>
      }
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={5} />
        )
      ) : (
        <>
          <p className="small muted">{m.task.spec.hint}</p>
          <pre className="spec" tabIndex={0}>
            {data.yaml}
          </pre>
        </>
      )}
    </Panel>
  );
}

function CopyButton({ text }: { readonly text: string }): ReactNode {
  const { m } = useMessages();
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Button kind="quiet" icon={isCopied ? 'check' : 'copy'} onClick={copy}>
      {isCopied ? m.common.copied : m.task.spec.copy}
    </Button>
  );
}

/** Plays the very task on recorded prices, with the size that it holds. */
function PlayButton({ task, yaml }: { readonly task: TaskPage; readonly yaml: string }): ReactNode {
  const { m } = useMessages();
  const [, navigate] = useLocation();
  const { side, qty } = task;
  const held = { side: side ?? 'short', ...(qty !== 'all' && { qty }) };
  return (
    <Button kind="quiet" icon="flask" onClick={() => navigate('/backtest', handOver({ yaml, ...held }))}>
      {m.newTask.backtest}
    </Button>
  );
}

/** Commands and alerts, newest first. */
export function AskedPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const commands = task.commands.map((command) => ({
    atMs: command.createdAtMs,
    key: command.commandId,
    badge: (
      <Badge
        tone={command.status === 'refused' ? 'warn' : 'plain'}
        icon={command.status === 'done' ? 'check' : command.status === 'refused' ? 'close' : 'clock'}
      >
        {`${command.kind}: ${m.task.commands.status[command.status]}`}
      </Badge>
    ),
    text: command.answer ?? '',
  }));
  const alerts = task.alerts.map((alert) => ({
    atMs: alert.atMs,
    key: alert.alertId,
    badge: <SeverityBadge severity={alert.severity} />,
    text: alert.text,
  }));
  const rows = [...commands, ...alerts].sort((a, b) => b.atMs - a.atMs);
  return (
    <Panel title={m.task.commands.title}>
      {rows.length === 0 ? (
        <p className="small muted">{m.task.commands.empty}</p>
      ) : (
        <ol className="asked">
          {rows.map(({ atMs, key, badge, text }) => (
            <li key={key}>
              {badge}
              <span className="small muted">
                <Time atMs={atMs} />
              </span>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
