/** The payoff as a picture: curves labelled where they end, strikes, triggers and the index as upright lines, results under a cursor. */
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { PayoffCurve, PayoffView } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import {
  nearest,
  pathOf,
  resultRange,
  scaleOf,
  spread,
  ticksOf,
  type Box,
  type Scale,
} from './payoff-shape.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly view: PayoffView;
  /** Those that are shown. */
  readonly curves: readonly PayoffCurve[];
}

const labelGap = 15;

const boxOf = (width: number): Box => {
  const isNarrow = width < narrowBelow;
  return {
    left: isNarrow ? 46 : 60,
    top: 30,
    right: width - (isNarrow ? 62 : 76),
    bottom: heightOf(width) - 26,
  };
};
const narrowBelow = 520;
const heightOf = (width: number): number => (width < narrowBelow ? 280 : 340);

export function PayoffPicture({ view, curves }: Props): ReactNode {
  const { m, locale } = useMessages();
  const [ref, width] = useWidth<HTMLDivElement>();
  const prices = view.prices.map(Number);
  const isNarrow = width < narrowBelow;
  const box = boxOf(width);
  const x = scaleOf([prices[0] ?? 0, prices.at(-1) ?? 1], [box.left, box.right]);
  const y = scaleOf(resultRange(curves), [box.bottom, box.top]);
  const { place, ...handlers } = useCursor(view, prices, x);
  return (
    <div ref={ref} className="payoff-picture">
      {width > 0 && (
        <svg
          width={width}
          height={heightOf(width)}
          role="img"
          aria-label={`${m.task.payoff.chart}. ${m.task.payoff.read}`}
          tabIndex={0}
          {...handlers}
        >
          <Grid box={box} x={x} y={y} locale={locale} isNarrow={isNarrow} />
          <Uprights view={view} box={box} x={x} isNarrow={isNarrow} />
          {curves.map((curve) => (
            <path
              key={curve.kind}
              className={`curve ${curve.kind}`}
              d={pathOf(
                prices.map(x.at),
                curve.results.map((result) => y.at(Number(result))),
              )}
            />
          ))}
          <BreakEvens curves={curves} x={x} y={y} locale={locale} />
          <EndLabels curves={curves} box={box} y={y} />
          {place !== null && <Cursor {...{ box, x, y, curves, place }} price={prices[place] ?? 0} />}
        </svg>
      )}
      <Readout view={view} curves={curves} place={place} />
    </div>
  );
}

interface CursorHandlers {
  /** Of the price that is read, among those of the view. */
  readonly place: number | null;
  readonly onPointerMove: (event: PointerEvent<SVGSVGElement>) => void;
  readonly onPointerLeave: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onBlur: () => void;
}

/** Follows the pointer, or the arrow keys. */
function useCursor({ index }: PayoffView, prices: readonly number[], x: Scale): CursorHandlers {
  const [place, setPlace] = useState<number | null>(null);
  const leave = (): void => setPlace(null);
  return {
    place,
    onPointerMove: ({ currentTarget, clientX }) => {
      setPlace(nearest(prices, x.of(clientX - currentTarget.getBoundingClientRect().left)));
    },
    onPointerLeave: leave,
    onKeyDown: (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const start = place ?? nearest(prices, Number(index ?? prices[0] ?? 0));
      setPlace(Math.min(prices.length - 1, Math.max(0, start + by)));
    },
    onBlur: leave,
  };
}

/** The results under the cursor, in words. */
function Readout({ view, curves, place }: Props & { readonly place: number | null }): ReactNode {
  const { m, locale } = useMessages();
  const price = place === null ? undefined : view.prices[place];
  if (place === null || price === undefined)
    return <p className="readout small muted">{m.task.payoff.read}</p>;
  return (
    <p className="readout small" aria-live="polite">
      <strong>{m.task.payoff.at(numberText(price, locale, { max: 2 }))}</strong>
      {curves.map(({ kind, results }) => (
        <span key={kind}>
          <span className={`swatch ${kind}`} aria-hidden="true" />
          {m.task.payoff.short[kind]}{' '}
          <span className="figure">
            {numberText(results[place] ?? '', locale, { max: 2, min: 2, sign: 'always' })}
          </span>
        </span>
      ))}
    </p>
  );
}

interface Drawing {
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
}

function Grid({
  box,
  x,
  y,
  locale,
  isNarrow,
}: Drawing & { readonly locale: string; readonly isNarrow: boolean }): ReactNode {
  return (
    <g className="grid" aria-hidden="true">
      {ticksOf(y.from, y.to, 6).map((value) => (
        <g key={value} className={value === 0 ? 'zero' : undefined}>
          <line x1={box.left} x2={box.right} y1={y.at(value)} y2={y.at(value)} />
          <text x={box.left - 6} y={y.at(value) + 4} textAnchor="end">
            {numberText(value, locale, { max: 2, sign: 'always' })}
          </text>
        </g>
      ))}
      {ticksOf(x.from, x.to, isNarrow ? 4 : 7).map((price) => (
        <g key={price}>
          <line x1={x.at(price)} x2={x.at(price)} y1={box.top} y2={box.bottom} />
          <text x={x.at(price)} y={box.bottom + 17} textAnchor="middle">
            {numberText(price, locale, { max: 2 })}
          </text>
        </g>
      ))}
    </g>
  );
}

