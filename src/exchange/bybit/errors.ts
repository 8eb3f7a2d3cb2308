/**
 * The one table that turns Bybit's refusals into what the caller does next (docs/exchange.md#errors): every code, every
 * HTTP status, every broken connection, with differences by command. It owns that judgement and the sentence that people
 * read; retrying is left to the order machine. Where Bybit is vague, a write that may have happened is an unknown outcome,
 * because looking an order up costs a request and sending it twice costs money.
 */
import { type RefusalScope, Retryable, Terminal, UnknownOutcome } from '../../domain/errors.ts';
import { pageText, plainText } from '../../domain/foreign-text.ts';
import { minuteMs } from '../../domain/units.ts';

/** `check`: what would become of a create; like a read it changes nothing. */
export type Command = 'create' | 'amend' | 'cancel' | 'read' | 'check';

/** A scope means a `Terminal` error; `exists` means an unknown outcome where an order under this id exists. */
export type Fate = 'retryable' | 'unknown' | 'exists' | RefusalScope;

export interface Rule {
  readonly codes: readonly number[];
  /** For every command that has no fate of its own below. */
  readonly fate: Fate;
  readonly create?: Fate;
  readonly amend?: Fate;
  readonly cancel?: Fate;
  readonly read?: Fate;
  /** How long to wait before a retry. */
  readonly retryAfterMs?: number;
  readonly why: string;
}

const codesFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** The codes of Bybit docs: v5/error that our requests may meet, and a few that other clients have met. */
export const codeRules: readonly Rule[] = [
  { codes: [-1], fate: 'retryable', retryAfterMs: 250, why: 'the request had expired on arrival' },
  { codes: [429], fate: 'unknown', read: 'retryable', why: 'the exchange protects itself' },
  { codes: [10000], fate: 'unknown', read: 'retryable', why: 'the exchange timed out inside' },
  { codes: [10001], fate: 'request', why: 'a parameter is wrong' },
  { codes: [10002], fate: 'retryable', retryAfterMs: 250, why: 'the request missed its time window' },
  { codes: [10003, 10004, 10005, 10007, 10010], fate: 'account', why: 'the API key is not accepted' },
  { codes: [33004, -2015], fate: 'account', why: 'the API key has expired' },
  // It is not documented that such a create was not processed (docs/exchange.md#errors). Our own queue keeps the limit, so
  // a 10006 is rare, and a look-up is cheap.
  { codes: [10006], fate: 'retryable', create: 'unknown', why: 'too many requests in this second' },
  { codes: [10008, 10009, 10024, 10027, 10028], fate: 'account', why: 'the account may not trade' },
  {
    codes: [100028, 110067, 110088, 3100334],
    fate: 'account',
    why: 'this kind of account cannot trade here',
  },
  { codes: [3100197], fate: 'account', why: 'the account is barred while it is upgraded' },
  {
    codes: [110069, 110080, 3200316, 3200317, 3200320],
    fate: 'account',
    why: 'an institutional loan forbids to trade',
  },
  { codes: [10014], fate: 'unknown', read: 'retryable', why: 'the exchange saw this request already' },
  {
    codes: [10016, 500000, 3400214],
    fate: 'unknown',
    read: 'retryable',
    why: 'an error inside the exchange',
  },
  { codes: [10017], fate: 'request', why: 'no such route' },
  {
    codes: [10018],
    fate: 'retryable',
    retryAfterMs: 10 * minuteMs,
    why: 'too many requests from this address',
  },
  // These belong to order entry over websockets; anywhere else their meaning is unknown.
  { codes: [10019, 10403, 10429, 20003, 20006], fate: 'unknown', read: 'retryable', why: 'session trouble' },
  { codes: [10404], fate: 'request', why: 'wrong operation or category' },
  { codes: [10029], fate: 'request', create: 'symbol', why: 'the symbol is not allowed for this account' },
  { codes: [30001, 170141], fate: 'exists', read: 'retryable', why: 'the order link id is used already' },
  { codes: [34040], fate: 'request', why: 'it is so already' },
  { codes: [30035], fate: 'retryable', why: 'too soon to cancel' },
  {
    codes: [30208, 30209, 110003, 110120, 110121],
    fate: 'price',
    why: 'the price is outside the permitted band',
  },
  {
    codes: [30228],
    fate: 'request',
    create: 'symbol',
    why: 'no new positions while the contract is delisted',
  },
  {
    codes: [40004],
    fate: 'unknown',
    read: 'retryable',
    why: 'the order changed while it was being replaced',
  },
  {
    codes: [110001],
    fate: 'final',
    create: 'unknown',
    read: 'retryable',
    why: 'the order has ended, or is not yet visible',
  },
  {
    codes: [110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053, 3200300],
    fate: 'margin',
    why: 'not enough balance or margin',
  },
  { codes: [110005], fate: 'request', create: 'symbol', why: 'the position is in a state that forbids it' },
  {
    codes: [110011, 110035, 110039, 110040, 110046, 110047],
    fate: 'margin',
    why: 'it would lead to a liquidation',
  },
  { codes: [30256, 110131], fate: 'margin', why: 'the limit of margin under a loan is reached' },
  {
    codes: [110008, 110010],
    fate: 'final',
    create: 'unknown',
    read: 'retryable',
    why: 'the order has ended',
  },
  { codes: [110009, 110020], fate: 'request', why: 'too many open orders' },
  { codes: [110017], fate: 'request', why: 'the position to reduce is closed or smaller' },
  { codes: [110018, 110019, 110032], fate: 'request', why: 'an illegal user or order id' },
  {
    codes: [110022, 110023, 110042],
    fate: 'request',
    create: 'symbol',
    why: 'only reducing orders are allowed',
  },
  {
    codes: [110013, 110021, 110031, 110048, 110085, 110086, 110089, 110090, 3400139],
    fate: 'request',
    create: 'symbol',
    why: 'the position would be larger than a limit allows',
  },
  {
    codes: [30133, 30134, 110037],
    fate: 'request',
    create: 'symbol',
    why: 'this contract is not open to the account',
  },
  { codes: [110098, 110103], fate: 'request', why: 'this kind of order is not taken at this stage' },
  {
    codes: [110049, 110050, 110057, 110058, 110059, 110060, 110061, 110068, 110077, 110119, 3100181, 3100198],
    fate: 'request',
    why: 'a parameter is wrong',
  },
  { codes: [110025, 110026, 110043], fate: 'request', why: 'the mode was set already; nothing to do' },
  { codes: [110028], fate: 'request', why: 'open orders are in the way' },
  { codes: [110062, 110065], fate: 'request', why: 'market-maker protection is not enabled' },
  {
    codes: [110063, 110066, 110074],
    fate: 'retryable',
    create: 'symbol',
    retryAfterMs: 15_000,
    why: 'the contract is not traded at this moment (settlement or listing)',
  },
  { codes: [110064], fate: 'request', amend: 'final', why: 'the order is filled beyond the new quantity' },
  { codes: [110072], fate: 'exists', read: 'retryable', why: 'the order link id is used already' },
  // For a create, the order that is being processed may be the one that it sent.
  { codes: [110079], fate: 'retryable', create: 'unknown', why: 'the order is being processed' },
  { codes: [110094, 3100116], fate: 'request', create: 'symbol', why: 'the order is too small' },
  { codes: [110118], fate: 'request', create: 'symbol', why: 'no liquidity to price the order' },
  {
    codes: [110123, 110124, 110125, 110132],
    fate: 'account',
    why: 'the account has terms to sign, cools off, or is in a barred region',
  },
  { codes: [3100326], fate: 'request', why: 'the base coin is missing' },
  { codes: [3200403], fate: 'account', why: 'isolated margin cannot hold options' },
  { codes: [170001, 170005, 170007, 170032], fate: 'unknown', read: 'retryable', why: 'no clear answer' },
  { codes: [170213], fate: 'final', create: 'unknown', read: 'retryable', why: 'no such order' },
  {
    codes: [...codesFrom(110300, 110323), 111002, 111008],
    fate: 'request',
    why: 'a block trade was refused',
  },
];

const httpRules: readonly Rule[] = [
  { codes: [401], fate: 'account', why: 'the API key is not accepted' },
  {
    codes: [403],
    fate: 'retryable',
    retryAfterMs: 10 * minuteMs,
    why: 'too many requests, or this address is barred',
  },
  { codes: [404], fate: 'request', why: 'no such path' },
  { codes: [429], fate: 'unknown', read: 'retryable', why: 'the exchange protects itself' },
];

/**
 * Why the exchange ended an order by itself after acknowledging it (Bybit docs: v5/enum), by names of `cancelType` and
 * `rejectReason`. Names that are not listed, such as an owner's cancel or the rest of an IOC, say nothing about the next
 * order.
 */
export const endRules: readonly { readonly names: readonly string[]; readonly scope: RefusalScope }[] = [
  {
    names: [
      'EC_PostOnlyWillTakeLiquidity',
      'EC_LimitOrderInvalidPrice',
      'EC_ReachRiskPriceLimit',
      'EC_ReachMarketPriceLimit',
    ],
    scope: 'price',
  },
  {
    names: [
      'CancelByCannotAffordOrderCost',
      'CancelByPmTrialMmOverEquity',
      'CancelAllBeforeLiq',
      'CancelAllBeforeAdl',
    ],
    scope: 'margin',
  },
  { names: ['CancelByAccountBlocking'], scope: 'account' },
  {
    names: ['CancelByReduceOnly', 'EC_EcInvalidQty', 'EC_InvalidAmount', 'EC_InvalidPriceScale'],
    scope: 'request',
  },
  {
    names: ['CancelBySettle', 'CancelByDelivery', 'EC_InvalidSymbolStatus', 'EC_SecurityStatusFail'],
    scope: 'symbol',
  },
];

