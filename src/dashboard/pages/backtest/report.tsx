/** The result of a backtest: what it came to, the curve, every roll, and why it did not roll at other times. */
import { lazy, Suspense, type ReactNode } from 'react';
import type { BacktestReport } from '../../../api/contract.ts';
import { loadPart } from '../../api/new-version.ts';
import { numberText } from '../../format/numbers.ts';
import { durationText } from '../../format/times.ts';
import { Catch } from '../../frame/catch.tsx';
import { useMessages } from '../../messages/messages.tsx';
import { Money, Time } from '../../ui/figures.tsx';
import { Panel, Skeleton } from '../../ui/states.tsx';
import { optionText } from '../task/task-words.ts';

const Curve = lazy(() => loadPart(() => import('./curve.tsx').then(({ Curve: one }) => ({ default: one }))));

export function Report({
  report,
  volatility,
}: {
  readonly report: BacktestReport;
  readonly volatility: string;
}): ReactNode {
  const { m } = useMessages();
  return (
    <div className="report">
      <Summary report={report} />
      <Panel title={m.backtest.curve}>
        <Catch>
          <Suspense fallback={<Skeleton lines={6} />}>
            <Curve report={report} />
          </Suspense>
        </Catch>
      </Panel>
      <Rolls report={report} />
      <Unhedged report={report} />
      <Refusals report={report} />
      <States report={report} />
      <p className="hint">{m.backtest.model(volatility)}</p>
      {report.notes.length > 0 && (
        <details className="hint">
          <summary>{m.backtest.notes}</summary>
          {report.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      )}
    </div>
  );
}

/** Sums of decimal strings for people: to the digits that are shown, never for a decision. */
const less = (a: string, b: string): string => (Number(a) - Number(b)).toFixed(2);

function Summary({ report }: { readonly report: BacktestReport }): ReactNode {
  const { m, locale } = useMessages();
  const { result, worstDrawdown, rolls, netCredit, fees, settleCoin: coin, state, unhedged } = report;
  const longest = Math.max(0, ...unhedged.map(({ sinceMs, untilMs }) => untilMs - sinceMs));
  const figures: readonly (readonly [string, ReactNode])[] = [
    [
      `${m.backtest.result}, ${m.backtest.rolled.toLowerCase()}`,
      <Money key="" value={result.rolling} coin={coin} isResult />,
    ],
    [
      `${m.backtest.result}, ${m.backtest.leftAlone.toLowerCase()}`,
      <Money key="" value={result.notRolling} coin={coin} isResult />,
    ],
    [
      m.backtest.difference,
      <Money key="" value={less(result.rolling, result.notRolling)} coin={coin} isResult />,
    ],
    [m.backtest.drawdown, <Money key="" value={worstDrawdown.rolling} coin={coin} />],
    [
      m.backtest.rollsTitle,
      <span key="" className="figure">
        {rolls.length}
      </span>,
    ],
    [m.backtest.netCredit, <Money key="" value={netCredit} coin={coin} isResult />],
    [m.backtest.fees, <Money key="" value={fees} coin={coin} />],
    [
      m.backtest.unhedged,
      unhedged.length === 0
        ? m.backtest.never
        : m.backtest.unhedgedOf(unhedged.length, durationText(longest, locale)),
    ],
    [m.backtest.stateAtEnd, <code key="">{state}</code>],
  ];
  return (
    <dl className="backtest-summary">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TableProps {
  readonly title: string;
  /** A name that begins with `>` stands at the right. */
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

function PlainTable({ title, head, rows }: TableProps): ReactNode {
  const sideOf = (at: number): string | undefined => (head[at]?.startsWith('>') ? 'end' : undefined);
  return (
    <Panel title={title} isPadded={false}>
      <div className="table-wrap" tabIndex={0} role="region" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              {head.map((name, at) => (
                <th key={name} scope="col" className={sideOf(at)}>
                  {name.replace(/^>/, '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key}>
                {cells.map((cell, at) => (
                  <td key={head[at]} className={sideOf(at)}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Rolls({ report: { rolls, settleCoin } }: { readonly report: BacktestReport }): ReactNode {
  const { m, locale } = useMessages();
  if (rolls.length === 0) return <p className="hint">{m.backtest.noRolls}</p>;
  return (
    <PlainTable
      title={m.backtest.rollsTitle}
      head={[
        m.backtest.time,
        `>${m.backtest.index}`,
        m.backtest.fromOption,
        m.backtest.toOption,
        `>${m.backtest.netCredit}`,
        `>${m.backtest.fees}`,
      ]}
      rows={rolls.map(({ rollId, startedAtMs, indexPrice, fromSymbol, toSymbol, netCredit, fee }) => ({
        key: rollId,
        cells: [
          <Time key="" atMs={startedAtMs} />,
          numberText(indexPrice, locale, { max: 2 }),
          optionText(fromSymbol, { m, locale }),
          toSymbol === null ? m.backtest.closed : optionText(toSymbol, { m, locale }),
          <Money key="" value={netCredit} coin={settleCoin} isResult />,
          <Money key="" value={fee} coin={settleCoin} />,
        ],
      }))}
    />
  );
}

function Unhedged({ report: { unhedged } }: { readonly report: BacktestReport }): ReactNode {
  const { m, locale } = useMessages();
  if (unhedged.length === 0) return null;
  return (
    <PlainTable
      title={m.backtest.unhedgedTitle}
      head={[m.backtest.since, `>${m.backtest.lasted}`, m.backtest.missing, m.backtest.because]}
      rows={unhedged.map(({ sinceMs, untilMs, symbol, qty, reason }) => ({
        key: `${String(sinceMs)} ${symbol}`,
        cells: [
          <Time key="" atMs={sinceMs} />,
          durationText(untilMs - sinceMs, locale),
          `${numberText(qty, locale)} ${optionText(symbol, { m, locale })}`,
          reason,
        ],
      }))}
    />
  );
}

function Refusals({ report: { refusals } }: { readonly report: BacktestReport }): ReactNode {
  const { m } = useMessages();
  if (refusals.length === 0) return null;
  return (
    <PlainTable
      title={m.backtest.refusals}
      head={[`>${m.backtest.times}`, m.backtest.lastTime, m.backtest.because]}
      rows={refusals.map(({ text, times, lastAtMs }) => ({
        key: text,
        cells: [times, <Time key="" atMs={lastAtMs} />, text],
      }))}
    />
  );
}

function States({ report: { msInState } }: { readonly report: BacktestReport }): ReactNode {
  const { m, locale } = useMessages();
  const states = Object.entries(msInState).filter(([, ms]) => ms > 0);
  return (
    <PlainTable
      title={m.backtest.states}
      head={[m.backtest.stateAtEnd.split(' ')[0] ?? '', `>${m.backtest.lasted}`]}
      rows={states.map(([state, ms]) => ({
        key: state,
        cells: [<code key="">{state}</code>, durationText(ms, locale)],
      }))}
    />
  );
}
