/**
 * Limits of an account over all of its tasks: tasks that plan at once share what is left, use survives a restart, and a task
 * that is refused rests until there is room again.
 */
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../src/domain/money.ts';
import type { AccountLimits, UseEntry } from '../../../src/domain/rules/account-limits.ts';
import type { LimitsBook } from '../../../src/ports/account-limits.ts';
import { Limits } from '../../../src/runtime/accounts/limits.ts';
import { fillAll, fillPart, refuseWith, stayOpen, type Behaviour } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { turnOf } from '../../contract/suites/records.ts';
import { fits, tooMuch } from '../../machines/open-first-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';

const hour = 3_600_000;

async function daemonWith(
  limits: AccountLimits,
  tasksTotal: number,
  guards: object = {},
  execution: object = {},
): Promise<SupervisorFixture> {
  const fixture = new SupervisorFixture();
  fixture.limits = limits;
  const qty = String(decimal('0.3').times(tasksTotal));
  fixture.account.hold({ symbol, side: 'Sell', qty, averagePrice: '900' });
  for (let at = 0; at < tasksTotal; at += 1)
    fixture.store.keep(
      storedTask(`task${at}`, {
        execution: { style: 'cross', ...execution },
        guards: { cooldown: '1s', ...guards },
      }),
    );
  await fixture.during(fixture.supervisor.claim());
  return fixture;
}

/** They ask the exchange between plan and first order. */
async function openingFirst(limits: AccountLimits, tasksTotal: number): Promise<SupervisorFixture> {
  const fixture = await daemonWith(limits, tasksTotal, {}, { legs: 'openFirst' });
  fixture.account.checkNow = fits;
  return fixture;
}

const begun = ({ links }: SupervisorFixture): number =>
  new Set(links.filter((link) => link.startsWith('close-')).map((link) => link.split('-')[1])).size;
const reasonsOf = ({ store }: SupervisorFixture): string[] =>
  [...store.tasks.keys()].map((taskId) => store.contextOf(taskId).reasons[0]?.code ?? 'none').sort();

describe('tasks that one price wakes', () => {
  test('begin as many rolls as the account may on one day; the others say why and when there is room', async () => {
    const fixture = await daemonWith({ rollsPerDay: 2 }, 5);
    await fixture.tick('23500');
    await fixture.clock.advance(hour);
    expect(begun(fixture)).toBe(2);
    expect(reasonsOf(fixture).filter((code) => code === 'account.rollsPerDay')).toHaveLength(3);
    const refused = [...fixture.store.tasks.keys()].find(
      (taskId) => fixture.store.contextOf(taskId).reasons[0]?.code === 'account.rollsPerDay',
    );
    expect(fixture.store.contextOf(refused ?? '').reasons[0]?.figures).toEqual({
      used: '2',
      wanted: '1',
      limit: '2',
      freeAtMs: Math.ceil(fixture.clock.nowMs() / (24 * hour)) * 24 * hour,
    });
    const { length } = fixture.store.records;
    await fixture.tick('23501');
    await fixture.clock.advance(hour);
    expect(fixture.store.records).toHaveLength(length);
  });

  test('roll as soon as the limits are changed', async () => {
    const fixture = await daemonWith({ rollsPerDay: 1 }, 3);
    await fixture.tick('23500');
    await fixture.clock.advance(hour);
    expect(begun(fixture)).toBe(1);
    fixture.limits = { rollsPerDay: 2 };
    await fixture.during(fixture.supervisor.followLimits());
    await fixture.tick('23500');
    await fixture.clock.advance(hour);
    expect(begun(fixture)).toBe(2);
  });

  test('send no more orders within a minute than the account may, and go on when there is room', async () => {
    const fixture = await daemonWith({ ordersPerMinute: 4 }, 4);
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.links).toHaveLength(4);
    for (let seconds = 0; seconds < 90; seconds += 1) {
      await fixture.clock.advance(1_000);
      await fixture.tick('23500');
    }
    expect(fixture.links).toHaveLength(8);
  });

  test('close instead of a refused roll only when a minute has room for the order', async () => {
    const orClose = { netCredit: { min: 1_000_000 }, whenRefused: 'close' };
    const fixture = await daemonWith({ ordersPerMinute: 2 }, 4, orClose);
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(begun(fixture)).toBe(2);
    expect(reasonsOf(fixture).filter((code) => code === 'account.ordersPerMinute')).toHaveLength(2);
    for (let seconds = 0; seconds < 70; seconds += 1) {
      await fixture.clock.advance(1_000);
      await fixture.tick('23500');
    }
    expect(fixture.links).toHaveLength(4);
  });
});

describe('tasks that open first and wait for their check at once', () => {
  test('begin as many rolls as the account may on one day', async () => {
    const fixture = await openingFirst({ rollsPerDay: 2 }, 5);
    await fixture.tick('23500');
    await fixture.clock.advance(hour);
    expect(new Set(fixture.links.map((link) => link.split('-')[1])).size).toBe(2);
    expect(reasonsOf(fixture).filter((code) => code === 'account.rollsPerDay')).toHaveLength(3);
  });

  test('send no more orders within a minute than the account may', async () => {
    const fixture = await openingFirst({ ordersPerMinute: 4 }, 4);
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.links).toHaveLength(4);
  });
});

test('a roll that can open a part first finds room for the orders of the rest as well', async () => {
  for (const [ordersPerMinute, sent] of [
    [3, 0],
    [4, 4],
  ] as const) {
    const fixture = await openingFirst({ ordersPerMinute }, 1);
    fixture.account.checks.push(tooMuch);
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.links).toHaveLength(sent);
  }
});

