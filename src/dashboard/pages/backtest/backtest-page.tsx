/** A task played on recorded prices: curve, rolls, sweep. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { RequestFailed } from '../../api/client.ts';
import { percentText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, Faults } from '../../ui/states.tsx';
import { readYaml } from '../new-task/yaml-form.ts';
import './backtest.css';
import { isRunning, removeBacktest, startBacktest, useBacktest } from './backtest-queries.ts';
import { forgetHandedOver, handedOver } from './handed-over.ts';
import { HeatMap } from './heat-map.tsx';
import { firstDraft, orderOf, type OrderDraft } from './order-draft.ts';
import { OrderForm } from './order-form.tsx';
import { Report } from './report.tsx';

export default function BacktestPage(): ReactNode {
  const { m } = useMessages();
  const [given] = useState(handedOver);
  const [draft, setDraft] = useState<OrderDraft>(() => ({ ...firstDraft, ...given }));
  const [id, setId] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isStarting, setStarting] = useState(false);
  const { data: view, error: lost } = useBacktest(id);
  const run = async (): Promise<void> => {
    const read = readYaml(draft.yaml);
    setError(read.kind === 'fault' ? wrongYaml(m.newTask.yamlFault(read.fault.line, read.fault.text)) : null);
    if (read.kind === 'fault') return;
    setStarting(true);
    try {
      if (id !== null) void removeBacktest(id).catch(() => undefined);
      setId(await startBacktest(orderOf(draft, read.spec)));
    } catch (fault) {
      setError(fault);
    } finally {
      setStarting(false);
    }
  };
  const isAsked = useRef(given !== null);
  useEffect(() => {
    if (!isAsked.current) return;
    isAsked.current = false;
    forgetHandedOver();
    void run();
  });
  const isBusy = isStarting || (view !== undefined && isRunning(view));
  return (
    <div className="backtest-page">
      <header className="page-head">
        <h1>{m.backtest.title}</h1>
        <p className="hint">{m.backtest.intro}</p>
      </header>
      <div className="backtest-sides">
        <OrderForm
          draft={draft}
          onDraft={(change) => setDraft((before) => ({ ...before, ...change }))}
          error={error}
          isBusy={isBusy}
          onRun={() => void run()}
        />
        <div className="outcome" aria-live="polite" aria-busy={isBusy}>
          {id === null && (
            <EmptyState icon="flask" title={m.backtest.emptyTitle}>
              {m.backtest.emptyText}
            </EmptyState>
          )}
          {lost &&
            (lost instanceof RequestFailed && lost.status === 404 ? (
              <EmptyState title={m.backtest.gone} />
            ) : (
              <ErrorState error={lost} />
            ))}
          {view && (
            <Outcome
              view={view}
              volatility={draft.volatility}
              onCancel={() => void cancel(view.backtestId, () => setId(null))}
            />
          )}
        </div>
      </div>
    </div>
  );
}

const wrongYaml = (detail: string): RequestFailed =>
  new RequestFailed(400, { type: 'about:blank', title: '', status: 400, detail });

async function cancel(id: string, done: () => void): Promise<void> {
  await removeBacktest(id).catch(() => undefined);
  done();
}

interface OutcomeProps {
  readonly view: NonNullable<ReturnType<typeof useBacktest>['data']>;
  readonly volatility: string;
  readonly onCancel: () => void;
}

function Outcome({ view, volatility, onCancel }: OutcomeProps): ReactNode {
  const { m, locale } = useMessages();
  const { state, before, progress, problem, faults, report, sweep } = view;
  return (
    <>
      {isRunning(view) && (
        <div className="progress">
          <span role="status">
            {state === 'waiting'
              ? m.backtest.waiting(before)
              : m.backtest.playing(percentText(Math.floor(progress * 100) / 100, locale))}
          </span>
          <Bar share={progress} />
          <Button icon="close" onClick={onCancel}>
            {m.backtest.cancel}
          </Button>
        </div>
      )}
      {state === 'cancelled' && <EmptyState title={m.backtest.cancelled} />}
      {problem !== null && state !== 'cancelled' && (
        <Faults
          error={
            new RequestFailed(400, {
              type: 'about:blank',
              title: problem,
              status: 400,
              detail: problem,
              faults,
            })
          }
        />
      )}
      {sweep && <HeatMap sweep={sweep} />}
      {report && <Report report={report} volatility={volatility} />}
    </>
  );
}
