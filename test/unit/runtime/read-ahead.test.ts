/** What is read before it is needed: the options that the nearest tasks would trade, and their accounts, within a bound. */
import { afterEach, expect, test } from 'vitest';
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
