/** Realised volatility as a pocket calculator has it: deviation of hourly log returns, for a year. */
import { describe, expect, test } from 'vitest';
import { VolatilityHistory } from '../../../src/exchange/paper/volatility-history.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2023, 2, 1);

function historyOf(hours: number, price: (hour: number) => number): VolatilityHistory {
  const history = new VolatilityHistory();
  for (let hour = 0; hour < hours; hour += 1) history.addPrice(startMs + hour * hourMs, price(hour));
  return history;
}

describe('the realised volatility', () => {
  test('of prices that go up and down by one percent an hour is 93.6 %', () => {
    const history = historyOf(7 * 24 + 1, (hour) => (hour % 2 === 0 ? 100 : 100 * Math.exp(0.01)));
    // 0.01 for each of 8760 hours, with the divisor of a sample.
    expect(history.over(7)).toBeCloseTo(0.01 * Math.sqrt(8_760) * Math.sqrt(168 / 167), 10);
  });

  test('of a steady rise, and of a price that stands, is nothing', () => {
    expect(historyOf(200, (hour) => 100 * 1.001 ** hour).over(7)).toBeCloseTo(0, 9);
    expect(historyOf(200, () => 100).over(7)).toBe(0);
  });

  test('is not known before every hour of its days was seen', () => {
    expect(historyOf(7 * 24, () => 100).over(7)).toBeNull();
    expect(historyOf(7 * 24 + 1, () => 100).over(7)).toBe(0);
    expect(historyOf(7 * 24 + 1, () => 100).over(14)).toBeNull();
  });

  test('takes the last price of an hour, and the one before for an hour without', () => {
    const history = new VolatilityHistory();
    const each = historyOf(7 * 24 + 1, (hour) => (hour === 100 ? 110 : 100));
    for (let hour = 0; hour <= 7 * 24; hour += 1) {
      if (hour === 50) continue;
      history.addPrice(startMs + hour * hourMs, 77);
      history.addPrice(startMs + hour * hourMs + 1_800_000, hour === 100 ? 110 : 100);
    }
    expect(history.over(7)).toBeCloseTo(each.over(7) ?? Number.NaN, 12);
  });

  test('forgets what no period reaches', () => {
    const history = historyOf(3 * 270 * 24, (hour) => (hour < 270 * 24 ? 100 + (hour % 2) : 100));
    expect(history.over(270)).toBe(0);
  });
});
