/** What a task keeps of stops at the exchange, as it is persisted with it: those that stand, and one that has closed something. */
import type { Halt } from '../halt.ts';
import type { StandingStop, StopKind } from '../market/stops.ts';
import type { DecimalString } from '../money.ts';
import type { Cause } from '../orders/outcomes.ts';
import type { ReasonOf } from '../reason.ts';
import type { StopPlace } from '../rules/emergency-stop.ts';

/** The part of a stop's execution that was the task's. Quantity in base coin, money in settle coin. */
export interface StoppedOut {
  readonly kind: StopKind;
  readonly qty: DecimalString;
  readonly value: DecimalString;
  readonly fee: DecimalString;
  readonly atMs: number;
}

/** Why a task's emergency stop does not stand; marks are of the option. */
export interface EmergencyStopFigures {
  /** A stop-loss stands there that the task has not put: there can be only one. */
  readonly ownersStopStands: StopPlace & { readonly wanted: DecimalString };
  /** The loss is made already, so that the exchange takes no stop there. */
  readonly emergencyStopPassed: StopPlace & { readonly markNow: DecimalString };
  /** Nothing may be put at the exchange for this account: it is not armed, or its owner has no access. */
  readonly emergencyStopNotAllowed: StopPlace & { readonly halt: Halt };
  readonly emergencyStopRefused: StopPlace & { readonly cause: Cause };
}
export type EmergencyStopProblem = ReasonOf<EmergencyStopFigures>;

export interface StopsSeen {
  /** All that stand on its options, those of its owner too. */
  readonly stops: readonly StandingStop[];
  /** The one among them that the task has put; `null` where it has none there. */
  readonly emergency: StopPlace | null;
  /** `null` where it stands, and where none is wanted. */
  readonly problem: EmergencyStopProblem | null;
}

/** What was seen last of the stops that stand on its options. */
export interface SeenStops extends StopsSeen {
  readonly atMs: number;
  /** When the task was added: stops that fired before are no concern of it. */
  readonly addedAtMs: number;
}