interface Upright {
  readonly kind: 'spot' | 'held' | 'wanted' | 'trigger';
  readonly price: number;
  readonly text: string;
}

function useUprights(view: PayoffView): readonly Upright[] {
  const { m } = useMessages();
  return [
    ...view.held.map(({ strike }): Upright => ({
      kind: 'held',
      price: Number(strike),
      text: m.task.price.held,
    })),
    ...view.wanted.map(({ strike }): Upright => ({
      kind: 'wanted',
      price: Number(strike),
      text: m.task.price.wanted,
    })),
    ...view.triggers.map(({ level, text }): Upright => ({ kind: 'trigger', price: Number(level), text })),
    ...(view.index === null
      ? []
      : [{ kind: 'spot', price: Number(view.index), text: m.task.payoff.spot } as const]),
  ];
}

interface UprightsProps {
  readonly view: PayoffView;
  readonly box: Box;
  readonly x: Scale;
  readonly isNarrow: boolean;
}

/** Named above, in two rows where they stand close; on a phone only the index is, the table names the others. */
function Uprights({ view, box, x, isNarrow }: UprightsProps): ReactNode {
  const all = useUprights(view).filter(({ price }) => price >= x.from && price <= x.to);
  const sorted = [...all].sort((a, b) => a.price - b.price);
  const ends = [-Infinity, -Infinity];
  return (
    <g aria-hidden="true">
      {sorted.map(({ kind, price, text }) => {
        const px = x.at(price);
        const half = text.length * 3.1;
        const row = ends.findIndex((end) => px - half > end + 4);
        const isNamed = row >= 0 && (!isNarrow || kind === 'spot' || kind === 'trigger');
        if (isNamed) ends[row] = px + half;
        const anchor = px + half > box.right + 60 ? 'end' : px - half < 0 ? 'start' : 'middle';
        return (
          <g key={`${kind} ${String(price)}`} className={`upright ${kind}`}>
            <line x1={px} x2={px} y1={box.top} y2={box.bottom} />
            {isNamed && (
              <text x={px} y={box.top - 5 - row * 13} textAnchor={anchor}>
                {text}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function BreakEvens({
  curves,
  x,
  y,
  locale,
}: Pick<Drawing, 'x' | 'y'> & {
  readonly curves: readonly PayoffCurve[];
  readonly locale: string;
}): ReactNode {
  const points = curves.flatMap(({ kind, breakEvens }) =>
    kind === 'today' ? [] : breakEvens.map((price) => ({ kind, price: Number(price) })),
  );
  const inside = points.filter(({ price }) => price >= x.from && price <= x.to);
  return (
    <g aria-hidden="true">
      {inside.map(({ kind, price }, place) => (
        <g key={`${kind} ${String(price)}`} className={`break-even ${kind}`}>
          <circle cx={x.at(price)} cy={y.at(0)} r={4} />
          <text x={x.at(price)} y={y.at(0) + (place % 2 === 0 ? -8 : 17)} textAnchor="middle">
            {numberText(price, locale, { max: 0 })}
          </text>
        </g>
      ))}
    </g>
  );
}

function EndLabels({
  curves,
  box,
  y,
}: Pick<Drawing, 'box' | 'y'> & { readonly curves: readonly PayoffCurve[] }): ReactNode {
  const { m } = useMessages();
  const ends = curves.map(({ results }) => y.at(Number(results.at(-1))));
  const places = spread(ends, labelGap, [box.top + 4, box.bottom - 2]);
  return (
    <g aria-hidden="true">
      {curves.map(({ kind }, place) => (
        <text key={kind} className={`end-label ${kind}`} x={box.right + 6} y={(places[place] ?? 0) + 4}>
          {m.task.payoff.short[kind]}
        </text>
      ))}
    </g>
  );
}

interface CursorProps extends Drawing {
  readonly curves: readonly PayoffCurve[];
  readonly place: number;
  readonly price: number;
}

const Cursor = ({ box, x, y, curves, place, price }: CursorProps): ReactNode => (
  <g className="cursor" aria-hidden="true">
    <line x1={x.at(price)} x2={x.at(price)} y1={box.top} y2={box.bottom} />
    {curves.map(({ kind, results }) => (
      <circle key={kind} className={kind} cx={x.at(price)} cy={y.at(Number(results[place]))} r={4} />
    ))}
  </g>
);
