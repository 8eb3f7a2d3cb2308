/** Which options no list can be believed about while a structure rolls, or just after: those of all its legs, not only of the one at work. */
import { describe, expect, test } from 'vitest';
import type { Roll, RollSummary } from '../../../src/domain/roll/roll.ts';
import { moverOf } from '../../../src/runtime/positions/moved-positions.ts';
import { call, put } from '../../support/structures.ts';

const newCall = 'BTC-31MAR23-25000-C-USDT';
const newPut = 'BTC-31MAR23-21000-P-USDT';
const moves = {
  fromSymbol: call.symbol,
  toSymbol: newCall,
  others: [{ fromSymbol: put.symbol, toSymbol: newPut }],
};
const task = (changes: object) => ({
  taskId: 't',
  context: { held: call, others: [put], roll: null, plan: null, lastRoll: null, heldAsOfMs: 0, ...changes },
});

describe('a roll of a structure', () => {
  test('moves what each of its legs goes to', () => {
    const rolling = task({ roll: moves as unknown as Roll });
    for (const symbol of [call.symbol, put.symbol, newCall, newPut])
      expect(moverOf([rolling], symbol, 0)).toBe('t');
  });

  test('has moved a moment ago what each of its legs has left', () => {
    const [held, others] = [{ ...call, symbol: newCall }, [{ ...put, symbol: newPut }]];
    const rolled = task({ held, others, lastRoll: moves as unknown as RollSummary, heldAsOfMs: 100_000 });
    for (const symbol of [call.symbol, put.symbol, newCall, newPut]) {
      expect(moverOf([rolled], symbol, 105_000)).toBe('t');
      expect(moverOf([rolled], symbol, 115_000)).toBeNull();
    }
  });
});

describe('a roll of one option', () => {
  const alone = { others: undefined };

  test('moves the option that it leaves and the one that it goes to, and no other', () => {
    const [held, to] = [call.symbol, newCall];
    const rolling = task({ ...alone, roll: { fromSymbol: held, toSymbol: to } as unknown as Roll });
    expect([held, to, put.symbol].map((symbol) => moverOf([rolling], symbol, 0))).toEqual(['t', 't', null]);
  });

  test('moves the option of the order that is planned, also before the roll is said to go there', () => {
    const other = 'BTC-31MAR23-27000-C-USDT';
    const roll = { fromSymbol: call.symbol, toSymbol: newCall } as unknown as Roll;
    const planned = (kind: string) => task({ ...alone, roll, plan: { kind, order: { symbol: other } } });
    expect(moverOf([planned('order')], other, 0)).toBe('t');
    expect(moverOf([planned('refused')], other, 0)).toBeNull();
  });

  test('that is over has moved nothing ten seconds later', () => {
    const lastRoll = { fromSymbol: call.symbol } as unknown as RollSummary;
    const rolled = task({ ...alone, held: { ...call, symbol: newCall }, lastRoll, heldAsOfMs: 100_000 });
    expect([109_999, 110_000].map((nowMs) => moverOf([rolled], call.symbol, nowMs))).toEqual(['t', null]);
    const idle = task({ ...alone, heldAsOfMs: 100_000 });
    expect(moverOf([idle, rolled], call.symbol, 105_000)).toBe('t');
    expect(moverOf([idle], newCall, 105_000)).toBeNull();
  });
});
