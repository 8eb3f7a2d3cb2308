/**
 * Executions that are told ahead of their fees: an order that they fill is over at once, and it ends when the same executions have
 * come with their fees, on the stream or looked up. They are never added to those, and alone they book nothing.
 */
import { describe, expect, test } from 'vitest';
import type { Fill } from '../../src/domain/market/order.ts';
import { missingFillsLookUpsMax, verifyWaitMs } from '../../src/domain/orders/unknown-outcome.ts';
import { amending, fill, filled, OrderFixture, report, startMs, working } from './order-fixture.ts';

const fast = (execId: string, qty: string): Fill => ({ ...fill(execId, qty), fee: '0', isFast: true });

describe('an order that was told to be filled', () => {
  test.each([
    ['before its submit is answered', () => Promise.resolve(new OrderFixture())],
    ['while it works', () => working()],
    ['while its price is moved', () => amending()],
  ])('%s is over at once, and ends with the executions: a report is not waited for', async (_, begin) => {
    const fixture = await begin();
    const amended = fixture.amended.length;
    fixture.receiveFill(fast('e1', '0.1'));
    expect(fixture.state).not.toBe('verifying');
    fixture.receiveFill(fast('e2', '0.2'));
    expect(fixture.state).toBe('verifying');
    fixture.receiveFill(fill('e1', '0.1'));
    expect(fixture.isOver()).toBe(false);
    fixture.receiveFill(fill('e2', '0.2'));
    const sum = Number(fill('e1', '0.1').fee) + Number(fill('e2', '0.2').fee);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3', fee: String(sum) });
    expect([fixture.amended.length, fixture.cancelledAtMs]).toEqual([amended, []]);
  });

  test('is looked up soon when the executions stay away, and its fees are those', async () => {
    const fixture = await working();
    fixture.receiveFill(fast('e1', '0.3'));
    await fixture.ring();
    expect(fixture.lookedUpAtMs).toEqual([startMs + verifyWaitMs]);
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ executedQty: '0.3', fee: fill('e1', '0.3').fee });
  });

  test('ends once whatever comes again or late, and counts no execution twice, though its id differs', async () => {
    const fixture = await working();
    for (const one of [fast('f1', '0.2'), fast('f1', '0.2'), fill('e1', '0.2')]) fixture.receiveFill(one);
    expect(fixture.state).toBe('working');
    fixture.receiveFill(fast('f2', '0.1'));
    expect(fixture.state).toBe('verifying');
    expect(fixture.isOver()).toBe(false);
    fixture.receiveFill(fill('e2', '0.1'));
    expect(fixture.output).toMatchObject({ executedQty: '0.3' });
  });

  test('goes on after a restart', async () => {
    const fixture = await working();
    fixture.receiveFill(fast('e1', '0.3'));
    fixture.restart();
    fixture.receiveFill(fill('e1', '0.3'));
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('and shows nothing of it is believed for a while, and then worked like any other', async () => {
    const fixture = await working();
    fixture.receiveFill(fast('e1', '0.3'));
    await fixture.ring();
    for (let times = 1; times < missingFillsLookUpsMax; times += 1) {
      await fixture.lookUp(report());
      expect(fixture.state).toBe('resolving.waiting');
      await fixture.ring();
    }
    await fixture.lookUp(report());
    expect(fixture.state).toBe('working');
    expect(fixture.isOver()).toBe(false);
  });
});

test('what is told beyond the order, or of another one, changes nothing', async () => {
  const fixture = await working();
  fixture.receiveFill(fast('e1', '0.4'));
  fixture.receiveFill({ ...fast('e2', '0.3'), linkId: 'open-task000001-v1' });
  expect([fixture.state, fixture.context.progress.fast]).toEqual(['working', undefined]);
  fixture.receiveReport(filled);
  fixture.receiveFill(fill('e3', '0.3'));
  expect(fixture.output).toMatchObject({ executedQty: '0.3' });
});

test('a part that is told ahead ends nothing: what was cancelled is known by its report', async () => {
  const fixture = await working();
  fixture.receiveFill(fast('e1', '0.1'));
  fixture.receiveReport(report({ status: 'cancelled', executedQty: '0.1' }));
  expect(fixture.state).toBe('verifying');
  fixture.receiveFill(fill('e1', '0.1'));
  expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
});
