/** What the saga does when a guard refuses, and how it closes a position instead of rolling it. */
import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, stayOpen, TaskFixture } from '../support/task-fixture.ts';
import { hourMs } from '../../src/domain/units.ts';

const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';
const links = (fixture: TaskFixture) => fixture.account.submitted.map(({ linkId }) => linkId);
const codes = (fixture: TaskFixture) => fixture.task.context.reasons.map(({ kind }) => kind);

/** Quotes are 990 to 1010 everywhere: a roll of 0.3 costs 6. */
const credit = { netCredit: { min: 0 }, cooldown: '1m' };

describe('a guard that refuses', () => {
  test('leaves everything as it is, with the reason, and lets the roll go once it passes', async () => {
    const fixture = new TaskFixture({ spec: { guards: { netCredit: { min: -6 }, spread: { max: '1%' } } } });
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(links(fixture)).toEqual([]);
    const [reason] = fixture.task.context.reasons;
    expect(reason).toMatchObject({ code: 'spread', figures: { share: '0.02', shareMax: '0.01' } });
    expect(reasonTextOrNothing(reason ?? null)).toBe(`spread 2 % of ${call24} (990 to 1010) is above 1 %`);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
  });

  test('brings one alert, and another after an hour, however often it refuses', async () => {
    const fixture = new TaskFixture({ spec: { guards: credit } });
    for (let minute = 0; minute < 125; minute += 1) {
      if (fixture.task.state === 'IDLE.watching') await fixture.price('23500');
      await fixture.clock.advance(60_000);
    }
    expect(fixture.alerts.map(({ text }) => text)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('net credit -6 is below 0') as string),
    );
    expect(codes(fixture)).toEqual(['netCredit']);
    expect(links(fixture)).toEqual([]);
  });

  test('brings no alert when the task says skip, and is still recorded', async () => {
    const fixture = new TaskFixture({ spec: { guards: { ...credit, whenRefused: 'skip' } } });
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.alerts).toEqual([]);
    expect(codes(fixture)).toEqual(['netCredit']);
  });

  test('for what margin would be between the legs closes nothing', async () => {
    const fixture = new TaskFixture();
    fixture.account.marginNow = { ...fixture.account.marginNow, balance: '400', maintenance: '300' };
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(reasonTextOrNothing(fixture.task.context.reasons[0] ?? null)).toMatch(
      /maintenance margin .* is above 85 %|is not known/,
    );
    expect(links(fixture)).toEqual([]);
  });

  test('for the number of rolls on a day lets the next day’s first one go', async () => {
    const fixture = new TaskFixture({
      spec: { follow: 'fixed', guards: { rolls: { perDay: 1 }, cooldown: '10m' } },
    });
    const rolled: number[] = [];
    for (let hour = 0; hour < 30; hour += 1) {
      if (fixture.task.state === 'IDLE.watching') await fixture.price('23500');
      await fixture.clock.advance(hourMs);
      rolled.push(fixture.task.context.rollsDone);
    }
    expect(rolled.slice(0, 23)).toEqual(Array.from({ length: 23 }, () => 1));
    expect(rolled.at(-1)).toBe(2);
    expect(codes(fixture)).toEqual(['rolls.perDay']);
  });

  test('in the quiet hours waits for their end', async () => {
    const fixture = new TaskFixture({ spec: { guards: { quietHours: '00:00-06:00', cooldown: '30m' } } });
    const states: string[] = [];
    for (let half = 0; half < 14; half += 1) {
      if (fixture.task.state === 'IDLE.watching') await fixture.price('23500');
      await fixture.clock.advance(hourMs / 2);
      states.push(String(fixture.task.context.rollsDone));
    }
    expect(states.indexOf('1')).toBe(12);
  });
});

