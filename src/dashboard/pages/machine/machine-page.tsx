/** The statechart, drawn from the machine itself, with the state of a task lit and a slider through its journal. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import type { MachineLayout, MachineNames } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { useTasks } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { ChartList } from './chart-list.tsx';
import { Chart } from './chart.tsx';
import './machine.css';
import { movesOf, stateIn, type TaskMachine } from './moves.ts';
import { chartOf, takenIn, type Taken } from './taken.ts';
import { useJournal } from './use-journal.ts';
import { useWalk, useWalkKeys, type Walk } from './use-walk.ts';
import { WalkBar } from './walk-bar.tsx';

const ofTasks: readonly TaskMachine[] = ['roll', 'order'];

/** @param props `taskId` `null`: the chart alone */
export default function MachinePage({ taskId }: { readonly taskId: string | null }): ReactNode {
  const { m } = useMessages();
  return (
    <div className="machine-page">
      <header className="page-head">
        <h1>{m.machine.title}</h1>
        <TaskChoice taskId={taskId} />
        {taskId !== null && <Link href={`/tasks/${taskId}`}>{m.machine.toTask}</Link>}
      </header>
      {taskId === null ? <ChartsAlone /> : <TaskCharts key={taskId} taskId={taskId} />}
    </div>
  );
}

function TaskChoice({ taskId }: { readonly taskId: string | null }): ReactNode {
  const { m } = useMessages();
  const [, navigate] = useLocation();
  const { data: tasks = [] } = useTasks();
  const isListed = taskId === null || tasks.some((task) => task.taskId === taskId);
  return (
    <label className="machine-task">
      <span className="sr">{m.machine.ofTask}</span>
      <select
        className="input"
        value={taskId ?? ''}
        onChange={({ target: { value } }) => navigate(value === '' ? '/machine' : `/machine/${value}`)}
      >
        <option value="">{m.machine.noTask}</option>
        {!isListed && <option value={taskId}>{taskId}</option>}
        {tasks.map((task) => (
          <option key={task.taskId} value={task.taskId}>
            {task.symbol} · {task.accountName}
          </option>
        ))}
      </select>
    </label>
  );
}

const layoutQuery = (
  name: string,
): {
  readonly queryKey: readonly string[];
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<MachineLayout>;
  readonly staleTime: number;
} => ({
  queryKey: ['machine', name],
  queryFn: ({ signal }) => request<MachineLayout>(`/machines/${encodeURIComponent(name)}`, { signal }),
  staleTime: Infinity,
});

const nothingTaken: Taken = { counts: new Map(), last: new Set(), lastEvent: null };

function ChartsAlone(): ReactNode {
  const { m } = useMessages();
  const [name, setName] = useState('roll');
  const names = useQuery({
    queryKey: ['machines'],
    queryFn: ({ signal }) => request<MachineNames>('/machines', { signal }),
    staleTime: Infinity,
  });
  const { data: layout, error, refetch } = useQuery(layoutQuery(name));
  return (
    <>
      <div className="segments" role="group" aria-label={m.machine.which}>
        {(names.data?.names ?? [name]).map((each) => (
          <button key={each} type="button" aria-pressed={each === name} onClick={() => setName(each)}>
            {nameIn(m.machine.names, each)}
          </button>
        ))}
      </div>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!layout && !error && <Skeleton lines={8} />}
      {layout && (
        <div className="charts alone" key={name}>
          <Chart
            layout={layout}
            title={nameIn(m.machine.names, name)}
            lit={null}
            taken={nothingTaken}
            isFollowing={false}
          />
        </div>
      )}
      {layout && (
        <ChartList layout={layout} title={nameIn(m.machine.names, name)} lit={null} taken={nothingTaken} />
      )}
    </>
  );
}

const nameIn = (names: Readonly<Record<string, string>>, name: string): string => names[name] ?? name;

function TaskCharts({ taskId }: { readonly taskId: string }): ReactNode {
  const { m } = useMessages();
  const wanted = Number(new URLSearchParams(useSearch()).get('version') ?? Number.NaN);
  const first = Number.isInteger(wanted) && wanted > 0 ? wanted : null;
  const journal = useJournal(taskId, first);
  const walk = useWalk(journal.steps, first);
  useWalkKeys(walk);
  const layouts = useQueries({ queries: ofTasks.map(layoutQuery) });
  const failed = layouts.find(({ error }) => error !== null);
  const { error, refetch } = journal.query;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (failed) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (journal.query.data === undefined) return <Skeleton lines={8} />;
  if (journal.steps.length === 0)
    return <EmptyState title={m.machine.emptyTitle}>{m.machine.emptyText}</EmptyState>;
  return (
    <>
      <WalkBar taskId={taskId} journal={journal} walk={walk} />
      <div className="charts">
        {ofTasks.map((name, at) => {
          const layout = layouts[at]?.data;
          return layout ? (
            <WalkedChart key={name} name={name} layout={layout} steps={journal.steps} walk={walk} />
          ) : (
            <Skeleton key={name} lines={8} />
          );
        })}
      </div>
      <p className="hint">{m.machine.keys}</p>
    </>
  );
}

interface WalkedProps {
  readonly name: TaskMachine;
  readonly layout: MachineLayout;
  readonly steps: ReturnType<typeof useJournal>['steps'];
  readonly walk: Walk;
}

function WalkedChart({ name, layout, steps, walk }: WalkedProps): ReactNode {
  const { m } = useMessages();
  const chart = useMemo(() => chartOf(layout), [layout]);
  const walked = useMemo(() => steps.slice(0, walk.index + 1), [steps, walk.index]);
  const taken = useMemo(() => takenIn(movesOf(walked, name), chart), [walked, name, chart]);
  const lit = walk.step ? stateIn(walk.step, name) : null;
  const title = nameIn(m.machine.names, name);
  return (
    <div>
      <Chart layout={layout} title={title} lit={lit} taken={taken} isFollowing />
      <ChartList layout={layout} title={title} lit={lit} taken={taken} />
    </div>
  );
}
