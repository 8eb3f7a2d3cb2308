/** What the task would do at this moment: legs with their prices, what it comes to, the guards it meets, the options it looked at. */
import type { ReactNode } from 'react';
import type { Advice, Preview, RuleAdvice } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { readSymbol } from '../../format/symbols.ts';
import { utcDayText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { FigureList } from '../../ui/confirm-dialog.tsx';
import { Age } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { Guards, LegTable, useTradeFigures } from '../task/trade-parts.tsx';
import type { useSpecPreview } from './draft-queries.ts';

interface Props {
  readonly query: ReturnType<typeof useSpecPreview>;
  /** Whether there is something to ask about. */
  readonly isAsked: boolean;
  readonly symbol: string;
}

export function PreviewPart({ query, isAsked, symbol }: Props): ReactNode {
  const { m } = useMessages();
  const { data, error, isPlaceholderData, isFetching } = query;
  return (
    <section className="panel preview" aria-busy={isFetching}>
      <header>
        <h2>{m.newTask.preview}</h2>
        <span className="hint" role="status">
          {isAsked && (isPlaceholderData || (isFetching && data === undefined)) ? (
            m.newTask.previewing
          ) : data?.kind === 'advice' ? (
            <Age atMs={data.advice.atMs} />
          ) : null}
        </span>
      </header>
      <div className="body">
        {!isAsked ? (
          <p className="hint">{m.newTask.previewWaits}</p>
        ) : error && data === undefined ? (
          <ErrorState error={error} onRetry={() => void query.refetch()} />
        ) : data === undefined ? (
          <Skeleton lines={4} />
        ) : data === null ? (
          <p className="fault">{m.newTask.previewNoAnswer}</p>
        ) : data.kind === 'refused' ? (
          <p className="fault">{m.newTask.previewRefused(data.reason)}</p>
        ) : (
          <AdviceView advice={data.advice} settleCoin={readSymbol(symbol)?.settleCoin ?? null} />
        )}
      </div>
    </section>
  );
}

function AdviceView({
  advice,
  settleCoin,
}: {
  readonly advice: Advice;
  readonly settleCoin: string | null;
}): ReactNode {
  return (
    <div className="advice">
      {advice.rules.map((rule) => (
        <RuleView key={rule.name} rule={rule} settleCoin={settleCoin} isNamed={advice.rules.length > 1} />
      ))}
    </div>
  );
}

interface RuleProps {
  readonly rule: RuleAdvice;
  readonly settleCoin: string | null;
  readonly isNamed: boolean;
}

function RuleView({ rule, settleCoin, isNamed }: RuleProps): ReactNode {
  const { m } = useMessages();
  const figures = useTradeFigures(rule.preview, settleCoin);
  const { preview, triggerHolds, conditions } = rule;
  return (
    <section className="rule">
      {isNamed && (
        <h3>
          {rule.name}: {rule.does}
        </h3>
      )}
      <p className={triggerHolds ? 'holds' : 'muted'}>
        <Icon name={triggerHolds ? 'alert' : 'clock'} /> {triggerHolds ? m.newTask.holds : m.newTask.holdsNot}
      </p>
      <ul className="hint">
        {conditions.map(({ text, toGo }) => (
          <li key={text}>
            {text}: {toGo}
          </li>
        ))}
      </ul>
      {preview && (
        <>
          {preview.would === 'nothing' && <p className="fault">{preview.reason}</p>}
          <div className="preview-parts">
            <div>
              <LegTable preview={preview} />
              {figures.length > 0 && <FigureList figures={figures} />}
            </div>
            <Guards guards={preview.guards} />
          </div>
          <Candidates candidates={preview.candidates} />
        </>
      )}
    </section>
  );
}

const shownMax = 12;

function Candidates({ candidates }: Pick<Preview, 'candidates'>): ReactNode {
  const { m, locale } = useMessages();
  if (candidates.length === 0) return null;
  const price = (value: string | null): string =>
    value === null ? '–' : numberText(value, locale, { max: 4 });
  return (
    <details>
      <summary>
        {m.newTask.candidates} ({candidates.length})
      </summary>
      <div className="table-wrap" tabIndex={0} role="region" aria-label={m.newTask.candidates}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="end">
                {m.newTask.strikeColumn}
              </th>
              <th scope="col">{m.newTask.expiryColumn}</th>
              <th scope="col" className="end">
                {m.newTask.delta}
              </th>
              <th scope="col" className="end">
                {m.newTask.book}
              </th>
              <th scope="col">{m.newTask.why}</th>
            </tr>
          </thead>
          <tbody>
            {candidates
              .slice(0, shownMax)
              .map(({ symbol, strike, expiryMs, delta, bid, ask, isTaken, reason }) => (
                <tr key={symbol} className={isTaken ? 'taken' : ''}>
                  <td className="end figure">{numberText(strike, locale)}</td>
                  <td>{utcDayText(expiryMs, locale)}</td>
                  <td className="end figure">
                    {delta === null ? '–' : numberText(delta, locale, { max: 3 })}
                  </td>
                  <td className="end figure">
                    {price(bid)} / {price(ask)}
                  </td>
                  <td className="text">{isTaken ? `✓ ${m.newTask.taken}: ${reason}` : reason}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
