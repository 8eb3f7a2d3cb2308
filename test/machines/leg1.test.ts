/**
 * Leg 1 whose price alone was wrong changes nothing and is planned again at once, within the time one order would have
 * got; only then the roll is given up and cools down.
 */
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, refuseWith, TaskFixture, type Behaviour } from '../support/task-fixture.ts';

describe('leg 1 refused for its price alone', () => {
  const tooLate: Behaviour = (order, account) => {
    account.accept(order);
    account.end(order.linkId, { refusal: 'price', reason: 'would have taken' });
  };
  const spec = { execution: { style: 'rest', deadline: '10s' } };

  test('is planned again at once, on fresh quotes and under a new link id', async () => {
    const fixture = new TaskFixture({ spec });
    fixture.account.behaviours = [tooLate, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.account.submitted.map(({ linkId }) => linkId)).toEqual([
      'close-task000001-v1',
      'close-task000001-v1-a2',
      'open-task000001-v1',
    ]);
    expect(fixture.account.submitted.every(({ timeInForce }) => timeInForce === 'PostOnly')).toBe(true);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, roll: null });
  });

  test('again and again gives the roll up when an order would have been given up, and says why', async () => {
    const fixture = new TaskFixture({ spec });
    fixture.account.behaviours = [tooLate];
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(fixture.account.submitted).toHaveLength(5);
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.alerts).toMatchObject([
      { severity: 'info', text: expect.stringContaining('would have taken') as string },
    ]);
  });

  test('does not count as a failure of leg 2', async () => {
    const fixture = new TaskFixture({ spec });
    fixture.account.behaviours = [tooLate, tooLate, fillPart('0.3'), refuseWith(new Error('away')), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(2_900);
    expect(fixture.task.state).toBe('ROLL_INITIATED.backingOff');
    await fixture.clock.advance(100);
    expect(fixture.task.context.roll?.failures).toBe(0);
  });
});
