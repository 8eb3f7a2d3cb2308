/**
 * A task that asks a person before it trades: what is asked, what an answer and the time do, and what is planned anew after it.
 */
import { describe, expect, test } from 'vitest';
import { TaskFixture } from '../support/task-fixture.ts';
import { fits, openingFirst, tooMuch } from './open-first-fixture.ts';
import {
  answer,
  asked,
  asking,
  call24,
  call25,
  codes,
  firstId,
  orders,
  questionIn,
  rolled,
} from './approval-fixture.ts';

const second = 1_000;
const minute = 60 * second;

describe('a rule that asks first', () => {
  test('sends no order, and tells what it would do, until when, and what happens without an answer', async () => {
    const fixture = await asked();
    await fixture.clock.advance(9 * minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context).toMatchObject({ roll: null, plan: null });
    expect(fixture.alerts).toEqual([
      {
        severity: 'warning',
        text: `May the task roll ${call24} to ${call25}? rule 1: index above 23500, index 23500. Buy 0.3 ${call24} at 1010, Sell 0.3 ${call25} at 990: net cost 6, fees 4.23. Without an answer until 2023-03-01 00:10:00 UTC nothing is traded.`,
      },
    ]);
  });

  test('rolls when a person says so, and says who it was', async () => {
    const fixture = await asked();
    await fixture.clock.advance(5 * minute);
    expect(await answer(fixture, 'APPROVE', firstId)).toMatch(/^done: task000001-v1 is approved/);
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
    expect(fixture.alerts[1]).toEqual({
      severity: 'info',
      text: `The question about ${call24} is over: approved by the operator.`,
    });
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver', 'leg1Closed', 'rolled']);
  });

  test('rolls though its trigger holds no more: a person who says roll means roll', async () => {
    const fixture = await asked();
    await fixture.price('23000');
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
  });

  test('rests for an hour when a person declines, and asks again after it', async () => {
    const fixture = await asked();
    expect(await answer(fixture, 'DECLINE')).toBe(
      `done: ${firstId} is declined: its rule does not ask again before 2023-03-01 01:00:00 UTC`,
    );
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    await fixture.clock.advance(59 * minute);
    await fixture.price('23600');
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver']);
    await fixture.clock.advance(minute);
    await fixture.price('23600');
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver', 'approvalWanted']);
    expect(orders(fixture)).toEqual([]);
  });

  test('is skipped without an answer, and rests for its cooldown', async () => {
    const fixture = await asked({ guards: { cooldown: '20m' } });
    await fixture.clock.advance(10 * minute);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.task.context.reasons[0]).toMatchObject({ code: 'notApproved', figures: { by: null } });
    expect(fixture.alerts.at(-1)?.text).toContain('nobody answered, so nothing is traded');
    await fixture.clock.advance(20 * minute);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(orders(fixture)).toEqual([]);
  });

  test('rolls without an answer where it says so and its trigger still holds', async () => {
    const fixture = await asked({ approval: { otherwise: 'roll', timeout: '30s' } });
    await fixture.clock.advance(29 * second);
    expect(orders(fixture)).toEqual([]);
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
    expect(questionIn(fixture)?.over).toMatchObject({ how: 'rollsUnanswered', by: null });
  });

  test('does not roll without an answer when its trigger has let go', async () => {
    const fixture = await asked({ approval: { otherwise: 'roll', timeout: '30s' } });
    await fixture.price('23000');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.reasons[0]?.code).toBe('unconfirmed');
    expect(fixture.task.state).toBe('IDLE.watching');
  });

  test('of an hour that has come rolls without an answer, though the window is over by then', async () => {
    const spec = { trigger: { every: { time: 'day at 00:00', within: '5m' } } };
    const fixture = asking(
      { ...spec, approval: { otherwise: 'roll', timeout: '10m' } },
      { startMs: Date.UTC(2023, 2, 1, 0, 1) },
    );
    await fixture.readings({ index: '23000' });
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
    await fixture.clock.advance(12 * minute);
    expect(orders(fixture)).toEqual(rolled);
  });

  test('asks before it closes, too', async () => {
    const fixture = await asked({ target: 'close' });
    expect(fixture.alerts[0]?.text).toContain(`May the task close ${call24}?`);
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call24}`]);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('waits no longer than a trade before the delivery allows', async () => {
    const fixture = await asked(
      { approval: { timeout: '24h', otherwise: 'roll' }, target: { strike: '+1000', expiry: 'same' } },
      { startMs: Date.UTC(2023, 2, 31, 7) },
    );
    expect(questionIn(fixture)?.untilMs).toBe(Date.UTC(2023, 2, 31, 7, 54));
    await fixture.clock.advance(55 * minute);
    expect(orders(fixture)).toEqual(rolled);
  });
});

describe('an answer', () => {
  test('counts once: a second one is told what happened', async () => {
    const fixture = await asked();
    await answer(fixture, 'APPROVE');
    expect(await answer(fixture, 'DECLINE', firstId)).toBe(
      `refused: ${firstId} is over since 2023-03-01 00:00:00 UTC: approved by the operator`,
    );
    await fixture.clock.advance(minute);
    expect(await answer(fixture, 'APPROVE')).toContain('refused: task000001-v1 is over');
    expect(orders(fixture)).toEqual(rolled);
  });

  test('that comes too late is told so, and changes nothing', async () => {
    const fixture = await asked();
    await fixture.clock.advance(10 * minute);
    const before = fixture.journal.records.length;
    expect(await answer(fixture, 'APPROVE', firstId)).toContain('nobody answered, so nothing is traded');
    expect(fixture.journal.records).toHaveLength(before);
    expect(orders(fixture)).toEqual([]);
  });

  test('to another question counts for nothing', async () => {
    const fixture = await asked();
    expect(await answer(fixture, 'APPROVE', 'task000001-v9')).toBe(
      `refused: ${firstId} waits for an answer now, with other figures: look at it first`,
    );
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
  });

  test('of a task that asks nothing counts for nothing', async () => {
    const fixture = new TaskFixture();
    expect(await answer(fixture, 'APPROVE')).toBe('refused: nothing waits for an answer');
  });
});

describe('what was approved is planned anew', () => {
  const spread = (ask: string) => (strike: string) =>
    strike === '24000' ? (['990', ask] as const) : (['990', '1010'] as const);

  test('and done when it is worse by no more than the tolerance', async () => {
    const fixture = await asked({ approval: { tolerance: 3 } });
    fixture.market.spreadOf = spread('1020');
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
  });

  test('and asked about again, with its new figures, when it is worse by more', async () => {
    const fixture = await asked({ approval: { tolerance: 2.99 } });
    fixture.market.spreadOf = spread('1020');
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(questionIn(fixture)).toMatchObject({ count: 2, shown: { netCredit: '-9' } });
    expect(questionIn(fixture)?.approvalId).not.toBe(firstId);
    expect(fixture.alerts.at(-1)?.text).toContain('Asked again (2)');
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(rolled);
  });

  test('and given up with an alert when it is worse every time', async () => {
    const fixture = await asked({ approval: { tolerance: 0 } });
    for (const ask of ['1020', '1030', '1040']) {
      fixture.market.spreadOf = spread(ask);
      await answer(fixture, 'APPROVE');
    }
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.alerts.at(-1)?.text).toContain('rule 1 was shown 3 times');
  });

  test('and asked about again when its owner has made the position smaller', async () => {
    const fixture = await asked();
    fixture.account.hold({ symbol: call24, side: 'Sell', qty: '0.1', averagePrice: '900' });
    await fixture.clock.advance(minute);
    const atMs = fixture.clock.nowMs();
    fixture.task.send({
      type: 'POSITION_SEEN',
      side: 'Sell',
      qty: '0.1',
      firstAskedAtMs: atMs - 10 * second,
      askedAtMs: atMs,
    });
    await answer(fixture, 'APPROVE');
    expect(questionIn(fixture)).toMatchObject({
      count: 2,
      shown: { legs: [{ qty: '0.1' }, { qty: '0.1' }] },
    });
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.1 ${call24}`, `Sell 0.1 ${call25}`]);
  });

  test('and refused by a guard with an alert, though the rule skips in silence', async () => {
    const fixture = await asked({ guards: { debit: { max: 10 }, whenRefused: 'skip' } });
    fixture.market.spreadOf = spread('1200');
    await answer(fixture, 'APPROVE');
    expect(orders(fixture)).toEqual([]);
    expect(codes(fixture)).toEqual(['approvalWanted', 'approvalOver', 'notRolled']);
  });

  test('and given up when the market cannot be read', async () => {
    const fixture = await asked();
    fixture.market.isAway = true;
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.task.context.roll).toBeNull();
    expect(codes(fixture)).toContain('notRolled');
  });
});

