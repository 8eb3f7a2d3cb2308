/**
 * When a list of positions proves something. The exchange's lists lag behind what was traded, so a list says nothing of a
 * position that moved shortly before it was asked for, and what is missing in it is looked for in a second one.
 */

/** How far a list of positions may lag behind what was traded, in ms. */
export const listsLagMs = 10_000;

/** Two lists that showed the same; exchange time in ms at which each was asked for. */
export interface SeenTwice {
  readonly firstAskedAtMs: number;
  readonly askedAtMs: number;
}

/** @param heldAsOfMs when the task last learned from its own fills, or from such a list, what it holds */
export const isEvidence = ({ firstAskedAtMs, askedAtMs }: SeenTwice, heldAsOfMs: number): boolean =>
  firstAskedAtMs - heldAsOfMs >= listsLagMs && askedAtMs - firstAskedAtMs >= listsLagMs;
