/** What is said when a task is edited or removed. */
import type { RollEmitted, RollEvent } from '../roll/events.ts';
import type { RollContext } from '../roll/roll-context.ts';
import { answered, tell, type Telling } from './roll-messages.ts';
import { triggerText } from './trigger-words.ts';

type Answer = Extract<RollEmitted, { type: 'answer' }>;
type Holder = Pick<RollContext, 'held'>;

const positionOf = ({ held }: Holder): string => `${held.side} ${held.qty} ${held.symbol}`;

/** @param task with its new spec */
export const edited = (task: Pick<RollContext, 'held' | 'spec' | 'trigger'>, event: RollEvent): Answer => {
  const does = task.spec.target === null ? 'closes' : 'rolls';
  return answered(event, `edited: ${positionOf(task)}; ${does} on ${triggerText(task.trigger)}`);
};

export const removed = (task: Holder, event: RollEvent): Answer =>
  answered(event, `removed; ${positionOf(task)} is left as it is`);

export const removal = (task: Holder): Telling =>
  tell(
    'info',
    `The task on ${task.held.symbol} was removed: ${positionOf(task)} is left as it is, and no longer watched.`,
  );