test('what was used is known to the next daemon', async () => {
  const fixture = await daemonWith({ rollsPerDay: 1 }, 1);
  await fixture.tick('23500');
  await fixture.clock.advance(hour);
  await fixture.supervisor.stop();
  fixture.start();
  await fixture.during(fixture.supervisor.claim());
  await fixture.tick('29000');
  await fixture.clock.advance(hour);
  expect(begun(fixture)).toBe(1);
  expect(reasonsOf(fixture)).toEqual(['account.rollsPerDay']);
});

test('what a former daemon stores until the account is taken over counts', async () => {
  const fixture = await daemonWith({ rollsPerDay: 1 }, 2);
  await fixture.supervisor.stop();
  const { length } = fixture.store.records;
  const next = fixture.start();
  fixture.store.beforeAdoption = () => {
    const use = [{ atMs: fixture.clock.nowMs(), rolls: 1, debit: '0', notional: '0', orders: 2 }];
    fixture.store.records.push(turnOf({ accountId: '1', taskId: 'task0' }, 1, { use }));
  };
  await fixture.during(next.claim());
  expect(fixture.entered).toEqual(['1', '1']);
  expect(fixture.store.records).toHaveLength(length + 1);
  await fixture.tick('23500');
  await fixture.clock.advance(hour);
  expect(begun(fixture)).toBe(0);
  expect(reasonsOf(fixture)).toEqual(['account.rollsPerDay', 'account.rollsPerDay']);
});

test('a roll that nothing was closed for gives back what it had reserved', async () => {
  const fixture = await daemonWith({ rollsPerDay: 1 }, 1);
  fixture.account.behaviours = [refuseWith(new Error('away')), fillAll];
  await fixture.tick('23500');
  await fixture.clock.advance(hour);
  await fixture.tick('23500');
  await fixture.clock.advance(hour);
  expect(fixture.store.contextOf('task0').rollsDone).toBe(1);
});

const behaviours: readonly Behaviour[] = [fillAll, fillAll, fillPart('0.1', 'cancelled'), stayOpen];

test('whatever happens to orders and daemons, a day begins no more rolls and opens no more than the account may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        rollsPerDay: fc.integer({ min: 0, max: 4 }),
        notionalOpenedPerDay: fc.constantFrom('8000', '15000', '30000', '100000'),
        tasks: fc.integer({ min: 1, max: 4 }),
        orders: fc.array(fc.nat(behaviours.length - 1), { minLength: 1, maxLength: 8 }),
        restarts: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      }),
      async ({ rollsPerDay, notionalOpenedPerDay, tasks, orders, restarts }) => {
        const fixture = await daemonWith({ rollsPerDay, notionalOpenedPerDay }, tasks);
        fixture.account.behaviours = [...orders.map((at) => behaviours[at] ?? fillAll), fillAll];
        let level = 23_500;
        for (const isRestarted of restarts) {
          await fixture.tick(String(level));
          await fixture.clock.advance(20 * 60_000);
          if (isRestarted) {
            await fixture.supervisor.stop();
            fixture.start();
            await fixture.during(fixture.supervisor.claim());
          }
          level += 1_000;
        }
        const rolls = fixture.store.records.flatMap(({ use = [] }) => use);
        const total = (of: (each: (typeof rolls)[number]) => string | number): number =>
          rolls.reduce((sum, each) => sum + Number(of(each)), 0);
        expect(total((each) => each.rolls)).toBeLessThanOrEqual(rollsPerDay);
        expect(total((each) => each.notional)).toBeLessThanOrEqual(Number(notionalOpenedPerDay));
        const done = [...fixture.store.tasks.keys()].map(
          (taskId) => fixture.store.contextOf(taskId).rollsDone,
        );
        expect(done.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(rollsPerDay);
        expect(total((each) => each.orders)).toBeGreaterThanOrEqual(fixture.links.length);
      },
    ),
    { numRuns: 25 },
  );
});

describe('the orders of the last minute', () => {
  const clock = new VirtualClock();
  const atMs = clock.nowMs();
  const use = (secondsAgo: number, orders: number): UseEntry => ({
    atMs: atMs - secondsAgo * 1_000,
    rolls: 0,
    debit: '0',
    notional: '0',
    orders,
  });

  async function secondsAgo(...turns: readonly UseEntry[][]): Promise<number[] | undefined> {
    const book: LimitsBook = {
      limitsOf: () => Promise.resolve(new Map([['1', { ordersPerMinute: 9 }]])),
      usedSince: () => Promise.resolve([]),
      listenForLimits: () => Promise.resolve(),
    };
    const limits = new Limits({
      limits: book,
      changed: () => undefined,
      clock,
      log: pino({ enabled: false }),
    });
    await limits.enter('1');
    for (const [at, entries] of turns.entries())
      limits.note('1', { taskId: `t${at}`, version: 1, use: entries });
    return limits.standingOf('1', atMs)?.used.ordersMs.map((ms) => (atMs - ms) / 1_000);
  }

  test('are those younger than a minute, one moment each, the oldest first', async () => {
    expect(await secondsAgo([use(60, 1), use(59, 1)], [use(1, 2)], [use(30, 1)])).toEqual([59, 30, 1, 1]);
  });

  test('are fewer by what was reserved and not sent, but never fewer than none', async () => {
    expect(await secondsAgo([use(30, 2)], [use(30, -1)])).toEqual([30]);
    expect(await secondsAgo([use(30, 1)], [use(20, -1)])).toEqual([30]);
  });
});
