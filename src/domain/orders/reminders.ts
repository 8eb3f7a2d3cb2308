/**
 * When a person is reminded of something that lasts, the interval between the legs of a roll above all: quick reminders
 * first, then a steady pace.
 */
import { minuteMs } from '../units.ts';

/** Before the steady pace. */
export const quickRemindersMs = [minuteMs, 5 * minuteMs] as const;
export const steadyReminderMs = 15 * minuteMs;

/** The latest reminder that is due `forMs` after it began; 0 before the first. */
export const dueReminderMs = (forMs: number): number =>
  forMs >= steadyReminderMs
    ? Math.floor(forMs / steadyReminderMs) * steadyReminderMs
    : (quickRemindersMs.findLast((atMs) => atMs <= forMs) ?? 0);

/** The first reminder after `forMs`: 1, 5 and 15 minutes, then every 15. */
export const nextReminderMs = (forMs: number): number =>
  quickRemindersMs.find((atMs) => atMs > forMs) ??
  (Math.floor(forMs / steadyReminderMs) + 1) * steadyReminderMs;

/** How many reminders fell due in `forMs`. */
export const remindersDue = (forMs: number): number =>
  quickRemindersMs.filter((atMs) => atMs <= forMs).length + Math.max(Math.floor(forMs / steadyReminderMs), 0);

/** Since when something lasts, and how far a person was reminded of it. */
export interface Reminded {
  /** When it began. */
  readonly sinceMs: number;
  /** The last reminder that was due and is sent, or overtaken by something newer, as its distance from `sinceMs`. */
  readonly remindedMs: number;
}

/** Of several reminders that fell due, while a daemon was down for example, only the last one counts. */
export const isReminderDue = ({ sinceMs, remindedMs }: Reminded, nowMs: number): boolean =>
  dueReminderMs(nowMs - sinceMs) > remindedMs;

/** The quick reminders are left out: a person was asked already and has not come yet. */
export const isSteadyReminderDue = (reminded: Reminded, nowMs: number): boolean =>
  isReminderDue(reminded, nowMs) && nowMs - reminded.sinceMs >= steadyReminderMs;

/** A person was reminded at `nowMs`. */
export const markReminded = <What extends Reminded>(what: What, nowMs: number): What => ({
  ...what,
  remindedMs: Math.max(what.remindedMs, dueReminderMs(nowMs - what.sinceMs)),
});

/** Something that lasts, and what was reported of it. Plain JSON: a daemon that comes back knows what was said. */
export interface Ongoing extends Reminded {
  /** News of it, each reported once. */
  readonly reported: readonly string[];
}

/** As it is when it begins: nothing reminded of, nothing reported. */
export const beginOngoing = (sinceMs: number): Ongoing => ({ sinceMs, remindedMs: 0, reported: [] });

/** A person was reminded at `nowMs`, possibly with a piece of news. */
export const markReported = (ongoing: Ongoing, nowMs: number, news: string | null): Ongoing => ({
  ...markReminded(ongoing, nowMs),
  reported: news === null ? ongoing.reported : [...ongoing.reported, news],
});
