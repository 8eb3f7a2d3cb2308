/** One task: its price, payoff, margin, why it does not roll, its chain of rolls, its journal, and what can be done with it. */
import type { ReactNode } from 'react';
import { Redirect } from 'wouter';
import { useTask, type VersionedTask } from '../../api/queries.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { ApprovalPanel } from './approval-panel.tsx';
import { JournalPanel } from './journal-panel.tsx';
import { LedgerPanel } from './ledger-panel.tsx';
import { MarginPanel } from './margin-panel.tsx';
import { PayoffPanel } from './payoff-panel.tsx';
import { PricePanel } from './price-panel.tsx';
import { RollsPanel } from './rolls-panel.tsx';
import { AskedPanel, SpecPanel } from './spec-panel.tsx';
import { useMayAct } from './task-commands.ts';
import { useFreshAdvice } from './task-data.ts';
import { TaskHead } from './task-head.tsx';
import { actionsOf } from './task-words.ts';
import { WhyPanel } from './why-panel.tsx';
import './task.css';
import './charts.css';

export default function TaskPage({ taskId }: { readonly taskId: string }): ReactNode {
  const { data, error, refetch } = useTask(taskId);
  if (data === undefined)
    return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={12} />;
  // Events name whole ids: an address with the beginning of one would miss them.
  if (data.page.taskId !== taskId) return <Redirect to={`/tasks/${data.page.taskId}`} replace />;
  return <Task task={data} />;
}

function Task({ task }: { readonly task: VersionedTask }): ReactNode {
  const { page } = task;
  const mayAct = useMayAct(task);
  useFreshAdvice(page.taskId, page.version);
  return (
    <article className="task">
      <TaskHead task={task} />
      <ApprovalPanel task={task} />
      <div className="task-grid">
        <div className="column">
          <PricePanel task={page} />
          <PayoffPanel taskId={page.taskId} isOver={page.urgency === 'over'} />
          <RollsPanel task={page} />
          <JournalPanel task={page} />
        </div>
        <div className="column">
          <WhyPanel task={page} />
          <MarginPanel task={page} />
          <LedgerPanel task={page} />
          <SpecPanel task={page} canEdit={mayAct && actionsOf(page).canEdit} />
          <AskedPanel task={page} />
        </div>
      </div>
    </article>
  );
}