describe("the operator's calendar of events", () => {
  const startMs = Date.UTC(2023, 2, 1, 12);
  const at = (hours: number): number => startMs + hours * hourMs;
  const cpi = { fromMs: at(-1), toMs: at(1.6), name: 'CPI' };
  const longAgo = { fromMs: at(-99), toMs: at(-98), name: null };
  const guards = { notDuring: 'events', cooldown: '30m' };

  test('makes a task wait for the end of an event; the journal has what of it mattered', async () => {
    const fixture = new TaskFixture({ startMs, spec: { guards } });
    fixture.calendar = { asOfMs: at(-2), events: [longAgo, cpi] };
    const rolls: number[] = [];
    for (let half = 0; half < 5; half += 1) {
      if (fixture.task.state === 'IDLE.watching') await fixture.price('23500');
      await fixture.clock.advance(hourMs / 2);
      rolls.push(fixture.task.context.rollsDone);
    }
    expect(rolls).toEqual([0, 0, 0, 0, 1]);
    const [reason] = fixture.task.context.reasons;
    expect(reason).toMatchObject({
      code: 'notDuring',
      figures: { blackout: cpi, calendarAsOfMs: at(-2), isCalendarUnknown: false },
    });
    const journaled = fixture.journal.records.map(({ eventJson }) => eventJson).join('');
    expect(journaled).toContain('"calendar":{"asOfMs"');
    expect(journaled).not.toContain(String(longAgo.fromMs));
  });

  test('concerns no task that does not ask for it', async () => {
    const fixture = new TaskFixture({ startMs });
    fixture.calendar = { asOfMs: at(-2), events: [cpi] };
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.task.context.rollsDone).toBe(1);
    const journaled = fixture.journal.records.map(({ eventJson }) => eventJson).join('');
    expect(journaled).not.toContain('calendar');
  });
});

describe('a task that only closes', () => {
  const close = { target: 'close', guards: { cooldown: '1m' } };

  test('closes, books it and is over', async () => {
    const fixture = new TaskFixture({ spec: close });
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(links(fixture)).toEqual(['close-task000001-v1']);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
    const last = fixture.journal.records.at(-1);
    const { context } = JSON.parse(last?.snapshotJson ?? '{}') as { context: TaskFixture['task']['context'] };
    expect(context).toMatchObject({
      roll: null,
      held: { qty: '0', premium: '0' },
      lastRoll: { toSymbol: null },
    });
    expect(fixture.alerts.at(-1)?.text).toContain(`Closed 0.3 ${call24}: paid`);
  });

  test('closes what a partial fill left, until nothing is', async () => {
    const fixture = new TaskFixture({ spec: close });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillPart('0.15', 'cancelled'), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(10 * 60_000);
    expect(fixture.account.submitted.map(({ qty }) => qty)).toEqual(['0.3', '0.2', '0.05']);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
    expect(fixture.states.some((state) => state.startsWith('LEG'))).toBe(false);
  });

  test('changes nothing when its order is not filled, and tries again', async () => {
    const fixture = new TaskFixture({ spec: close });
    fixture.account.behaviours = [stayOpen, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(125_000);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    await fixture.clock.advance(60_000);
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
  });

  test('whose owner closes the rest meanwhile is over with what was closed here', async () => {
    const fixture = new TaskFixture({ spec: close });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), stayOpen];
    await fixture.price('23500');
    fixture.account.positions = () => Promise.resolve([]);
    await fixture.clock.advance(10 * 60_000);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
  });
});

describe('roll, or close', () => {
  const orClose = { ...credit, whenRefused: 'close' };

  test('rolls while the guards pass', async () => {
    const fixture = new TaskFixture({ spec: { guards: { ...orClose, netCredit: { min: -6 } } } });
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.task.context.held.symbol).toBe(call25);
  });

  test('closes when one refuses, or there is nothing to roll into', async () => {
    const refused = new TaskFixture({ spec: { guards: orClose } });
    const nowhere = new TaskFixture({ spec: { target: '+9 steps', guards: orClose } });
    for (const fixture of [refused, nowhere]) {
      await fixture.price('23500');
      await fixture.clock.advance(1_000);
      expect(links(fixture)).toEqual(['close-task000001-v1']);
      expect(fixture.states.at(-1)).toBe('COMPLETED');
    }
  });

  test.each([
    ['quietHours', { quietHours: '00:00-06:00' }],
    ['notDuring', { notDuring: '2023-01-01..2023-12-31' }],
    ['notDuring', { notDuring: 'events' }],
  ])('waits where only the hour is wrong (%s)', async (code, when) => {
    const fixture = new TaskFixture({ spec: { guards: { ...orClose, ...when } } });
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(links(fixture)).toEqual([]);
    expect(codes(fixture)).toEqual([code]);
  });

  test('that has begun to roll completes the roll, whatever the guard says of the rest', async () => {
    const fixture = new TaskFixture({ spec: { guards: { ...orClose, netCredit: { min: -6 } } } });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await fixture.price('23500');
    fixture.market.spreadOf = () => ['900', '1100'];
    await fixture.clock.advance(60_000);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
  });
});
