/**
 * What forbids a roll though its trigger holds (design §7): when it would be, where it would go, what it would cost, how
 * thin the market is, and what it would do to the account's margin. Judged before anything is closed, at the prices that
 * can be had at once: buying at the ask, selling at the bid. Money is in settle coin for the whole quantity, before fees.
 */
import type { HeldOption } from '../market/held-option.ts';
import type { MarginSteps } from '../market/margin.ts';
import { compare, decimal, multiply, percentText, subtract, toText, type DecimalString } from '../money.ts';
import { rightWay } from '../market/option.ts';
import type { Quote } from '../market/order.ts';
import { clockText } from '../explain/trigger-words.ts';

/** An amount, or a share of what closing the old option costs (of what it brings, for a long). */
export interface DebitMax {
  readonly kind: 'amount' | 'share';
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
  readonly whenRefused: 'skip' | 'close' | 'alert';
}

/** Keys of the spec. */
export type GuardName =
  | 'rolls.perDay'
  | 'quietHours'
  | 'notBeforeExpiry'
  | 'strikeHighWaterMark'
  | 'openInterest'
  | 'spread'
  | 'netCredit'
  | 'debit'
  | 'maintenanceMargin';

export interface Verdict {
  readonly guard: GuardName;
  readonly passes: boolean;
  /** The value beside its bound, for people. */
  readonly text: string;
}

/** Time passes by itself: who is refused for one of these waits, and closes nothing instead. */
const waiting: readonly GuardName[] = ['rolls.perDay', 'quietHours', 'notBeforeExpiry'];
export const isWaiting = (guard: GuardName | null): boolean => guard !== null && waiting.includes(guard);

export interface DayCount {
  /** Days since epoch, UTC. */
  readonly day: number;
  readonly count: number;
}

const dayMs = 86_400_000;
export const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);

export interface RollMoment {
  readonly nowMs: number;
  readonly held: HeldOption;
  readonly rollsOnDay: DayCount;
}

/** When a task may trade at all, also to close. */
export function judgeMoment(guards: Guards, { nowMs, held, rollsOnDay }: RollMoment): Verdict[] {
  const verdicts: Verdict[] = [];
  const { quietHours, rollsPerDayMax, notBeforeExpiryMs } = guards;
  if (quietHours !== null) {
    const at = nowMs % dayMs;
    const { fromMs, toMs } = quietHours;
    const isQuiet = fromMs <= toMs ? at >= fromMs && at < toMs : at >= fromMs || at < toMs;
    const hours = `${clockText(fromMs)}-${clockText(toMs)} UTC`;
    verdicts.push(
      verdict(
        'quietHours',
        !isQuiet,
        `${clockText(at)} is ${isQuiet ? 'within' : 'outside'} the quiet hours ${hours}`,
      ),
    );
  }
  if (rollsPerDayMax !== null) {
    const today = rollsOnDay.day === dayOf(nowMs) ? rollsOnDay.count : 0;
    verdicts.push(
      verdict(
        'rolls.perDay',
        today < rollsPerDayMax,
        `${today} of ${rollsPerDayMax} rolls of this day (UTC) are done`,
      ),
    );
  }
  const leftMs = held.expiryMs - nowMs;
  verdicts.push(
    verdict(
      'notBeforeExpiry',
      leftMs >= notBeforeExpiryMs,
      `${leadText(leftMs)} before ${held.symbol} is delivered, at least ${leadText(notBeforeExpiryMs)}`,
    ),
  );
  return verdicts;
}

export interface RollPrices {
  readonly held: HeldOption;
  readonly qty: DecimalString;
  readonly old: Quote;
  readonly next: Quote;
  readonly nextStrike: DecimalString;
  /** The farthest strike that the task has held. */
  readonly farthestStrike: DecimalString;
  readonly margin: MarginSteps;
}

/** Whether it may go to this option at these prices. */
export function judgePrices(guards: Guards, prices: RollPrices): Verdict[] {
  return [
    ...highWaterMark(guards, prices),
    ...openInterest(guards, prices),
    ...spread(guards, prices),
    ...cost(guards, prices),
    ...maintenance(guards, prices.margin),
  ];
}

/** What a roll brings, negative when it costs; `null` when a side that it needs is not quoted. */
export function netCreditOf(prices: Pick<RollPrices, 'held' | 'qty' | 'old' | 'next'>): DecimalString | null {
  const legs = legPrices(prices);
  if (legs === null) return null;
  const { closing, opening } = legs;
  const credit = prices.held.side === 'Sell' ? subtract(opening, closing) : subtract(closing, opening);
  return multiply(credit, prices.qty);
}

const verdict = (guard: GuardName, passes: boolean, text: string): Verdict => ({ guard, passes, text });

