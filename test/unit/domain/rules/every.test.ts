/** An hour that comes again holds for a while, once each time, and by itself never longer than it should. */
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import { triggerText } from '../../../../src/domain/explain/trigger-text.ts';
import { valueOf } from '../../../../src/domain/rules/condition-values.ts';
import { judge, watchesOf } from '../../../../src/domain/rules/trigger-judging.ts';
import { type Condition, type Readings, type Trigger } from '../../../../src/domain/rules/triggers.ts';
import { optionNamed } from '../../../support/options.ts';

const call: HeldOption = {
  ...optionNamed('BTC-31MAR23-25000-C-USDT'),
  side: 'Sell',
  qty: '0.5',
  premium: '500',
};
const above: Condition = { kind: 'index', direction: 'above', level: '25500', holdMs: 0 };

describe('an hour that comes again', () => {
  const minuteMs = 60_000;
  // Friday, 3 March 2023.
  const hourAtMs = Date.UTC(2023, 2, 3, 7, 30);
  const friday: Condition = {
    kind: 'every',
    direction: 'below',
    level: '0',
    holdMs: 0,
    schedule: { on: 'Friday', timeMs: 7.5 * 3_600_000, zone: 'UTC', withinMs: 15 * minuteMs },
  };
  const at = (atMs: number, trigger: Trigger = friday, readings: Readings = {}) =>
    judge({ trigger, held: call, heldSince: {} }, readings, atMs);

  test('holds from its hour on for a while, and then not until the next', () => {
    const held = [-1, 0, 14, 15, 7 * 24 * 60 - 1, 7 * 24 * 60].map(
      (minutes) => at(hourAtMs + minutes * minuteMs).holds,
    );
    expect(held).toEqual([false, true, true, false, false, true]);
  });

  test('is over once a roll began in it, and comes again a week later', () => {
    const after = (startedAtMs: number, atMs: number) =>
      judge({ trigger: friday, held: call, heldSince: {}, lastRoll: { startedAtMs } }, {}, atMs).holds;
    expect(after(hourAtMs, hourAtMs + 6 * minuteMs)).toBe(false);
    expect(after(hourAtMs - 1, hourAtMs + 6 * minuteMs)).toBe(true);
    expect(after(hourAtMs, hourAtMs + 7 * 24 * 60 * minuteMs)).toBe(true);
  });

  test('is waited for by the clock, whichever other condition is missing', () => {
    const all: Trigger = { kind: 'all', of: [friday, above] };
    const asking = { atMs: hourAtMs + minuteMs, isConfirming: false };
    const watched = { trigger: all, held: call, heldSince: {} };
    expect(watchesOf(watched, { index: '25000' }, asking)).toEqual([
      { field: 'index', direction: 'rising', level: '25500' },
    ]);
    expect(watchesOf(watched, { index: '26000' }, { ...asking, atMs: hourAtMs - 1 })).toEqual([
      {
        field: 'clock',
        direction: 'rising',
        level: String(hourAtMs),
        untilMs: hourAtMs + 15 * minuteMs,
      },
    ]);
  });

  test('does not count when it ends before the others have held for long enough', () => {
    const forMs = (holdMs: number): Trigger => ({ kind: 'all', of: [friday, { ...above, holdMs }] });
    const readings = { index: '26000' };
    expect(at(hourAtMs + 5 * minuteMs, forMs(9 * minuteMs), readings).dueAtMs).toBe(hourAtMs + 14 * minuteMs);
    expect(at(hourAtMs + 5 * minuteMs, forMs(10 * minuteMs), readings).dueAtMs).toBeNull();
  });

  test('is shown as the time that is left until it', () => {
    const shown = (atMs: number) => valueOf(friday, { held: call }, { clock: String(atMs) });
    expect(shown(hourAtMs - minuteMs)).toBe('60000');
    expect(shown(hourAtMs + minuteMs)).toBe('0');
    expect(triggerText(friday)).toBe('every Friday at 07:30 UTC (within 15 min)');
  });
});
