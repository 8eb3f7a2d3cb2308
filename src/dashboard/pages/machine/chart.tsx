/** One machine as a picture: the state that is lit, the arrows that were taken and how often, and what the last one was called. */
import { useEffect, useId, useMemo, type KeyboardEvent, type ReactNode } from 'react';
import type { LaidState, LaidTransition, MachineLayout } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { beforeEnd, middleOf, pathOf } from './geometry.ts';
import { isWithin, type Taken } from './taken.ts';
import { useView, type ViewControl } from './use-view.ts';

interface Props {
  readonly layout: MachineLayout;
  readonly title: string;
  /** The state that the machine is in; `null`: it does not run. */
  readonly lit: string | null;
  readonly taken: Taken;
  /** Whether the picture follows the lit state. */
  readonly isFollowing: boolean;
}

const titlePx = 17;

export function Chart({ layout, title, lit, taken, isFollowing }: Props): ReactNode {
  const { m } = useMessages();
  const view = useView(layout);
  const { show } = view;
  const litState = layout.states.find(({ id }) => id === lit);
  useEffect(() => {
    if (isFollowing && litState) show(litState);
  }, [isFollowing, litState, show]);
  const described = lit === null ? m.machine.notRunning : m.machine.nowIn(lit);
  return (
    <figure className="chart">
      <figcaption>
        <h2>{title}</h2>
        <span className={lit === null ? 'muted' : 'chart-state'}>{described}</span>
        <ChartTools view={view} />
      </figcaption>
      <svg
        ref={view.ref}
        viewBox={view.viewBox}
        role="img"
        aria-label={`${title}: ${described}`}
        tabIndex={0}
        onKeyDown={(event) => zoomByKey(event, view)}
        {...view.pointer}
      >
        <Picture layout={layout} lit={lit} taken={taken} />
      </svg>
    </figure>
  );
}

const ChartTools = ({ view }: { readonly view: ViewControl }): ReactNode => {
  const { m } = useMessages();
  return (
    <div className="chart-tools">
      <Button kind="quiet" icon="plus" iconOnly onClick={() => view.zoomBy(1.3)}>
        {m.machine.larger}
      </Button>
      <Button kind="quiet" icon="minus" iconOnly onClick={() => view.zoomBy(1 / 1.3)}>
        {m.machine.smaller}
      </Button>
      <Button kind="quiet" onClick={view.fit}>
        {m.machine.fit}
      </Button>
    </div>
  );
};

const movePx = 60;

function zoomByKey(event: KeyboardEvent, view: ViewControl): void {
  const acts: Readonly<Record<string, () => void>> = {
    '+': () => view.zoomBy(1.3),
    '=': () => view.zoomBy(1.3),
    '-': () => view.zoomBy(1 / 1.3),
    '0': view.fit,
    ...(event.shiftKey && {
      ArrowLeft: () => view.moveBy(-movePx, 0),
      ArrowRight: () => view.moveBy(movePx, 0),
      ArrowUp: () => view.moveBy(0, -movePx),
      ArrowDown: () => view.moveBy(0, movePx),
    }),
  };
  const act = acts[event.key];
  if (!act || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  act();
}

type PictureProps = Pick<Props, 'layout' | 'lit' | 'taken'>;

function Picture({ layout, lit, taken }: PictureProps): ReactNode {
  const head = useId();
  const dots = useMemo(
    () => new Set(layout.states.filter(({ kind }) => kind === 'initial').map(({ id }) => id)),
    [layout],
  );
  const order = layout.transitions
    .map((transition, index) => ({ transition, index, rank: rankOf(index, taken) }))
    .sort((a, b) => a.rank - b.rank);
  return (
    <>
      <defs>
        {['plain', 'taken', 'last'].map((kind) => (
          <marker
            key={kind}
            id={`${head}${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path className={`head ${kind}`} d="M0 0 8 4 0 8z" />
          </marker>
        ))}
      </defs>
      {layout.states.map((state) => (
        <State key={state.id} state={state} lit={lit} />
      ))}
      {order.map(({ transition, index, rank }) => (
        <Arrow
          key={index}
          transition={transition}
          kind={dots.has(transition.from) ? 'plain' : (kinds[rank] ?? 'plain')}
          count={taken.counts.get(index) ?? 0}
          head={head}
        />
      ))}
      {order
        .filter(({ rank, transition }) => rank === 2 && transition.events.length > 0)
        .map(({ transition, index }) => (
          <LastLabel key={index} transition={transition} event={taken.lastEvent} />
        ))}
    </>
  );
}

const kinds = ['plain', 'taken', 'last'] as const;
type ArrowKind = (typeof kinds)[number];

const rankOf = (index: number, { counts, last }: Taken): number =>
  last.has(index) ? 2 : counts.has(index) ? 1 : 0;

function State({ state, lit }: { readonly state: LaidState; readonly lit: string | null }): ReactNode {
  const { id, label, x, y, width, height, isCompound, kind } = state;
  if (kind === 'initial') return <circle className="dot" cx={x + width / 2} cy={y + height / 2} r={4} />;
  const isLit = id === lit;
  const holdsLit = !isLit && lit !== null && isWithin(lit, id);
  return (
    <g
      className={`node ${isCompound ? 'compound' : kind} ${isLit ? 'lit' : ''} ${holdsLit ? 'holds-lit' : ''}`}
    >
      <rect x={x} y={y} width={width} height={height} rx={isCompound ? 8 : 6} />
      {kind === 'final' && (
        <rect className="inner" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx={4} />
      )}
      {isLit && <circle className="lamp" cx={x + width - 2} cy={y + 2} r={5} />}
      <text x={x + width / 2} y={isCompound ? y + titlePx : y + height / 2 + 4}>
        {label}
      </text>
    </g>
  );
}

interface ArrowProps {
  readonly transition: LaidTransition;
  readonly kind: ArrowKind;
  readonly count: number;
  readonly head: string;
}

function Arrow({ transition, kind, count, head }: ArrowProps): ReactNode {
  const { points, label, from, to } = transition;
  const path = pathOf(points);
  const [x, y] = beforeEnd(points);
  return (
    <g className={`arrow ${kind}`}>
      <path className="grip" d={path}>
        <title>{`${from} → ${to}\n${label}`}</title>
      </path>
      <path className="way" d={path} markerEnd={`url(#${head}${kind})`} />
      {count > 1 && (
        <text className="count" x={x + 4} y={y + 3}>
          ×{count}
        </text>
      )}
    </g>
  );
}

const characterPx = 6.2;

/** What the last arrow was called: the event that came, without what was judged. */
function LastLabel({
  transition,
  event,
}: {
  readonly transition: LaidTransition;
  readonly event: string | null;
}): ReactNode {
  const { points, label, events } = transition;
  const lines = label.split('\n');
  const own = event === null ? -1 : events.indexOf(event);
  const text = (lines[Math.max(0, own)] ?? '').replace(/ \[.*$/, '');
  const [x, y] = middleOf(points);
  const width = text.length * characterPx + 14;
  return (
    <g className="last-label">
      <rect x={x - width / 2} y={y - 10} width={width} height={20} rx={10} />
      <text x={x} y={y + 4}>
        {text}
      </text>
    </g>
  );
}
