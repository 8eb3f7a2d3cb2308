/** Charts say themselves what a state means to those around it, whether a machine is there to be asked or only its name. */
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollVersions } from '../../machines/roll.versions.ts';
import { taskPhases } from '../../src/domain/roll/task-phase.ts';
import { phaseOf, tagsOf } from '../../src/runtime/task/state-tags.ts';
import { statesOf } from './chart.ts';

/** Leaf states by tag, for one that is not a phase too. */
const tagged = (machine: AnyStateMachine, tag: string): string[] =>
  statesOf(machine).filter((state) => tagsOf(machine, state).has(tag));

describe.each(rollVersions.map((machine) => [machine.version ?? '', machine] as const))(
  'version %s of the roll chart',
  (_, machine) => {
    test('has exactly one phase for each state', () => {
      for (const state of statesOf(machine)) {
        const phases = taskPhases.filter((phase) => tagsOf(machine, state).has(phase));
        expect([state, phases]).toEqual([state, [phaseOf(machine, state)]]);
      }
    });

    test('is rolling from the locked roll until it has ended or needs a person', () => {
      const rolling = /^(ROLL_INITIATED|LEG1_CLOSED|LEG2_OPENING|LEG1_CLOSING)/;
      expect(tagged(machine, 'rolling')).toEqual(statesOf(machine).filter((state) => rolling.test(state)));
      expect(tagged(machine, 'over')).toEqual(['COMPLETED']);
    });

    test('is armed, settles and follows the position only where nothing is under way', () => {
      expect(tagged(machine, 'armed')).toEqual(['IDLE.awaitingApproval', 'IDLE.confirming', 'IDLE.watching']);
      expect(tagged(machine, 'confirming')).toEqual(['IDLE.confirming']);
      expect(tagged(machine, 'asking')).toEqual(['IDLE.awaitingApproval']);
      expect(tagged(machine, 'settles')).toEqual([
        'IDLE.awaitingApproval',
        'IDLE.confirming',
        'IDLE.coolingDown',
        'IDLE.watching',
        'PAUSED',
      ]);
      expect(tagged(machine, 'between rolls')).toEqual([...tagged(machine, 'idle'), 'PAUSED']);
      expect(tagged(machine, 'failed')).toEqual(['FAILED']);
    });

    test('says the same of a state by its name as a machine that is in it', () => {
      for (const state of statesOf(machine)) {
        const [parent = '', child] = state.split('.');
        const value = child === undefined ? parent : { [parent]: child };
        const { tags } = machine.resolveState({ value, context: {} } as never);
        expect([state, tagsOf(machine, state)]).toEqual([state, tags]);
      }
    });

    test('has no phase for a state that it does not have', () => {
      expect(() => phaseOf(machine, 'IDLE.dreaming')).toThrow('no phase for IDLE.dreaming');
    });
  },
);

test('every state of the order chart has exactly one tag', () => {
  for (const state of statesOf(orderMachine))
    expect([state, tagsOf(orderMachine, state).size]).toEqual([state, 1]);
});
