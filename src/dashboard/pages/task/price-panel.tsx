/** The index of a task with everything that it is measured by, as a chart that lives and as a list that says the same in words. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { PayoffView, PriceHistory, RollTiming, TaskPage } from '../../../api/contract.ts';
import { exchangeNowMs, feedOf, indexPriceOf } from '../../api/live.ts';
import { useStore } from '../../api/store.ts';
import { numberText, percentText } from '../../format/numbers.ts';
import { durationText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { useNow } from '../../ui/figures.tsx';
import { EmptyState, ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { onThemeChange } from '../../ui/theme.ts';
import { PriceCanvas, type Level } from './price-canvas.ts';
import { rollMarks, slotsOf, strikeAt } from './price-shape.ts';
import { usePayoff, usePrices, useRolls } from './task-data.ts';
import { coinOf } from './task-words.ts';

export function PricePanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const coin = coinOf(task);
  const isOver = task.urgency === 'over';
  const { data: history, error, refetch } = usePrices(coin);
  const { data: payoff } = usePayoff({ taskId: task.taskId, isOver });
  const { data: rolls = [] } = useRolls(task.taskId);
  const levels = useLevels(payoff);
  const canvas = useRef<PriceCanvas>(null);
  const hasBars = history !== undefined && history.bars.length > 0;
  return (
    <Panel
      title={m.task.price.title}
      beside={
        hasBars && (
          <Button kind="quiet" onClick={() => canvas.current?.fit()}>
            {m.task.price.fit}
          </Button>
        )
      }
    >
      {history === undefined || coin === null ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={8} />
        )
      ) : (
        <div className="price">
          {coin && <Silence coin={coin} history={history} />}
          {hasBars ? (
            <PriceChart {...{ task, coin, history, levels, rolls, canvas }} />
          ) : (
            <EmptyState icon="clock" title={m.task.price.noPrices}>
              {m.task.price.noPricesText}
            </EmptyState>
          )}
          <Levels coin={coin} levels={levels} payoff={payoff} history={history} />
        </div>
      )}
    </Panel>
  );
}

interface SilenceProps {
  readonly coin: string;
  readonly history: PriceHistory;
}

/** "Index silent for 12 s" is loud. What the history ends with counts until an event says otherwise. */
function Silence({ coin, history }: SilenceProps): ReactNode {
  const { m, locale } = useMessages();
  const feed = useStore(feedOf(coin));
  const nowMs = useNow();
  const lasting = history.stale.find(({ toMs }) => toMs === null);
  const sinceMs = feed ? (feed.isStale ? feed.sinceMs : null) : (lasting?.fromMs ?? null);
  if (sinceMs === null) return null;
  return (
    <p className="silence" role="status">
      {m.task.price.staleNow(durationText(nowMs - sinceMs, locale))}
    </p>
  );
}

/** Triggers and the next strike, from the payoff, which knows them; the held strike is a line of its own. */
function useLevels(payoff: PayoffView | undefined): readonly Level[] {
  const { m } = useMessages();
  return useMemo(() => {
    if (payoff === undefined) return [];
    const held = payoff.held.length > 1 ? payoff.held : [];
    return [
      ...payoff.triggers.map(({ text, level }): Level => ({
        kind: 'trigger',
        price: Number(level),
        title: text,
      })),
      ...payoff.wanted.map(({ strike }): Level => ({
        kind: 'wanted',
        price: Number(strike),
        title: m.task.price.wanted,
      })),
      ...held.map(({ strike }): Level => ({ kind: 'held', price: Number(strike), title: m.task.price.held })),
    ];
  }, [payoff, m]);
}

interface ChartProps {
  readonly task: TaskPage;
  readonly coin: string;
  readonly history: PriceHistory;
  readonly levels: readonly Level[];
  readonly rolls: readonly RollTiming[];
  readonly canvas: { current: PriceCanvas | null };
}

function PriceChart({ task, coin, history, levels, rolls, canvas }: ChartProps): ReactNode {
  const { m, locale } = useMessages();
  const element = useRef<HTMLDivElement>(null);
  const [made, setMade] = useState<PriceCanvas | null>(null);
  useEffect(() => {
    if (!element.current) return;
    const words = { held: m.task.price.held, roll: m.task.journal.roll, locale };
    const drawn = new PriceCanvas(element.current, words);
    canvas.current = drawn;
    setMade(drawn);
    const endTheme = onThemeChange(() => drawn.paint());
    return () => {
      endTheme();
      canvas.current = null;
      drawn.remove();
    };
  }, [canvas, m, locale]);
  const heldNow = task.holdings?.length === 1 && !task.legs ? (task.holdings[0]?.symbol ?? null) : null;
  const drawing = useMemo(
    () => ({
      slots: slotsOf(history, exchangeNowMs()),
      barMs: history.barMs,
      strikeAt: strikeAt(rolls, heldNow),
      levels,
      marks: rollMarks(rolls),
    }),
    [history, rolls, heldNow, levels],
  );
  useEffect(() => made?.draw(drawing), [made, drawing]);
  useEffect(() => {
    if (!made) return;
    const store = indexPriceOf(coin);
    const pass = (): void => {
      const seen = store.get();
      if (seen) made.tick(Number(seen.index), seen.atMs);
    };
    pass();
    return store.subscribe(pass);
  }, [made, coin, drawing]);
  return <div ref={element} className="price-chart" role="img" aria-label={m.task.price.chart(coin)} />;
}

interface LevelsProps {
  readonly coin: string;
  readonly levels: readonly Level[];
  readonly payoff: PayoffView | undefined;
  readonly history: PriceHistory;
}

/** What the chart shows, in words, with the distance of each level from the live price. */
function Levels({ coin, levels, payoff, history }: LevelsProps): ReactNode {
  const { m, locale } = useMessages();
  const live = useStore(indexPriceOf(coin));
  const index = live?.index ?? payoff?.index ?? history.bars.at(-1)?.[4] ?? null;
  const held = (payoff?.held ?? []).map(({ strike }): Level => ({
    kind: 'held',
    price: Number(strike),
    title: m.task.price.held,
  }));
  const all = [...held, ...levels.filter(({ kind }) => kind !== 'held')].sort((a, b) => b.price - a.price);
  return (
    <dl className="levels" aria-label={m.task.price.levels}>
      <div className="level index">
        <dt>{m.task.index}</dt>
        <dd className="figure">
          {index === null ? m.common.unknown : numberText(index, locale, { min: 2, max: 2 })}
        </dd>
      </div>
      {all.map(({ kind, price, title }) => (
        <div key={`${kind} ${title} ${String(price)}`} className={`level ${kind}`}>
          <dt>
            <span className="line-sample" aria-hidden="true" />
            {title}
          </dt>
          <dd className="figure">
            {numberText(price, locale, { max: 2 })}
            {index !== null && (
              <span className="unit">
                {price >= Number(index) ? '+' : '−'}
                {percentText(Math.abs(price / Number(index) - 1), locale)}
              </span>
            )}
          </dd>
        </div>
      ))}
      {history.stale.length > 0 && (
        <div className="level stale">
          <dt>
            <span className="line-sample" aria-hidden="true" />
            {m.task.price.stale}
          </dt>
          <dd>{m.task.price.staleStretches(history.stale.length)}</dd>
        </div>
      )}
    </dl>
  );
}
