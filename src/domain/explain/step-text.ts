/** One row of a journal as a sentence: what the task learned, and where that led it. Pure. */
import type { Fill, OrderReport, Quote } from '../market/order.ts';
import { decimal, isZero, readDecimal, toText, type DecimalString } from '../money.ts';
import type { Cause } from '../orders/outcomes.ts';
import type { TradeWish } from '../rules/rule.ts';
import type { HeldOption } from '../market/held-option.ts';
import { haltText } from './halt-text.ts';
import type { Halt } from '../halt.ts';
import { reasonText } from './reason-text.ts';
import { stateText } from './state-text.ts';

export interface Step {
  /** Actor that received the stimulus; `""` is the task itself. */
  readonly path: string;
  readonly eventJson: string;
  /** Into which the turn led. */
  readonly state: string;
  /** `null` of the first row. */
  readonly stateBefore: string | null;
}

/** What journaled events have in them, as far as a sentence looks at it. */
interface Journaled {
  readonly type: string;
  readonly daemon?: string;
  readonly input?: { readonly held?: HeldOption; readonly others?: readonly HeldOption[] };
  readonly readings?: Readonly<Record<string, unknown>>;
  readonly report?: OrderReport;
  readonly fill?: Fill;
  readonly trade?: TradeWish;
  readonly halt?: Halt;
  readonly symbol?: string;
  readonly side?: string | null;
  readonly qty?: DecimalString;
  readonly price?: DecimalString;
  readonly linkId?: string;
  readonly cause?: Cause;
  readonly output?: {
    readonly kind?: string;
    readonly cause?: Cause;
    readonly value?: Partial<Quote> & { readonly chain?: unknown };
  };
}

/** The type of the journaled event, e.g. `PRICE`; of an effect that has ended its name, e.g. `planning done`. */
export function eventNameIn(eventJson: string): string {
  const { type } = JSON.parse(eventJson) as Journaled;
  const ended = endedIn(type);
  return ended === null ? type : `${ended} done`;
}

/** `leg 1: 0.5 filled at 1020, fee 3.9; leg 1 is closed, leg 2 is being planned`. */
export function stepText({ path, eventJson, state, stateBefore }: Step): string {
  const event = JSON.parse(eventJson) as Journaled;
  const said = `${path === '' ? '' : `${path}: `}${eventText(event)}`;
  return state === stateBefore ? said : `${said}; ${stateText(state)}`;
}

function eventText(event: Journaled): string {
  const ended = endedIn(event.type);
  if (ended !== null) return endedText(ended, event.output ?? {});
  const say = sentences[event.type];
  return say ? say(event) : event.type;
}

/** The name of the effect or wait that has ended; `null` of any other event. */
const endedIn = (type: string): string | null =>
  /^xstate\.(?:done|error)\.actor\.(?:\d+\.)?(?:roll\.|order\.)?(.*)$/.exec(type)?.[1]?.split('.').at(-1) ??
  null;

type Sentence = (event: Journaled) => string;

