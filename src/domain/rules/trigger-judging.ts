/**
 * When a trigger holds, and what may change that: each condition is looked at in its own view, and what they come to is put
 * together as `any` and `all` say.
 */
import { standingOf, type Standing } from './leg-views.ts';
import {
  conditionsOf,
  isCombination,
  isReached,
  released,
  type HeldSince,
  type Holder,
  type Readings,
  type Trigger,
  type Watch,
} from './triggers.ts';
import type { Window } from './schedules.ts';

export interface Judgement {
  readonly holds: boolean;
  readonly heldSince: HeldSince;
  /** When it will hold if nothing changes but the time; `null`: not by waiting. */
  readonly dueAtMs: number | null;
  /** By place: the conditions that count then, or now. */
  readonly places: readonly number[];
}

interface Watched extends Holder {
  readonly trigger: Trigger;
  readonly heldSince: HeldSince;
}

/** @param atMs exchange time of the readings */
export function judge(watched: Watched, readings: Readings, atMs: number): Judgement {
  const { trigger, heldSince } = watched;
  const moment = { readings: { ...readings, clock: String(atMs) }, atMs };
  const conditions = conditionsOf(trigger);
  const reached = conditions.map((condition) => reachedLevel(standingOf(condition, watched, moment)));
  const since: Record<string, number> = {};
  for (const [place, { holdMs }] of conditions.entries())
    if (holdMs > 0 && reached[place]) since[place] = heldSince[place] ?? atMs;
  const counts = conditions.map(({ holdMs }, place): Window => {
    const watch = reached[place];
    if (!watch) return never;
    return { fromMs: (since[place] ?? atMs) + holdMs, untilMs: watch.untilMs ?? Infinity };
  });
  const holdsAt = (ms: number): boolean => evaluate(trigger, counts.values(), ms);
  const dueAtMs = counts
    .map(({ fromMs }) => fromMs)
    .filter((ms) => ms > atMs && Number.isFinite(ms))
    .sort((a, b) => a - b)
    .find(holdsAt);
  const holds = holdsAt(atMs);
  const countedAtMs = holds ? atMs : (dueAtMs ?? atMs);
  const places = [...counts.keys()].filter((place) => isWithin(counts[place], countedAtMs));
  return { holds, heldSince: since, dueAtMs: dueAtMs ?? null, places };
}

/** The level of a condition that is reached; `null` when it is not, or not known. */
function reachedLevel(standing: Standing | null): Watch | null {
  if (standing === null) return null;
  const { watch, view } = standing;
  return isReached(watch, view.held, view.readings) ? watch : null;
}

/** @param reached by place in `conditionsOf`: whether the condition holds */
export const holdsWhere = (trigger: Trigger, reached: readonly boolean[]): boolean =>
  evaluate(trigger, reached.map((isHeld) => (isHeld ? always : never)).values(), 0);

const always: Window = { fromMs: -Infinity, untilMs: Infinity };
const never: Window = { fromMs: Infinity, untilMs: Infinity };
const isWithin = (window: Window | undefined, atMs: number): boolean =>
  window !== undefined && window.fromMs <= atMs && atMs < window.untilMs;

/** @param counts when each condition counts, in order; every one is taken, so that the next part begins at its own */
function evaluate(trigger: Trigger, counts: Iterator<Window, undefined>, atMs: number): boolean {
  if (!isCombination(trigger)) return isWithin(counts.next().value, atMs);
  const parts = trigger.of.map((part) => evaluate(part, counts, atMs));
  return trigger.kind === 'any' ? parts.some(Boolean) : parts.every(Boolean);
}

/**
 * What may change a judgement: a condition that is not reached waits for its level, one that has to go on holding for its
 * release, and so do all of them while the trigger is being confirmed. The others need no watch: a task that is woken looks at
 * all of them. A trigger that holds keeps its levels, so that the next price asks again. A condition of which it is not known
 * of what leg it speaks has no level.
 */
export function watchesOf(
  watched: Watched,
  readings: Readings,
  { atMs, isConfirming }: { readonly atMs: number; readonly isConfirming: boolean },
): readonly Watch[] {
  const { trigger, heldSince } = watched;
  const moment = { readings: { ...readings, clock: String(atMs) }, atMs };
  if (!isCombination(trigger) && !isConfirming) {
    const standing = standingOf(trigger, watched, moment);
    return standing ? [standing.watch] : [];
  }
  const { holds } = judge(watched, readings, atMs);
  return conditionsOf(trigger).flatMap((condition, place) => {
    const standing = standingOf(condition, watched, moment);
    if (standing === null) return [];
    const { watch } = standing;
    const isHolding = heldSince[place] !== undefined;
    if (!isHolding && (holds || reachedLevel(standing) === null)) return [watch];
    return (isHolding || isConfirming) && watch.field !== 'clock' ? [released(watch)] : [];
  });
}
