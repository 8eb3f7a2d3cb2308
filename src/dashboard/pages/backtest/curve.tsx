/** The curve of a backtest: the change in worth with the rolls and without them, a mark for every roll. The figures stand beside it. */
import {
  createChart,
  createSeriesMarkers,
  LineSeries,
  LineStyle,
  type IChartApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, type ReactNode } from 'react';
import type { BacktestReport } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { momentText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { onThemeChange } from '../../ui/theme.ts';

export function Curve({ report }: { readonly report: BacktestReport }): ReactNode {
  const { m, locale } = useMessages();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const holder = place.current;
    if (!holder) return;
    let chart = draw(holder, report, { rolled: m.backtest.rolled, leftAlone: m.backtest.leftAlone, locale });
    const end = onThemeChange(() => {
      chart.remove();
      chart = draw(holder, report, { rolled: m.backtest.rolled, leftAlone: m.backtest.leftAlone, locale });
    });
    return () => {
      end();
      chart.remove();
    };
  }, [report, m, locale]);
  return (
    <figure className="curve">
      <figcaption>
        <span className="key rolled">{m.backtest.rolled}</span>
        <span className="key alone">{m.backtest.leftAlone}</span>
        <span className="hint">{m.backtest.curveHint(report.settleCoin)}</span>
      </figcaption>
      <div ref={place} className="curve-canvas" role="img" aria-label={m.backtest.curve} />
    </figure>
  );
}

interface Words {
  readonly rolled: string;
  readonly leftAlone: string;
  readonly locale: string;
}

/** Colours are read where they are resolved: a canvas knows no `light-dark()`. */
function colourIn(holder: HTMLElement): (name: string) => string {
  const probe = document.createElement('span');
  holder.append(probe);
  const colours = new Map<string, string>();
  for (const name of ['--text', '--muted', '--grid', '--series-1', '--series-2', '--line-strong']) {
    probe.style.color = `var(${name})`;
    colours.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (name) => colours.get(name) ?? 'gray';
}

/** Pixels, not money: floats will do. */
function draw(holder: HTMLElement, report: BacktestReport, { rolled, leftAlone, locale }: Words): IChartApi {
  const colour = colourIn(holder);
  const chart = createChart(holder, {
    autoSize: true,
    layout: {
      attributionLogo: false,
      background: { color: 'transparent' },
      textColor: colour('--muted'),
      fontFamily: getComputedStyle(holder).fontFamily,
    },
    grid: { vertLines: { color: colour('--grid') }, horzLines: { color: colour('--grid') } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true },
    localization: {
      locale,
      priceFormatter: (value: number) => numberText(value.toFixed(0), locale),
      timeFormatter: (time: UTCTimestamp) => momentText(time * 1_000, locale, 'UTC'),
    },
    handleScroll: { mouseWheel: false },
    handleScale: { mouseWheel: false },
  });
  const points = distinct(report.curve);
  const alone = chart.addSeries(LineSeries, {
    color: colour('--series-2'),
    lineWidth: 2,
    lineStyle: LineStyle.Dashed,
    title: leftAlone,
    priceLineVisible: false,
  });
  alone.setData(points.map(([atMs, , value]) => ({ time: secondsOf(atMs), value: Number(value) })));
  const line = chart.addSeries(LineSeries, {
    color: colour('--series-1'),
    lineWidth: 2,
    title: rolled,
    priceLineVisible: false,
  });
  line.setData(points.map(([atMs, value]) => ({ time: secondsOf(atMs), value: Number(value) })));
  line.createPriceLine({
    price: 0,
    color: colour('--line-strong'),
    lineWidth: 1,
    lineStyle: LineStyle.Dotted,
    axisLabelVisible: false,
    title: '',
  });
  createSeriesMarkers(
    line,
    report.rolls.map(({ startedAtMs }) => ({
      time: secondsOf(startedAtMs),
      position: 'aboveBar' as const,
      shape: 'arrowDown' as const,
      color: colour('--text'),
    })),
  );
  chart.timeScale().fitContent();
  return chart;
}

const secondsOf = (atMs: number): UTCTimestamp => Math.floor(atMs / 1_000) as UTCTimestamp;

/** A chart takes each second once: the last one counts. */
function distinct(curve: BacktestReport['curve']): BacktestReport['curve'] {
  return curve.filter(([atMs], at) => secondsOf(atMs) !== secondsOf(curve[at + 1]?.[0] ?? Number.NaN));
}
