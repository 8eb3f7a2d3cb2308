/** The journal as a time line: newest first, the steps of a roll together, each open to what was journaled, older ones on demand. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { JournalStepView, JournalView, TaskPage } from '../../../api/contract.ts';
import { firstStored } from '../../format/sealed.ts';
import { clockText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Archived } from '../../ui/archived.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, Faults, Panel, Skeleton } from '../../ui/states.tsx';
import { grouped, joined, olderPage, type StepGroup } from './journal-groups.ts';
import { spanText } from './roll-bars.ts';
import { journalPageSteps, readSteps, useNewestSteps } from './task-data.ts';

export function JournalPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { data, error, refetch } = useNewestSteps(task.taskId);
  const [older, setOlder] = useState<readonly JournalView[]>([]);
  const steps = joined([...(data ? [data] : []), ...older]);
  return (
    <Panel
      title={m.task.journal.title}
      beside={data && <span className="small muted">{m.task.journal.count(steps.length, data.version)}</span>}
      isPadded={false}
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={5} />
        )
      ) : steps.length === 0 ? (
        <EmptyState icon="clock" title={m.task.journal.empty} />
      ) : (
        <>
          <ol className="journal">
            {grouped(steps).map((group) => (
              <Group
                key={`${group.rollId ?? ''} ${String(group.steps.at(-1)?.version)}`}
                group={group}
                taskId={task.taskId}
              />
            ))}
          </ol>
          <Older
            taskId={task.taskId}
            steps={steps}
            sealed={data.sealed}
            onPage={(page) => setOlder((all) => [...all, page])}
          />
          <Archived sealed={data.sealed} />
        </>
      )}
    </Panel>
  );
}

interface OlderProps {
  readonly taskId: string;
  readonly steps: readonly JournalStepView[];
  readonly sealed: JournalView['sealed'];
  readonly onPage: (page: JournalView) => void;
}

function Older({ taskId, steps, sealed, onPage }: OlderProps): ReactNode {
  const { m } = useMessages();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const page = olderPage(steps, journalPageSteps, firstStored(sealed));
  if (page === null) return null;
  const read = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setFault(null);
    try {
      onPage(await readSteps(taskId, page.from, page.limit));
    } catch (error) {
      setFault(error);
    }
    setBusy(false);
  };
  return (
    <div className="older">
      <Button aria-busy={isBusy} disabled={isBusy} onClick={() => void read()}>
        {m.task.journal.older}
      </Button>
      <Faults error={fault} />
    </div>
  );
}

interface GroupProps {
  readonly group: StepGroup;
  readonly taskId: string;
}

function Group({ group, taskId }: GroupProps): ReactNode {
  const { m, locale } = useMessages();
  const { rollId, steps } = group;
  const [newest] = steps;
  const oldest = steps.at(-1);
  const rows = steps.map((step) => <StepRow key={step.version} step={step} taskId={taskId} />);
  if (rollId === null || !newest || !oldest) return <>{rows}</>;
  const isOver = newest.rollId === null;
  return (
    <li className="roll-group" id={`v${String(oldest.version)}`}>
      <details open={!isOver}>
        <summary>
          <strong>{m.task.journal.roll}</strong> <Time atMs={oldest.atMs} />
          <span className="small muted">
            {' '}
            {m.task.journal.steps(steps.length)}, {spanText(newest.atMs - oldest.atMs, locale)}
          </span>
          <span className="group-text">{newest.text}</span>
        </summary>
        <ol>{rows}</ol>
      </details>
    </li>
  );
}

interface StepProps {
  readonly step: JournalStepView;
  readonly taskId: string;
}

function StepRow({ step, taskId }: StepProps): ReactNode {
  const { m, locale } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const { version, atMs, state, orderState, text, event } = step;
  return (
    <li className="step" id={step.rollId === null ? `v${String(version)}` : undefined}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time
            className="figure small muted"
            dateTime={new Date(atMs).toISOString()}
            title={new Date(atMs).toISOString()}
          >
            {clockText(atMs, locale)}
          </time>
          <span className="step-text">{text}</span>
          <span className="step-state mono small muted">
            {orderState === null ? state : `${state} · ${orderState}`}
          </span>
          <span className="step-version figure small muted">{version}</span>
        </summary>
        {isOpen && (
          <div className="step-event">
            <p className="small muted">
              {m.task.journal.event} <code>{event}</code> · <Time atMs={atMs} isLong /> ·{' '}
              <Link href={`/machine/${taskId}?version=${String(version)}`}>{m.task.journal.inMachine}</Link>
            </p>
            <EventText json={step.eventJson} />
          </div>
        )}
      </details>
    </li>
  );
}

const lettersMax = 3_000;

function EventText({ json }: { readonly json: string }): ReactNode {
  const { m } = useMessages();
  const [isWhole, setWhole] = useState(false);
  const text = JSON.stringify(JSON.parse(json), null, 2);
  const isLong = text.length > lettersMax;
  return (
    <>
      <pre tabIndex={0}>{isLong && !isWhole ? `${text.slice(0, lettersMax)}\n…` : text}</pre>
      {isLong && (
        <Button kind="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? m.task.journal.collapse : m.task.journal.expand}
        </Button>
      )}
    </>
  );
}
