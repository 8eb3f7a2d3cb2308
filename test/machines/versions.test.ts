/** A program with two versions of the roll machine: what began with the older one ends with it, and both replay. */
import { describe, expect, test } from 'vitest';
import { rollMachine } from '../../machines/roll.machine.ts';
import { rollSetup } from '../../machines/roll.setup.ts';
import { inertMachines, replay, type ReplayedRow } from '../../src/replay/replay.ts';
import { Terminal } from '../../src/domain/errors.ts';
import { provideEffects } from '../../src/runtime/task/effects.ts';
import { RollMachines } from '../../src/runtime/task/roll-machines.ts';
import { rowsOf } from '../support/replayed.ts';
import { TaskFixture } from '../support/task-fixture.ts';

/** What a release might bring: after a roll it pauses, where today's goes on. */
const { config } = rollMachine;
const next = rollSetup.createMachine({
  ...config,
  version: '2',
  states: {
    ...config.states,
    IDLE: {
      ...config.states?.['IDLE'],
      states: { ...config.states?.['IDLE']?.states, rollEnded: { always: '#roll.PAUSED' } },
    },
  },
} as Parameters<typeof rollSetup.createMachine>[0]) as unknown as typeof rollMachine;

const both = [rollMachine, next];
const machines = () => new RollMachines(both.map((machine) => provideEffects(machine)));

/** A roll, in the middle of which the daemon dies and comes back with both versions. */
async function rolled(before: RollMachines | undefined): Promise<TaskFixture> {
  const fixture = new TaskFixture(before ? { machines: before } : {});
  fixture.crashAfter(4);
  await fixture.price('23600');
  await fixture.clock.advance(10_000);
  return fixture;
}

describe('a task that began with version 1', () => {
  test('ends its roll with it, under a program that has version 2 too', async () => {
    const fixture = await rolled(machines());
    expect(fixture.states.at(-1)).toBe('IDLE.coolingDown');
    expect(new Set(fixture.journal.records.map(({ machine }) => machine))).toEqual(new Set(['1']));
    const alone = await rolled(undefined);
    expect(fixture.journal.records.map(({ snapshotJson }) => snapshotJson)).toEqual(
      alone.journal.records.map(({ snapshotJson }) => snapshotJson),
    );
  });

  test('replays beside journals of version 2, each by its own', async () => {
    const fixture = await rolled(machines());
    const rows = rowsOf(fixture.created, fixture.journal.records);
    const options = { machines: inertMachines(both) };
    expect(replay(rows, options)).toMatchObject({ mismatch: null, state: 'IDLE.coolingDown' });
    const claimed = rows.map((row): ReplayedRow => ({ ...row, machine: '2' }));
    expect(replay(claimed, options).mismatch).toMatchObject({
      at: 'value',
      journal: '{"IDLE":"coolingDown"}',
      replay: '"PAUSED"',
    });
  });
});

test('a new task begins with the newest version, and one that is not here is refused by name', () => {
  expect(machines().current.version).toBe('2');
  expect(machines().of('1').version).toBe('1');
  expect(() => machines().of('9')).toThrow(Terminal);
  expect(() => machines().of('9')).toThrow(/version 9 of the roll machine, and this program has 1, 2/);
});
