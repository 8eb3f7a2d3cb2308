/**
 * The gap between the legs: the old option is closed, the new one not open yet, and the trader is without the position.
 * Owns since when, what a person was told of it already, and when it is time to tell again. Plain JSON, because it is
 * persisted with the roll: a daemon that comes back knows what was said.
 */
import { dueReminderMs, quickRemindersMs, steadyReminderMs } from '../orders/reminders.ts';

export interface Gap {
  readonly sinceMs: number;
  /** The last reminder that was due and is said or overtaken by something newer, as its distance from `sinceMs`. */
  readonly remindedMs: number;
  /** News that were told, each once. */
  readonly told: readonly string[];
}

export const openGap = (sinceMs: number): Gap => ({ sinceMs, remindedMs: 0, told: [] });

/**
 * Is it time to tell again? Of several that fell due, while a daemon was away say, only the last one counts.
 * @param isAsked a person was asked already and did not come yet: the quick reminders are left out
 */
export function isReminderDue({ sinceMs, remindedMs }: Gap, nowMs: number, isAsked: boolean): boolean {
  const dueMs = dueReminderMs(nowMs - sinceMs);
  return dueMs > remindedMs && (!isAsked || dueMs >= steadyReminderMs);
}

/** A person has heard how things stand at `nowMs`, and possibly a piece of news. */
export const toldOf = (gap: Gap, nowMs: number, news: string | null = null): Gap => ({
  ...gap,
  remindedMs: Math.max(gap.remindedMs, dueReminderMs(nowMs - gap.sinceMs)),
  told: news === null ? gap.told : [...gap.told, news],
});

/** From here on a missing position may cost more than a person is willing to lose. */
export const criticalAfterMs = quickRemindersMs[1];
