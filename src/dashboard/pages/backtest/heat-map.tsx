/** The runs of a sweep as a table with warm and cold cells: each says its figure, so that the colour only repeats it. */
import { useState, type ReactNode } from 'react';
import type { SweepReport } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Panel } from '../../ui/states.tsx';
import { heatOf, type HeatCell, type Measure } from './heat.ts';

const measures: readonly Measure[] = ['result', 'netCredit', 'worstDrawdown', 'rolls'];

export function HeatMap({ sweep }: { readonly sweep: SweepReport }): ReactNode {
  const { m } = useMessages();
  const [measure, setMeasure] = useState<Measure>('result');
  const heat = heatOf(sweep, measure);
  const [first, second] = sweep.axes;
  const total = sweep.axes.reduce((product, { values }) => product * values.length, 1);
  return (
    <Panel
      title={m.backtest.sweepTitle}
      isPadded={false}
      beside={
        <div className="segments small-segments" role="group" aria-label={m.backtest.shown}>
          {measures.map((each) => (
            <button key={each} type="button" aria-pressed={each === measure} onClick={() => setMeasure(each)}>
              {m.backtest.measures[each]}
            </button>
          ))}
        </div>
      }
    >
      <div className="heat" tabIndex={0} role="region" aria-label={m.backtest.sweepTitle}>
        <table>
          <caption>
            {second ? `${first?.path ?? ''} ↓ × ${second.path} →` : `${first?.path ?? ''} →`} ·{' '}
            {m.backtest.sweepOf(sweep.cells.length, total)} · {m.backtest.sweepPromise}
          </caption>
          <thead>
            <tr>
              {second && <td />}
              {heat.columns.map((value) => (
                <th key={value} scope="col">
                  {value}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {heat.rows.map(({ value, cells }) => (
              <tr key={value}>
                {second && <th scope="row">{value}</th>}
                {cells.map((cell, at) => (
                  <Cell key={heat.columns[at]} {...cell} measure={measure} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="heat-legend small">
        <span>{m.backtest.less}</span>
        {[-1, -0.5, 0, 0.5, 1].map((warmth) => (
          <span key={warmth} className="swatch" style={backgroundOf(warmth)} />
        ))}
        <span>{m.backtest.more}</span>
      </p>
    </Panel>
  );
}

function Cell({ cell, warmth, isBest, measure }: HeatCell & { readonly measure: Measure }): ReactNode {
  const { m, locale } = useMessages();
  if (cell === null) return <td className="unplayed">…</td>;
  if (cell.refusal !== null)
    return (
      <td className="refused" title={cell.refusal}>
        {m.backtest.notBegun}
      </td>
    );
  const figure = measure === 'rolls' ? String(cell.rolls) : cell[measure];
  const details = [
    `${m.backtest.measures.result} ${numberText(cell.result, locale, { max: 2, sign: 'always' })}`,
    m.backtest.rolls(cell.rolls),
    `${m.backtest.measures.worstDrawdown} ${numberText(cell.worstDrawdown, locale, { max: 2 })}`,
    cell.state,
  ];
  return (
    <td className={isBest ? 'best' : ''} style={backgroundOf(warmth)} title={details.join('\n')}>
      <span className="figure">
        {numberText(figure, locale, {
          max: 0,
          sign: measure === 'result' || measure === 'netCredit' ? 'always' : 'auto',
        })}
      </span>
      {isBest && <span className="best-mark">★ {m.backtest.best}</span>}
    </td>
  );
}

const strength = 42;

const backgroundOf = (warmth: number): { readonly background: string } => ({
  background: `color-mix(in srgb, var(${warmth < 0 ? '--series-2' : '--series-1'}) ${(Math.abs(warmth) * strength).toFixed(0)}%, var(--surface))`,
});
