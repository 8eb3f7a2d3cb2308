/** Why it does not roll at this moment: each rule with its conditions and how far they are, its rests, and guard by guard what would forbid it. */
import type { ReactNode } from 'react';
import type { ConditionView, Explanation, RuleAdvice, TaskPage } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Age, Quantity, Time } from '../../ui/figures.tsx';
import { ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { useExplanation } from './task-data.ts';
import { optionsText, optionText } from './task-words.ts';
import { Guards } from './trade-parts.tsx';

export function WhyPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { taskId, urgency } = task;
  const isRolling = urgency === 'rolling';
  const { data, error, refetch } = useExplanation({ taskId, isOver: urgency === 'over' });
  return (
    <Panel title={isRolling ? m.task.why.titleRolling : m.task.why.title}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={5} />
        )
      ) : (
        <Why explanation={data} task={task} />
      )}
    </Panel>
  );
}

function Why({
  explanation,
  task,
}: {
  readonly explanation: Explanation;
  readonly task: TaskPage;
}): ReactNode {
  const { m } = useMessages();
  const { known, reply } = explanation;
  return (
    <div className="why">
      <p className="why-now">{known.now}</p>
      {reply.kind === 'refused' && <p className="fault">{reply.reason}</p>}
      {reply.kind === 'none' && <p className="small muted">{m.task.why.stored}</p>}
      {'rules' in known && known.rules.map((rule) => <Rule key={rule.name} rule={rule} />)}
      <h3>{m.task.why.reasons}</h3>
      {task.reasons.length === 0 ? (
        <p className="small muted">{m.task.why.noReasons}</p>
      ) : (
        <ol className="reasons">
          {task.reasons.map(({ atMs, text }, place) => (
            <li key={`${String(atMs)} ${String(place)}`}>
              <span className="small muted">
                <Time atMs={atMs} />
              </span>{' '}
              {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Rule({ rule }: { readonly rule: RuleAdvice }): ReactNode {
  const { m, locale } = useMessages();
  const { name, does, triggerHolds, restsUntilMs, rollsDone, conditions, preview } = rule;
  return (
    <section className="rule">
      <header>
        <h3>{name}</h3>
        <span className="muted">{does}</span>
        <Badge tone={triggerHolds ? 'accent' : 'plain'} icon={triggerHolds ? 'check' : 'clock'}>
          {triggerHolds ? m.task.why.holds : m.task.why.holdsNot}
        </Badge>
      </header>
      <ul className="conditions">
        {conditions.map((condition, place) => (
          <Condition key={`${condition.text} ${String(place)}`} condition={condition} />
        ))}
      </ul>
      {restsUntilMs !== null && (
        <p className="small">
          {m.task.why.rests} <Time atMs={restsUntilMs} isLong />
        </p>
      )}
      {rollsDone > 0 && <p className="small muted">{m.task.why.rolls(rollsDone)}</p>}
      {preview && (
        <>
          <p>
            {m.task.why.would[preview.would]}
            {preview.would === 'roll' && preview.to !== null && (
              <strong> {optionsText(preview.to, { m, locale })}</strong>
            )}
            {preview.would === 'nothing' && `: ${preview.reason}`}
            {preview.approval && ` (${m.task.why.asksFirst})`}
          </p>
          <Guards guards={preview.guards} />
          <Candidates preview={preview} />
        </>
      )}
    </section>
  );
}

/** How much of the way to its level it has gone; a condition that is not of one scale has no bar. */
function shareOf({ level, distance, isReached }: ConditionView): number | null {
  if (isReached) return 1;
  if (distance === null) return null;
  const size = Math.abs(Number(level));
  return size === 0 ? null : 1 - Math.min(1, Math.abs(Number(distance)) / size);
}

function Condition({ condition }: { readonly condition: ConditionView }): ReactNode {
  const { m } = useMessages();
  const { text, toGo, isReached, heldSinceMs } = condition;
  const share = shareOf(condition);
  return (
    <li className={isReached ? 'reached' : undefined}>
      <span>{text}</span>
      <span className="small muted">
        {toGo}
        {heldSinceMs !== null && (
          <>
            , {m.task.why.heldSince} <Age atMs={heldSinceMs} />
          </>
        )}
      </span>
      {share !== null && <Bar share={share} tone={isReached ? 'warn' : 'accent'} />}
    </li>
  );
}

function Candidates({ preview }: { readonly preview: NonNullable<RuleAdvice['preview']> }): ReactNode {
  const { m, locale } = useMessages();
  const { columns } = m.task.why;
  const { candidates } = preview;
  if (candidates.length === 0) return null;
  return (
    <details className="candidates">
      <summary>{m.task.why.candidates}</summary>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{columns.symbol}</th>
              <th scope="col" className="end">
                {columns.delta}
              </th>
              <th scope="col" className="end">
                {columns.bid}
              </th>
              <th scope="col" className="end">
                {columns.ask}
              </th>
              <th scope="col">{columns.reason}</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map(({ symbol, delta, bid, ask, isTaken, reason }, place) => (
              <tr key={`${symbol} ${String(place)}`} className={isTaken ? 'taken' : undefined}>
                <th scope="row">
                  {optionText(symbol, { m, locale })}
                  {isTaken && <span className="small"> ({m.task.why.taken})</span>}
                </th>
                <td className="end">
                  <Quantity value={delta} digits={{ max: 3 }} />
                </td>
                <td className="end">
                  <Quantity value={bid} />
                </td>
                <td className="end">
                  <Quantity value={ask} />
                </td>
                <td className="small">{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
