/**
 * What the task would come to at any price of the underlying: as held, today, after the next roll, and, drawn as loud as the others,
 * the flat line of the time in which the old leg is closed and the new one is not open. Beside the picture the same as a table.
 */
import { useState, type ReactNode } from 'react';
import type { PayoffCurve, PayoffView } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Money } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { PayoffPicture } from './payoff-picture.tsx';
import { resultAt } from './payoff-shape.ts';
import { optionsText } from './task-words.ts';
import { usePayoff } from './task-data.ts';

type Kind = PayoffCurve['kind'];

interface Props {
  readonly taskId: string;
  readonly isOver: boolean;
}

export function PayoffPanel({ taskId, isOver }: Props): ReactNode {
  const { m } = useMessages();
  const { data, error, refetch } = usePayoff({ taskId, isOver });
  return (
    <Panel title={m.task.payoff.title} beside={data?.settleCoin && <Booked view={data} />}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={8} />
        )
      ) : data.curves.length === 0 ? (
        <EmptyState
          icon="check"
          title={data.settleCoin === null ? m.task.payoff.emptyQueued : m.task.payoff.empty}
        />
      ) : (
        <Payoff view={data} isOver={isOver} />
      )}
    </Panel>
  );
}

const Booked = ({ view: { booked, settleCoin } }: { readonly view: PayoffView }): ReactNode => {
  const { m } = useMessages();
  return (
    <span className="small muted">
      {m.task.payoff.booked} <Money value={booked} coin={settleCoin} isResult />
    </span>
  );
};

function Payoff({ view, isOver }: { readonly view: PayoffView; readonly isOver: boolean }): ReactNode {
  const { m } = useMessages();
  const [hidden, setHidden] = useState<ReadonlySet<Kind>>(new Set());
  const shown = view.curves.filter(({ kind }) => !hidden.has(kind));
  const toggle = (kind: Kind): void => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  return (
    <div className="payoff">
      {view.atMs === null && !isOver && <p className="small muted">{m.task.payoff.stored}</p>}
      <Legend view={view} hidden={hidden} onToggle={toggle} />
      <PayoffPicture view={view} curves={shown} />
      {shown.some(({ kind, text }) => kind === 'between' && text === 'nothing') && (
        <p className="small between-note">{m.task.payoff.flat}</p>
      )}
      <PayoffTable view={view} />
    </div>
  );
}

interface LegendProps {
  readonly view: PayoffView;
  readonly hidden: ReadonlySet<Kind>;
  readonly onToggle: (kind: Kind) => void;
}

function Legend({ view, hidden, onToggle }: LegendProps): ReactNode {
  const speech = useMessages();
  const name = useCurveName(view);
  return (
    <div className="legend">
      {view.curves.map((curve) => (
        <button
          key={curve.kind}
          type="button"
          className={`legend-item ${curve.kind}`}
          aria-pressed={!hidden.has(curve.kind)}
          title={holdsText(curve.text, speech)}
          onClick={() => onToggle(curve.kind)}
        >
          <svg viewBox="0 0 24 8" aria-hidden="true">
            <path className={`curve ${curve.kind}`} d="M1 4h22" />
          </svg>
          {name(curve.kind)}
        </button>
      ))}
    </div>
  );
}

/** In the middle of a roll what lies between the legs is what there is now. */
function useCurveName({ curves }: PayoffView): (kind: Kind) => string {
  const { m } = useMessages();
  const isRolling = !curves.some(({ kind }) => kind === 'before');
  return (kind) => (kind === 'between' && isRolling ? m.task.payoff.nowBetween : m.task.payoff.kinds[kind]);
}

/** The same in figures: at the index and at the strikes, and where each curve comes out at nothing. */
function PayoffTable({ view }: { readonly view: PayoffView }): ReactNode {
  const speech = useMessages();
  const { m, locale } = speech;
  const { curves, index, held, wanted, settleCoin } = view;
  const name = useCurveName(view);
  const points = [
    ...(index === null ? [] : [{ label: m.task.payoff.atIndex, price: index }]),
    ...held.map(({ strike }) => ({ label: m.task.payoff.atHeld, price: strike })),
    ...wanted.map(({ strike }) => ({ label: m.task.payoff.atWanted, price: strike })),
  ].filter(({ price }, place, all) => all.findIndex((other) => other.price === price) === place);
  return (
    <div className="table-wrap">
      <table className="table payoff-table">
        <caption className="sr">{m.task.payoff.chart}</caption>
        <thead>
          <tr>
            <td />
            {points.map(({ label, price }) => (
              <th key={price} scope="col" className="end">
                {label}
                <br />
                <span className="figure">{numberText(price, locale, { max: 2 })}</span>
              </th>
            ))}
            <th scope="col" className="end">
              {m.task.payoff.breakEvens}
            </th>
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => (
            <tr key={curve.kind}>
              <th scope="row">
                <span className={`swatch ${curve.kind}`} aria-hidden="true" />
                {name(curve.kind)}
                <span className="small muted">{holdsText(curve.text, speech)}</span>
              </th>
              {points.map(({ price }) => (
                <td key={price} className="end">
                  <Money value={cents(resultAt(view, curve, Number(price)))} coin={settleCoin} isResult />
                </td>
              ))}
              <td className="end">
                {curve.breakEvens.length === 0
                  ? m.task.payoff.none
                  : curve.breakEvens.map((price) => numberText(price, locale, { max: 2 })).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `short 0.1 BTC-…` as the daemon says it, in the page's words where they are known. */
function holdsText(
  text: string,
  { m, locale }: Pick<ReturnType<typeof useMessages>, 'm' | 'locale'>,
): string {
  if (text === 'nothing') return m.task.nothingHeld;
  const said = text.split(' and ').map((part) => {
    const [side = '', qty = '', symbol = ''] = part.split(' ');
    const word = side === 'short' ? m.common.short : m.common.long;
    return `${word} ${numberText(qty, locale)} ${optionsText(symbol, { m, locale })}`;
  });
  return said.join(' + ');
}

const cents = (value: number | null): string | null => (value === null ? null : value.toFixed(2));
