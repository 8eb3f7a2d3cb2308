/**
 * A second reading of Bybit docs: v5/error, every code with a class, written out by hand, against the table that the
 * adapter decides by. T: not processed, later; P: not like this; A: may have happened; N: nothing to do; R: read again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../../src/domain/errors.ts';
import {
  codeRules,
  type Command,
  endRules,
  type Failure,
  type Fate,
  faultOf,
  refusalOf,
} from '../../../src/exchange/bybit/errors.ts';

/** For create, amend, cancel, read; one word when all are the same. */
type Fates = Fate | readonly [Fate, Fate, Fate, Fate];
const mayHaveHappened = ['unknown', 'unknown', 'unknown', 'retryable'] as const;
const existsAlready = ['exists', 'exists', 'exists', 'retryable'] as const;
const isOver = ['unknown', 'final', 'final', 'retryable'] as const;
/** Of a new order it says that this contract cannot be traded; its neighbour may be. */
const onlyThere = ['symbol', 'request', 'request', 'request'] as const;
const surelyNotYet = ['unknown', 'retryable', 'retryable', 'retryable'] as const;

/**
 * Every code with its class (docs/exchange.md#errors). Where the fate is not that of the class alone, the remark says
 * why.
 */
const reference: readonly (readonly [codes: readonly number[], klass: string, fates: Fates])[] = [
  [[-1], 'T', 'retryable'],
  [[429], 'A', mayHaveHappened],
  [[33004, -2015], 'P', 'account'],
  [[100028, 110067, 110088, 3100334], 'P', 'account'],
  [[3100197], 'P', 'account'],
  [[110069, 110080, 3200316, 3200317, 3200320], 'P', 'account'],
  [[110011, 110035, 110039, 110040, 110046, 110047], 'P', 'margin'],
  [[110014, 3200300], 'P', 'margin'],
  [[30256, 110131], 'P', 'margin'],
  [[110013, 110021, 110031, 110048, 110085, 110086, 110089, 110090, 3400139], 'P', onlyThere],
  [[30133, 30134, 110037], 'P', onlyThere],
  [[110098, 110103], 'P', 'request'],
  [[110049, 110050, 110057, 110058, 110059, 110060, 110061, 110068, 110077, 110119], 'P', 'request'],
  [[3100181, 3100198], 'P', 'request'],
  [[3100116], 'P', onlyThere],
  [[3400214], 'A', mayHaveHappened],
  [[10000], 'A', mayHaveHappened],
  [[10001], 'P', 'request'],
  [[10002], 'T', 'retryable'],
  [[10003, 10004, 10005, 10007, 10010], 'P', 'account'],
  // Later; but a create may have been processed, and nobody here can be sure.
  [[10006], 'T', surelyNotYet],
  [[10008, 10009, 10024, 10027, 10028], 'P', 'account'],
  [[10014], 'A', mayHaveHappened],
  [[10016], 'A', mayHaveHappened],
  [[10017], 'P', 'request'],
  [[10018], 'T', 'retryable'],
  // Order entry over a websocket, which is not used: nobody here can be sure.
  [[10019, 10403, 10429, 20003, 20006], 'A', mayHaveHappened],
  [[10404], 'P', 'request'],
  [[10029], 'P', onlyThere],
  [[30035], 'T', 'retryable'],
  [[34040], 'P', 'request'],
  [[30208, 30209], 'P', 'price'],
  [[30228], 'P', onlyThere],
  [[40004], 'A', mayHaveHappened],
  [[110001], 'R', isOver],
  [[110003], 'P', 'price'],
  [[110004, 110006, 110007, 110012, 110044, 110045, 110051, 110052, 110053], 'P', 'margin'],
  [[110005], 'P', onlyThere],
  [[110008, 110010], 'N', isOver],
  [[110009], 'P', 'request'],
  [[110017], 'P', 'request'],
  [[110018, 110019, 110032], 'P', 'request'],
  [[110020], 'P', 'request'],
  [[110022, 110023, 110042], 'P', onlyThere],
  // Nothing to change in a mode; no order, amendment or cancellation is answered so, and none is done by it.
  [[110025, 110026, 110043], 'N', 'request'],
  [[110028], 'P', 'request'],
  [[110062, 110065], 'P', 'request'],
  // Later around a delivery, else not at all: another contract may be open for trading at once.
  [[110063, 110066, 110074], 'T', ['symbol', 'retryable', 'retryable', 'retryable']],
  [[110064], 'P', ['request', 'final', 'request', 'request']],
  [[110072], 'A', existsAlready],
  // "The order is being processed": said of a new one, that one may be it.
  [[110079], 'T', surelyNotYet],
  [[110094], 'P', onlyThere],
  [[110118], 'P', onlyThere],
  [[110120, 110121], 'P', 'price'],
  [[110123, 110124, 110125, 110132], 'P', 'account'],
  [[3100326], 'P', 'request'],
  [[3200403], 'P', 'account'],
  [[170001, 170005, 170007, 170032, 500000], 'A', mayHaveHappened],
  [[30001, 170141], 'A', existsAlready],
  [[170213], 'R', isOver],
  [Array.from({ length: 24 }, (_, index) => 110300 + index), 'P', 'request'],
  [[111002, 111008], 'P', 'request'],
];

