/**
 * What forbids a roll though its trigger holds: when it would be, where it would go, what it would cost, how
 * thin the market is, and what it would do to the account's margin. Judged before anything is closed, at the prices that
 * can be had at once: buying at the ask, selling at the bid. Money is in settle coin for the whole quantity, before fees.
 */
import type { HeldOption } from '../market/held-option.ts';
import type { MarginSteps } from '../market/margin.ts';
import { add, compare, decimal, larger, multiply, sum, toText, type DecimalString } from '../money.ts';
import type { OrderCheck } from '../market/pre-check.ts';
import { rightWay } from '../market/option.ts';
import type { Quote } from '../market/order.ts';
import type { ReasonOf } from '../reason.ts';
import { dayMs } from '../units.ts';
import { accountLimitNames, type AccountLimitFigures } from './account-limits.ts';
import { judgeBlackouts, type EventCalendar, type NotDuring, type NotDuringFigures } from './blackouts.ts';
import { isCovered, type CoverFigures } from './cover.ts';
import { closingTouch, openingTouch } from './leg-prices.ts';
import { areChecked, judgeChecks, type PreCheckFigures } from './order-checks.ts';

/**
 * An amount, a share of what closing the old option costs (of what it brings, for a long), or a share of the index price
 * of the whole quantity.
 */
export interface DebitMax {
  readonly kind: 'amount' | 'share' | 'spot';
  readonly value: DecimalString;
}

/** From and to as ms since midnight UTC; to may lie on the next day. */
export interface QuietHours {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Absent or `null`: nothing is asked. */
export interface Guards {
  readonly netCreditMin?: DecimalString;
  readonly debitMax?: DebitMax;
  /** Of each of the two options, ask less bid as a share of mid. */
  readonly spreadMax?: DecimalString;
  /** Of the new option, in base coin. */
  readonly openInterestMin?: DecimalString;
  readonly rollsMax: number | null;
  /** On one day, UTC. */
  readonly rollsPerDayMax: number | null;
  readonly cooldownMs: number;
  /** Share of the balance that maintenance margin may take before, between and after the legs. */
  readonly maintenanceMax: DecimalString;
  /** Nothing begins so shortly before the held option is delivered. */
  readonly notBeforeExpiryMs: number;
  readonly allowWrongWay: boolean;
  /** A strike once reached is never given up, though `allowWrongWay` would. */
  readonly strikeHighWaterMark: boolean;
  readonly quietHours: QuietHours | null;
  readonly notDuring?: NotDuring;
  readonly whenRefused: 'skip' | 'close' | 'alert';
}

/**
 * What each guard has looked at: the value beside its bound. The names are the keys of the spec. Money is in settle coin,
 * shares are fractions; a value that is `null` is not known.
 */
export interface GuardFigures extends AccountLimitFigures {
  readonly 'rolls.perDay': { readonly rolls: number; readonly rollsMax: number };
  readonly quietHours: {
    /** Ms since midnight UTC. */
    readonly atMs: number;
    readonly fromMs: number;
    readonly toMs: number;
  };
  readonly notDuring: NotDuringFigures;
  readonly notBeforeExpiry: {
    readonly symbol: string;
    readonly leftMs: number;
    readonly leftMinMs: number;
  };
  /** Asked where the task watches a holding. */
  readonly covered: CoverFigures;
  readonly strikeHighWaterMark: {
    readonly strike: DecimalString;
    readonly farthestStrike: DecimalString;
  };
  readonly openInterest: {
    readonly symbol: string;
    readonly openInterest: DecimalString | null;
    readonly openInterestMin: DecimalString;
  };
  readonly spread: {
    readonly symbol: string;
    readonly bid: DecimalString | null;
    readonly ask: DecimalString | null;
    readonly share: DecimalString | null;
    readonly shareMax: DecimalString;
  };
  readonly netCredit: {
    readonly netCredit: DecimalString | null;
    readonly netCreditMin: DecimalString;
  };
  readonly debit: {
    readonly debit: DecimalString | null;
    readonly debitMax: DecimalString | null;
    /** The bound is a share of what closing the old option costs. */
    readonly ofPremium: { readonly share: DecimalString; readonly premium: DecimalString } | null;
    /** The bound is a share of the index price of the whole quantity. */
    readonly ofSpot: { readonly share: DecimalString; readonly value: DecimalString } | null;
  };
  readonly maintenanceMargin: {
    readonly step: 'before' | 'between' | 'after';
    readonly rate: DecimalString | null;
    readonly rateMax: DecimalString;
    /** The coin whose margin is not estimated, and therefore not judged. */
    readonly unknownCoin: string | null;
  };
  readonly preCheck: PreCheckFigures;
}

export type GuardName = keyof GuardFigures;
export type GuardReason = ReasonOf<GuardFigures>;

const guardNames: readonly string[] = [
  'rolls.perDay',
  'quietHours',
  'notDuring',
  'notBeforeExpiry',
  'covered',
  'strikeHighWaterMark',
  'openInterest',
  'spread',
  'netCredit',
  'debit',
  'maintenanceMargin',
  'preCheck',
  ...accountLimitNames,
] satisfies readonly GuardName[];
/** The code is one of the guards'. */
export const isGuardName = (code: string): code is GuardName => guardNames.includes(code);

/** What a guard says of a roll, with what it has looked at. */
export type Verdict = GuardReason & { readonly passes: boolean };

/** Time passes by itself: who is refused for one of these waits, and closes nothing instead. */
const waiting: readonly GuardName[] = [
  'rolls.perDay',
  'quietHours',
  'notDuring',
  'notBeforeExpiry',
  ...accountLimitNames,
];
/** The guard refuses for a time only: the roll may follow later without a new price. */
export const isWaiting = (guard: GuardName | null): boolean => guard !== null && waiting.includes(guard);

export interface DayCount {
  /** Days since epoch, UTC. */
  readonly day: number;
  readonly count: number;
}

/** Days since epoch, UTC. */
export const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);

