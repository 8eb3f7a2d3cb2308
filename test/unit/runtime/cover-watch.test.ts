/** Between rolls a task learns once a minute what is left of the holding that it watches, and alerts once when that changes. */
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { CoverWatch } from '../../../src/runtime/positions/cover-watch.ts';
import { TaskFixture } from '../../support/task-fixture.ts';

const minute = 60_000;
const call = 'BTC-31MAR23-24000-C-USDT';

let fixture: TaskFixture;
let watch: CoverWatch;
let reads: number;
let isAway: boolean;

function open(spec: object): void {
  fixture = new TaskFixture({ spec });
  reads = 0;
  isAway = false;
  watch = new CoverWatch({
    accountOf: () => ({
      holding: async (symbol) => {
        reads += 1;
        if (isAway) throw new Error('connect ECONNREFUSED');
        return fixture.account.holding(symbol);
      },
    }),
    clock: fixture.clock,
    log: pino({ level: 'silent' }),
  });
  watch.note(fixture.task);
}

const seenAs = async (qty: string): Promise<void> => {
  fixture.account.holdings.set('BTCUSDT', qty);
  await fixture.clock.advance(minute);
  await watch.look();
  await fixture.clock.advance(0);
};
const texts = (): readonly string[] => fixture.alerts.map(({ severity, text }) => `${severity}: ${text}`);
const turns = (): number => fixture.journal.records.length;

describe('a covered call', () => {
  beforeEach(() => open({ legs: [call, { watch: 'BTCUSDT' }] }));

  test('alerts once when its holding no longer covers it, and once when it does again', async () => {
    for (const qty of ['0.3', '0.1', '0.05', '0.3', '0.4']) await seenAs(qty);
    expect(texts()).toEqual([
      `critical: 0.3 ${call} is short, and 0.1 BTCUSDT does not cover 0.3 short in calls. No roll opens as much again until it is covered.`,
      `info: 0.3 ${call} is covered again: by 0.3 BTCUSDT.`,
    ]);
    expect(fixture.task.context.seenCover).toMatchObject({ symbol: 'BTCUSDT', qty: '0.4', isCovered: true });
  });

  test('makes no turn of what it knows already', async () => {
    await seenAs('0.3');
    const before = turns();
    for (let look = 0; look < 5; look += 1) await seenAs('0.3');
    expect(turns()).toBe(before);
  });

  test('is looked at once a minute, however often that is asked for', async () => {
    await watch.look();
    await watch.look();
    expect(reads).toBe(1);
    await fixture.clock.advance(minute);
    await watch.look();
    expect(reads).toBe(2);
  });

  test('is looked at again after its holding could not be read', async () => {
    await seenAs('0.3');
    isAway = true;
    await seenAs('0.1');
    expect(fixture.task.context.seenCover).toMatchObject({ qty: '0.3' });
    isAway = false;
    await seenAs('0.1');
    expect(fixture.task.context.seenCover).toMatchObject({ qty: '0.1', isCovered: false });
  });

  test('remembers over a restart what it has alerted', async () => {
    await seenAs('0.1');
    fixture.restart();
    watch.note(fixture.task);
    await seenAs('0.1');
    expect(texts()).toHaveLength(1);
  });

  test('learns it while it is paused, too', async () => {
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    await seenAs('0.1');
    expect(fixture.task.state).toBe('PAUSED');
    expect(texts()).toHaveLength(1);
  });
});

test('A task that watches no holding costs no request', async () => {
  open({});
  await seenAs('0.3');
  expect([reads, turns()]).toEqual([0, 0]);
});
