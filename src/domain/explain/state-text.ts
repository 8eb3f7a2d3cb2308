/**
 * The states of a task as people read them in a journal: what each is called in a sentence, and which part of a roll it is. A state
 * of a chart that is not known here is called by its own name.
 */

/** `interval`: one leg is traded and the other one is not ordered. `other`: no roll, or one that stands still. */
export type RollPart = 'planning' | 'leg1' | 'interval' | 'leg2' | 'other';

interface StateWords {
  /** Completes "the task is …" or stands by itself. */
  readonly text: string;
  readonly part: RollPart;
}

/** By dotted name. */
export const stateWords: Readonly<Record<string, StateWords>> = {
  'IDLE.watching': { text: 'watching', part: 'other' },
  'IDLE.confirming': { text: 'its trigger has to go on holding', part: 'other' },
  'IDLE.awaitingApproval': { text: 'waiting for an answer', part: 'other' },
  'IDLE.coolingDown': { text: 'cooling down', part: 'other' },
  'IDLE.settling': { text: 'looking for the delivery', part: 'other' },
  'IDLE.settlementRead': { text: 'the delivery is looked at', part: 'other' },
  'IDLE.awaitingSettlement': { text: 'waiting for the delivery to be on record', part: 'other' },
  'IDLE.rollEnded': { text: 'the roll has ended', part: 'other' },
  'ROLL_INITIATED.planning': { text: 'a roll is being planned', part: 'planning' },
  'ROLL_INITIATED.halted': { text: 'halted, with nothing missing', part: 'other' },
  'ROLL_INITIATED.judging': { text: 'the plan of leg 1 is judged', part: 'planning' },
  'ROLL_INITIATED.checking': { text: 'margin is asked for', part: 'planning' },
  'ROLL_INITIATED.refused': { text: 'leg 1 is refused', part: 'planning' },
  'ROLL_INITIATED.closingLeg1': { text: 'leg 1 is ordered', part: 'leg1' },
  'ROLL_INITIATED.openingLeg2': { text: 'leg 2 is ordered first', part: 'leg2' },
  'ROLL_INITIATED.counting': { text: 'leg 1 is counted', part: 'leg1' },
  'ROLL_INITIATED.backingOff': { text: 'leg 1 waits for its next try', part: 'planning' },
  'LEG1_CLOSED.checkpoint': { text: 'leg 1 is closed, leg 2 is being planned', part: 'interval' },
  'LEG2_OPENING.judging': { text: 'the plan of leg 2 is judged', part: 'interval' },
  'LEG2_OPENING.opening': { text: 'leg 2 is ordered', part: 'leg2' },
  'LEG2_OPENING.counting': { text: 'leg 2 is counted', part: 'leg2' },
  'LEG2_OPENING.obeying': { text: 'a person has decided', part: 'interval' },
  'LEG2_OPENING.complete': { text: 'leg 2 is open', part: 'leg2' },
  'LEG2_OPENING.failing': { text: 'leg 2 has failed', part: 'interval' },
  'LEG2_OPENING.stayingFlat': { text: 'leg 2 is given up', part: 'interval' },
  'LEG2_OPENING.backingOff': { text: 'leg 2 waits for its next try', part: 'interval' },
  'LEG2_OPENING.replanning': { text: 'leg 2 is planned anew', part: 'interval' },
  'LEG1_CLOSING.planning': { text: 'leg 2 is open, leg 1 is being planned', part: 'interval' },
  'LEG1_CLOSING.judging': { text: 'the plan of leg 1 is judged', part: 'interval' },
  'LEG1_CLOSING.closing': { text: 'leg 1 is ordered', part: 'leg1' },
  'LEG1_CLOSING.settling': { text: 'looking for the delivery of the old option', part: 'interval' },
  'LEG1_CLOSING.counting': { text: 'leg 1 is counted', part: 'leg1' },
  'LEG1_CLOSING.obeying': { text: 'a person has decided', part: 'interval' },
  'LEG1_CLOSING.failing': { text: 'leg 1 has failed', part: 'interval' },
  'LEG1_CLOSING.backingOff': { text: 'leg 1 waits for its next try', part: 'interval' },
  PAUSED: { text: 'paused', part: 'other' },
  FAILED: { text: 'a person is needed', part: 'other' },
  COMPLETED: { text: 'the task is over', part: 'other' },
};

export const stateText = (state: string): string => stateWords[state]?.text ?? state;

/** @param isBetween something is missing, or open twice: then whatever is no order is the interval */
export function partOfRoll(state: string, { isBetween }: { readonly isBetween: boolean }): RollPart {
  const part = stateWords[state]?.part ?? 'other';
  return isBetween && part !== 'leg1' && part !== 'leg2' ? 'interval' : part;
}
