/** What is said of a waiting task: what it would do, what prices that was worked out with, and where it stands. */
import { describe, expect, test } from 'vitest';
import { advise, nowText, type Advice } from '../../../../src/domain/explain/advice.ts';
import { firstRollContext, type RollContext } from '../../../../src/domain/roll/roll-context.ts';
import type { Readings } from '../../../../src/domain/rules/triggers.ts';
import type { TradeWish } from '../../../../src/domain/rules/rule.ts';
import { readSpec } from '../../../support/options.ts';
import { call24, call25, held, listed, margin, nowMs, priced, roll } from '../samples.ts';

const greeks = { delta: '0.4', gamma: '0.0001', vega: '20', theta: '-15', volatility: '0.55' };
const written = { symbol: call24, trigger: 23_500, target: 1000 };
const task = (spec: object = written, changes: Partial<RollContext> = {}): RollContext => ({
  ...firstRollContext({ taskId: 'task000001', spec: readSpec(spec), held }),
  ...changes,
});
const chain = priced([
  listed(call24, { quote: { bid: '990', ask: '1010', mark: '1000', greeks, index: '23050' } }),
  listed(call25, { quote: { bid: '590', ask: '610', mark: '600' } }),
]);

interface Scene {
  readonly context?: RollContext;
  readonly underlying?: Readings;
  readonly trade?: TradeWish;
}

function adviceOn({ context = task(), underlying = { index: '23000' }, trade }: Scene = {}): Advice {
  const positions = [{ symbol: call24, side: 'Sell', qty: '0.3', averagePrice: '900' } as const];
  return advise(
    { state: 'IDLE.watching', context, workingOrder: null, trade },
    { reading: { askedAtMs: nowMs, chain, positions, margin }, underlying },
    nowMs,
  );
}

describe('the prices of an answer', () => {
  const ofHeld = { symbol: call24, mark: '1000', volatility: '0.55' };

  test('are those of what is held and of what would be opened, each once', () => {
    const options = [ofHeld, { symbol: call25, mark: '600', volatility: null }];
    expect(adviceOn().prices).toEqual({ index: '23000', options });
    expect(adviceOn({ trade: { kind: 'rollNow', rule: null } }).prices?.options).toEqual(options);
  });

  test('are those of what is held alone when nothing would be opened', () => {
    expect(adviceOn({ context: task({ ...written, target: 'close' }) }).prices?.options).toEqual([ofHeld]);
    expect(adviceOn({ context: task(written, { roll: roll() }) }).rules[0]?.preview).toBeNull();
  });

  test('have the index of the option where that of the underlying is not known', () => {
    expect(adviceOn({ underlying: {} }).prices?.index).toBe('23050');
  });
});

test('a trade that is asked about is previewed, but not during a roll', () => {
  expect(adviceOn({ trade: { kind: 'closeNow' } }).asked).toMatchObject({ would: 'close' });
  expect(adviceOn({ trade: { kind: 'rollNow', rule: null } }).asked).toMatchObject({ would: 'roll' });
  expect(
    adviceOn({ trade: { kind: 'closeNow' }, context: task(written, { roll: roll() }) }).asked,
  ).toBeNull();
  expect(adviceOn().asked).toBeNull();
});

describe('a rule', () => {
  test('says how far it has to go, until its level is reached', () => {
    const [rule] = adviceOn().rules;
    expect(rule).toMatchObject({ triggerHolds: false, restsUntilMs: null });
    expect(rule?.conditions).toMatchObject([{ value: '23000', distance: '500', isReached: false }]);
    const [reached] = adviceOn({ underlying: { index: '23500' } }).rules;
    expect(reached).toMatchObject({ triggerHolds: true });
    expect(reached?.conditions).toMatchObject([{ distance: '0', isReached: true }]);
  });

  test('rests until a time that is still to come', () => {
    const restsUntil = (restsUntilMs: number) => {
      const context = task();
      return adviceOn({
        context: { ...context, rules: context.rules.map((each) => ({ ...each, restsUntilMs })) },
      }).rules[0]?.restsUntilMs;
    };
    expect([nowMs - 1, nowMs, nowMs + 1].map(restsUntil)).toEqual([null, null, nowMs + 1]);
  });
});

test('every state has words of its own', () => {
  const states = ['watching', 'confirming', 'coolingDown', 'settling'].map((name) => `IDLE.${name}`);
  const others = ['ROLL_INITIATED.halted', 'ROLL_INITIATED.planning', 'PAUSED', 'FAILED', 'COMPLETED'];
  const texts = [...states, ...others].map((state) => nowText(state, task(written, { wakeAtMs: nowMs })));
  expect(new Set(texts).size).toBe(9);
  expect(texts.join(' ')).not.toMatch(/undefined|null|NaN/);
  expect(nowText('IDLE.awaitingSettlement', task())).toBe(nowText('IDLE.settling', task()));
  for (const text of [texts[1], texts[2]]) expect(text).toContain('2023-03-01 12:00:00 UTC');
});

test('one rule says what it waits for, and several that none is due', () => {
  const several = {
    symbol: call24,
    rules: [
      { when: { index: { above: 23_500 } }, then: 'close' },
      { when: { index: { below: 9_000 } }, then: 'close' },
    ],
  };
  expect(nowText('IDLE.watching', task())).toContain('23500');
  expect(nowText('IDLE.watching', task(several))).not.toContain('23500');
});
