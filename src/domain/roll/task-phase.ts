/**
 * What the state of a task says to those around it, whatever the state is called. The charts put these tags on their
 * states, and no other file has a list of state names.
 */

/** Every state of the roll chart has exactly one: for a trigger, a person or nothing; a roll is under way; never again. */
export const taskPhases = ['waiting', 'rolling', 'over'] as const;
export type TaskPhase = (typeof taskPhases)[number];

export type RollTag =
  | TaskPhase
  /** It watches, or will watch again by itself. */
  | 'idle'
  /** A price may start a roll. */
  | 'armed'
  /** Its trigger holds and has to go on holding. */
  | 'confirming'
  /** Nothing is under way that the delivery of its option would have to wait for. */
  | 'settles'
  /** No roll is begun: what its owner does to the position is taken over. */
  | 'between rolls'
  /** A roll stands still, with nothing missing, until trading is no longer halted. */
  | 'halted'
  /** It waits for a person's answer before it trades. */
  | 'asking'
  /** A roll stands still until a person decides. */
  | 'failed';

/** Of the order chart. */
export type OrderTag =
  /** On its way to the exchange for the first time, or again. */
  | 'submitting'
  /** To be sent again later, at another price perhaps. */
  | 'delayed'
  /** It may be open at the exchange. */
  | 'working'
  | 'cancelling'
  /** Its outcome is unknown and looked up. */
  | 'searching'
  | 'over';
