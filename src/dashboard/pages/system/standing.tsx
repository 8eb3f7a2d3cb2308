/** How the daemons stand: whether this one does its work, its prices and journal, and, for administrators, all that share the database. */
import type { ReactNode } from 'react';
import type { SystemView } from '../../../api/contract.ts';
import { useSystem } from '../../api/queries.ts';
import { durationText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { FigureList } from '../../ui/confirm-dialog.tsx';
import { Age, NotKnown, Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';

export function Standing(): ReactNode {
  const query = useSystem();
  return (
    <Answer query={query}>
      {(view) => (
        <div className="standing">
          <Daemon view={view} />
          <Streams streams={view.streams} />
          {view.installation && <Daemons installation={view.installation} />}
        </div>
      )}
    </Answer>
  );
}

function Daemon({ view }: { readonly view: SystemView }): ReactNode {
  const { m, locale } = useMessages();
  const { problems, journal, startedAtMs, version, installation } = view;
  const isReady = problems.length === 0;
  const figures = [
    { label: m.system.since, value: <Time atMs={startedAtMs} isLong /> },
    { label: m.system.program, value: version },
    { label: m.system.journal, value: journal.healthy ? m.system.journalHealthy : m.system.journalBroken },
    { label: m.system.journalWaiting, value: journal.waiting },
    { label: m.system.journalLag, value: durationText(journal.lagMs, locale) },
    ...(installation
      ? [
          {
            label: m.system.tasks,
            value: `${String(installation.tasks.active)} (${m.system.tasksHere(installation.tasks.here)})`,
          },
          {
            label: m.system.browsers,
            value: `${String(installation.live.subscribers)} (${m.system.dropped(installation.live.dropped)})`,
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={view.daemon}
      beside={
        <Badge tone={isReady ? 'good' : 'loud'} icon={isReady ? 'check' : 'alert'}>
          {isReady ? m.system.ready : m.system.notReady}
        </Badge>
      }
    >
      {problems.length > 0 && (
        <ul className="problems">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <FigureList figures={figures} />
    </Panel>
  );
}

function Streams({ streams }: Pick<SystemView, 'streams'>): ReactNode {
  const { m } = useMessages();
  const columns = [m.system.stream, m.desk.state, m.system.lastMessage];
  return (
    <Panel title={m.system.streams} isPadded={false}>
      <Table label={m.system.streams} columns={columns.map((name) => ({ name }))}>
        {streams.map(({ coin, isLive, reason, lastAtMs }) => (
          <tr key={coin}>
            <td>{coin}</td>
            <td>
              <Badge tone={isLive ? 'good' : 'bad'} icon={isLive ? 'check' : 'lost'}>
                {isLive ? m.system.streamLive : m.system.streamDown}
              </Badge>
              {reason !== null && <p className="hint">{reason}</p>}
            </td>
            <td>{lastAtMs === null ? <NotKnown /> : <Age atMs={lastAtMs} />}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Daemons({
  installation,
}: {
  readonly installation: NonNullable<SystemView['installation']>;
}): ReactNode {
  const { m } = useMessages();
  const { daemons, shardsTotal } = installation;
  const columns = [
    { name: m.system.daemon },
    { name: m.system.shards, isNumber: true },
    { name: m.system.accounts, isNumber: true },
  ];
  return (
    <Panel title={m.system.daemons} isPadded={false}>
      <Table label={m.system.daemons} columns={columns}>
        {daemons.map(({ name, isThisOne, shards, accounts }) => (
          <tr key={name}>
            <td>
              {name} {isThisOne && <Badge icon="check">{m.system.thisOne}</Badge>}
            </td>
            <td className="end">
              {shards} / {shardsTotal}
            </td>
            <td className="end">{accounts}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