const commands: readonly Command[] = ['create', 'amend', 'cancel', 'read'];
const writes = ['create', 'amend', 'cancel'] as const;
const code = (value: number): Failure => ({ kind: 'code', code: value, text: 'said so' });
const fault = (command: Command, failure: Failure) => faultOf(command, 'try', failure);

function fateOf(command: Command, failure: Failure): Fate {
  const error = fault(command, failure);
  if (error instanceof Retryable) return 'retryable';
  if (error instanceof Terminal) return error.scope;
  return error.orderExists ? 'exists' : 'unknown';
}

const rows = reference.flatMap(([codes, klass, fates]) =>
  codes.flatMap((value) =>
    commands.map((command, at) => {
      const fate = typeof fates === 'string' ? fates : (fates[at] ?? 'unknown');
      return [value, klass, command, fate] as const;
    }),
  ),
);

describe('the table of refusals', () => {
  it.each(rows)('has %i (%s) on %s as %s', (value, _, command, fate) => {
    expect(fateOf(command, code(value))).toBe(fate);
  });

  it('has every code of the reference once, and no other', () => {
    const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
    expect(sorted(codeRules.flatMap((rule) => rule.codes))).toEqual(
      sorted(reference.flatMap(([codes]) => codes)),
    );
  });

  it('never calls a write settled that may have happened', () => {
    for (const [value, klass] of rows.filter(([, klass]) => klass === 'A'))
      for (const command of writes)
        expect(fault(command, code(value)), `${klass} ${value} ${command}`).toBeInstanceOf(UnknownOutcome);
  });

  it('lets a check be repeated where nothing is clear, and refuses it where the order would be', () => {
    for (const [value, , , fate] of rows.filter(([, , command]) => command === 'create')) {
      const isUnclear = fate === 'unknown' || fate === 'exists';
      expect(fateOf('check', code(value)), String(value)).toBe(isUnclear ? 'retryable' : fate);
    }
    expect(fateOf('check', code(987_654))).toBe('request');
    expect(fateOf('check', { kind: 'connection', text: 'ECONNRESET' })).toBe('retryable');
  });

  it('gives every fate a reason that a person can read', () => {
    for (const rule of codeRules) expect(rule.why.length).toBeGreaterThan(10);
  });
});

describe('what no table names', () => {
  const listed = new Set(reference.flatMap(([codes]) => codes));
  const unlisted = fc.oneof(fc.nat({ max: 200_000 }), fc.integer()).filter((value) => !listed.has(value));

  it('may have happened when it was a write, and may be read again: any other code', () => {
    fc.assert(
      fc.property(unlisted, (value) => {
        for (const command of writes) expect(fateOf(command, code(value))).toBe('unknown');
        expect(fateOf('read', code(value))).toBe('retryable');
      }),
      { numRuns: 5_000 },
    );
  });

  const unclear: Failure[] = [
    { kind: 'connection', text: 'ECONNRESET' },
    { kind: 'connection', text: 'timeout' },
    { kind: 'unreadable', text: 'not JSON' },
  ];
  it.each(unclear)('may have happened when the answer is none: %j', (failure) => {
    for (const command of writes) expect(fateOf(command, failure)).toBe('unknown');
    expect(fateOf('read', failure)).toBe('retryable');
  });
});

describe('an HTTP status', () => {
  it.each<[number, Fates]>([
    [401, 'account'],
    [403, 'retryable'],
    [404, 'request'],
    [429, mayHaveHappened],
    [500, mayHaveHappened],
    [502, mayHaveHappened],
    [503, mayHaveHappened],
    [504, mayHaveHappened],
    [418, mayHaveHappened],
    [302, mayHaveHappened],
    [200, mayHaveHappened],
  ])('%i', (status, fates) => {
    for (const [at, command] of commands.entries())
      expect(fateOf(command, { kind: 'http', status })).toBe(typeof fates === 'string' ? fates : fates[at]);
  });

  it('of a barred address waits ten minutes', () => {
    expect(fault('create', { kind: 'http', status: 403 })).toMatchObject({ retryAfterMs: 600_000 });
  });
});

