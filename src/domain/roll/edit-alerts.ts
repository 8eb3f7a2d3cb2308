/** Answers and alerts when a task is edited or removed, as codes with their figures. */
import type { ReasonOf } from '../reason.ts';
import type { HeldOption } from '../market/held-option.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import { isStructure, openLegs } from '../rules/structure.ts';
import {
  answered,
  type Answer,
  type ManagedLeg,
  type ManagedPosition,
  type RuleStanding,
} from './answers.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { RollEvent } from './events.ts';
import type { RollContext } from './roll-context.ts';

type Holder = Pick<RollContext, 'held' | 'others'>;

export interface EditAlertFigures {
  readonly removed: ManagedPosition;
}

/** The option, or all legs of a structure of which something is held. */
export function managedPosition(task: Holder): ManagedPosition {
  const partOf = ({ symbol, side, qty, leg }: HeldOption): ManagedLeg => ({
    symbol,
    side,
    qty,
    ...(leg !== undefined && { leg }),
  });
  const { symbol, side, qty } = task.held;
  return { symbol, side, qty, ...(isStructure(task) && { legs: openLegs(task).map(partOf) }) };
}

/** @param task with its new spec */
export const answerEdited = (task: Pick<RollContext, 'held' | 'others' | 'spec'>, event: RollEvent): Answer =>
  answered(event, { code: 'edited', figures: { ...managedPosition(task), rules: standingsOf(task.spec) } });

/** As the spec has them. */
export const standingsOf = ({ rules }: TaskSpec): readonly RuleStanding[] =>
  rules.map(({ name, when, then }) => ({ name, does: then.kind, trigger: when }));

/** The answer to `remove`, with the position that is no longer managed. */
export const answerRemoved = (task: Holder, event: RollEvent): Answer =>
  answered(event, { code: 'removed', figures: managedPosition(task) });

/** The alert that a task was removed, with the position that is no longer managed. */
export function alertRemoved(task: Holder): EmittedAlert {
  const removed: ReasonOf<EditAlertFigures> = { code: 'removed', figures: managedPosition(task) };
  return emitAlert('info', removed);
}
