/** What the saga does when a guard refuses, and how it closes a position instead of rolling it. */
import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, stayOpen, TaskBench } from '../support/task-bench.ts';

const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';
const hourMs = 3_600_000;
const links = (bench: TaskBench) => bench.account.submitted.map(({ linkId }) => linkId);
const codes = (bench: TaskBench) => bench.task.context.reasons.map(({ kind }) => kind);

/** Quotes are 990 to 1010 everywhere: a roll of 0.3 costs 6. */
const credit = { netCredit: { min: 0 }, cooldown: '1m' };

describe('a guard that refuses', () => {
  test('leaves everything as it is, with the reason, and lets the roll go once it passes', async () => {
    const bench = new TaskBench({ spec: { guards: { netCredit: { min: -6 }, spread: { max: '1%' } } } });
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(links(bench)).toEqual([]);
    const [reason] = bench.task.context.reasons;
    expect(reason).toMatchObject({ code: 'spread', figures: { share: '0.02', shareMax: '0.01' } });
    expect(reasonTextOrNothing(reason ?? null)).toBe(`spread 2 % of ${call24} (990 to 1010) is above 1 %`);
    expect(bench.task.state).toBe('IDLE.coolingDown');
  });

  test('is told once, and again after an hour, however often it refuses', async () => {
    const bench = new TaskBench({ spec: { guards: credit } });
    for (let minute = 0; minute < 125; minute += 1) {
      if (bench.task.state === 'IDLE.watching') await bench.price('23500');
      await bench.clock.advance(60_000);
    }
    expect(bench.alerts.map(({ text }) => text)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('net credit -6 is below 0') as string),
    );
    expect(codes(bench)).toEqual(['netCredit']);
    expect(links(bench)).toEqual([]);
  });

  test('is not told at all when the task says skip, and still remembered', async () => {
    const bench = new TaskBench({ spec: { guards: { ...credit, whenRefused: 'skip' } } });
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(bench.alerts).toEqual([]);
    expect(codes(bench)).toEqual(['netCredit']);
  });

  test('for what margin would be between the legs closes nothing', async () => {
    const bench = new TaskBench();
    bench.account.marginNow = { ...bench.account.marginNow, balance: '400', maintenance: '300' };
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(reasonTextOrNothing(bench.task.context.reasons[0] ?? null)).toMatch(
      /maintenance margin .* is above 85 %|is not known/,
    );
    expect(links(bench)).toEqual([]);
  });

  test('for the number of rolls on a day lets the next day’s first one go', async () => {
    const bench = new TaskBench({
      spec: { follow: 'fixed', guards: { rolls: { perDay: 1 }, cooldown: '10m' } },
    });
    const rolled: number[] = [];
    for (let hour = 0; hour < 30; hour += 1) {
      if (bench.task.state === 'IDLE.watching') await bench.price('23500');
      await bench.clock.advance(hourMs);
      rolled.push(bench.task.context.rollsDone);
    }
    expect(rolled.slice(0, 23)).toEqual(Array.from({ length: 23 }, () => 1));
    expect(rolled.at(-1)).toBe(2);
    expect(codes(bench)).toEqual(['rolls.perDay']);
  });

  test('in the quiet hours waits for their end', async () => {
    const bench = new TaskBench({ spec: { guards: { quietHours: '00:00-06:00', cooldown: '30m' } } });
    const states: string[] = [];
    for (let half = 0; half < 14; half += 1) {
      if (bench.task.state === 'IDLE.watching') await bench.price('23500');
      await bench.clock.advance(hourMs / 2);
      states.push(String(bench.task.context.rollsDone));
    }
    expect(states.indexOf('1')).toBe(12);
  });
});

describe('a task that only closes', () => {
  const close = { target: 'close', guards: { cooldown: '1m' } };

  test('closes, books it and is over', async () => {
    const bench = new TaskBench({ spec: close });
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(links(bench)).toEqual(['close-task000001-v1']);
    expect(bench.states.at(-1)).toBe('COMPLETED');
    const last = bench.journal.records.at(-1);
    const { context } = JSON.parse(last?.snapshotJson ?? '{}') as { context: TaskBench['task']['context'] };
    expect(context).toMatchObject({
      roll: null,
      held: { qty: '0', premium: '0' },
      lastRoll: { toSymbol: null },
    });
    expect(bench.alerts.at(-1)?.text).toContain(`Closed 0.3 ${call24}: paid`);
  });

  test('closes what a partial fill left, until nothing is', async () => {
    const bench = new TaskBench({ spec: close });
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), fillPart('0.15', 'cancelled'), fillAll];
    await bench.price('23500');
    await bench.clock.advance(10 * 60_000);
    expect(bench.account.submitted.map(({ qty }) => qty)).toEqual(['0.3', '0.2', '0.05']);
    expect(bench.states.at(-1)).toBe('COMPLETED');
    expect(bench.states.some((state) => state.startsWith('LEG'))).toBe(false);
  });

  test('changes nothing when its order is not filled, and tries again', async () => {
    const bench = new TaskBench({ spec: close });
    bench.account.behaviours = [stayOpen, fillAll];
    await bench.price('23500');
    await bench.clock.advance(125_000);
    expect(bench.task.state).toBe('IDLE.coolingDown');
    await bench.clock.advance(60_000);
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(bench.states.at(-1)).toBe('COMPLETED');
  });

  test('whose owner closes the rest meanwhile is over with what was closed here', async () => {
    const bench = new TaskBench({ spec: close });
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), stayOpen];
    await bench.price('23500');
    bench.account.positions = () => Promise.resolve([]);
    await bench.clock.advance(10 * 60_000);
    expect(bench.states.at(-1)).toBe('COMPLETED');
  });
});

describe('roll, or close', () => {
  const orClose = { ...credit, whenRefused: 'close' };

  test('rolls while the guards pass', async () => {
    const bench = new TaskBench({ spec: { guards: { ...orClose, netCredit: { min: -6 } } } });
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(bench.task.context.held.symbol).toBe(call25);
  });

  test('closes when one refuses, or there is nothing to roll into', async () => {
    const refused = new TaskBench({ spec: { guards: orClose } });
    const nowhere = new TaskBench({ spec: { target: '+9 steps', guards: orClose } });
    for (const bench of [refused, nowhere]) {
      await bench.price('23500');
      await bench.clock.advance(1_000);
      expect(links(bench)).toEqual(['close-task000001-v1']);
      expect(bench.states.at(-1)).toBe('COMPLETED');
    }
  });

  test('waits where only the hour is wrong', async () => {
    const bench = new TaskBench({ spec: { guards: { ...orClose, quietHours: '00:00-06:00' } } });
    await bench.price('23500');
    await bench.clock.advance(1_000);
    expect(links(bench)).toEqual([]);
    expect(codes(bench)).toEqual(['quietHours']);
  });

  test('that has begun to roll completes the roll, whatever the guard says of the rest', async () => {
    const bench = new TaskBench({ spec: { guards: { ...orClose, netCredit: { min: -6 } } } });
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await bench.price('23500');
    bench.market.spreadOf = () => ['900', '1100'];
    await bench.clock.advance(60_000);
    expect(bench.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
  });
});
