/** At which mark an emergency stop has to stand: where the loss is made, and never before. */
import { describe, expect, test } from 'vitest';
import { emergencyStopOf } from '../../../../src/domain/rules/emergency-stop.ts';
import { optionNamed } from '../../../support/options.ts';

const symbol = 'BTC-31MAR23-24000-C-USDT';
const held = (side: 'Buy' | 'Sell', { qty = '0.3', premium = '300' } = {}) => ({
  ...optionNamed(symbol),
  side,
  qty,
  premium,
});
const markOf = (loss: string, option: ReturnType<typeof held>, tickSize = '5'): string | null =>
  emergencyStopOf({ loss }, option, tickSize)?.mark ?? null;

describe('the emergency stop', () => {
  test('of a short option stands above what it was sold for, on the grid above', () => {
    expect(emergencyStopOf({ loss: '2' }, held('Sell'), '5')).toEqual({ symbol, mark: '3000' });
    expect(markOf('0.0011', held('Sell'))).toBe('1005');
  });

  test('of a long option stands below what it was bought for, on the grid below', () => {
    expect(markOf('0.5', held('Buy'))).toBe('500');
    expect(markOf('0.0011', held('Buy'))).toBe('995');
  });

  test('is none for a loss that a long option cannot make, and where nothing is held', () => {
    expect(markOf('1', held('Buy'))).toBeNull();
    expect(markOf('2', held('Buy'))).toBeNull();
    expect(markOf('2', held('Sell', { qty: '0' }))).toBeNull();
  });
});
