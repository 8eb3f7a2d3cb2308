/** Draws a machine as a picture, laid out by elkjs: states inside their parents, every transition with its event and guard. */
import type { ELK, ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs/lib/elk-api.js';
import elkModule from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { arrowsOf, idOf, initialOf, type Arrow } from './drawings.ts';
import { escaped } from './markup.ts';

const Elk = elkModule as unknown as new () => ELK;

/** Width of a character and height of a line, px: text cannot be measured here. */
const [characterPx, linePx] = [6.6, 15];
const [titlePx, paddingPx] = [24, 12];

const layout = {
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

/** @returns a whole SVG document */
export async function svgOf(machine: AnyStateMachine): Promise<string> {
  const { root } = machine;
  const graph: ElkNode = {
    id: machine.id,
    layoutOptions: layout,
    children: [...dotIn(root), ...Object.values(root.states).map(boxOf)],
    edges: edgesOf(root),
  };
  const laid = await new Elk().layout(graph);
  const [width, height] = [Math.ceil(laid.width ?? 0), Math.ceil(laid.height ?? 0)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escaped(machine.id)}</title>`,
    `<style>${style}</style>`,
    arrowHead,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...(laid.children ?? []).flatMap((child) => drawn(child, finals(root))),
    ...(laid.edges ?? []).flatMap(drawnEdge),
    '</svg>',
    '',
  ].join('\n');
}

function boxOf(node: AnyStateNode): ElkNode {
  const states = Object.values(node.states);
  const box = { id: idOf(node), labels: [{ text: node.key }] };
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

const dotId = (node: AnyStateNode): string => `${idOf(node)}•`;

/** The dot from which an arrow leads to the initial state. */
const dotIn = (node: AnyStateNode): ElkNode[] =>
  initialOf(node) ? [{ id: dotId(node), width: 10, height: 10 }] : [];

function edgesOf(root: AnyStateNode): ElkExtendedEdge[] {
  const edges = [...initialArrows(root), ...merged(arrowsOf(root))];
  return edges.map(({ from, to, label }, at) => {
    const lines = label === '' ? [] : label.split('\n');
    const width = Math.max(0, ...lines.map((line) => line.length * characterPx));
    const labels = lines.length > 0 ? [{ text: label, width, height: lines.length * linePx }] : [];
    return { id: `edge ${at}`, sources: [from], targets: [to], labels };
  });
}

/** Arrows from each dot to its initial state. */
function initialArrows(node: AnyStateNode): Arrow[] {
  const initial = initialOf(node);
  return [
    ...(initial ? [{ from: dotId(node), to: idOf(initial), label: '' }] : []),
    ...Object.values(node.states).flatMap(initialArrows),
  ];
}

/** One arrow for all transitions between the same two states, with a line for each. */
function merged(arrows: readonly Arrow[]): Arrow[] {
  const byEnds = new Map<string, Arrow>();
  for (const each of arrows) {
    const arrow = { ...each, label: each.label === '' ? 'otherwise' : each.label };
    const ends = `${arrow.from} ${arrow.to}`;
    const former = byEnds.get(ends);
    byEnds.set(ends, former ? { ...arrow, label: `${former.label}\n${arrow.label}` } : arrow);
  }
  return [...byEnds.values()];
}

/** Ids of all final states. */
const finals = (node: AnyStateNode): ReadonlySet<string> =>
  new Set(
    Object.values(node.states).flatMap((child) => [
      ...(child.type === 'final' ? [idOf(child)] : []),
      ...finals(child),
    ]),
  );

function drawn(node: ElkNode, final: ReadonlySet<string>): string[] {
  const { id, x = 0, y = 0, width = 0, height = 0, children = [], labels = [] } = node;
  if (id.endsWith('•')) return [`<circle class="dot" cx="${x + 5}" cy="${y + 5}" r="5"/>`];
  const isCompound = children.length > 0;
  const kind = isCompound ? 'compound' : final.has(id) ? 'final' : 'state';
  const titleY = isCompound ? y + titlePx - 7 : y + height / 2 + 4;
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="${x + width / 2}" y="${titleY}">${escaped(labels[0]?.text ?? '')}</text>`,
    ...children.flatMap((child) => drawn(child, final)),
  ];
}

function drawnEdge({ sections = [], labels = [] }: ElkExtendedEdge): string[] {
  const lines = sections.map(({ startPoint, bendPoints = [], endPoint }) => {
    const points = [startPoint, ...bendPoints, endPoint].map(pointText).join(' ');
    return `<polyline class="way" points="${points}"/>`;
  });
  const texts = labels.flatMap(({ text = '', x = 0, y = 0, width = 0, height = 0 }) => [
    `<rect class="behind" x="${x}" y="${y}" width="${width}" height="${height}"/>`,
    ...text
      .split('\n')
      .map(
        (line, at) => `<text class="label" x="${x}" y="${y + (at + 0.8) * linePx}">${escaped(line)}</text>`,
      ),
  ]);
  return [...lines, ...texts];
}

const pointText = ({ x, y }: ElkPoint): string => `${x},${y}`;

const style = [
  'text { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; }',
  '.title { font-weight: 600; text-anchor: middle; }',
  '.label { fill: #57606a; }',
  '.page { fill: #ffffff; }',
  '.behind { fill: #ffffff; fill-opacity: 0.85; }',
  '.compound { fill: #f6f8fa; stroke: #8c959f; }',
  '.state { fill: #ddf4ff; stroke: #0969da; }',
  '.final { fill: #dafbe1; stroke: #1a7f37; stroke-width: 3; }',
  '.way { fill: none; stroke: #57606a; marker-end: url(#head); }',
  '.dot { fill: #1f2328; }',
].join(' ');

const arrowHead =
  '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
  '<path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>';
