/** One position as a row of the table, or as a card where there is no room for one. Rendered again only when its task moved. */
import { memo, useLayoutEffect, useRef, type CSSProperties, type ReactNode, type RefObject } from 'react';
import type { TaskStanding } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Account, IndexPrice, Now, Position, Result, Size, State, Trigger } from './cells.tsx';
import { coinOf } from './rows.ts';

interface Props {
  readonly row: TaskStanding;
  /** 0 for the first one. */
  readonly place: number;
  /** Distance from the top of the list, px. */
  readonly topPx: number;
  readonly heightPx: number;
  /** The one that Tab reaches. */
  readonly isActive: boolean;
  readonly onOpen: (taskId: string) => void;
}

const headRows = 1;
const cardGapPx = 8;

export const rowId = (taskId: string): string => `row-${taskId}`;

const placeAt = (topPx: number, heightPx: number): CSSProperties => ({
  top: topPx,
  height: heightPx,
});

const glideMs = 180;

/** A row whose place in the list changed is seen moving there. */
function useGlide(topPx: number): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(topPx);
  useLayoutEffect(() => {
    const fromPx = before.current - topPx;
    before.current = topPx;
    if (fromPx === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    element.current?.animate([{ transform: `translateY(${String(fromPx)}px)` }, { transform: 'none' }], {
      duration: glideMs,
      easing: 'ease-out',
    });
  }, [topPx]);
  return element;
}

export const Row = memo(({ row, place, topPx, heightPx, isActive, onOpen }: Props): ReactNode => {
  const element = useGlide(topPx);
  return (
    <div
      ref={element}
      role="row"
      id={rowId(row.taskId)}
      className={`row ${row.urgency}`}
      aria-rowindex={place + headRows + 1}
      tabIndex={isActive ? 0 : -1}
      style={placeAt(topPx, heightPx)}
      onClick={({ target, ctrlKey, metaKey, shiftKey }) => {
        if (target instanceof Element && target.closest('a')) return;
        if (!ctrlKey && !metaKey && !shiftKey && getSelection()?.isCollapsed !== false) onOpen(row.taskId);
      }}
    >
      <div role="gridcell" className="stack">
        <Position row={row} />
      </div>
      <div role="gridcell" className="stack">
        <Account row={row} />
      </div>
      <div role="gridcell" className="stack">
        <Size row={row} />
      </div>
      <div role="gridcell" className="end">
        <IndexPrice coin={coinOf(row)} />
      </div>
      <div role="gridcell" className="stack">
        <Trigger row={row} />
      </div>
      <div role="gridcell">
        <State row={row} />
      </div>
      <div role="gridcell">
        <Now row={row} />
      </div>
      <div role="gridcell" className="end">
        <Result row={row} />
      </div>
    </div>
  );
});
Row.displayName = 'Row';

export const Card = memo(({ row, place, topPx, heightPx, isActive, onOpen }: Props): ReactNode => {
  const { m } = useMessages();
  const element = useGlide(topPx);
  return (
    <div
      ref={element}
      role="row"
      id={rowId(row.taskId)}
      className={`row card ${row.urgency}`}
      aria-rowindex={place + headRows + 1}
      tabIndex={isActive ? 0 : -1}
      style={placeAt(topPx, heightPx - cardGapPx)}
      onClick={({ target }) => {
        if (!(target instanceof Element && target.closest('a'))) onOpen(row.taskId);
      }}
    >
      <div role="gridcell" className="stack">
        <Position row={row} />
      </div>
      <div role="gridcell" className="end">
        <State row={row} />
      </div>
      <div role="gridcell" className="card-line">
        <Size row={row} />
        <span className="second clip">{row.accountName}</span>
      </div>
      <div role="gridcell" className="end">
        <span className="sr">{m.desk.columns.result}</span>
        <Result row={row} />
      </div>
      <div role="gridcell" className="stack whole">
        <Trigger row={row} />
      </div>
      <div role="gridcell" className="whole card-line">
        <Now row={row} />
        <IndexPrice coin={coinOf(row)} />
      </div>
    </div>
  );
});
Card.displayName = 'Card';
