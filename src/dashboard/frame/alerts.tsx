/** The last alerts in a drawer, and on its button how many came since it was opened last. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ListedAlert } from '../../api/contract.ts';
import { useAlerts } from '../api/queries.ts';
import { useMessages } from '../messages/messages.tsx';
import { SeverityBadge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Time } from '../ui/figures.tsx';
import { Icon } from '../ui/icon.tsx';
import { readSetting, writeSetting } from '../ui/settings.ts';
import { EmptyState, ErrorState, Skeleton } from '../ui/states.tsx';

const limit = 60;
const countMax = 99;

/** One for each alert, newest first: an alert has a row for each of its channels. */
export function distinctAlerts(rows: readonly ListedAlert[]): readonly ListedAlert[] {
  const byAlert = new Map<string, ListedAlert>();
  for (const row of rows) byAlert.set(row.alertId ?? `${String(row.atMs)} ${row.text}`, row);
  return [...byAlert.values()].sort((a, b) => b.atMs - a.atMs);
}

export function AlertsButton(): ReactNode {
  const { m } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const [seenMs, setSeen] = useState(() => Number(readSetting('alertsSeen') ?? 0));
  const query = useAlerts({ limit });
  const alerts = distinctAlerts(query.data ?? []);
  const fresh = alerts.filter(({ atMs, severity }) => atMs > seenMs && severity !== 'info').length;
  const open = (): void => {
    const newest = alerts[0]?.atMs ?? seenMs;
    writeSetting('alertsSeen', String(newest));
    setSeen(newest);
    setOpen(true);
  };
  return (
    <>
      <button type="button" className="button quiet icon-only bell" onClick={open}>
        <Icon name="bell" />
        <span className="sr">{m.alerts.open(fresh)}</span>
        {fresh > 0 && (
          <span className="count" aria-hidden="true">
            {Math.min(fresh, countMax)}
          </span>
        )}
      </button>
      {isOpen && (
        <Dialog title={m.alerts.title} shape="drawer" onClose={() => setOpen(false)}>
          {query.isPending && <Skeleton lines={5} />}
          {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
          {query.isSuccess && alerts.length === 0 && <EmptyState icon="bell" title={m.alerts.empty} />}
          <ul className="alert-list">
            {alerts.map((alert) => (
              <AlertItem key={alert.alertId ?? alert.atMs} alert={alert} onLeave={() => setOpen(false)} />
            ))}
          </ul>
          <Link href="/system#alerts" onClick={() => setOpen(false)}>
            {m.alerts.all}
          </Link>
        </Dialog>
      )}
    </>
  );
}

interface ItemProps {
  readonly alert: ListedAlert;
  readonly onLeave: () => void;
}

function AlertItem({ alert, onLeave }: ItemProps): ReactNode {
  const { m } = useMessages();
  const { severity, text, atMs, accountName, taskId } = alert;
  return (
    <li>
      <p className="alert-head">
        <SeverityBadge severity={severity} />
        <span className="muted small">
          <Time atMs={atMs} /> {accountName}
        </span>
        {taskId !== null && (
          <Link href={`/tasks/${taskId}`} onClick={onLeave} className="small">
            {m.alerts.task}
          </Link>
        )}
      </p>
      <p>{text}</p>
    </li>
  );
}