export interface RollMoment {
  readonly nowMs: number;
  readonly held: HeldOption;
  readonly rollsOnDay: DayCount;
  /** The operator's, where it was asked for and could be read. */
  readonly calendar?: EventCalendar;
}

/** When a task may trade at all, also to close. */
export function judgeMoment(guards: Guards, { nowMs, held, rollsOnDay, calendar }: RollMoment): Verdict[] {
  const verdicts: Verdict[] = [];
  const { quietHours, notDuring, rollsPerDayMax, notBeforeExpiryMs } = guards;
  if (quietHours !== null) {
    const at = nowMs % dayMs;
    const { fromMs, toMs } = quietHours;
    const isQuiet = fromMs <= toMs ? at >= fromMs && at < toMs : at >= fromMs || at < toMs;
    verdicts.push({ code: 'quietHours', passes: !isQuiet, figures: { atMs: at, fromMs, toMs } });
  }
  if (notDuring) verdicts.push({ code: 'notDuring', ...judgeBlackouts(notDuring, calendar ?? null, nowMs) });
  if (rollsPerDayMax !== null) {
    const today = rollsOnDay.day === dayOf(nowMs) ? rollsOnDay.count : 0;
    verdicts.push({
      code: 'rolls.perDay',
      passes: today < rollsPerDayMax,
      figures: { rolls: today, rollsMax: rollsPerDayMax },
    });
  }
  const leftMs = held.expiryMs - nowMs;
  verdicts.push({
    code: 'notBeforeExpiry',
    passes: leftMs >= notBeforeExpiryMs,
    figures: { symbol: held.symbol, leftMs, leftMinMs: notBeforeExpiryMs },
  });
  return verdicts;
}

/** One option that is left for another one, at the quotes of both. */
export interface LegPrices {
  readonly held: HeldOption;
  /** To be closed, and to be opened, in base coin. */
  readonly qty: DecimalString;
  readonly openQty: DecimalString;
  readonly old: Quote;
  readonly next: Quote;
  readonly nextStrike: DecimalString;
  /** The farthest strike that the task has held. */
  readonly farthestStrike: DecimalString;
}

export interface RollPrices {
  /** Of every leg that is rolled, one at least. */
  readonly legs: readonly LegPrices[];
  readonly margin: MarginSteps;
  /** Of what would be short afterwards; `null` where no holding is watched, and when nothing is opened that it would cover. */
  readonly cover?: CoverFigures | null;
  /** What the exchange says of every order that would be opened; empty where it was not asked. */
  readonly checks?: readonly OrderCheck[];
  /** Whether both can be held is asked afterwards, for as much as the margin allows: no estimate is judged. */
  readonly opensFirst?: boolean;
}

/** Whether it may go there at these prices: each option for itself, what it costs for all of them together. */
export function judgePrices(
  guards: Guards,
  { legs, margin, cover = null, checks = [], opensFirst = false }: RollPrices,
): Verdict[] {
  return [
    ...(cover ? [{ code: 'covered', passes: isCovered(cover), figures: cover } as const] : []),
    ...legs.flatMap((leg) => highWaterMark(guards, leg)),
    ...legs.flatMap((leg) => openInterest(guards, leg)),
    ...legs.flatMap((leg) => spread(guards, leg)),
    ...cost(guards, legs),
    ...maintenance(guards, margin, opensFirst ? ['before'] : estimatedSteps(checks)),
    ...preChecks(guards, margin, checks),
  ];
}

type Priced = Pick<LegPrices, 'held' | 'qty' | 'openQty' | 'old' | 'next'>;

/** What rolling one leg brings, negative when it costs; `null` when a side that it needs is not quoted. */
export function netCreditOf(prices: Priced): DecimalString | null {
  const cash = cashOfLeg(prices);
  return cash === null ? null : add(cash.closing, cash.opening);
}

