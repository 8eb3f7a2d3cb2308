/** The steps of a journal as moves of the two machines of a task: the roll's own, and that of the order it works. Pure. */
import type { JournalStepView } from '../../../api/contract.ts';
import type { Move } from './taken.ts';

export type TaskMachine = 'roll' | 'order';

type Step = Pick<JournalStepView, 'path' | 'eventJson' | 'state' | 'orderState'>;

/** The moves up to and with the last of these steps. @param steps consecutive, oldest first */
export function movesOf(steps: readonly Step[], machine: TaskMachine): readonly Move[] {
  return steps.slice(1).map((step, before) => moveBetween(steps[before] as Step, step, machine));
}

function moveBetween(before: Step, step: Step, machine: TaskMachine): Move {
  const isOwn = machine === 'roll' ? step.path === '' : step.path !== '';
  return {
    from: stateIn(before, machine),
    to: stateIn(step, machine),
    event: isOwn ? eventTypeIn(step.eventJson) : null,
  };
}

export const stateIn = ({ state, orderState }: Step, machine: TaskMachine): string | null =>
  machine === 'roll' ? state : orderState;

/** As the machine received it: `PRICE`, `xstate.done.actor.planning`. */
function eventTypeIn(eventJson: string): string | null {
  try {
    const { type } = JSON.parse(eventJson) as { readonly type?: unknown };
    return typeof type === 'string' ? type : null;
  } catch {
    return null;
  }
}
