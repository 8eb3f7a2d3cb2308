/** Why something is so, for people: a sentence for each reason code. */
import { isPositive } from '../money.ts';
import type { CauseFigures } from '../orders/outcomes.ts';
import type { RefusedBeforeFigures } from '../orders/refused-options.ts';
import type { TradeProblemFigures } from '../orders/trade-problem.ts';
import type { UnresolvedFigures } from '../orders/unknown-outcome.ts';
import type { Reason, Sentences } from '../reason.ts';
import type { OwnReasonFigures, PassedOver, RollReasonFigures } from '../roll/roll-reasons.ts';
import type { TargetProblemFigures } from '../rules/targets.ts';
import type { ConditionKind } from '../rules/triggers.ts';
import { expiryForm, strikeForm } from '../spec/target-form.ts';
import { guardSentences } from './guard-text.ts';
import { haltText } from './halt-text.ts';
import { personText } from './person-text.ts';
import type { EmergencyStopFigures } from '../roll/stop-facts.ts';
import { stoppedText } from './stop-text.ts';
import { conditionName, triggerText, valueText } from './trigger-text.ts';

const dayText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const causes: Sentences<CauseFigures> = {
  said: ({ words }) => words,
  restarted: () => 'restarted before the answer was known',
  deadlinePassed: () => 'not filled by its deadline',
  withdrawn: () => 'withdrawn',
  ownersWord: () => 'as its owner said',
};

const tradeProblems: Sentences<TradeProblemFigures> = {
  quantityBelowMinimum: ({ symbol, qty, minQty }) =>
    `quantity ${qty} of ${symbol} is below the minimum ${minQty}`,
  quantityAboveMaximum: ({ symbol, qty, maxQty }) =>
    `quantity ${qty} of ${symbol} is above the maximum ${maxQty}`,
  quantityOffStep: ({ symbol, qty, qtyStep }) =>
    `quantity ${qty} of ${symbol} is not a multiple of ${qtyStep}`,
  notListed: ({ symbol }) => `${symbol} is not listed any more`,
  notTrading: ({ symbol, status }) => `${symbol} is ${status}, not Trading`,
  noQuote: ({ symbol }) => (symbol === null ? 'no quote' : `no quote for ${symbol}`),
  quoteTooOld: ({ symbol, ageMs, ageMaxMs }) =>
    `quote of ${symbol} is ${Math.round(ageMs / 1_000)} s old, at most ${ageMaxMs / 1_000} s is traded on`,
  sideNotQuoted: ({ symbol, side }) => `no ${side} for ${symbol}`,
  beyondSlippage: ({ symbol, side, price, bound, mark }) =>
    `${side} ${price} of ${symbol} is beyond ${bound}, the most that slippage allows from mark ${mark}`,
  wouldClose: ({ symbol, heldSide, heldQty, orderSide }) =>
    `the account holds ${heldSide} ${heldQty} ${symbol}, which an order to ${orderSide} would close`,
};

const targetProblems: Sentences<TargetProblemFigures> = {
  noSuchExpiry: ({ optionType, expiry }) => `no ${optionType} is trading with expiry ${expiryForm(expiry)}`,
  noSuchStrike: ({ optionType, target, strike }) => {
    const where = target.expiry.kind === 'same' ? '' : ` with expiry ${expiryForm(target.expiry)}`;
    const { kind } = target.strike;
    if (kind === 'strike') return `no ${optionType}${where} is trading at strike ${target.strike.strike}`;
    if (kind === 'deltaAtMost' || kind === 'furthest' || kind === 'bestCredit')
      return `no ${optionType}${where} that a roll from strike ${strike} may go to is trading`;
    return `no ${optionType}${where} is trading ${strikeForm(target.strike)} from strike ${strike}`;
  },
  noSuchCredit: ({ optionType, creditMin, best }) => {
    const no = `no ${optionType} brings a credit of ${creditMin}`;
    return best === null
      ? `${no}: a price that it takes is not quoted`
      : `${no}: the most is ${best.netCredit}, with ${best.symbol}`;
  },
  noSuchDelta: ({ optionType, deltaMin, deltaMax, nearest }) => {
    const wanted = isPositive(deltaMin) ? `within ${deltaMin}..${deltaMax}` : `of at most ${deltaMax}`;
    const no = `no ${optionType} has a delta ${wanted}`;
    return nearest === null ? `${no}: none is known` : `${no}: ${nearest.symbol} has ${nearest.delta}`;
  },
  distanceUnknown: ({ indexAtOpening }) =>
    indexAtOpening === null
      ? 'how far from the index the held option was opened is not known'
      : 'the index is not known now',
  sameOption: ({ strike }) => `strike ${strike} is the one held already`,
  wrongWay: ({ optionType, from, to }) => `strike ${to} is the wrong way from ${from} for a ${optionType}`,
};