/** What closing the old option brings, and what opening the next one does, each negative when it costs. */
function cashOfLeg({ held, qty, openQty, old, next }: Priced) {
  const [closing, opening] = [closingTouch(held.side, old), openingTouch(held.side, next)];
  if (closing === null || opening === null) return null;
  const [paid, received] = [multiply(closing, qty), multiply(opening, openQty)];
  return held.side === 'Sell'
    ? { closing: multiply(paid, '-1'), opening: received }
    : { closing: paid, opening: multiply(received, '-1') };
}

function highWaterMark(
  { strikeHighWaterMark }: Guards,
  { held, nextStrike: strike, farthestStrike }: LegPrices,
): Verdict[] {
  if (!strikeHighWaterMark) return [];
  const passes = compare(strike, farthestStrike) * rightWay(held.optionType) >= 0;
  return [{ code: 'strikeHighWaterMark', passes, figures: { strike, farthestStrike } }];
}

function openInterest({ openInterestMin }: Guards, { next }: LegPrices): Verdict[] {
  if (openInterestMin === undefined) return [];
  const { symbol, openInterest: known } = next;
  const passes = known !== null && compare(known, openInterestMin) >= 0;
  return [{ code: 'openInterest', passes, figures: { symbol, openInterest: known, openInterestMin } }];
}

function spread({ spreadMax }: Guards, { old, next }: LegPrices): Verdict[] {
  if (spreadMax === undefined) return [];
  return [old, next].map(({ symbol, bid, ask }) => {
    const share =
      bid === null || ask === null
        ? null
        : toText(decimal(ask).minus(bid).times(2).dividedBy(decimal(ask).plus(bid)));
    const passes = share !== null && compare(share, spreadMax) <= 0;
    return { code: 'spread', passes, figures: { symbol, bid, ask, share, shareMax: spreadMax } };
  });
}

function cost({ netCreditMin, debitMax }: Guards, legs: readonly LegPrices[]): Verdict[] {
  const known = legs.map(cashOfLeg).filter((cash) => cash !== null);
  const isPriced = known.length === legs.length;
  const closing = sum(known.map((cash) => cash.closing));
  const credit = isPriced ? add(closing, sum(known.map((cash) => cash.opening))) : null;
  const verdicts: Verdict[] = [];
  const unknown = { debit: null, debitMax: null, ofPremium: null, ofSpot: null };
  if (netCreditMin !== undefined) {
    const passes = credit !== null && compare(credit, netCreditMin) >= 0;
    verdicts.push({ code: 'netCredit', passes, figures: { netCredit: credit, netCreditMin } });
  }
  if (debitMax) {
    verdicts.push(
      credit === null
        ? { code: 'debit', passes: false, figures: unknown }
        : debit(debitMax, multiply(credit, '-1'), {
            premium: toText(decimal(closing).abs()),
            spot: spotOf(legs),
          }),
    );
  }
  return verdicts;
}

/** Index price of the whole quantity; of several legs that of the largest. */
const spotOf = (legs: readonly LegPrices[]): DecimalString =>
  legs.map(({ old, qty }) => multiply(old.index, qty)).reduce(larger);

/** @param of what a share may be of, each for the whole quantity */
function debit(
  { kind, value }: DebitMax,
  paid: DecimalString,
  of: { readonly premium: DecimalString; readonly spot: DecimalString },
): Verdict {
  const ofPremium = kind === 'share' ? { share: value, premium: of.premium } : null;
  const ofSpot = kind === 'spot' ? { share: value, value: of.spot } : null;
  const whole = ofPremium?.premium ?? ofSpot?.value;
  const most = whole === undefined ? value : multiply(whole, value);
  const passes = compare(paid, most) <= 0;
  return { code: 'debit', passes, figures: { debit: paid, debitMax: most, ofPremium, ofSpot } };
}

type MarginStepName = GuardFigures['maintenanceMargin']['step'];

const estimatedSteps = (checks: readonly OrderCheck[]): readonly MarginStepName[] =>
  areChecked(checks) ? ['before', 'between'] : ['before', 'between', 'after'];

/**
 * What the exchange says of the account is judged for every coin. Between and after the legs it is an estimate, and for a
 * coin whose factors are not known there is none: that is said, and forbids nothing, because otherwise no position in
 * such a coin could ever be rolled. Afterwards the exchange's own word is taken instead, where it gave one.
 */
function maintenance(
  { maintenanceMax }: Guards,
  margin: MarginSteps,
  steps: readonly MarginStepName[],
): Verdict[] {
  return steps.map((step) => {
    const rate = margin[step].maintenanceRate;
    const unknownCoin = rate === null && step !== 'before' ? margin.unknownCoin : null;
    const passes = rate === null ? unknownCoin !== null : compare(rate, maintenanceMax) <= 0;
    return {
      code: 'maintenanceMargin',
      passes,
      figures: { step, rate, rateMax: maintenanceMax, unknownCoin },
    };
  });
}

const preChecks = (
  { maintenanceMax: rateMax }: Guards,
  margin: MarginSteps,
  checks: readonly OrderCheck[],
): Verdict[] =>
  checks.length === 0 ? [] : [{ code: 'preCheck', ...judgeChecks({ checks, margin, rateMax }) }];
