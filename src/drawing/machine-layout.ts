/**
 * Lays a machine out with elkjs: where each state, arrow and label stands. The picture for files (machine-svg.ts) and the page
 * draw the same layout. Laying out takes a quarter of a second of one core: a daemon does it in a thread (layout-thread.ts).
 */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import elkModule from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { ChartLabels, LaidState, LaidTransition, MachineLayout } from '../ports/machine-charts.ts';
import { arrowsOf, initialOf, type Arrow } from './drawings.ts';

const Elk = elkModule as unknown as new () => ELK;

/** Width of a character and height of a line, px: text cannot be measured here. */
export const characterPx = 6.6;
export const linePx = 15;
export const titlePx = 24;
const paddingPx = 12;
const dotPx = 10;

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeLabels.inline': 'true',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  // States in the order of the chart, from top to bottom.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
};

/** Without labels the arrows need less room, and the boxes can stand closer to each other. */
const dense = {
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '20',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '7',
};

export interface LayoutWish {
  /** Under which the machine is known: `roll`, `order`. */
  readonly name: string;
  readonly labels: ChartLabels;
}

export async function layoutOf(
  machine: AnyStateMachine,
  { name, labels }: LayoutWish,
): Promise<MachineLayout> {
  const { root } = machine;
  const arrows = [...initialArrows(root), ...merged(arrowsOf(root))];
  const graph: ElkNode = {
    id: machine.id,
    layoutOptions: labels === 'none' ? { ...options, ...dense } : options,
    children: [...dotIn(root), ...Object.values(root.states).map(boxOf)],
    edges: arrows.map((arrow, at) => ({ ...edgeOf(arrow, at), ...(labels === 'none' && { labels: [] }) })),
  };
  const laid = await new Elk().layout(graph);
  const final = finals(root);
  return {
    name,
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    states: (laid.children ?? []).flatMap((child) => statesIn(child, final)),
    transitions: (laid.edges ?? []).map((edge, at) => transitionOf(edge, arrows[at] ?? noArrow)),
  };
}

const dotted = (node: AnyStateNode): string => node.path.join('.');

function boxOf(node: AnyStateNode): ElkNode {
  const states = Object.values(node.states);
  const box = { id: dotted(node), labels: [{ text: node.key }] };
  const width = Math.max(60, node.key.length * characterPx + 2 * paddingPx);
  if (states.length === 0) return { ...box, width, height: 2 * linePx };
  return {
    ...box,
    layoutOptions: {
      'elk.padding': `[top=${titlePx + paddingPx},left=${paddingPx},bottom=${paddingPx},right=${paddingPx}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${titlePx})`,
    },
    children: [...dotIn(node), ...states.map(boxOf)],
  };
}

const dotId = (node: AnyStateNode): string => `${dotted(node)}•`;

/** The dot from which an arrow leads to the initial state. */
const dotIn = (node: AnyStateNode): ElkNode[] =>
  initialOf(node) ? [{ id: dotId(node), width: dotPx, height: dotPx }] : [];

/** An arrow with the lines of its label. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly string[];
  readonly events: readonly string[];
}

const noArrow: Way = { from: '', to: '', lines: [], events: [] };

const edgeOf = ({ from, to, lines }: Way, at: number): ElkExtendedEdge => ({
  id: `edge ${at}`,
  sources: [from],
  targets: [to],
  labels:
    lines.length === 0
      ? []
      : [
          {
            text: lines.join('\n'),
            width: Math.max(...lines.map((line) => line.length * characterPx)),
            height: lines.length * linePx,
          },
        ],
});

/** Arrows from each dot to its initial state. */
function initialArrows(node: AnyStateNode): Way[] {
  const initial = initialOf(node);
  return [
    ...(initial ? [{ from: dotId(node), to: dotted(initial), lines: [], events: [] }] : []),
    ...Object.values(node.states).flatMap(initialArrows),
  ];
}

/** One arrow for all transitions between the same two states, with a line for each. */
function merged(arrows: readonly Arrow[]): Way[] {
  const byEnds = new Map<string, Way>();
  for (const { fromPath, toPath, label, event } of arrows) {
    const [from, to] = [fromPath.join('.'), toPath.join('.')];
    const line = label === '' ? 'otherwise' : label;
    const former = byEnds.get(`${from} ${to}`);
    byEnds.set(`${from} ${to}`, {
      from,
      to,
      lines: [...(former?.lines ?? []), line],
      events: [...(former?.events ?? []), event],
    });
  }
  return [...byEnds.values()];
}

/** Ids of all final states. */
const finals = (node: AnyStateNode): ReadonlySet<string> =>
  new Set(
    Object.values(node.states).flatMap((child) => [
      ...(child.type === 'final' ? [dotted(child)] : []),
      ...finals(child),
    ]),
  );

function statesIn(node: ElkNode, final: ReadonlySet<string>): LaidState[] {
  const { id, x = 0, y = 0, width = 0, height = 0, children = [], labels = [] } = node;
  const kind = id.endsWith('•') ? 'initial' : final.has(id) ? 'final' : 'state';
  const state = { id, label: labels[0]?.text ?? '', x, y, width, height, kind } as const;
  return [
    { ...state, isCompound: children.length > 0 },
    ...children.flatMap((child) => statesIn(child, final)),
  ];
}

function transitionOf({ sections = [], labels = [] }: ElkExtendedEdge, arrow: Way): LaidTransition {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y] as const),
  );
  const [label] = labels;
  const { from, to, lines, events } = arrow;
  return {
    from,
    to,
    label: lines.join('\n'),
    events,
    points,
    labelBox: label
      ? { x: label.x ?? 0, y: label.y ?? 0, width: label.width ?? 0, height: label.height ?? 0 }
      : null,
  };
}