const unresolved: Sentences<UnresolvedFigures> = {
  openAfterCancel: (figures) => withCauses('it should be over and still is open', figures),
  takenButNotFound: (figures) =>
    withCauses('the exchange took it, but no look-up shows how it stands', figures),
  neverFound: (figures) =>
    withCauses('no look-up finds it, and nothing proves that it was never placed', figures),
};

function withCauses(what: string, { causes }: { readonly causes: readonly Reason[] }): string {
  const said = causes.map(reasonText).filter((text) => text !== '');
  return said.length === 0 ? what : `${what} (${said.join('; ')})`;
}

const refusedBefore: Sentences<RefusedBeforeFigures> = {
  refusedBefore: ({ symbol, cause }) => `${symbol} was refused (${cause === null ? '' : reasonText(cause)})`,
};

/** Conditions that two sources have to confirm: the option's own quote, and the perpetual's ticker asked anew. */
const pricedByTicker: readonly ConditionKind[] = ['index', 'mark', 'last'];

/** Conditions on the option's own quote whose index the perpetual has to confirm. */
const confirmedByIndex: readonly ConditionKind[] = [
  'moneyness',
  'extrinsicValue',
  'extrinsicShare',
  'deviations',
];

const own: Sentences<OwnReasonFigures & EmergencyStopFigures> = {
  unconfirmed: ({ kind, leg, fired, fresh, otherIndex, byQuoteAlone }) => {
    const textOf = (value: string | null): string => (value === null ? 'nothing' : valueText(kind, value));
    if (kind === 'every') return 'its hour was over before it could be confirmed';
    const what = `${conditionName(kind, leg)} ${textOf(fired)} was not confirmed`;
    if (pricedByTicker.includes(kind) && byQuoteAlone !== true)
      return `${what}: the option's quote says ${otherIndex ?? 'nothing'}, the perpetual's ticker asked anew ${textOf(fresh)}`;
    const quote = `${what}: the option's quote says ${textOf(fresh)}`;
    return confirmedByIndex.includes(kind)
      ? `${quote}, the perpetual's index asked anew is ${otherIndex ?? 'not known'}`
      : quote;
  },
  rulesRefused: ({ rules }) => rules.map(({ rule, reason }) => `${rule}: ${reasonText(reason)}`).join('; '),
  testedSideUnknown: () => 'which side is tested cannot be said: the delta of a short option is not quoted',
  legsGone: () => 'nothing is held any more of the legs that it trades, or of one of the two sides',
  legsMeet: ({ symbol }) => `two legs would hold ${symbol}, and each has to have an option of its own`,
  wouldUncover: ({ symbol }) =>
    `${symbol} covers a short option that stays: rolled alone, it would leave that one uncovered meanwhile`,
  halted: haltText,
  triggerUnconfirmed: ({ trigger }) => `${triggerText(trigger)} was not confirmed`,
  didNotLast: ({ trigger, pricesAreStale }) => {
    const why = pricesAreStale ? 'prices went stale' : 'it no longer holds';
    return `${triggerText(trigger)}: ${why} before it had held for long enough`;
  },
  positionGone: ({ symbol }) => `no position in ${symbol} any more`,
  stoppedOut: ({ symbol, stop }) => stoppedText(symbol, stop),
  positionMismatch: ({ symbol, side, qty, foundSide, foundQty }) =>
    `the account holds ${foundSide} ${foundQty} ${symbol}, the task manages ${side} ${qty}`,
  positionGrown: ({ symbol, qty, foundQty }) =>
    `the account holds ${foundQty} ${symbol}, of which the task manages ${qty}, as before`,
  targetProblem: ({ problem }) => `target: ${reasonText(problem)}`,
  nothingToOpen: ({ passedOver, others }) =>
    passedOverText(passedOver) + (others > 0 ? `; and ${others} more that cannot be opened` : ''),
  notApproved: ({ rule, by }) =>
    by === null
      ? `${rule} asked, and nobody answered in time`
      : `${rule} asked, and ${personText(by)} declined`,
  keepsChanging: ({ rule, questions, netCredit, shownNetCredit }) =>
    `${rule} was shown ${questions} times, and is again not what was shown: net credit ${netCredit}, shown was ${shownNetCredit}`,
  optionsExpired: ({ expiryMs }) =>
    `options of ${dayText(expiryMs)} have expired, nothing can be opened any more`,
  orderEnded: ({ linkId, result, executedQty, cause, before }) => {
    const why = causesText(cause, before);
    const part = isPositive(executedQty) ? ` with ${executedQty}` : '';
    return `order ${linkId} ended ${result}${part}${why === '' ? '' : ` (${why})`}`;
  },
  answerNotUnderstood: ({ cause }) => reasonText(cause),
  ownersStopStands: ({ symbol, mark, wanted }) =>
    `a stop-loss of its owner stands on ${symbol} at ${mark}, and there can be only one; it would be at ${wanted}`,
  emergencyStopPassed: ({ symbol, mark, markNow }) =>
    `${symbol} is marked at ${markNow}, beyond the ${mark} at which it would stand`,
  emergencyStopNotAllowed: ({ symbol, mark, halt }) =>
    `none is put on ${symbol} at ${mark}: ${haltText(halt)}`,
  emergencyStopRefused: ({ symbol, mark, cause }) =>
    `the exchange has not put it on ${symbol} at ${mark}: ${reasonText(cause)}`,
  notExpired: ({ symbol }) =>
    `${symbol} was thought to have expired, but the exchange's clock says that it has not`,
  deliveryOverdue: ({ symbol, expiryMs, qty, status }) => {
    const expiry = new Date(expiryMs).toISOString().slice(0, 16).replace('T', ' ');
    return `${symbol} should have been delivered at ${expiry}, but no delivery is on record: the account holds ${qty} of it, its status is ${status ?? 'not listed'}`;
  },
};

