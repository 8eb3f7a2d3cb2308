/** From figures of a machine and limits of an exchange to what a daemon carries. */
import { describe, expect, test } from 'vitest';
import { aRoll, estimate } from '../../../src/capacity/estimate.ts';

const machine = {
  durableTurnsPerSecond: 2_600,
  turnsPerSecondOfOneTask: 500,
  bytesPerRestingTask: 2_000,
  freeHeapBytes: 4e9,
  tasksArmedPerSecond: 50_000,
};
const bybit = {
  requestsPerSecondOfAddress: 98,
  createsPerSecondOfAccount: 10,
  amendsPerSecondOfAccount: 10,
  newConnectionsPerSecond: 4 / 3,
};

describe('the bound that is met first', () => {
  test('is the account, whose amendments a walk uses up', () => {
    const { bounds, accountsAtOnce } = estimate(machine, bybit);
    expect(bounds.map(({ what, rollsPerSecond }) => [what, rollsPerSecond])).toEqual([
      ['one account', 1],
      ['one IP address', 98 / aRoll.requests],
      ['this machine', 100],
    ]);
    expect(accountsAtOnce).toBe(3);
  });

  test('is this machine when it is slow, and then one account is all it keeps up with', () => {
    const { bounds, accountsAtOnce } = estimate({ ...machine, durableTurnsPerSecond: 13 }, bybit);
    expect(bounds[0]).toMatchObject({ what: 'this machine', rollsPerSecond: 0.5 });
    expect(accountsAtOnce).toBe(1);
  });

  test('of waiting tasks is memory, and they are armed at the measured pace', () => {
    const { tasksMax, secondsToArm, secondsToConnectThousandAccounts } = estimate(machine, bybit);
    expect({ tasksMax, secondsToArm }).toEqual({ tasksMax: 2_000_000, secondsToArm: 40 });
    expect(secondsToConnectThousandAccounts).toBe(750);
  });
});
