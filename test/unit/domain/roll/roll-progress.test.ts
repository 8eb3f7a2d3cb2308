/** After a roll the task manages what is really there now: the new option, or the old one again after going back. */
import { describe, expect, test } from 'vitest';
import { firstRollContext, type RollContext } from '../../../../src/domain/roll/roll-context.ts';
import { afterRoll } from '../../../../src/domain/roll/roll-progress.ts';
import { call24, call25, held, nowMs, roll, tally } from '../samples.ts';
import { readSpec } from '../../../support/options.ts';

const spec = readSpec({ symbol: call24, trigger: 23500, target: 1000 });
const task = (changes: Partial<RollContext> = {}): RollContext => ({
  ...firstRollContext({ taskId: 'task000001', spec, held }),
  rollsDone: 2,
  roll: roll({
    toSymbol: call25,
    closed: tally('0.3', { value: '300' }),
    opened: tally('0.3', { value: '210' }),
  }),
  wakeAtMs: nowMs,
  ...changes,
});

describe('a finished roll', () => {
  test('moves the task to the new option and its trigger with it, and counts', () => {
    expect(afterRoll(task())).toMatchObject({
      held: { symbol: call25, side: 'Sell', qty: '0.3' },
      rules: [{ trigger: { direction: 'above', level: '24500' } }],
      rollsDone: 3,
      roll: null,
      plan: null,
      lastRoll: {
        fromSymbol: call24,
        toSymbol: call25,
        netCredit: '-90',
        nextTrigger: { kind: 'index', level: '24500' },
      },
    });
  });

  test('leaves a fixed trigger where it is', () => {
    const spec = readSpec({
      symbol: call24,
      trigger: 23500,
      target: 1000,
      follow: 'fixed',
      guards: { rolls: { max: 9 } },
    });
    expect(afterRoll(task({ spec })).rules?.[0]?.trigger).toMatchObject({ level: '23500' });
  });

  test('keeps the index at which the new option was opened', () => {
    const opened = {
      ...roll({ toSymbol: call25, closed: tally('0.3'), opened: tally('0.3') }),
      indexAtOpening: '24100',
    };
    const from = { ...held, indexAtOpening: '23000' };
    expect(afterRoll(task({ held: from, roll: opened })).held).toMatchObject({ indexAtOpening: '24100' });
    const back = { ...opened, toSymbol: call24, compensating: true };
    expect(afterRoll(task({ held: from, roll: back })).held).toMatchObject({ indexAtOpening: '23000' });
  });

  test('of which only a part could be closed manages the part that was opened', () => {
    const part = roll({ toSymbol: call25, closed: tally('0.2'), opened: tally('0.2') });
    expect(afterRoll(task({ roll: part })).held).toMatchObject({ symbol: call25, side: 'Sell', qty: '0.2' });
  });
});

describe('a roll that was taken back', () => {
  const back = (closed: string, opened: string) =>
    afterRoll(
      task({
        roll: roll({ toSymbol: call24, closed: tally(closed), opened: tally(opened), compensating: true }),
      }),
    );

  test('leaves option and trigger as they were and counts for nothing', () => {
    expect(back('0.3', '0.3')).toMatchObject({
      held: { symbol: call24, qty: '0.3' },
      rules: [{ trigger: { level: '23500' }, rollsDone: 0 }],
      rollsDone: 2,
      lastRoll: { compensated: true },
    });
  });

  test('still manages the part that was never closed', () => {
    expect(back('0.1', '0.1').held).toMatchObject({ symbol: call24, side: 'Sell', qty: '0.3' });
  });
});

test('without a roll nothing changes', () => {
  expect(afterRoll(task({ roll: null }))).toEqual({});
});
