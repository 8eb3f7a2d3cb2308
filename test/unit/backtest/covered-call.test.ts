/** The preset of covered calls does what it says, beside coins and beside a perpetual, in a backtest that gives what covers them. */
import { expect, test } from 'vitest';
import { compare } from '../../../src/domain/money.ts';
import { optionNamed } from '../../support/options.ts';
import { alongLines, play } from './preset-scene.ts';

const call = 'BTC-24FEB23-27000-C-USDT';
const rising = alongLines([0, 25_000], [10, 28_500]);

test.each(['BTC', 'BTCUSDT'])('A tested call beside %s goes up and out for a credit', async (watch) => {
  const result = await play({ preset: 'covered-call', legs: [{ symbol: call }, { watch }], prices: rising });
  const [roll] = result.rolls;
  if (!roll) throw new Error('no roll');
  const [from, to] = [optionNamed(roll.fromSymbol), optionNamed(roll.toSymbol ?? '')];
  expect(roll.fromSymbol).toBe(call);
  expect(to.expiryMs).toBeGreaterThan(from.expiryMs);
  expect(compare(to.strike, from.strike)).toBe(1);
  expect(compare(roll.netCredit, '0')).toBeGreaterThanOrEqual(0);
  expect(roll.qty).toBe('0.5');
});