describe('a rule that asks and opens first', () => {
  const askedOpening = async (legs: 'openFirst' | 'auto') => {
    const fixture = openingFirst({ legs, approval: { otherwise: 'skip' } });
    await fixture.price('23500');
    expect(fixture.task.state).toBe('IDLE.awaitingApproval');
    return fixture;
  };
  const opensFirst = [`Buy 0.3 ${call25}`, `Sell 0.3 ${call24}`];

  test('shows its orders as they follow each other, and sends them so once it is approved', async () => {
    const fixture = await askedOpening('openFirst');
    expect(questionIn(fixture)?.shown.legs.map(({ leg }) => leg)).toEqual(['open', 'close']);
    expect(fixture.alerts[0]?.text).toMatch(
      /Buy 0\.3 BTC-31MAR23-25000-C-USDT .*, Sell 0\.3 BTC-31MAR23-24000/,
    );
    await answer(fixture, 'APPROVE');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual(opensFirst);
    expect(codes(fixture).filter((code) => code === 'approvalWanted')).toHaveLength(1);
  });

  test('asks once where it may do either, whichever the margin allows when it is approved', async () => {
    for (const checkNow of [fits, { ...tooMuch, marginMode: 'cross' } as const]) {
      const fixture = await askedOpening('auto');
      expect(questionIn(fixture)?.shown.legs.map(({ leg }) => leg)).toEqual(['close', 'open']);
      fixture.account.checkNow = checkNow;
      await answer(fixture, 'APPROVE');
      await fixture.clock.advance(minute);
      expect(orders(fixture)).toEqual(checkNow === fits ? opensFirst : opensFirst.toReversed());
      expect(codes(fixture).filter((code) => code === 'approvalWanted')).toHaveLength(1);
    }
  });
});
