/** What the audits read from a stored turn: the saga's context, and what its state says. */
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';

/** How far the clocks of two daemons, or one before and after a step, may be apart. */
export const clocksApartMs = 1_800;

export const contextOf = (snapshotJson: string): RollContext =>
  (JSON.parse(snapshotJson) as { context: RollContext }).context;

/** An order is being worked. */
export const isWorking = (state: string): boolean =>
  /^(ROLL_INITIATED\.(closingLeg1|openingLeg2)|LEG2_OPENING\.opening|LEG1_CLOSING\.closing)/.test(state);

export const isRolling = (state: string): boolean =>
  /^(ROLL_INITIATED|LEG1_CLOSED|LEG2_OPENING|LEG1_CLOSING)/.test(state);
