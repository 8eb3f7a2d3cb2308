import { expect, it } from 'vitest';
import { cents, moneyText, netText } from '../../../src/cli/shell/money-text.ts';

it('Money has two digits and its coin, and nothing is ever shown as minus zero', () => {
  expect(['1452.5', '63.220303', '-0.001', '-0.004999', '-0.006', '0', '1e3'].map(cents)).toEqual([
    '1452.50',
    '63.22',
    '0.00',
    '0.00',
    '-0.01',
    '0.00',
    '1000.00',
  ]);
  expect([moneyText('-992.05', 'USDT'), moneyText('3', '')]).toEqual(['-992.05 USDT', '3.00']);
});

it('A roll that costs has a debit, not a negative credit', () => {
  expect(netText('-210', 'USDT')).toBe('net debit 210.00 USDT');
  expect(netText('250', 'USDC')).toBe('net credit 250.00 USDC');
  expect(netText('0', 'USDT')).toBe('net credit 0.00 USDT');
});
