import { describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../../src/domain/errors.ts';
import { codeRules, type Command, type Failure, faultOf } from '../../../src/exchange/bybit/errors.ts';

/** The classes of bybit-v5.md §6.1, copied by hand: what an order write may assume of each code. */
const mayHaveHappened = [
  10000, 10014, 10016, 10019, 10403, 10429, 20003, 20006, 30001, 40004, 110072, 170001, 170005, 170007,
  170032, 170141, 500000,
];
const transient = [10002, 10006, 10018, 30035, 110063, 110066, 110074, 110079];
const stopTrading = [
  10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 110123, 110124, 110125, 110132,
  3200403,
];
const requestIsWrong = [
  10001, 10017, 10029, 10404, 30228, 110005, 110009, 110017, 110018, 110019, 110020, 110022, 110023, 110025,
  110026, 110028, 110032, 110042, 110043, 110062, 110064, 110065, 110094, 110118, 3100326, 110300, 110311,
  110323, 111002, 111008,
];
const priceIsOutside = [30208, 30209, 110003, 110120, 110121];
const marginIsShort = [110004, 110006, 110007, 110012, 110044, 110045, 110051, 110052, 110053];
const orderIsOver = [110001, 110008, 110010, 170213];

const commands: readonly Command[] = ['create', 'amend', 'cancel', 'read'];
const code = (value: number): Failure => ({ kind: 'code', code: value, text: 'said so' });
const fault = (command: Command, failure: Failure) => faultOf(command, 'try', failure);

describe('the table of refusals', () => {
  it('names every code of the reference once', () => {
    const listed = codeRules.flatMap((rule) => rule.codes);
    expect(new Set(listed).size).toBe(listed.length);
    const reference = [
      mayHaveHappened,
      transient,
      stopTrading,
      requestIsWrong,
      priceIsOutside,
      marginIsShort,
      orderIsOver,
    ].flat();
    expect(reference.filter((each) => !listed.includes(each))).toEqual([]);
  });

  it.each(mayHaveHappened)('lets nobody send an order again after %i without looking it up', (value) => {
    for (const command of ['create', 'amend', 'cancel'] as const) {
      expect(fault(command, code(value))).toBeInstanceOf(UnknownOutcome);
    }
    expect(fault('read', code(value))).toBeInstanceOf(Retryable);
  });

  it.each(transient)('lets anything be tried again after %i', (value) => {
    for (const command of commands) expect(fault(command, code(value))).toBeInstanceOf(Retryable);
  });

  it.each(stopTrading)('stops the account at %i', (value) => {
    for (const command of commands) expect(fault(command, code(value))).toMatchObject({ scope: 'account' });
  });

  it.each(requestIsWrong)('gives the request up at %i', (value) => {
    for (const command of ['create', 'read'] as const) {
      expect(fault(command, code(value))).toMatchObject({ scope: 'request', code: String(value) });
    }
  });

  it.each(priceIsOutside)('asks for another price at %i', (value) => {
    for (const command of commands) expect(fault(command, code(value))).toMatchObject({ scope: 'price' });
  });

  it.each(marginIsShort)('says at %i that it is the margin that is missing', (value) => {
    for (const command of commands) expect(fault(command, code(value))).toMatchObject({ scope: 'margin' });
  });

  it.each(orderIsOver)('has the order read again when a cancel or amend meets %i', (value) => {
    for (const command of ['cancel', 'amend'] as const) {
      expect(fault(command, code(value))).toMatchObject({ name: 'Terminal', scope: 'final' });
    }
    expect(fault('create', code(value))).toBeInstanceOf(UnknownOutcome);
    expect(fault('read', code(value))).toBeInstanceOf(Retryable);
  });

  it('has the order read again when an amended quantity is filled already', () => {
    expect(fault('amend', code(110064))).toMatchObject({ scope: 'final' });
  });
});

describe('what no table names', () => {
  const unclear: Failure[] = [
    code(987654),
    { kind: 'http', status: 500 },
    { kind: 'http', status: 504 },
    { kind: 'http', status: 429 },
    { kind: 'connection', text: 'ECONNRESET' },
    { kind: 'connection', text: 'timeout' },
    { kind: 'unreadable', text: 'not JSON' },
  ];
  it.each(unclear)('may have happened when it was a write: %j', (failure) => {
    expect(fault('create', failure)).toBeInstanceOf(UnknownOutcome);
    expect(fault('amend', failure)).toBeInstanceOf(UnknownOutcome);
    expect(fault('cancel', failure)).toBeInstanceOf(UnknownOutcome);
    expect(fault('read', failure)).toBeInstanceOf(Retryable);
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

  it('waits ten minutes when the address is barred', () => {
    expect(fault('create', { kind: 'http', status: 403 })).toMatchObject({ retryAfterMs: 600_000 });
  });
});
