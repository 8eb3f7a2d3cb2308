/** What part of a chart is seen: moved by dragging, made larger by wheel, pinch, keys and buttons, and brought to a place in it. */
import { useCallback, useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';

export interface View {
  /** Of the chart, in its px, what is at the upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Place extends Size {
  readonly x: number;
  readonly y: number;
}

export interface ViewControl {
  readonly ref: RefObject<SVGSVGElement | null>;
  readonly viewBox: string;
  readonly zoomBy: (factor: number) => void;
  readonly moveBy: (x: number, y: number) => void;
  /** The whole chart. */
  readonly fit: () => void;
  /** Brings a place into the middle, at a scale that can be read, unless it is well in sight. */
  readonly show: (place: Place) => void;
  readonly pointer: {
    readonly onPointerDown: (event: PointerEvent<SVGSVGElement>) => void;
    readonly onPointerMove: (event: PointerEvent<SVGSVGElement>) => void;
    readonly onPointerUp: (event: PointerEvent<SVGSVGElement>) => void;
    readonly onPointerCancel: (event: PointerEvent<SVGSVGElement>) => void;
  };
}

const [scaleMin, scaleMax] = [0.15, 4];
/** Below it letters are too small. */
const readableScale = 0.85;
const marginPx = 40;

export const bounded = (scale: number): number => Math.min(scaleMax, Math.max(scaleMin, scale));

/** The view with the point of the chart that is there kept in its place. */
export function zoomed(
  { x, y, scale }: View,
  factor: number,
  at: { readonly x: number; readonly y: number },
): View {
  const to = bounded(scale * factor);
  return { x: x + at.x / scale - at.x / to, y: y + at.y / scale - at.y / to, scale: to };
}

export function fitted({ width, height }: Size, frame: Size): View {
  const scale = bounded(Math.min(frame.width / width, frame.height / height) * 0.97);
  return {
    x: (width - frame.width / scale) / 2,
    y: (height - frame.height / scale) / 2,
    scale,
  };
}

export function shown(view: View, place: Place, frame: Size): View {
  const scale = Math.max(view.scale, readableScale);
  const [width, height] = [frame.width / scale, frame.height / scale];
  const margin = marginPx / scale;
  const isInSight =
    scale === view.scale &&
    place.x >= view.x + margin &&
    place.y >= view.y + margin &&
    place.x + place.width <= view.x + width - margin &&
    place.y + place.height <= view.y + height - margin;
  if (isInSight) return view;
  return { x: place.x + place.width / 2 - width / 2, y: place.y + place.height / 2 - height / 2, scale };
}

export function useView(chart: Size): ViewControl {
  const ref = useRef<SVGSVGElement>(null);
  const [frame, setFrame] = useState<Size>({ width: 0, height: 0 });
  const [view, setView] = useState<View | null>(null);
  const { width, height } = chart;
  useEffect(() => {
    const svg = ref.current;
    if (!svg) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width: wide, height: high } = entry.contentRect;
      setFrame({ width: wide, height: high });
      setView((known) => known ?? fitted({ width, height }, { width: wide, height: high }));
    });
    observer.observe(svg);
    return () => observer.disconnect();
  }, [width, height]);
  useWheel(ref, setView);
  const pointer = useDragging(setView);
  const middle = { x: frame.width / 2, y: frame.height / 2 };
  const change = (by: (known: View) => View): void => setView((known) => known && by(known));
  const show = useCallback(
    (place: Place) =>
      setView((known) =>
        frame.width === 0 ? known : shown(known ?? fitted({ width, height }, frame), place, frame),
      ),
    [frame, width, height],
  );
  const { x, y, scale } = view ?? { x: 0, y: 0, scale: 1 };
  return {
    ref,
    viewBox: [x, y, Math.max(1, frame.width / scale), Math.max(1, frame.height / scale)].join(' '),
    zoomBy: (factor) => change((known) => zoomed(known, factor, middle)),
    moveBy: (right, down) =>
      change((known) => ({ ...known, x: known.x + right / known.scale, y: known.y + down / known.scale })),
    fit: () => setView(fitted(chart, frame)),
    show,
    pointer,
  };
}

type SetView = (by: (known: View | null) => View | null) => void;

/** A wheel scrolls the page as everywhere; with Ctrl, as a pinch on a touch pad sends it, or once the chart has the focus, it zooms. */
function useWheel(ref: RefObject<SVGSVGElement | null>, setView: SetView): void {
  useEffect(() => {
    const svg = ref.current;
    if (!svg) return;
    const listener = (event: WheelEvent): void => {
      if (!event.ctrlKey && document.activeElement !== svg) return;
      event.preventDefault();
      const { left, top } = svg.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
      setView((known) => known && zoomed(known, factor, at));
    };
    svg.addEventListener('wheel', listener, { passive: false });
    return () => svg.removeEventListener('wheel', listener);
  }, [ref, setView]);
}

/** One pointer moves, two pinch. */
function useDragging(setView: SetView): ViewControl['pointer'] {
  const held = useRef(new Map<number, { readonly x: number; readonly y: number }>());
  const end = (event: PointerEvent<SVGSVGElement>): void => {
    held.current.delete(event.pointerId);
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event) => {
      const before = held.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const [other] = [...held.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      held.current.set(event.pointerId, now);
      if (!other) {
        setView(
          (known) =>
            known && {
              ...known,
              x: known.x - (now.x - before.x) / known.scale,
              y: known.y - (now.y - before.y) / known.scale,
            },
        );
        return;
      }
      const { left, top } = event.currentTarget.getBoundingClientRect();
      const spread = (point: { readonly x: number; readonly y: number }): number =>
        Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      const at = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
      setView((known) => known && zoomed(known, spread(now) / spread(before), at));
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