/** Why an order ended, and what went wrong with its requests before; `""` when nothing is known. */
export const causesText = (cause: Reason | null, before: readonly Reason[]): string =>
  [...(cause === null ? [] : [cause]), ...before]
    .map(reasonText)
    .filter((text) => text !== '')
    .join('; before: ');

/** One sentence for all of them. */
export const passedOverText = (passedOver: readonly PassedOver[]): string =>
  passedOver.map(({ reason }) => reasonText(reason)).join('; ');

const sentences: Sentences<RollReasonFigures> = {
  ...causes,
  ...tradeProblems,
  ...targetProblems,
  ...guardSentences,
  ...unresolved,
  ...refusedBefore,
  ...own,
};

/** The code and its figures as they are, where this program has no sentence for the code: a newer one may have stored it. */
export const plainReason = ({ code, figures }: Reason): string => `${code} ${JSON.stringify(figures)}`;

/**
 * The reason as a clause without a full stop; one of a later version, whose code is unknown, as its code and figures.
 */
export function reasonText(reason: Reason): string {
  const say = (sentences as Readonly<Record<string, ((figures: never) => string) | undefined>>)[reason.code];
  return say ? say(reason.figures as never) : plainReason(reason);
}

/** `""` for no reason. */
export const reasonTextOrNothing = (reason: Reason | null): string =>
  reason === null ? '' : reasonText(reason);
