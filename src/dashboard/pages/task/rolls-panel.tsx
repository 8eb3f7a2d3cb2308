/** The chain of rolls: each as a bar of its parts, the interval between the legs loud, and what each has brought. */
import type { ReactNode } from 'react';
import type { RollTiming, TaskPage } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Money, Time, useNow } from '../../ui/figures.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { EmptyState, ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { betweenMs, durationOf, intervalMs, partsOf, spanText, sumsOf } from './roll-bars.ts';
import { useRolls } from './task-data.ts';
import { optionsText, settleCoinOf } from './task-words.ts';

export function RollsPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { data: rolls, error, refetch } = useRolls(task.taskId);
  return (
    <Panel title={m.task.rolls.title} beside={<Parts />} isPadded={false}>
      {rolls === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={3} />
        )
      ) : rolls.length === 0 ? (
        <EmptyState icon="roll" title={m.task.rolls.empty} />
      ) : (
        <Chain rolls={rolls} settleCoin={settleCoinOf(task)} />
      )}
    </Panel>
  );
}

/** What the parts of a bar are. */
function Parts(): ReactNode {
  const { m } = useMessages();
  return (
    <ul className="parts-legend small">
      {(['planning', 'leg1', 'interval', 'leg2'] as const).map((kind) => (
        <li key={kind}>
          <span className={`part-sample ${kind}`} aria-hidden="true" />
          {kind === 'interval' ? m.task.rolls.interval : m.task.rolls.parts[kind]}
        </li>
      ))}
    </ul>
  );
}

interface ChainProps {
  readonly rolls: readonly RollTiming[];
  readonly settleCoin: string | null;
}

/** Newest first; sums are of the oldest onwards. */
function Chain({ rolls, settleCoin }: ChainProps): ReactNode {
  const sums = sumsOf(rolls);
  const rows = rolls.map((roll, place) => ({ roll, sum: sums[place] ?? 0 })).reverse();
  return (
    <ol className="chain" reversed>
      {rows.map(({ roll, sum }) => (
        <RollRow key={roll.rollId} roll={roll} sum={sum} settleCoin={settleCoin} />
      ))}
    </ol>
  );
}

const outcomes: Readonly<Record<NonNullable<RollTiming['outcome']>, readonly [Tone, IconName]>> = {
  rolled: ['good', 'check'],
  closed: ['neutral', 'close'],
  wentBack: ['warn', 'roll'],
  leftFlat: ['bad', 'alert'],
  nothing: ['plain', 'close'],
};

interface RowProps {
  readonly roll: RollTiming;
  readonly sum: number;
  readonly settleCoin: string | null;
}

function RollRow({ roll, sum, settleCoin }: RowProps): ReactNode {
  const { m, locale } = useMessages();
  const isUnderWay = roll.outcome === null;
  const nowMs = useNow(isUnderWay ? 250 : 60_000);
  const [tone, icon] = roll.outcome === null ? (['accent', 'roll'] as const) : outcomes[roll.outcome];
  const { fromSymbol, toSymbol, netCredit, fee, phases } = roll;
  const missing = { label: m.task.rolls.missing, title: m.task.rolls.missingHint };
  const bothHeld = { label: m.task.rolls.bothHeld, title: m.task.rolls.bothHeldHint };
  return (
    <li className={`roll ${isUnderWay ? 'under-way' : ''}`}>
      <div className="roll-head">
        <Badge tone={tone} icon={icon}>
          {roll.outcome === null ? m.task.rolls.underWay : m.task.rolls.outcomes[roll.outcome]}
        </Badge>
        <span className="small muted">
          <Time atMs={phases[0]?.fromMs ?? null} />
        </span>
        <span className="roll-what">
          {optionsText(fromSymbol, { m, locale })}
          {toSymbol !== null && toSymbol !== fromSymbol && (
            <>
              {' '}
              <span aria-hidden="true">→</span> {optionsText(toSymbol, { m, locale })}
            </>
          )}
        </span>
        {roll.openedFirst && <span className="small muted">{m.task.rolls.openedFirst}</span>}
        <a className="small" href={`#v${String(roll.fromVersion)}`}>
          {m.task.rolls.inJournal}
        </a>
      </div>
      <PhaseBar roll={roll} nowMs={nowMs} />
      <dl className="roll-figures small">
        <Figure {...(roll.openedFirst ? bothHeld : missing)}>
          <strong className="interval-figure">{spanText(betweenMs(roll, nowMs), locale)}</strong>
        </Figure>
        <Figure label={m.task.rolls.interval}>
          <strong className="interval-figure">{spanText(intervalMs(roll, nowMs), locale)}</strong>
        </Figure>
        <Figure label={m.task.next.netCredit}>
          <Money value={netCredit} coin={settleCoin} isResult />
        </Figure>
        <Figure label={m.task.rolls.columns.fees}>
          <Money value={fee} coin={settleCoin} />
        </Figure>
        <Figure label={m.task.rolls.columns.sum} title={m.task.rolls.sumHint}>
          <Money value={sum.toFixed(2)} coin={settleCoin} isResult />
        </Figure>
      </dl>
    </li>
  );
}

const Figure = ({
  label,
  title,
  children,
}: {
  readonly label: string;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode => (
  <div title={title}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

/** Widths are shares of the whole; every duration stands in words, too. */
function PhaseBar({ roll, nowMs }: { readonly roll: RollTiming; readonly nowMs: number }): ReactNode {
  const { m, locale } = useMessages();
  const parts = partsOf(roll, nowMs);
  return (
    <div className="phase-bar-row">
      <ol className="phase-bar">
        {parts.map(({ kind, ms, share, lasts }, place) => (
          <li
            key={`${kind} ${String(place)}`}
            className={`phase ${kind} ${lasts ? 'lasts' : ''}`}
            style={{ flexGrow: share }}
            title={`${m.task.rolls.parts[kind]}: ${spanText(ms, locale)}`}
          >
            <span className="phase-name">{m.task.rolls.parts[kind]}</span>
            <span className="phase-time">{spanText(ms, locale)}</span>
          </li>
        ))}
      </ol>
      <span className="small muted">{m.task.rolls.total(spanText(durationOf(roll, nowMs), locale))}</span>
    </div>
  );
}