const byCode = new Map(codeRules.flatMap((rule) => rule.codes.map((code) => [code, rule] as const)));
const byStatus = new Map(httpRules.flatMap((rule) => rule.codes.map((code) => [code, rule] as const)));
const byEnd = new Map(endRules.flatMap(({ names, scope }) => names.map((name) => [name, scope] as const)));
/** For everything that is in no table: 5xx, broken connections, answers that cannot be read. */
const unclear: Rule = { codes: [], fate: 'unknown', read: 'retryable', why: 'no clear answer' };

/** For a code that is in no table: nearly always a refusal, but only a look-up proves that there is no order. */
const unlisted: Rule = {
  codes: [],
  fate: 'unknown',
  read: 'retryable',
  why: 'a code that Rollkeeper does not know',
};

/** What went wrong with one request, without secrets. Texts are as received. */
export type Failure =
  | { readonly kind: 'code'; readonly code: number; readonly text: string }
  /** `body`: the page that came with the status. */
  | { readonly kind: 'http'; readonly status: number; readonly body?: string }
  | { readonly kind: 'connection'; readonly text: string }
  /** `body`: what was received instead of an answer. */
  | { readonly kind: 'unreadable'; readonly text: string; readonly body?: string };

/** @param subject what was attempted, e.g. `cancel close-7-v12 on BTC-31MAR23-26000-C-USDT` */
export function faultOf(
  command: Command,
  subject: string,
  failure: Failure,
): Retryable | Terminal | UnknownOutcome {
  const rule = ruleOf(failure);
  const fate = command === 'check' ? fateOfCheck(rule) : (rule[command] ?? rule.fate);
  const message = `${subject}: ${describe(failure)} (${rule.why})`;
  const code = codeOf(failure);
  if (fate === 'unknown') return new UnknownOutcome(message, { code, answered: answeredWith(failure, rule) });
  if (fate === 'exists') return new UnknownOutcome(message, { code, orderExists: true });
  if (fate === 'retryable') return new Retryable(message, { code, retryAfterMs: rule.retryAfterMs ?? 1_000 });
  return new Terminal(message, { code, scope: fate });
}

/** It may be asked again where nothing is clear; a clear refusal is the order's own, and so is one whose code is in no table. */
function fateOfCheck(rule: Rule): Fate {
  if (rule === unlisted) return 'request';
  const fate = rule.create ?? rule.fate;
  return fate === 'unknown' || fate === 'exists' || fate === 'final' ? 'retryable' : fate;
}

/** Why the exchange ended an order by itself, or `null` when the names say nothing about that. */
export const refusalOf = (cancelType: string, rejectReason: string): RefusalScope | null =>
  byEnd.get(cancelType) ?? byEnd.get(rejectReason) ?? null;

function ruleOf(failure: Failure): Rule {
  switch (failure.kind) {
    case 'code':
      return byCode.get(failure.code) ?? unlisted;
    case 'http':
      return byStatus.get(failure.status) ?? unclear;
    case 'connection':
    case 'unreadable':
      return unclear;
  }
}

/** Set for an answer of unknown meaning, whose words are shown to the owner at once. */
function answeredWith(failure: Failure, rule: Rule): 'unlisted' | 'page' | null {
  if (rule === unlisted) return 'unlisted';
  return rule === unclear && failure.kind !== 'connection' ? 'page' : null;
}

/** The one place where texts of the exchange, or of a proxy, enter our messages: control characters are removed here. */
function describe(failure: Failure): string {
  switch (failure.kind) {
    case 'code':
      return `Bybit answered ${failure.code} "${plainText(failure.text)}"`;
    case 'http':
      return `Bybit answered HTTP ${failure.status}${quoted(failure.body)}`;
    case 'connection':
      return `no answer from Bybit, ${plainText(failure.text)}`;
    case 'unreadable':
      return `Bybit's answer could not be read, ${plainText(failure.text)}${quoted(failure.body)}`;
  }
}

const pageLengthMax = 160;
function quoted(body: string | undefined): string {
  const text = pageText(body ?? '', pageLengthMax);
  return text === '' ? '' : ` "${text}"`;
}

function codeOf(failure: Failure): string {
  if (failure.kind === 'code') return String(failure.code);
  return failure.kind === 'http' ? `HTTP ${failure.status}` : '';
}
