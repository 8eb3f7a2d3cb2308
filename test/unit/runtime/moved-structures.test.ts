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
