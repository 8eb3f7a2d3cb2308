/** What is reported when a stop at the exchange has closed what a task managed, or a part of it. */
import type { Alert } from '../alert.ts';
import type { HeldPosition } from '../market/held-option.ts';
import { isPositive, type DecimalString } from '../money.ts';
import type { RollEvent } from './events.ts';
import type { LegPlan } from './leg-plan.ts';
import type { Roll } from './roll.ts';
import { stopIn } from './stopped-out.ts';
import type { StoppedOut } from './stop-facts.ts';

/** Quantities in base coin. */
export interface StopAlertFigures {
  readonly stoppedOut: {
    readonly symbol: string;
    readonly stop: StoppedOut;
    /** What the roll under way had closed of it before. */
    readonly closedQty: DecimalString;
    /** Of the option, still held. */
    readonly leftQty: DecimalString;
    /** What the task manages from now on, where that is another option. */
    readonly goesOnAt: Pick<HeldPosition, 'symbol' | 'qty'> | null;
    /** Names of the legs of the structure that are still held. */
    readonly goesOnWith?: readonly string[];
  };
}

type Figures = StopAlertFigures['stoppedOut'];
type EmittedAlert = { readonly type: 'alert' } & Alert;

/** The stop that the two lists of the event are explained by; `null` where its owner traded. */
export const stopSeen = (event: RollEvent): StoppedOut | null =>
  event.type === 'POSITION_SEEN' ? (event.stop ?? null) : null;

/** @param more what is not as after a stop that has closed everything */
export const stoppedOut = (
  stop: StoppedOut,
  more: Pick<Figures, 'symbol'> & Partial<Figures>,
): EmittedAlert => ({
  type: 'alert',
  severity: 'warning',
  code: 'stoppedOut',
  figures: { stop, closedQty: '0', leftQty: '0', goesOnAt: null, ...more },
});

interface Stopped {
  readonly roll: Roll | null;
  readonly plan: LegPlan | null;
  readonly held: HeldPosition;
}

/**
 * A stop has ended the roll: what the roll had closed, what the stop has closed, and what is open. None where no stop did.
 * @param after what is held once the roll has ended
 */
export function rollStopped({ roll, plan, held }: Stopped, after: Pick<Stopped, 'held'>): EmittedAlert[] {
  const stop = stopIn(plan);
  if (stop === null) return [];
  const { symbol, qty } = after.held;
  const goesOnAt = isPositive(qty) ? { symbol, qty } : null;
  return [stoppedOut(stop, { symbol: held.symbol, closedQty: roll?.closed.executedQty ?? '0', goesOnAt })];
}