/** What each leg can be traded at right now. */
function legPrices({ held, old, next }: Pick<RollPrices, 'held' | 'old' | 'next'>) {
  const [closing, opening] = held.side === 'Sell' ? [old.ask, next.bid] : [old.bid, next.ask];
  return closing === null || opening === null ? null : { closing, opening };
}

function highWaterMark(
  { strikeHighWaterMark }: Guards,
  { held, nextStrike: strike, farthestStrike }: RollPrices,
): Verdict[] {
  if (!strikeHighWaterMark) return [];
  const isKept = compare(strike, farthestStrike) * rightWay(held.optionType) >= 0;
  return [
    verdict(
      'strikeHighWaterMark',
      isKept,
      `strike ${strike} ${isKept ? 'keeps' : 'gives up'} ${farthestStrike}, which was reached`,
    ),
  ];
}

function openInterest({ openInterestMin }: Guards, { next }: RollPrices): Verdict[] {
  if (openInterestMin === undefined) return [];
  const known = next.openInterest;
  if (known === null)
    return [verdict('openInterest', false, `the open interest of ${next.symbol} is not known`)];
  const passes = compare(known, openInterestMin) >= 0;
  return [
    verdict(
      'openInterest',
      passes,
      `open interest ${known} of ${next.symbol} is ${passes ? 'at least' : 'below'} ${openInterestMin}`,
    ),
  ];
}

function spread({ spreadMax }: Guards, { old, next }: RollPrices): Verdict[] {
  if (spreadMax === undefined) return [];
  return [old, next].map(({ symbol, bid, ask }) => {
    if (bid === null || ask === null)
      return verdict('spread', false, `the spread of ${symbol} is not known: one side is not quoted`);
    const share = toText(decimal(ask).minus(bid).times(2).dividedBy(decimal(ask).plus(bid)));
    const passes = compare(share, spreadMax) <= 0;
    const words = passes ? 'at most' : 'above';
    return verdict(
      'spread',
      passes,
      `spread ${percentText(share)} of ${symbol} (${bid} to ${ask}) is ${words} ${percentText(spreadMax)}`,
    );
  });
}

function cost({ netCreditMin, debitMax }: Guards, prices: RollPrices): Verdict[] {
  const legs = legPrices(prices);
  const credit = netCreditOf(prices);
  const unknown = 'what the roll would cost is not known: one side is not quoted';
  const verdicts: Verdict[] = [];
  if (netCreditMin !== undefined) {
    const passes = credit !== null && compare(credit, netCreditMin) >= 0;
    const text = `net credit ${credit ?? ''} is ${passes ? 'at least' : 'below'} ${netCreditMin}`;
    verdicts.push(verdict('netCredit', passes, credit === null ? unknown : text));
  }
  if (debitMax) {
    if (legs === null || credit === null) return [...verdicts, verdict('debit', false, unknown)];
    verdicts.push(debit(debitMax, multiply(credit, '-1'), multiply(legs.closing, prices.qty)));
  }
  return verdicts;
}

function debit({ kind, value }: DebitMax, paid: DecimalString, premium: DecimalString): Verdict {
  const most = kind === 'amount' ? value : multiply(premium, value);
  const passes = compare(paid, most) <= 0;
  const share = kind === 'amount' ? '' : `, ${percentText(value)} of the premium ${premium}`;
  return verdict('debit', passes, `debit ${paid} is ${passes ? 'at most' : 'above'} ${most}${share}`);
}

/**
 * What the exchange says of the account is judged for every coin. Between and after the legs it is an estimate, and for a
 * coin whose factors are not known there is none: that is said, and forbids nothing, because otherwise no position in
 * such a coin could ever be rolled. The exchange still refuses an order that the account cannot carry.
 */
function maintenance({ maintenanceMax }: Guards, margin: MarginSteps): Verdict[] {
  const steps = { before: 'before the roll', between: 'between the legs', after: 'after the roll' } as const;
  return (['before', 'between', 'after'] as const).map((step) => {
    const rate = margin[step].maintenanceRate;
    if (rate === null && step !== 'before' && margin.unknownCoin !== null)
      return verdict(
        'maintenanceMargin',
        true,
        `maintenance margin ${steps[step]} is not known for options on ${margin.unknownCoin}: not judged`,
      );
    if (rate === null)
      return verdict('maintenanceMargin', false, `maintenance margin ${steps[step]} is not known`);
    const passes = compare(rate, maintenanceMax) <= 0;
    const words = passes ? 'at most' : 'above';
    return verdict(
      'maintenanceMargin',
      passes,
      `maintenance margin ${percentText(rate)} ${steps[step]} is ${words} ${percentText(maintenanceMax)}`,
    );
  });
}

/** In minutes, from two days on in days. */
const leadText = (ms: number): string =>
  ms >= 2 * dayMs ? `${Math.floor((ms * 10) / dayMs) / 10} days` : `${Math.floor(ms / 60_000)} min`;
