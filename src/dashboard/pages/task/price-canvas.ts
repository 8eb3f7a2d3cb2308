/**
 * The price chart itself: bars of the index, the held strike as a solid line that moves with each roll, triggers and the next strike as
 * labelled lines, marks where rolls began, silent stretches shaded. Draws what it is told to and knows nothing of React.
 */
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  LineSeries,
  LineStyle,
  LineType,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { withPrice, type Bar, type RollMark, type Slot } from './price-shape.ts';

export interface Level {
  readonly kind: 'trigger' | 'wanted' | 'held';
  readonly price: number;
  readonly title: string;
}

export interface PriceDrawing {
  readonly slots: readonly Slot[];
  readonly barMs: number;
  readonly strikeAt: (atMs: number) => number | null;
  readonly levels: readonly Level[];
  readonly marks: readonly RollMark[];
}

export interface PriceWords {
  readonly held: string;
  readonly roll: string;
  readonly locale: string;
}

/** A line that is farther from the prices does not press them together. */
const reachShare = 0.08;
const barsShown = 140;

const timeOf = (atMs: number): UTCTimestamp => Math.floor(atMs / 1_000) as UTCTimestamp;

/** Colours of the page as a canvas takes them. */
function colourIn(element: HTMLElement): (name: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  return (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
}

export class PriceCanvas {
  readonly #chart: IChartApi;
  readonly #bars: ISeriesApi<'Candlestick'>;
  readonly #strike: ISeriesApi<'Line'>;
  readonly #silence: ISeriesApi<'Histogram'>;
  readonly #marks: ISeriesMarkersPluginApi<Time>;
  readonly #words: PriceWords;
  readonly #colour: (name: string) => string;
  #lines: IPriceLine[] = [];
  #drawing: PriceDrawing | null = null;
  #last: Bar | null = null;
  #isPlaced = false;

  constructor(element: HTMLElement, words: PriceWords) {
    this.#words = words;
    this.#colour = colourIn(element);
    this.#chart = createChart(element, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: 11 },
      timeScale: {
        timeVisible: true,
        secondsVisible: false,
        rightOffset: 6,
        tickMarkFormatter: (time: Time) =>
          this.#timeText(Number(time), { hour: '2-digit', minute: '2-digit' }),
      },
      localization: {
        locale: words.locale,
        timeFormatter: (time: Time) =>
          this.#timeText(Number(time), {
            month: 'short',
            day: 'numeric',
            hour: '2-digit',
            minute: '2-digit',
          }),
        priceFormatter: (price: number) =>
          new Intl.NumberFormat(words.locale, { maximumFractionDigits: price < 1_000 ? 2 : 0 }).format(price),
      },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.#silence = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'silence',
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#chart.priceScale('silence').applyOptions({ visible: false, scaleMargins: { top: 0, bottom: 0 } });
    this.#bars = this.#chart.addSeries(CandlestickSeries, {
      autoscaleInfoProvider: (
        original: () => { priceRange: { minValue: number; maxValue: number } | null } | null,
      ) => this.#rangeWith(original()),
    });
    this.#strike = this.#chart.addSeries(LineSeries, {
      lineType: LineType.WithSteps,
      lineWidth: 2,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
      title: words.held,
      autoscaleInfoProvider: () => null,
    });
    this.#marks = createSeriesMarkers(this.#bars, []);
    this.paint();
  }

  #timeText(seconds: number, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.#words.locale, { ...options, hourCycle: 'h23' }).format(
      seconds * 1_000,
    );
  }

  /** The prices, and every line that is near them. */
  #rangeWith<Info extends { priceRange: { minValue: number; maxValue: number } | null }>(
    info: Info | null,
  ): Info | null {
    const range = info?.priceRange;
    if (!info || !range) return info;
    const reach = ((range.minValue + range.maxValue) / 2) * reachShare;
    const strike = this.#drawing?.strikeAt(Number.MAX_SAFE_INTEGER) ?? null;
    const lines = [
      ...(this.#drawing?.levels.map(({ price }) => price) ?? []),
      ...(strike === null ? [] : [strike]),
    ];
    const near = lines.filter((price) => price > range.minValue - reach && price < range.maxValue + reach);
    return {
      ...info,
      priceRange: {
        minValue: Math.min(range.minValue, ...near),
        maxValue: Math.max(range.maxValue, ...near),
      },
    };
  }

  draw(drawing: PriceDrawing): void {
    this.#drawing = drawing;
    const { slots } = drawing;
    this.#last = slots.findLast(({ bar }) => bar !== null)?.bar ?? null;
    this.#bars.setData(
      slots.map(({ atMs, bar }) => (bar ? { ...bar, time: timeOf(atMs) } : { time: timeOf(atMs) })),
    );
    this.#silence.setData(
      slots.map(({ atMs, isStale }) => (isStale ? { time: timeOf(atMs), value: 1 } : { time: timeOf(atMs) })),
    );
    this.#strike.setData(slots.map(({ atMs }) => this.#strikePoint(atMs)));
    this.#drawLines();
    const [first] = slots;
    this.#marks.setMarkers(
      drawing.marks
        .filter(({ atMs }) => first !== undefined && atMs >= first.atMs)
        .map(({ atMs, isUnderWay }) => ({
          time: timeOf(Math.floor(atMs / drawing.barMs) * drawing.barMs),
          position: 'belowBar',
          shape: 'arrowUp',
          color: this.#colour(isUnderWay ? 'bad' : 'series-3'),
          text: this.#words.roll,
        })),
    );
    if (!this.#isPlaced && slots.length > 0) this.fit();
  }

  #strikePoint(atMs: number): { time: UTCTimestamp; value?: number } {
    const value = this.#drawing?.strikeAt(atMs) ?? null;
    return value === null ? { time: timeOf(atMs) } : { time: timeOf(atMs), value };
  }

  #drawLines(): void {
    for (const line of this.#lines) this.#bars.removePriceLine(line);
    const looks = {
      trigger: { color: this.#colour('warn'), lineStyle: LineStyle.SparseDotted },
      wanted: { color: this.#colour('series-2'), lineStyle: LineStyle.Dashed },
      held: { color: this.#colour('series-1'), lineStyle: LineStyle.Solid },
    } as const;
    this.#lines = (this.#drawing?.levels ?? []).map(({ kind, price, title }) =>
      this.#bars.createPriceLine({ price, title, lineWidth: 2, axisLabelVisible: true, ...looks[kind] }),
    );
  }

  /** One live price. */
  tick(price: number, atMs: number): void {
    const { barMs } = this.#drawing ?? {};
    if (barMs === undefined) return;
    const bar = withPrice(this.#last, price, { atMs, barMs });
    if (bar === null) return;
    this.#last = bar;
    this.#bars.update({ ...bar, time: timeOf(bar.atMs) });
    this.#strike.update(this.#strikePoint(bar.atMs));
  }

  /** The newest bars. */
  fit(): void {
    this.#isPlaced = true;
    const total = this.#drawing?.slots.length ?? 0;
    if (total > barsShown)
      this.#chart.timeScale().setVisibleLogicalRange({ from: total - barsShown, to: total + 5 });
    else this.#chart.timeScale().fitContent();
  }

  /** Takes the colours of the page, which change with its theme. */
  paint(): void {
    const [text, grid, good, bad] = [
      this.#colour('muted'),
      this.#colour('grid'),
      this.#colour('good'),
      this.#colour('bad'),
    ];
    this.#chart.applyOptions({
      layout: { background: { color: 'transparent' }, textColor: text },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      rightPriceScale: { borderColor: grid },
      timeScale: { borderColor: grid },
    });
    this.#bars.applyOptions({
      upColor: good,
      downColor: bad,
      borderUpColor: good,
      borderDownColor: bad,
      wickUpColor: good,
      wickDownColor: bad,
      priceLineColor: text,
    });
    this.#strike.applyOptions({ color: this.#colour('series-1') });
    this.#silence.applyOptions({ color: this.#colour('warn-soft') });
    if (this.#drawing) this.draw(this.#drawing);
  }

  remove(): void {
    this.#chart.remove();
  }
}
