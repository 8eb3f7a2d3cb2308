/** Margin and greeks of the account and the position before, between and after the next roll, the margin beside the guard that judges it. */
import type { ReactNode } from 'react';
import type { Explanation, JudgedGuard, Preview, TaskPage } from '../../../api/contract.ts';
import { numberText, percentText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { NotKnown } from '../../ui/figures.tsx';
import { Panel, Skeleton } from '../../ui/states.tsx';
import { useExplanation } from './task-data.ts';
import { settleCoinOf } from './task-words.ts';
import { LegTable, useTradeFigures } from './trade-parts.tsx';
import { FigureList } from '../../ui/confirm-dialog.tsx';

const stages = ['before', 'between', 'after'] as const;
type Stage = (typeof stages)[number];

export function MarginPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { data, error } = useExplanation({ taskId: task.taskId, isOver: task.urgency === 'over' });
  const preview = data === undefined ? null : nextIn(data);
  const figures = useTradeFigures(preview, settleCoinOf(task));
  return (
    <Panel title={m.task.margin.title}>
      {data === undefined && !error ? (
        <Skeleton lines={4} />
      ) : preview === null ? (
        <p className="small muted">{m.task.margin.empty}</p>
      ) : (
        <div className="margin">
          <LegTable preview={preview} />
          <FigureList figures={figures} />
          <Margins preview={preview} />
          <Greeks preview={preview} />
        </div>
      )}
    </Panel>
  );
}

/** Of the first rule that would trade, else of the first that plans anything. */
export function nextIn({ known }: Explanation): Preview | null {
  if (!('rules' in known)) return null;
  const previews = known.rules.flatMap(({ preview }) =>
    preview && preview.legs.length > 0 ? [preview] : [],
  );
  return previews.find(({ would }) => would !== 'nothing') ?? previews[0] ?? null;
}

type MarginGuard = Extract<JudgedGuard, { code: 'maintenanceMargin' }>;

const isMarginGuard = (guard: JudgedGuard): guard is MarginGuard => guard.code === 'maintenanceMargin';

type Check = Extract<JudgedGuard, { code: 'preCheck' }>;

const isCheck = (guard: JudgedGuard): guard is Check =>
  guard.code === 'preCheck' && guard.figures.said !== 'notOffered';

/** What the exchange says of the opening order while the old option is still held. */
function ExchangeSays({ check: { figures } }: { readonly check: Check }): ReactNode {
  const { m, locale } = useMessages();
  const { said, words, initialRate, maintenanceRate } = figures;
  const rate = (value: string | null): string => (value === null ? '–' : percentText(Number(value), locale));
  return (
    <p className="small muted">
      {said === 'refused'
        ? m.task.margin.exchangeRefuses(words)
        : m.task.margin.exchangeSays({ initial: rate(initialRate), maintenance: rate(maintenanceRate) })}
    </p>
  );
}

function Margins({ preview: { margin, guards } }: { readonly preview: Preview }): ReactNode {
  const { m, locale } = useMessages();
  if (margin === null) return null;
  const guard = guards.find(isMarginGuard);
  const most = guard ? Number(guard.figures.rateMax) : null;
  const check = guards.find(isCheck);
  const said = check && <ExchangeSays check={check} />;
  if (margin.unknownCoin !== null)
    return said ?? <p className="small muted">{m.task.margin.unknownCoin(margin.unknownCoin)}</p>;
  return (
    <figure className="margins">
      <figcaption>
        {m.task.margin.maintenance}
        {most !== null && (
          <span className="small muted"> · {m.task.margin.guard(percentText(most, locale))}</span>
        )}
      </figcaption>
      {stages.map((stage) => (
        <MarginBar
          key={stage}
          stage={stage}
          maintenance={margin[stage].maintenanceRate}
          initial={margin[stage].initialRate}
          most={most}
        />
      ))}
      {said}
    </figure>
  );
}

interface MarginBarProps {
  readonly stage: Stage;
  readonly maintenance: string | null;
  readonly initial: string | null;
  /** The guard's bound. */
  readonly most: number | null;
}

/** On a scale of the whole balance, with a mark where the guard is. */
function MarginBar({ stage, maintenance, initial, most }: MarginBarProps): ReactNode {
  const { m, locale } = useMessages();
  const rate = maintenance === null ? null : Number(maintenance);
  const refuses = rate !== null && most !== null && rate > most;
  const width = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
  return (
    <div className={`margin-row ${refuses ? 'refuses' : ''}`}>
      <span>{m.task.margin[stage]}</span>
      <span className="margin-bar" aria-hidden="true">
        {initial !== null && <span className="initial" style={{ width: width(Number(initial)) }} />}
        {rate !== null && <span className="maintenance" style={{ width: width(rate) }} />}
        {most !== null && <span className="bound" style={{ left: width(most) }} />}
      </span>
      <span className="figure">
        {rate === null ? <NotKnown /> : percentText(rate, locale)}
        <span className="sr">
          {refuses ? m.task.margin.refuses : m.task.margin.passes}
          {initial !== null && `, ${m.task.margin.initial} ${percentText(Number(initial), locale)}`}
        </span>
      </span>
    </div>
  );
}

const greekNames = ['delta', 'gamma', 'vega', 'theta'] as const;

function Greeks({ preview: { greeks } }: { readonly preview: Preview }): ReactNode {
  const { m, locale } = useMessages();
  return (
    <div className="table-wrap">
      <table className="table greeks">
        <thead>
          <tr>
            <td />
            {stages.map((stage) => (
              <th key={stage} scope="col" className="end">
                {m.task.margin[stage]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {greekNames.map((name) => (
            <tr key={name}>
              <th scope="row">{m.task.margin.greeks[name]}</th>
              {stages.map((stage) => {
                const value = greeks[stage]?.[name];
                return (
                  <td key={stage} className="end figure">
                    {value === undefined ? (
                      <NotKnown />
                    ) : (
                      numberText(value, locale, { max: name === 'gamma' ? 6 : name === 'delta' ? 4 : 2 })
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
