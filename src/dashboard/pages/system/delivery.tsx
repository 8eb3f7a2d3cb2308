/** Alerts with what became of them at each channel, and sending again what was given up. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ListedAlert, RetriedAlerts } from '../../../api/contract.ts';
import { newKey, request } from '../../api/client.ts';
import { keys, useAlerts } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge, SeverityBadge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/figures.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { Panel, useErrorText } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { useToasts } from '../../ui/toast.tsx';

const limit = 100;

export function Delivery({ mayChange }: { readonly mayChange: boolean }): ReactNode {
  const { m } = useMessages();
  const [onlyDead, setOnlyDead] = useState(false);
  const query = useAlerts({ dead: onlyDead, limit });
  const id = useId();
  return (
    <Panel
      title={m.system.delivery}
      isPadded={false}
      beside={
        <span className="panel-tools" id="alerts">
          <span>
            <input
              id={id}
              type="checkbox"
              checked={onlyDead}
              onChange={({ target }) => setOnlyDead(target.checked)}
            />{' '}
            <label htmlFor={id}>{m.system.onlyDead}</label>
          </span>
          {mayChange && <SendAgain />}
        </span>
      }
    >
      <Answer query={query} empty={m.alerts.empty} isEmpty={(rows) => rows.length === 0}>
        {(rows) => <Rows rows={rows} />}
      </Answer>
    </Panel>
  );
}

function SendAgain(): ReactNode {
  const { m } = useMessages();
  const { show } = useToasts();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      request<RetriedAlerts>('/alerts/retry', { method: 'POST', body: {}, idempotencyKey: newKey() }),
    onSuccess: ({ deliveryIds }) => {
      show({ kind: 'good', text: m.system.resent(deliveryIds.length) });
      void readAnew(queries, { queryKey: keys.alerts });
    },
    onError: (error) => show({ kind: 'bad', text: errorText(error) }),
  });
  return (
    <Button icon="roll" disabled={isPending} onClick={() => mutate()}>
      {m.system.resend}
    </Button>
  );
}

function Rows({ rows }: { readonly rows: readonly ListedAlert[] }): ReactNode {
  const { m } = useMessages();
  const columns = [m.system.time, m.system.severity, m.system.text, m.system.channel, m.desk.state];
  return (
    <Table label={m.system.delivery} columns={columns.map((name) => ({ name }))}>
      {rows.toReversed().map((row) => (
        <tr key={`${row.alertId ?? String(row.atMs)} ${row.channel?.deliveryId ?? ''}`}>
          <td>
            <Time atMs={row.atMs} />
          </td>
          <td>
            <SeverityBadge severity={row.severity} />
          </td>
          <td className="text">
            {row.text} {row.taskId !== null && <Link href={`/tasks/${row.taskId}`}>{m.alerts.task}</Link>}
          </td>
          <td>{row.channel ? `${row.channel.name} (${row.channel.kind})` : m.system.logOnly}</td>
          <td>{row.channel && <DeliveryState channel={row.channel} />}</td>
        </tr>
      ))}
    </Table>
  );
}

type Channel = NonNullable<ListedAlert['channel']>;

const looks: Readonly<Record<Channel['state'], { readonly tone: Tone; readonly icon: IconName }>> = {
  waiting: { tone: 'accent', icon: 'clock' },
  delivered: { tone: 'good', icon: 'check' },
  dead: { tone: 'bad', icon: 'alert' },
  dropped: { tone: 'neutral', icon: 'close' },
};

function DeliveryState({ channel: { state, tries, said } }: { readonly channel: Channel }): ReactNode {
  const { m } = useMessages();
  return (
    <>
      <Badge {...looks[state]}>{m.system.deliveryState[state]}</Badge>
      {state !== 'delivered' && (
        <p className="hint">
          {m.system.tries(tries)}
          {said !== null && `: ${said}`}
        </p>
      )}
    </>
  );
}