describe('an order that ended after its acknowledgement', () => {
  it.each([
    ['UNKNOWN', 'EC_PostOnlyWillTakeLiquidity', 'price'],
    ['UNKNOWN', 'EC_LimitOrderInvalidPrice', 'price'],
    ['UNKNOWN', 'EC_ReachRiskPriceLimit', 'price'],
    ['UNKNOWN', 'EC_ReachMarketPriceLimit', 'price'],
    ['CancelByCannotAffordOrderCost', '', 'margin'],
    ['CancelByPmTrialMmOverEquity', '', 'margin'],
    ['CancelAllBeforeLiq', '', 'margin'],
    ['CancelByAccountBlocking', '', 'account'],
    ['CancelByReduceOnly', 'EC_NoError', 'request'],
    ['CancelBySettle', '', 'symbol'],
    ['CancelByDelivery', '', 'symbol'],
    ['UNKNOWN', 'EC_InvalidSymbolStatus', 'symbol'],
    ['UNKNOWN', 'EC_SecurityStatusFail', 'symbol'],
    ['UNKNOWN', 'EC_EcInvalidQty', 'request'],
    ['UNKNOWN', 'EC_InvalidAmount', 'request'],
    ['UNKNOWN', 'EC_InvalidPriceScale', 'request'],
    ['CancelByUser', 'EC_PerCancelRequest', null],
    ['CancelByMmpTriggered', 'EC_CancelByMMP', null],
    ['CancelByCrossSelfMuch', 'EC_BySelfMatch', null],
    ['CancelByCrossReachMaxTradeNum', 'EC_ReachMaxTradeNum', null],
    ['CancelAllBeforeAdl', '', 'margin'],
    ['CancelByDCP', '', null],
    ['CancelBySmp', '', null],
    ['UNKNOWN', 'EC_NoImmediateQtyToFill', null],
    ['UNKNOWN', 'EC_CancelForNoFullFill', null],
    ['UNKNOWN', 'EC_NoEnoughQtyToFill', null],
    ['UNKNOWN', 'EC_TooLateToCancel', null],
    ['UNKNOWN', 'EC_Others', null],
    ['UNKNOWN', 'EC_ANewOne', null],
  ])('with %s, %s was refused for: %s', (cancelType, rejectReason, scope) => {
    expect(refusalOf(cancelType, rejectReason)).toBe(scope);
  });

  it('is judged by names that are listed once', () => {
    const names = endRules.flatMap((rule) => rule.names);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('an answer that nothing is known about', () => {
  it('is classified: a code that no table names, a page, silence, and a code that is known to leave it open', () => {
    const answered = (failure: Failure) => fault('create', failure);
    expect(answered(code(99999))).toMatchObject({ name: 'UnknownOutcome', answered: 'unlisted' });
    expect(answered({ kind: 'http', status: 503, body: '' })).toMatchObject({ answered: 'page' });
    expect(answered({ kind: 'unreadable', text: 'no V5', body: '' })).toMatchObject({ answered: 'page' });
    expect(answered({ kind: 'connection', text: 'timeout' })).toMatchObject({ answered: null });
    expect(answered(code(10000))).toMatchObject({ answered: null });
  });

  it('keeps its code and its words, or those of its page', () => {
    const said = (failure: Failure) => fault('create', failure).message;
    expect(said({ kind: 'code', code: 99999, text: 'Brand new rule' })).toBe(
      'try: Bybit answered 99999 "Brand new rule" (a code that Rollkeeper does not know)',
    );
    const page = '<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>';
    expect(said({ kind: 'http', status: 503, body: page })).toBe(
      'try: Bybit answered HTTP 503 "503 Service Unavailable" (no clear answer)',
    );
    expect(said({ kind: 'http', status: 403, body: 'access too frequent' })).toContain(
      '"access too frequent"',
    );
    expect(said({ kind: 'unreadable', text: 'no V5', body: page })).toContain('"503 Service Unavailable"');
  });

  it('passes no control characters on', () => {
    const evil = '\u001b]0;owned\u0007\u001b[31mno\r\nsuch\u009b2Jthing';
    for (const failure of [
      { kind: 'code', code: 110007, text: evil },
      { kind: 'http', status: 503, body: evil },
      { kind: 'unreadable', text: evil, body: evil },
      { kind: 'connection', text: evil },
    ] satisfies Failure[])
      expect(fault('create', failure).message).not.toMatch(/\p{Cc}/u);
  });
});

describe('an error', () => {
  it('says what happened with which value', () => {
    const error = faultOf('create', 'create open-7-v3 (Buy 0.3 BTC-9MAY25-95000-C-USDT at 1225)', {
      kind: 'code',
      code: 110007,
      text: 'ab not enough for new order',
    });
    expect(error).toBeInstanceOf(Terminal);
    expect(error.message).toBe(
      'create open-7-v3 (Buy 0.3 BTC-9MAY25-95000-C-USDT at 1225): Bybit answered 110007 "ab not enough for new order" (not enough balance or margin)',
    );
  });
});
