/** Which kind of expiry a day is at Bybit, by its calendar; the paper exchange computes it on its own. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expiryKindOf } from '../../../src/exchange/bybit/expiries.ts';
import { expiriesAt } from '../../../src/exchange/paper/expiries.ts';

const at = (month: number, day: number, hour = 8): number => Date.UTC(2023, month - 1, day, hour);

test.each([
  [at(3, 2), 'daily'],
  [at(3, 10), 'weekly'],
  [at(3, 24), 'weekly'],
  [at(3, 31), 'quarterly'],
  [at(4, 28), 'monthly'],
  [at(6, 30), 'quarterly'],
  [at(9, 29), 'quarterly'],
])('%d is a %s', (ms, kind) => expect(expiryKindOf(ms)).toBe(kind));

test('a day is of the kind as which the exchange lists it, for years', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000 }), (days) => {
      for (const { deliveryMs, kind } of expiriesAt(at(1, 1) + days * 86_400_000))
        expect(expiryKindOf(deliveryMs)).toBe(kind);
    }),
    { numRuns: 200 },
  );
});
