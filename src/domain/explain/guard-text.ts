/** What a guard has looked at, for people: the value beside its bound. */
import { add, compare, percentText } from '../money.ts';
import type { Sentences } from '../reason.ts';
import type { LimitFigures } from '../rules/account-limits.ts';
import type { Blackout, NotDuringFigures } from '../rules/blackouts.ts';
import { isCovered, type CoverFigures } from '../rules/cover.ts';
import type { GuardFigures, Verdict } from '../rules/guards.ts';
import { preCheckText } from './pre-check-text.ts';
import { clockForm } from '../spec/clock-form.ts';
import { dayMs } from '../units.ts';

/** In minutes, from two days on in days. */
const leadText = (ms: number): string =>
  ms >= 2 * dayMs ? `${Math.floor((ms * 10) / dayMs) / 10} days` : `${Math.floor(ms / 60_000)} min`;

const minuteText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

function blackoutText({ fromMs, toMs, name }: Blackout): string {
  const [from, to] = [minuteText(fromMs), minuteText(toMs)];
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to;
  return `${name === null ? '' : `${name}, `}${from} to ${end} UTC`;
}

/** How old what is said of the operator's calendar is. */
function calendarText({ calendarAsOfMs, calendarFailsSinceMs }: NotDuringFigures): string {
  if (calendarAsOfMs === null) return '';
  const fails =
    calendarFailsSinceMs === null
      ? ''
      : `; it cannot be read again since ${minuteText(calendarFailsSinceMs)}`;
  return ` (calendar of events as of ${minuteText(calendarAsOfMs)}${fails})`;
}

const notDuringPasses = (figures: NotDuringFigures): string =>
  (figures.blackout === null
    ? 'no time in which nothing is traded is ahead'
    : `${minuteText(figures.atMs)} is outside of ${blackoutText(figures.blackout)}`) + calendarText(figures);

function notDuringRefuses(figures: NotDuringFigures): string {
  const { atMs, blackout, isCalendarUnknown } = figures;
  if (isCalendarUnknown && (blackout === null || atMs < blackout.fromMs))
    return 'the calendar of events is not known';
  return `${minuteText(atMs)} is within ${blackout === null ? '' : blackoutText(blackout)}${calendarText(figures)}`;
}

/** What covers what, or does not. */
export function coverText(cover: CoverFigures): string {
  const { holding, optionType, qty, needed } = cover;
  return `${qty} ${holding} ${isCovered(cover) ? 'covers' : 'does not cover'} ${needed} short in ${optionType}s`;
}

const steps = { before: 'before the roll', between: 'between the legs', after: 'after the roll' } as const;
const unknownCost = 'what the roll would cost is not known: one side is not quoted';

/** Of a limit of the account, over all of its tasks. */
function limitText(what: string, { used, wanted, limit, freeAtMs }: LimitFigures): string {
  const room =
    compare(add(used, wanted), limit) <= 0 ? '' : `; there is room again from ${minuteText(freeAtMs)} UTC on`;
  return `the account's limit of ${what} is ${limit}: ${used} used, ${wanted} wanted${room}`;
}

function sentences(verdict: 'passes' | 'refuses'): Sentences<GuardFigures> {
  const passes = verdict === 'passes';
  const enough = passes ? 'at least' : 'below';
  const withinBound = passes ? 'at most' : 'above';
  return {
    'account.rollsPerDay': (figures) => limitText('rolls a day', figures),
    'account.netDebitPerDay': (figures) => limitText('net debit a day', figures),
    'account.notionalOpenedPerDay': (figures) => limitText('notional opened a day', figures),
    'account.ordersPerMinute': (figures) => limitText('orders a minute', figures),
    'rolls.perDay': ({ rolls, rollsMax }) => `${rolls} of ${rollsMax} rolls of this day (UTC) are done`,
    quietHours: ({ atMs, fromMs, toMs }) =>
      `${clockForm(atMs)} is ${passes ? 'outside' : 'within'} the quiet hours ${clockForm(fromMs)}-${clockForm(toMs)} UTC`,
    notDuring: (figures) => (passes ? notDuringPasses(figures) : notDuringRefuses(figures)),
    notBeforeExpiry: ({ symbol, leftMs, leftMinMs }) =>
      `${leadText(leftMs)} before ${symbol} is delivered, at least ${leadText(leftMinMs)}`,
    covered: (cover) => coverText(cover),
    strikeHighWaterMark: ({ strike, farthestStrike }) =>
      `strike ${strike} ${passes ? 'keeps' : 'gives up'} ${farthestStrike}, which was reached`,
    openInterest: ({ symbol, openInterest, openInterestMin }) =>
      openInterest === null
        ? `the open interest of ${symbol} is not known`
        : `open interest ${openInterest} of ${symbol} is ${enough} ${openInterestMin}`,
    spread: ({ symbol, bid, ask, share, shareMax }) =>
      share === null
        ? `the spread of ${symbol} is not known: one side is not quoted`
        : `spread ${percentText(share)} of ${symbol} (${bid} to ${ask}) is ${withinBound} ${percentText(shareMax)}`,
    netCredit: ({ netCredit, netCreditMin }) =>
      netCredit === null ? unknownCost : `net credit ${netCredit} is ${enough} ${netCreditMin}`,
    debit: ({ debit, debitMax, ofPremium, ofSpot }) => {
      if (debit === null || debitMax === null) return unknownCost;
      const share = [
        ...(ofPremium ? [`, ${percentText(ofPremium.share)} of the premium ${ofPremium.premium}`] : []),
        ...(ofSpot ? [`, ${percentText(ofSpot.share)} of ${ofSpot.value} at the index`] : []),
      ];
      return `debit ${debit} is ${withinBound} ${debitMax}${share.join('')}`;
    },
    maintenanceMargin: ({ step, rate, rateMax, unknownCoin }) => {
      if (rate !== null)
        return `maintenance margin ${percentText(rate)} ${steps[step]} is ${withinBound} ${percentText(rateMax)}`;
      const unknown = `maintenance margin ${steps[step]} is not known`;
      return unknownCoin === null ? unknown : `${unknown} for options on ${unknownCoin}: not judged`;
    },
    preCheck: (figures) => preCheckText(figures, verdict),
  };
}

/** Of guards that refuse, as part of a reason. */
export const guardSentences = sentences('refuses');
const passingSentences = sentences('passes');

/** What the guard has looked at, beside its bound, for a verdict that passes as for one that refuses. */
export function verdictText({ code, passes, figures }: Verdict): string {
  const say = (passes ? passingSentences : guardSentences)[code] as (figures: object) => string;
  return say(figures);
}
