/** Arrows of a chart that a task has taken: of every recorded journal each step is found on the chart of its machine. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readJournal } from '../../../src/application/journal-file.ts';
import { chartOf, isWithin, takenBy, takenIn } from '../../../src/dashboard/pages/machine/taken.ts';
import { movesOf } from '../../../src/dashboard/pages/machine/moves.ts';
import { machines } from '../../../src/drawing/drawings.ts';
import { layoutOf } from '../../../src/drawing/machine-layout.ts';
import type { AnyStateMachine } from 'xstate';

const chartNamed = async (name: string) =>
  chartOf(await layoutOf(machines[name] as AnyStateMachine, { name, labels: 'none' }));
const journal = (name: string) => {
  const url = new URL(`../../fixtures/journals/${name}.jsonl`, import.meta.url);
  return readJournal(readFileSync(url, 'utf8'), name).rows;
};

test.each(['roll-by-delta', 'roll-out-in-time'])(
  'every change of state in the journal %s is a way on the chart of the roll',
  async (name) => {
    const chart = await chartNamed('roll');
    const moves = movesOf(
      journal(name).map(({ path, eventJson, state }) => ({ path, eventJson, state, orderState: null })),
      'roll',
    );
    const changed = moves.filter(({ from, to }) => from !== to);
    expect(changed.length).toBeGreaterThan(5);
    for (const move of changed) {
      const way = takenBy(move, chart).map((index) => chart.transitions[index]);
      expect({ move, way: way.length }).not.toEqual({ move, way: 0 });
      expect(isWithin(move.from ?? '', way[0]?.from ?? 'nowhere')).toBe(true);
      expect(isWithin(move.to ?? '', way.at(-1)?.to ?? 'nowhere')).toBe(true);
      // The first arrow is that of the event; the others are those that need none.
      for (const each of way.slice(1)) expect(each?.events).toContain('');
    }
    const { counts, last } = takenIn(moves, chart);
    expect([...counts.values()].every((times) => times > 0)).toBe(true);
    expect(last.size).toBeGreaterThan(0);
  },
);

test('a machine that begins to run has taken its way from where it begins', async () => {
  const chart = await chartNamed('order');
  const begun = takenBy({ from: null, to: 'submitting', event: null }, chart);
  expect(begun.map((index) => chart.transitions[index]?.to).every((to) => to !== undefined)).toBe(true);
  expect(takenBy({ from: 'working', to: null, event: null }, chart)).toEqual([]);
});

test('a state that leads nowhere near takes no arrow', async () => {
  const chart = await chartNamed('daemon');
  const [first = ''] = [...chart.initial.values()];
  expect(takenBy({ from: first, to: 'nowhere', event: 'NOTHING' }, chart)).toEqual([]);
});
