/** What is read before it is needed: the options that the nearest tasks would trade, and their accounts, within a bound. */
import { afterEach, expect, test } from 'vitest';
import { Terminal } from '../../../src/domain/errors.ts';
import { stayOpen } from '../../support/task-fixture.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';

let fixture = new SupervisorFixture();
afterEach(() => (fixture = new SupervisorFixture()));

const strike = (of: number): string => `BTC-31MAR23-${of}-C-USDT`;
const watched = (): string[] => [...fixture.market.watched].sort();
async function started(optionsMax: number, ...tasks: ReturnType<typeof storedTask>[]): Promise<void> {
  fixture.readAheadOptions = optionsMax;
  fixture.start();
  fixture.store.keep(...tasks);
  await fixture.during(fixture.supervisor.claim());
}

test('the held option and what it would roll to are streamed from the first price on, and the account is kept ready', async () => {
  await started(10, storedTask('a'));
  expect(watched()).toEqual([]);
  await fixture.tick('23000');
  expect(watched()).toEqual([symbol, strike(25000)].sort());
  expect(fixture.account.prepared).toEqual([true]);
});

test('nothing is without being asked for', async () => {
  await started(0, storedTask('a'));
  await fixture.tick('23000');
  expect(watched()).toEqual([]);
  expect(fixture.account.prepared).toEqual([]);
});

test('the nearest come first, and those that have no room are left out', async () => {
  const task = (id: string, trigger: number, target: number) => storedTask(id, { trigger, target });
  await started(3, task('far', 29_000, 3_000), task('near', 23_500, 1_000), task('next', 24_000, 2_000));
  await fixture.tick('23000');
  expect(watched()).toEqual([symbol, strike(25000), strike(26000)].sort());
});

test('options stay streamed while their task rolls, and are let go when it is removed', async () => {
  await started(10, storedTask('a', { guards: { cooldown: '1h' } }));
  fixture.account.behaviours = [stayOpen];
  await fixture.tick('23000');
  await fixture.clock.advance(1_500);
  await fixture.tick('23500');
  expect(fixture.store.stateOf('a')).toBe('ROLL_INITIATED.closingLeg1');
  await fixture.clock.advance(1_500);
  await fixture.tick('23500');
  expect(watched()).toContain(strike(25000));
  expect(fixture.account.prepared).toEqual([true]);
  await fixture.during(fixture.supervisor.stop());
  expect(watched()).toEqual([]);
  expect(fixture.account.prepared).toEqual([true, false]);
});

const lookedTwice = async (price: string): Promise<void> => {
  await fixture.tick(price);
  await fixture.clock.advance(1_100);
  await fixture.tick(price);
};

test('the exchange is asked about the order of a roll whose level is almost reached, now and then', async () => {
  await started(10, storedTask('a'));
  await lookedTwice('23400');
  const opened = { symbol: strike(25000), side: 'Sell', reduceOnly: false };
  expect(fixture.account.checked).toMatchObject([opened]);
  await fixture.clock.advance(1_100);
  await fixture.tick('23401');
  expect(fixture.account.checked).toHaveLength(1);
  await fixture.clock.advance(5_000);
  await fixture.tick('23402');
  expect(fixture.account.checked).toMatchObject([opened, opened]);
  expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
});

test('it is not asked about one that is far away, nor about more than a few', async () => {
  const tasks = Array.from({ length: 12 }, (_, at) => storedTask(`t${at}`, { trigger: 23_500 + at }));
  await started(50, ...tasks);
  await lookedTwice('23000');
  expect(fixture.account.checked).toEqual([]);
  await fixture.clock.advance(1_100);
  await lookedTwice('23400');
  expect(fixture.account.checked.length).toBeGreaterThan(0);
  expect(fixture.account.checked.length).toBeLessThanOrEqual(8);
});

test('an exchange that does not answer is asked again later, and holds nothing up', async () => {
  await started(10, storedTask('a'));
  const { account } = fixture;
  const preCheck = account.preCheck.bind(account);
  let asked = 0;
  account.preCheck = (order) => {
    asked += 1;
    return asked === 1 ? Promise.reject(new Terminal('no answer', { code: '1' })) : preCheck(order);
  };
  await lookedTwice('23400');
  expect(asked).toBe(1);
  await fixture.clock.advance(5_100);
  await fixture.tick('23500');
  expect(account.submitted.length).toBeGreaterThan(0);
});
