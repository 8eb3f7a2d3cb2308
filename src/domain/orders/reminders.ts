/** When a person is reminded of something that lasts: reminders rise quickly, then come at a steady pace. */
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
