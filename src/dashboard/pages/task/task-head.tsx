/** The head of a task's page: what it holds, how it stands, what it does now, and what can be done about it. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { TaskPage } from '../../../api/contract.ts';
import { indexPriceOf } from '../../api/live.ts';
import { useTasks, type VersionedTask } from '../../api/queries.ts';
import { useStore } from '../../api/store.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Age, Money, Quantity, Time } from '../../ui/figures.tsx';
import { Banner } from '../../ui/states.tsx';
import { TaskActions } from './task-actions.tsx';
import { usePayoff } from './task-data.ts';
import { coinOf, optionText, settleCoinOf, titleOf } from './task-words.ts';

export function TaskHead({ task: versioned }: { readonly task: VersionedTask }): ReactNode {
  const { m, locale } = useMessages();
  const { page: task } = versioned;
  const title = titleOf(task, { m, locale });
  return (
    <header className="task-head">
      <nav className="crumbs small" aria-label={m.task.back}>
        <Link href="/">{m.task.back}</Link>
        <span aria-hidden="true"> / </span>
        <span className="mono muted">{task.taskId}</span>
      </nav>
      <div className="task-title">
        <h1>
          {task.side !== null && !task.legs && (
            <span className="side">
              {m.common[task.side]} <Quantity value={task.qty} />
            </span>
          )}{' '}
          {title}
        </h1>
        <StateBadge urgency={task.urgency} title={task.state} />
        <span className="mono small muted">{task.state}</span>
      </div>
      <p className="task-now" role="status">
        {task.now}
      </p>
      <Troubles task={task} />
      <TaskActions task={versioned} />
      <Facts task={task} />
    </header>
  );
}

/** What keeps it from trading, and how it ended. */
function Troubles({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { accountTrouble, reasons, urgency } = task;
  const [last] = reasons;
  return (
    <>
      {accountTrouble && (
        <Banner tone="bad" title={m.task.accountTrouble}>
          {accountTrouble.said}
        </Banner>
      )}
      {last && urgency !== 'over' && (
        <p className="small muted last-reason">
          {m.task.notRolled}: {last.text} (<Age atMs={last.atMs} />)
        </p>
      )}
    </>
  );
}

function Facts({ task }: { readonly task: TaskPage }): ReactNode {
  const { m, locale } = useMessages();
  const { data: rows = [] } = useTasks();
  const row = rows.find(({ taskId }) => taskId === task.taskId);
  const coin = coinOf(task);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [m.task.held, <Held key="held" task={task} />],
    [
      m.task.index,
      coin === null ? m.common.unknown : <LiveIndex key="index" coin={coin} taskId={task.taskId} />,
    ],
    ...(row
      ? [
          [
            m.task.result,
            <Money key="result" value={row.result} coin={row.settleCoin ?? settleCoinOf(task)} isResult />,
          ] as const,
        ]
      : []),
    [m.task.rolled, task.rollsDone === 0 ? numberText(0, locale) : m.task.times(task.rollsDone)],
    [m.task.account, `${task.userName} / ${task.accountName}`],
    [m.task.added, <Time key="added" atMs={task.createdAtMs} />],
    ...(task.cover ? [[m.task.cover, task.cover.text] as const] : []),
    ...task.stops.map(({ text }) => [m.task.stop, text] as const),
    ...(task.stopProblem === null ? [] : [[m.task.stop, task.stopProblem] as const]),
  ];
  return (
    <dl className="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Held({ task }: { readonly task: TaskPage }): ReactNode {
  const { m, locale } = useMessages();
  const { holdings, legs, symbol } = task;
  if (holdings !== null && holdings.length === 0) return m.task.nothingHeld;
  const held = holdings ?? [];
  if (held.length === 0) return optionText(symbol, { m, locale });
  return (
    <ul>
      {held.map(({ symbol: name, side, qty, leg }) => (
        <li key={`${name} ${leg ?? ''}`}>
          {(held.length > 1 || legs) && (
            <>
              {side === 'Sell' ? m.common.short : m.common.long} <Quantity value={qty} />{' '}
            </>
          )}
          {optionText(name, { m, locale })}
        </li>
      ))}
    </ul>
  );
}

function LiveIndex({ coin, taskId }: { readonly coin: string; readonly taskId: string }): ReactNode {
  const price = useStore(indexPriceOf(coin));
  const { data: payoff } = usePayoff({ taskId, isOver: true });
  return <Quantity value={price?.index ?? payoff?.index ?? null} digits={{ min: 2, max: 2 }} />;
}
