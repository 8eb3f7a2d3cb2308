/** Halts in a daemon: what is told to its tasks, what is noted as in force, and that nothing begins before they are known. */
import { afterEach, describe, expect, test } from 'vitest';
import type { StandingHalt } from '../../../src/ports/halts.ts';
import { SupervisorFixture, rollUnderWay } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';

let fixture = new SupervisorFixture();
afterEach(() => (fixture = new SupervisorFixture()));

const everywhere: StandingHalt = {
  id: 'halt:1',
  cause: 'halt',
  scope: 'everything',
  accountId: null,
  userId: null,
  by: 'operator',
  reason: 'maintenance',
  sinceMs: 0,
};
const confirming = { trigger: { index: { above: 23_500, for: '5s' } } };

const codes = (): string[] => fixture.store.records.flatMap(({ alerts }) => alerts.map(({ code }) => code));

async function claimed(...tasks: Parameters<SupervisorFixture['store']['keep']>): Promise<void> {
  fixture.store.keep(...tasks);
  await fixture.during(fixture.supervisor.claim());
}

async function halt(...halts: StandingHalt[]): Promise<void> {
  fixture.halts = halts;
  await fixture.during(fixture.supervisor.followHalts(), 100);
}

/** A task whose first order is open at the exchange, in an account that is halted. */
async function placed(taskId: string): ReturnType<typeof rollUnderWay> {
  fixture.halts = [everywhere];
  fixture.account.accept({
    linkId: `close-${taskId}-v1`,
    symbol,
    side: 'Buy',
    qty: '0.3',
    price: '900',
    timeInForce: 'GTC',
    reduceOnly: true,
  });
  return rollUnderWay(taskId);
}

describe('a halt that is learned of', () => {
  test('withdraws a question whose time would let the task roll, and it is asked anew afterwards', async () => {
    await claimed(storedTask('a', { approval: { timeout: '30s', otherwise: 'roll' } }));
    await fixture.tick('23500');
    expect(codes()).toEqual(['approvalWanted']);
    await halt(everywhere);
    await fixture.clock.advance(60_000);
    expect(codes()).toEqual(['approvalWanted', 'approvalOver']);
    expect(fixture.links).toEqual([]);
    await halt();
    await fixture.tick('23500');
    expect(codes()).toEqual(['approvalWanted', 'approvalOver', 'approvalWanted']);
  });

  test('keeps every price from tasks that wait, without a row of theirs, until it is lifted', async () => {
    await claimed(storedTask('a'));
    await halt(everywhere);
    await fixture.tick('23500');
    await fixture.clock.advance(60_000);
    expect(fixture.store.records).toEqual([]);
    expect(fixture.inForce).toEqual(['halt:1']);
    await halt();
    expect(fixture.links).toEqual([]);
    await fixture.tick('23500');
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
    expect(fixture.inForce).toEqual(['halt:1', '']);
  });

  test('lets go of a task that confirms its trigger', async () => {
    await claimed(storedTask('a', confirming));
    await fixture.tick('23500');
    expect(fixture.store.stateOf('a')).toBe('IDLE.confirming');
    await halt(everywhere);
    await fixture.clock.advance(60_000);
    expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
    expect(fixture.links).toEqual([]);
    await halt();
    await fixture.tick('23500');
    await fixture.clock.advance(4_000);
    expect(fixture.links).toEqual([]);
    await fixture.clock.advance(2_000);
    expect(fixture.links).toEqual(['close-a-v5', 'open-a-v5']);
  });

  test.each([
    { legs: 'closeFirst', first: 'close-a-v2' },
    { legs: 'openFirst', first: 'open-a-v2' },
  ])(
    'is noted as in force only once the first order of $legs that is on its way has been answered',
    async ({ legs, first }) => {
      let answer: () => void = () => undefined;
      await claimed(storedTask('a', { execution: { legs } }));
      fixture.account.checkNow = { kind: 'rates', initialRateAfter: '0.2', maintenanceRateAfter: '0.1' };
      fixture.account.behaviours = [
        (order, account) =>
          new Promise((resolve) => {
            answer = () => {
              account.accept(order);
              resolve();
            };
          }),
      ];
      await fixture.tick('23500');
      await halt(everywhere);
      expect(fixture.inForce).toEqual([]);
      answer();
      await fixture.clock.advance(100);
      expect(fixture.inForce).toEqual(['halt:1']);
      await fixture.clock.advance(10_000);
      expect(fixture.account.cancelled).toEqual([first]);
      expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
    },
  );

  test('is noted as in force only once a roll that was refused before is stored, so that none seems to begin later', async () => {
    await claimed(storedTask('a', { guards: { netCredit: { min: 1_000_000 }, cooldown: '1s' } }));
    const held: (() => void)[] = [];
    fixture.store.held = held;
    await fixture.tick('23500');
    await fixture.clock.advance(100);
    await halt(everywhere);
    expect(fixture.inForce).toEqual([]);
    fixture.store.held = null;
    for (const commit of held) commit();
    await fixture.clock.advance(100);
    expect(fixture.inForce).toEqual(['halt:1']);
    expect(fixture.store.records.map(({ state }) => state)).toEqual([
      'ROLL_INITIATED.planning',
      'IDLE.coolingDown',
    ]);
  });

  test('of another account or user concerns none of its tasks', async () => {
    await claimed(storedTask('a'));
    await halt({ ...everywhere, accountId: '2' }, { ...everywhere, id: 'halt:2', userId: '2' });
    await fixture.tick('23500');
    expect(fixture.links).toEqual(['close-a-v2', 'open-a-v2']);
  });
});

test('an account that is halted when it is claimed begins nothing, and a roll that was under way is broken off', async () => {
  await claimed(await placed('b'));
  await fixture.tick('23500');
  await fixture.clock.advance(60_000);
  expect(fixture.store.stateOf('b')).toBe('IDLE.watching');
  expect(fixture.links).toEqual([]);
});

test('roll-now is refused with who halted it, why, and how to resume', async () => {
  await claimed(storedTask('a'));
  await halt(everywhere);
  fixture.store.commands = [
    {
      commandId: 'c',
      accountId: '1',
      taskId: 'a',
      kind: 'rollNow',
      askedBy: 'operator',
      payload: { rule: null },
    },
  ];
  await fixture.during(fixture.supervisor.workInbox());
  expect(fixture.store.answers).toMatchObject([
    {
      status: 'refused',
      text: 'Task a trades nothing now: trading is halted everywhere since 1970-01-01 00:00 UTC by operator: maintenance. To go on: rollkeeper resume',
    },
  ]);
  expect(fixture.links).toEqual([]);
});

test('a roll that waits for the end of a halt keeps no daemon from leaving', async () => {
  await claimed(await placed('b'));
  await fixture.clock.advance(60_000);
  expect(fixture.supervisor.rollsUnderWay()).toEqual([]);
});