const sentences: Readonly<Record<string, Sentence>> = {
  CREATED: ({ input }) => `taken over: ${heldText(input)}`,
  ADOPTED: ({ daemon }) =>
    daemon === undefined ? 'another daemon goes on with it' : `daemon ${daemon} goes on with it`,
  PRICE: ({ readings }) => readingsText(readings ?? {}),
  PRICES_STALE: () => 'no fresh prices any more',
  PAUSE: () => 'asked to pause',
  RESUME: () => 'asked to resume',
  RETRY: () => 'asked to try again',
  REOPEN: () => 'asked to open the old option again',
  ACCEPT_FLAT: () => 'asked to leave it as it is',
  TRADE_NOW: ({ trade }) => (trade?.kind === 'closeNow' ? 'asked to close now' : 'asked to roll now'),
  APPROVE: () => 'approved',
  DECLINE: () => 'declined',
  MARKED_FILLED: ({ linkId, qty, price }) =>
    `its owner says that order ${linkId} was filled: ${qty} at ${price}`,
  MARKED_NOT_PLACED: ({ linkId }) => `its owner says that order ${linkId} was never placed`,
  EDITED: () => 'a new spec',
  REMOVED: () => 'removed',
  EXPIRED: () => 'the option is delivered',
  POSITION_SEEN: ({ side, qty, symbol }) =>
    side === null
      ? `the account does not show ${symbol ?? 'the position'} any more`
      : `the account shows ${side} ${qty}${symbol === undefined ? '' : ` ${symbol}`}`,
  HOLDING_SEEN: ({ qty, symbol }) => `the account has ${qty} ${symbol}`,
  HALTED: ({ halt }) => (halt ? haltText(halt) : 'trading is halted'),
  HALT_LIFTED: () => 'trading is no longer halted',
  LIMITS_CHANGED: () => "the account's limits have changed",
  REMINDED: () => 'still waiting',
  ORDER_UNRESOLVED: ({ linkId }) => `what became of order ${linkId} is still unknown`,
  ANSWER_NOT_UNDERSTOOD: ({ linkId, cause }) =>
    `the answer to order ${linkId} is not understood${cause ? `: ${reasonText(cause)}` : ''}`,
  ORDER_REPORTED: ({ report }) => (report ? reportText(report) : 'the order is reported'),
  FILL_REPORTED: ({ fill }) =>
    fill
      ? `${fill.qty} ${fill.symbol} filled at ${fill.price}, ${fill.isFast ? 'its fee is still to come' : `fee ${roundedText(fill.fee)}`}`
      : 'a fill is reported',
  RECONNECTED: () => 'connected again: the order is looked up',
  WITHDRAWN: () => 'the order is withdrawn',
};

const heldText = ({ held, others = [] }: NonNullable<Journaled['input']> = {}): string =>
  [...(held ? [held] : []), ...others]
    .map(({ side, qty, symbol }) => `${side === 'Sell' ? 'short' : 'long'} ${qty} ${symbol}`)
    .join(' and ') || 'a position';

const readingsText = ({ legs, clock, ...fields }: Readonly<Record<string, unknown>>): string => {
  const known = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${fieldNames[name] ?? name} ${roundedText(value)}`] : [],
  );
  const others = [
    ...(legs === undefined ? [] : ['prices of its legs']),
    ...(clock === undefined ? [] : ['the time']),
  ];
  return [...known, ...(known.length === 0 ? others : [])].join(', ') || 'prices';
};

const fieldNames: Readonly<Record<string, string>> = {
  optionMark: "the option's mark",
  optionIndex: 'index at the mark',
  volatilityRank: 'rank of volatility',
};

const reportText = ({
  side,
  qty,
  symbol,
  price,
  status,
  executedQty,
  averagePrice,
  reason,
}: OrderReport): string => {
  const what = `${side} ${qty} ${symbol} at ${price}`;
  const executed = isZero(executedQty) ? '' : `, ${executedQty} filled at ${roundedText(averagePrice)}`;
  return `${what} is ${status}${executed}${reason === '' ? '' : ` (${reason})`}`;
};

const effects: Readonly<Record<string, string>> = {
  planning: 'the market is read',
  checking: 'margin is asked for',
  checkpoint: 'the market is read',
  replanning: 'the market is read',
  submitting: 'the order is sent',
  quoting: 'the quote is read',
  pricing: 'the quote is read',
  amending: 'the price is changed',
  cancelling: 'the cancellation is sent',
  settling: 'the deliveries are read',
  resolving: 'the order is looked up',
  working: 'time for the next price',
};

function endedText(name: string, { kind, cause, value }: NonNullable<Journaled['output']>): string {
  const what = effects[name] ?? (kind === undefined ? 'the wait is over' : `${name} is done`);
  const why = cause ? `: ${reasonText(cause)}` : '';
  switch (kind) {
    case 'acknowledged':
      return `${what}, and the exchange takes it`;
    case 'refused':
      return `${what}, and refused${why}`;
    case 'retry':
      return `${what}, and put off${why}`;
    case 'unknown':
      return `${what}, and the answer is unknown${why}`;
    case 'failed':
      return `${what} in vain${why}`;
    case undefined:
    default:
      return value?.bid === undefined
        ? what
        : `${what}: bid ${value.bid ?? 'none'}, ask ${value.ask ?? 'none'}`;
  }
}

/** To four decimals: a row says what happened, the event what it was to the last digit. */
const roundedText = (value: DecimalString): string =>
  readDecimal(value) === null ? value : toText(decimal(value).toDecimalPlaces(4));
