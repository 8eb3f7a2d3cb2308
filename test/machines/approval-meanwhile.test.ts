/**
 * What happens while a question stands, to the position, the prices, the spec or the daemon, ends it sensibly or leaves it as it
 * is. No order leaves while it waits.
 */
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../support/task-fixture.ts';
import {
  answer,
  asked,
  asking,
  call24,
  call25,
  codes,
  orders,
  questionIn,
  rolled,
} from './approval-fixture.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('while a question stands', () => {
  const by = { commandId: 'c', askedBy: 'operator' };

  test('a pause ends it, and resuming asks anew', async () => {
    const fixture = await asked();
    fixture.task.send({ type: 'PAUSE', ...by });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('PAUSED');
    expect(questionIn(fixture)?.over?.how).toBe('paused');
    fixture.task.send({ type: 'RESUME', ...by });
    await fixture.price('23500');
    expect(questionIn(fixture)?.over).toBeUndefined();
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver', 'approvalWanted']);
  });

  test('an edit ends it, and the new rules count at once', async () => {
    const fixture = await asked();
    const { spec } = new TaskFixture({ spec: {} }).task.context;
    fixture.task.send({ type: 'EDITED', spec, qty: '0.3', ...by });
    await fixture.clock.advance(0);
    expect(questionIn(fixture)?.over?.how).toBe('edited');
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
  });

  test('removing the task ends both', async () => {
    const fixture = await asked();
    fixture.task.send({ type: 'REMOVED', ...by });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver', 'removed']);
  });

  test('a trade that a person asks for begins without a question', async () => {
    const fixture = await asked();
    fixture.task.send({ type: 'TRADE_NOW', trade: { kind: 'rollNow', rule: null }, ...by });
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
    expect(questionIn(fixture)?.over?.how).toBe('tradeAsked');
  });

  test('an owner who closes the position ends both', async () => {
    const fixture = await asked();
    await fixture.clock.advance(minute);
    const atMs = fixture.clock.nowMs();
    fixture.task.send({
      type: 'POSITION_SEEN',
      side: null,
      qty: '0',
      firstAskedAtMs: atMs - 10 * second,
      askedAtMs: atMs,
    });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(questionIn(fixture)?.over?.how).toBe('closedByOwner');
  });

  test('the delivery of the option ends it', async () => {
    const fixture = await asked();
    fixture.task.send({ type: 'EXPIRED' });
    await fixture.clock.advance(0);
    expect(questionIn(fixture)?.over?.how).toBe('delivered');
  });

  test('a wish for a roll under way is none', async () => {
    const fixture = await asked();
    const before = fixture.journal.records.length;
    for (const type of ['RETRY', 'REOPEN', 'ACCEPT_FLAT'] as const) fixture.task.send({ type, ...by });
    await fixture.clock.advance(0);
    expect(fixture.journal.records).toHaveLength(before);
  });

  test('prices that fall silent change nothing', async () => {
    const fixture = await asked();
    fixture.task.send({ type: 'PRICES_STALE' });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
  });

  const stopBehind = {
    rules: [
      {
        name: 'roll up',
        when: { index: { above: 23_500 } },
        then: { roll: 1000 },
        approval: { timeout: '1h' },
      },
      { name: 'stop', when: { index: { above: 23_900, for: '5s' } }, then: 'close', approval: 'none' },
    ],
    approval: {},
  };

  test('another rule acts when it becomes due', async () => {
    const fixture = await asked(stopBehind);
    await fixture.price('23900');
    await fixture.clock.advance(6 * second);
    expect(questionIn(fixture)?.over?.how).toBe('ruleDue');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
  });

  test('another rule that asks, or was due already, waits for the answer', async () => {
    const fixture = await asked({
      rules: [
        { name: 'roll up', when: { index: { above: 23_500 } }, then: { roll: 1000 } },
        { name: 'was due', when: { index: { above: 23_400 } }, then: 'close', approval: 'none' },
        { name: 'asks too', when: { index: { above: 23_700 } }, then: { roll: 2000 } },
      ],
    });
    for (const price of ['23600', '23700', '23800']) await fixture.price(price);
    await fixture.clock.advance(5 * minute);
    expect(codes(fixture)).toEqual(['approvalWanted']);
    await answer(fixture, 'DECLINE');
    await fixture.price('23800');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
  });

  test('another rule that does not last leaves the question as it is', async () => {
    const fixture = await asked(stopBehind);
    await fixture.price('23900');
    await fixture.clock.advance(2 * second);
    await fixture.price('23600');
    await fixture.clock.advance(10 * minute);
    expect(questionIn(fixture)?.over).toBeUndefined();
    expect(codes(fixture)).toEqual(['approvalWanted']);
  });

  test('a rule that alerts does so', async () => {
    const fixture = await asked({
      rules: [
        { when: { index: { above: 23_500 } }, then: { roll: 1000 } },
        { when: { index: { above: 23_700 } }, then: 'alert' },
      ],
    });
    await fixture.price('23700');
    expect(codes(fixture)).toEqual(['approvalWanted', 'ruleHolds']);
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
  });

  test('a restart changes nothing, and after the time the default acts at once', async () => {
    const fixture = await asked({ approval: { otherwise: 'roll' } });
    await fixture.clock.advance(3 * minute);
    fixture.restart();
    await answer(fixture, 'APPROVE', 'another');
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
    fixture.task.stop();
    await fixture.clock.advance(hour);
    fixture.restart();
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
  });
});

describe('a structure', () => {
  test('asks once for all of its legs', async () => {
    const fixture = asking({
      legs: [call24, 'BTC-31MAR23-22000-P-USDT'],
      trigger: { index: { above: 23_500 } },
      target: '1 step away',
    });
    await fixture.price('23500');
    expect(questionIn(fixture)?.shown.legs.map(({ leg, symbol }) => `${leg} ${symbol}`)).toEqual([
      `close ${call24}`,
      'close BTC-31MAR23-22000-P-USDT',
      `open ${call25}`,
      'open BTC-31MAR23-21000-P-USDT',
    ]);
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toHaveLength(4);
    expect(codes(fixture).filter((code) => code === 'approvalWanted')).toHaveLength(1);
  });
});

test('a task that asks is the same after a kill at each of its commits', async () => {
  const play = async (crashAt: number): Promise<TaskFixture> => {
    const fixture = asking();
    fixture.crashAfter(crashAt);
    await fixture.price('23500');
    await fixture.clock.advance(minute);
    if (questionIn(fixture) === undefined) await fixture.price('23500');
    await fixture.clock.advance(minute);
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(10 * minute);
    return fixture;
  };
  const whole = await play(0);
  expect(orders(whole)).toEqual(rolled);
  for (let crashAt = 1; crashAt <= whole.journal.records.length; crashAt += 1) {
    const fixture = await play(crashAt);
    expect([crashAt, orders(fixture)]).toEqual([crashAt, rolled]);
  }
});
