/** What an account at an exchange says of an order before it is sent: rates with it, a refusal, or nothing. */
import { expect } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import type { CheckedOrder } from '../../../src/domain/market/pre-check.ts';
import { type AccountFixture, other } from './account-fixture.ts';
import type { Cases } from './contract.ts';

const opens: CheckedOrder = {
  symbol: other,
  side: 'Sell',
  qty: '0.5',
  price: '400',
  timeInForce: 'GTC',
  reduceOnly: false,
};

export const checks = {
  'says beforehand what an order would do to the margin, as rates, and places nothing': async ({
    account,
    ordersTaken,
  }) => {
    for (let time = 0; time < 2; time += 1) {
      const checked = await account.preCheck(opens);
      if (checked.kind !== 'rates') throw new Error(`it says ${checked.kind}`);
      expect(Number(checked.initialRateAfter)).toBeCloseTo(0.0271, 3);
      expect(Number(checked.maintenanceRateAfter)).toBeCloseTo(0.0127, 3);
    }
    expect(ordersTaken()).toEqual([]);
  },

  'says beforehand that it would refuse what the account cannot pay for, in its words, with the rates':
    async ({ account }) => {
      const checked = await account.preCheck({ ...opens, qty: '50' });
      if (checked.kind !== 'refused') throw new Error(`it says ${checked.kind}`);
      expect(checked).toMatchObject({ scope: 'margin', exchangeCode: '110007' });
      expect(checked.words).toMatch(/ab not enough for new order/);
      expect(Number(checked.initialRateAfter)).toBeCloseTo(1.2, 1);
      expect(Number(checked.maintenanceRateAfter)).toBeCloseTo(0.59, 1);
    },

  'says beforehand that it would refuse what is off the grid, without rates': async ({ account }) => {
    expect(await account.preCheck({ ...opens, price: '401' })).toMatchObject({
      kind: 'refused',
      scope: 'request',
      exchangeCode: '10001',
      initialRateAfter: null,
      maintenanceRateAfter: null,
    });
  },

  'checks no order that only reduces': async ({ account }) => {
    expect(await account.preCheck({ ...opens, reduceOnly: true })).toEqual({ kind: 'notOffered' });
  },
} satisfies Cases<AccountFixture>;

/** On their way to the exchange. */
export const lostChecks = {
  'rejects a check that is not answered, or asked too often, as one that may be repeated': async ({
    account,
    faults,
  }) => {
    const match = { endpoint: '/v5/order/pre-check' };
    const asked = () => account.preCheck(opens).catch((error: unknown) => error);
    faults.add({ kind: 'httpError', status: 502, match });
    expect(await asked()).toBeInstanceOf(Retryable);
    faults.add({ kind: 'reject', retCode: 10006, match });
    expect(await asked()).toBeInstanceOf(Retryable);
    expect(await asked()).toMatchObject({ kind: 'rates' });
  },
} satisfies Cases<AccountFixture>;
