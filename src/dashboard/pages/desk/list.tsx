/**
 * The list of positions: of thousands only those are in the document that are on the screen. Rows have one height, so nothing moves
 * when they come, and a row that changes its place glides there. Arrow keys move, Enter opens.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { TaskStanding } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { useMedia, useRem } from '../../ui/media.ts';
import { Card, Row, rowId } from './row.tsx';

const narrow = '(max-width: 64rem)';
const rowRem = 3.25;
const cardRem = 9.75;
const overscan = 8;
/** What covers the top of the window: the bar and the head of the table. */
const coveredRem = 5.5;

export function PositionList({ rows }: { readonly rows: readonly TaskStanding[] }): ReactNode {
  const { m } = useMessages();
  const isNarrow = useMedia(narrow);
  const remPx = useRem();
  const heightPx = (isNarrow ? cardRem : rowRem) * remPx;
  const { body, fromPx } = useDistanceFromTop();
  const virtualizer = useWindowVirtualizer({
    // Rows beyond the edge are there already: nothing is gained by stopping the scroll for them.
    useFlushSync: false,
    count: rows.length,
    estimateSize: () => heightPx,
    getItemKey: (place) => rows[place]?.taskId ?? place,
    overscan,
    scrollMargin: fromPx,
    scrollPaddingStart: coveredRem * remPx,
    scrollPaddingEnd: heightPx,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, heightPx]);
  const [, navigate] = useLocation();
  const open = useCallback((taskId: string) => navigate(`/tasks/${taskId}`), [navigate]);
  const { activeId, onKeyDown, onFocus } = useMoving(rows, (place) => virtualizer.scrollToIndex(place), open);
  const Each = isNarrow ? Card : Row;
  return (
    <div
      role="grid"
      className={`positions ${isNarrow ? 'cards' : ''}`}
      aria-label={m.desk.positions}
      aria-rowcount={rows.length + 1}
      aria-description={m.desk.keys}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <Head isNarrow={isNarrow} />
      <div ref={body} role="rowgroup" className="rows" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <Each
                key={row.taskId}
                row={row}
                place={index}
                topPx={start - fromPx}
                heightPx={heightPx}
                isActive={row.taskId === activeId}
                onOpen={open}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** How far below the top of the document the rows begin, which changes when a banner comes or goes. */
function useDistanceFromTop(): {
  readonly body: (element: HTMLDivElement | null) => void;
  readonly fromPx: number;
} {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [fromPx, setFrom] = useState(0);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const measure = (): void => setFrom(Math.round(element.getBoundingClientRect().top + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return { body: setElement, fromPx };
}

interface Moving {
  readonly activeId: string | undefined;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: (event: { readonly target: EventTarget }) => void;
}

const pageRows = 10;

function useMoving(
  rows: readonly TaskStanding[],
  scrollTo: (place: number) => void,
  open: (taskId: string) => void,
): Moving {
  const [chosenId, setChosen] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const place = Math.max(
    0,
    rows.findIndex(({ taskId }) => taskId === chosenId),
  );
  const activeId = rows[place]?.taskId;
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const element = document.getElementById(rowId(wanted.current));
    if (element === null) return;
    element.focus({ preventScroll: true });
    wanted.current = null;
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + pageRows,
      PageUp: place - pageRows,
      Home: 0,
      End: rows.length - 1,
    };
    if (event.key === 'Enter' && activeId !== undefined) {
      open(activeId);
      return;
    }
    const to = moves[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, to));
    const target = rows[next];
    if (target === undefined) return;
    wanted.current = target.taskId;
    setChosen(target.taskId);
    scrollTo(next);
  };
  const onFocus = ({ target }: { readonly target: EventTarget }): void => {
    if (!(target instanceof HTMLElement)) return;
    const focused = rows.find(({ taskId }) => rowId(taskId) === target.closest('[role=row]')?.id);
    if (focused) setChosen(focused.taskId);
  };
  return { activeId, onKeyDown, onFocus };
}

function Head({ isNarrow }: { readonly isNarrow: boolean }): ReactNode {
  const { m } = useMessages();
  const { columns } = m.desk;
  const ends = new Set<string>([columns.index, columns.result]);
  const shown = [
    columns.position,
    columns.account,
    columns.size,
    columns.index,
    columns.trigger,
    columns.state,
    columns.next,
    columns.result,
  ];
  return (
    <div role="rowgroup" className={isNarrow ? 'sr' : 'head'}>
      <div role="row" aria-rowindex={1}>
        {shown.map((column) => (
          <div
            key={column}
            role="columnheader"
            className={ends.has(column) ? 'end' : ''}
            title={column === columns.result ? m.desk.resultHint : undefined}
          >
            {column}
          </div>
        ))}
      </div>
    </div>
  );
}
