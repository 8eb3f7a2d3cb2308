/** Clocks, the exchange, open files and backups, judged. */
import { dayMs, hourMs, minuteMs } from '../units.ts';
import { found, type ClockName, type Finding } from './finding.ts';

/** As an account's key is judged by: the log becomes hard to read. */
const clockOffMs = 1_000;
/** From here on times that people set (calendars, quiet hours, links) are missed. */
const clockWrongMs = minuteMs;

/** @param aheadMs how far that clock is ahead of this computer's, as near as one answer can tell: @param withinMs of it */
export function judgeClock(
  of: ClockName,
  { aheadMs, withinMs }: { readonly aheadMs: number; readonly withinMs: number },
): Finding {
  // The answer was on its way for some of this time: what lies within it proves nothing.
  const surelyMs = Math.max(0, Math.abs(aheadMs) - withinMs / 2);
  const figures = { of, aheadMs };
  if (surelyMs > clockWrongMs) return found('wrong', { code: 'clockOff', figures });
  if (surelyMs > clockOffMs) return found('warning', { code: 'clockOff', figures });
  return found('ok', { code: 'clockRight', figures });
}

/** One maintenance, as the exchange announces it. */
export interface Maintenance {
  readonly title: string;
  readonly state: 'ongoing' | 'scheduled';
  readonly beginMs: number | null;
  readonly endMs: number | null;
}

export interface ExchangeFacts {
  readonly host: string;
  /** How long the answer took. */
  readonly withinMs: number;
  /** What concerns trading options; `null` where the exchange does not say. */
  readonly maintenance: readonly Maintenance[] | null;
}

/** Of what is planned later than this nothing has to be known today. */
const plannedWithinMs = 7 * dayMs;

/** What is wrong first. @param nowMs exchange time */
export function judgeExchange(
  { host, withinMs, maintenance }: ExchangeFacts,
  nowMs: number,
): readonly Finding[] {
  const announced = (maintenance ?? []).flatMap(({ state, title, beginMs, endMs }): Finding[] => {
    const figures = { title, beginMs, endMs };
    if (endMs !== null && endMs <= nowMs) return [];
    if (state === 'ongoing') return [found('wrong', { code: 'exchangeUnderMaintenance', figures })];
    if (beginMs !== null && beginMs > nowMs + plannedWithinMs) return [];
    return [found('warning', { code: 'maintenancePlanned', figures })];
  });
  if (announced.length > 0)
    return announced.sort((a, b) => Number(b.state === 'wrong') - Number(a.state === 'wrong'));
  const figures = { host, withinMs, saysMaintenance: maintenance !== null };
  return [found('ok', { code: 'exchangeAnswers', figures })];
}

/** Each account takes a socket or two, each request of the API and each file one. */
const filesFewMax = 4_096;
const filesTooFewMax = 256;

/** @param limit how many files this user may have open in one process; `null` where that is not known */
export function judgeFiles(limit: number | null): Finding {
  if (limit === null) return found('unknown', { code: 'filesNotSaid', figures: {} });
  if (limit < filesTooFewMax) return found('wrong', { code: 'filesFew', figures: { limit } });
  if (limit < filesFewMax) return found('warning', { code: 'filesFew', figures: { limit } });
  return found('ok', { code: 'filesEnough', figures: { limit } });
}

const backupOldMs = 26 * hourMs;
const backupMuchTooOldMs = 8 * dayMs;

/** @param ageMs of the newest one; `null` where nothing knows of any */
export function judgeBackup(ageMs: number | null): Finding {
  if (ageMs === null) return found('unknown', { code: 'backupNotKnown', figures: {} });
  if (ageMs > backupMuchTooOldMs) return found('wrong', { code: 'backupOld', figures: { ageMs } });
  if (ageMs > backupOldMs) return found('warning', { code: 'backupOld', figures: { ageMs } });
  return found('ok', { code: 'backupMade', figures: { ageMs } });
}
