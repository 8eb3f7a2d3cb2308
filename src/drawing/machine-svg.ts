/** Draws a machine as a picture: states inside their parents, every transition with its event and guard. */
import type { AnyStateMachine } from 'xstate';
import type { LaidState, LaidTransition } from '../ports/machine-charts.ts';
import { layoutOf, linePx, titlePx } from './machine-layout.ts';
import { escaped } from './markup.ts';

/** @returns a whole SVG document */
export async function svgOf(machine: AnyStateMachine): Promise<string> {
  const { width, height, states, transitions } = await layoutOf(machine, {
    name: machine.id,
    labels: 'drawn',
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escaped(machine.id)}</title>`,
    `<style>${style}</style>`,
    arrowHead,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...states.flatMap(drawn),
    ...transitions.flatMap(drawnTransition),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ label, x, y, width, height, isCompound, kind }: LaidState): string[] {
  if (kind === 'initial') return [`<circle class="dot" cx="${x + 5}" cy="${y + 5}" r="5"/>`];
  const titleY = isCompound ? y + titlePx - 7 : y + height / 2 + 4;
  return [
    `<rect class="${isCompound ? 'compound' : kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="${x + width / 2}" y="${titleY}">${escaped(label)}</text>`,
  ];
}

function drawnTransition({ points, label, labelBox }: LaidTransition): string[] {
  const line = `<polyline class="way" points="${points.map(([x, y]) => `${x},${y}`).join(' ')}"/>`;
  if (labelBox === null) return [line];
  const { x, y, width, height } = labelBox;
  return [
    line,
    `<rect class="behind" x="${x}" y="${y}" width="${width}" height="${height}"/>`,
    ...label
      .split('\n')
      .map(
        (each, at) => `<text class="label" x="${x}" y="${y + (at + 0.8) * linePx}">${escaped(each)}</text>`,
      ),
  ];
}

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
