/** Words for tests of structures: three of them, a task on one, and what it has ordered and holds. */
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import { TaskFixture } from '../support/task-fixture.ts';

export const minute = 60_000;
export const call = (strike: number, expiry = '31MAR23'): string => `BTC-${expiry}-${strike}-C-USDT`;
export const put = (strike: number, expiry = '31MAR23'): string => `BTC-${expiry}-${strike}-P-USDT`;

export interface FixtureLeg {
  readonly name: string;
  readonly symbol: string;
  readonly side: 'short' | 'long';
}

export const strangle: readonly FixtureLeg[] = [
  { name: 'call', symbol: call(24000), side: 'short' },
  { name: 'put', symbol: put(22000), side: 'short' },
];
export const callSpread: readonly FixtureLeg[] = [
  { name: 'short', symbol: call(24000), side: 'short' },
  { name: 'long', symbol: call(26000), side: 'long' },
];
export const condor: readonly FixtureLeg[] = [
  { name: 'lower put', symbol: put(21000), side: 'long' },
  { name: 'upper put', symbol: put(22000), side: 'short' },
  { name: 'lower call', symbol: call(24000), side: 'short' },
  { name: 'upper call', symbol: call(26000), side: 'long' },
];

export const fixtureOf = (legs: readonly FixtureLeg[], then: unknown, spec: object = {}): TaskFixture => {
  const fixture = new TaskFixture({
    spec: {
      legs,
      guards: { rolls: { max: 9 } },
      rules: [{ name: 'roll', when: { index: { above: 23_500 } }, then }],
      ...spec,
    },
  });
  fixture.market.expiries = ['31MAR23', '28APR23'];
  return fixture;
};
export const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);
export const held = ({ task }: TaskFixture): string[] =>
  holdingsOf(task.context)
    .map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`)
    .sort();
export const positions = async ({ account }: TaskFixture): Promise<string[]> =>
  (await account.positions()).map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`).sort();

/** The rule's price is reached, and a minute passes. */
export async function fired(fixture: TaskFixture): Promise<TaskFixture> {
  await fixture.price('23500');
  await fixture.clock.advance(minute);
  return fixture;
}
