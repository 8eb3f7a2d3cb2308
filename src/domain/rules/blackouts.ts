/**
 * Dated times in which a task does not trade: those of its spec, and the events of the operator's calendar. What the
 * calendar said is in the answer of the market's reading, with the time as of which it said so; one that was never read
 * forbids what asks for it.
 */
import type { Alert } from '../alert.ts';
import type { ReasonOf } from '../reason.ts';
import { dayMs } from '../units.ts';

export interface Blackout {
  readonly fromMs: number;
  /** No longer within. */
  readonly toMs: number;
  readonly name: string | null;
}

/** What a task asks not to trade in. */
export interface NotDuring {
  readonly times: readonly Blackout[];
  /** In the events of the operator's calendar, too. */
  readonly events: boolean;
}

/** What is known of the operator's calendar. */
export interface EventCalendar {
  /** When it was last read, exchange time. */
  readonly asOfMs: number;
  /** Since when it cannot be read again; absent while it can. */
  readonly failsSinceMs?: number;
  /** Of the days around. */
  readonly events: readonly Blackout[];
}

/** The operator's calendar cannot be read. */
export interface CalendarTrouble {
  readonly sinceMs: number;
  /** A sentence that names the file or the host. */
  readonly problem: string;
}

export interface CalendarAlertFigures {
  readonly calendarFails: {
    /** Of the account. */
    readonly name: string;
    /** `null`: the daemon has no calendar at all. */
    readonly problem: string | null;
    /** When it was last read; `null` when it is not known. */
    readonly asOfMs: number | null;
    readonly forMs: number;
  };
  readonly calendarIsRead: { readonly name: string };
}

type CalendarAlert = Pick<Alert, 'severity'> & ReasonOf<CalendarAlertFigures>;

/** The alert that tasks of an account ask for a calendar that cannot be read: without one they do not trade. */
export const calendarFails = (figures: CalendarAlertFigures['calendarFails']): CalendarAlert => ({
  severity: figures.asOfMs === null ? 'critical' : 'warning',
  code: 'calendarFails',
  figures,
});

/** The alert that it can be read again. */
export const calendarIsRead = (name: string): CalendarAlert => ({
  severity: 'info',
  code: 'calendarIsRead',
  figures: { name },
});

const daysAhead = 14;

/** What of it may matter to a roll now, or is worth naming as the next. */
export const eventsAround = ({ events, ...when }: EventCalendar, atMs: number): EventCalendar => ({
  ...when,
  events: events.filter(({ fromMs, toMs }) => toMs > atMs - dayMs && fromMs < atMs + daysAhead * dayMs),
});

export interface NotDuringFigures {
  readonly atMs: number;
  /** The time that it is within, else the next one; `null` when none is ahead. */
  readonly blackout: Blackout | null;
  /** When the operator's calendar was last read; `null` when it is not asked for, or was never read. */
  readonly calendarAsOfMs: number | null;
  /** Since when it cannot be read again; `null` while it can. */
  readonly calendarFailsSinceMs: number | null;
  /** It is asked for, and was never read. */
  readonly isCalendarUnknown: boolean;
}

/** What a moment is within, or what comes next. */
export function judgeBlackouts(
  { times, events }: NotDuring,
  calendar: EventCalendar | null,
  atMs: number,
): { readonly passes: boolean; readonly figures: NotDuringFigures } {
  const isCalendarUnknown = events && calendar === null;
  const asked = events ? calendar : null;
  const calendarAsOfMs = asked?.asOfMs ?? null;
  const calendarFailsSinceMs = asked?.failsSinceMs ?? null;
  const known = [...times, ...(asked?.events ?? [])];
  const current = known.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const [next] = known.filter(({ fromMs }) => fromMs > atMs).sort((a, b) => a.fromMs - b.fromMs);
  const blackout = current ?? next ?? null;
  return {
    passes: current === undefined && !isCalendarUnknown,
    figures: { atMs, blackout, calendarAsOfMs, calendarFailsSinceMs, isCalendarUnknown },
  };
}
