/** The charts that the page draws: nothing of a machine is left out, and what stands inside something is drawn inside it. */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { arrowsOf, initialOf, machines } from '../../src/drawing/drawings.ts';
import { LaidOutCharts } from '../../src/drawing/layout-thread.ts';
import { layoutOf } from '../../src/drawing/machine-layout.ts';
import type { LaidState, MachineLayout } from '../../src/ports/machine-charts.ts';

const charts = new LaidOutCharts();
const statesIn = (node: AnyStateNode): AnyStateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...statesIn(child)]);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const isInside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const parentOf = ({ id }: LaidState): string => id.replace(/•$/, '').split('.').slice(0, -1).join('.');
/** The box that a dot stands in: it is called like it, with a dot behind. */
const holderOf = (state: LaidState): string =>
  state.kind === 'initial' ? state.id.slice(0, -1) : parentOf(state);

/** Which boxes are not where they belong. */
function misplaced({ states, transitions, width, height }: MachineLayout): string[] {
  const page = { x: 0, y: 0, width, height };
  const byId = new Map(states.map((state) => [state.id, state]));
  const outside = states.filter((state) => !isInside(state, byId.get(holderOf(state)) ?? page));
  const colliding = states.flatMap((one, at) =>
    states.slice(at + 1).filter((other) => holderOf(one) === holderOf(other) && overlap(one, other)),
  );
  const labels = transitions.filter(({ labelBox }) => labelBox !== null && !isInside(labelBox, page));
  return [...outside, ...colliding].map(({ id }) => id).concat(labels.map(({ label }) => label));
}

test('the names are those of the machines', () => {
  expect(charts.names()).toEqual(Object.keys(machines));
});

test('a name that is no machine has no chart', async () => {
  expect(await charts.layout('constructor', 'none')).toBeNull();
});

describe.each(Object.entries(machines))('the %s machine', (name, machine) => {
  test.each(['drawn', 'none'] as const)(
    'has every state and transition in its layout, labels: %s',
    async (labels) => {
      const layout = await layoutOf(machine, { name, labels });
      const all = statesIn(machine.root);
      const drawn = layout.states.filter(({ kind }) => kind !== 'initial');
      expect(drawn.map(({ id }) => id).sort()).toEqual(all.map(({ path }) => path.join('.')).sort());
      expect(layout.states.filter(({ kind }) => kind === 'final').map(({ id }) => id)).toEqual(
        all.filter(({ type }) => type === 'final').map(({ path }) => path.join('.')),
      );
      const lines = layout.transitions.flatMap(({ from, to, label, events }) =>
        events.map((event, at) => [from, to, event, label.split('\n')[at]].join(' ')),
      );
      const arrows = arrowsOf(machine.root).map(({ fromPath, toPath, event, label }) =>
        [fromPath.join('.'), toPath.join('.'), event, label === '' ? 'otherwise' : label].join(' '),
      );
      expect(lines.sort()).toEqual(arrows.sort());
      const entered = layout.transitions.filter(({ events }) => events.length === 0);
      expect(entered.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(
        [machine.root, ...all]
          .flatMap((node) => {
            const initial = initialOf(node);
            return initial ? [`${node.path.join('.')}• ${initial.path.join('.')}`] : [];
          })
          .sort(),
      );
      for (const { points, labelBox, events } of layout.transitions) {
        expect(points.length).toBeGreaterThan(1);
        expect(labelBox !== null).toBe(labels === 'drawn' && events.length > 0);
      }
      expect(misplaced(layout)).toEqual([]);
    },
  );
});

test('a chart is laid out once in a thread, and whoever asks meanwhile waits for the same', async () => {
  const wish = { name: 'daemon', labels: 'none' } as const;
  const [one, other] = await Promise.all([charts.layout('daemon', 'none'), charts.layout('daemon', 'none')]);
  expect(other).toBe(one);
  expect(one).toEqual(await layoutOf(machines['daemon'] as AnyStateMachine, wish));
});
