/**
 * What its owner says of an order whose outcome stays unknown ends the search, and never lets two orders be alive: what is
 * said not to be placed goes out under its own link id, what is said to have ended short is cancelled first.
 */
import { describe, expect, test } from 'vitest';
import { said } from '../support/texts.ts';
import { problemOfWord } from '../../src/domain/orders/owners-word.ts';
import { fill, filled, lookInVain, OrderFixture, report, startMs, unknown } from './order-fixture.ts';

const filledWith = (qty: string, price = '1010') =>
  ({ type: 'MARKED_FILLED', qty, price, fee: '0.4' }) as const;
const word = (qty: string) => ({ kind: 'filled', qty, price: '1010', fee: '0' }) as const;
const notPlaced = { kind: 'notPlaced' } as const;
const gone = { kind: 'refused', cause: said('the order is gone'), scope: 'final' };

/** Never taken as far as is known, and no look-up is answered. */
async function unanswered(forMs = 70_000): Promise<OrderFixture> {
  const fixture = await unknown();
  await lookWithoutAnswer(fixture, forMs);
  return fixture;
}

async function lookWithoutAnswer(fixture: OrderFixture, forMs: number): Promise<void> {
  const endMs = fixture.nowMs + forMs;
  while (fixture.nowMs < endMs) {
    if (fixture.waits('look up order'))
      await fixture.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
    await fixture.ring();
  }
}

/** The exchange took it, and no look-up finds it. */
async function vanished(positionQty?: string): Promise<OrderFixture> {
  const fixture = await unknown({ orderExists: true });
  await lookInVain(fixture, 70_000, positionQty);
  return fixture;
}

describe('that all of it was filled', () => {
  test('ends the order at once, at the price and fee that its owner names', async () => {
    const fixture = await vanished('0');
    fixture.receive(filledWith('0.3'));
    expect(fixture.output).toMatchObject({
      result: 'filled',
      executedQty: '0.3',
      value: '303',
      fee: '0.4',
      refusal: null,
    });
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.cancelledAtMs).toEqual([]);
  });

  test('may be more than was reported, and counts at the price that its owner names for all of it', async () => {
    const fixture = await vanished('0');
    fixture.receiveFill(fill('e1', '0.1', { price: '990' }));
    fixture.receive({ type: 'RECONNECTED' });
    await lookInVain(fixture, 70_000, '0');
    fixture.receive(filledWith('0.3'));
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3', value: '303' });
  });

  test('is the same order after a restart', async () => {
    const fixture = await vanished('0');
    fixture.restart();
    fixture.receive(filledWith('0.3'));
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });
});

describe('that it ended short', () => {
  test('cancels it, looks it up once more, and ends it with what was said', async () => {
    const fixture = await vanished('0.2');
    fixture.receive(filledWith('0.1'));
    expect(fixture.waitsFor).toBe('cancel order');
    await fixture.answer('cancel order', gone);
    await fixture.ring();
    expect(fixture.output).toBeUndefined();
    await fixture.lookUp(null, [], '0.2');
    expect(fixture.output).toMatchObject({
      result: 'partial',
      executedQty: '0.1',
      value: '101',
      reason: 'as its owner said; before: the order is gone',
    });
  });

  test('does not count when the order was alive: what the exchange reports does', async () => {
    const fixture = await vanished();
    fixture.receive(filledWith('0'));
    await fixture.answer('cancel order', { kind: 'acknowledged' });
    fixture.receiveReport(report({ executedQty: '0.1' }));
    expect(fixture.context.word).toBeNull();
    fixture.receiveReport(report({ status: 'cancelled', executedQty: '0.1' }));
    fixture.receiveFill(fill('e1', '0.1'));
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1', value: '100' });
  });

  test('does not count as long as the position shows that more was traded meanwhile', async () => {
    const fixture = await vanished();
    fixture.receive(filledWith('0'));
    await fixture.answer('cancel order', gone);
    await fixture.ring();
    await lookInVain(fixture, 300_000, '0');
    expect(fixture.output).toBeUndefined();
    expect(fixture.submitted).toHaveLength(1);
    await fixture.lookUp(filled, [fill('e1', '0.3')], '0');
    expect(fixture.output).toMatchObject({ result: 'filled', value: '300' });
  });

  test('is made sure of for as long as the exchange does not answer, with growing pauses', async () => {
    const fixture = await vanished();
    fixture.receive(filledWith('0'));
    const untilMs = fixture.nowMs + 300_000;
    while (fixture.nowMs < untilMs) {
      if (fixture.waits('cancel order'))
        await fixture.answer('cancel order', { kind: 'unknown', cause: said('timeout') });
      if (fixture.waits('look up order'))
        await fixture.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
      if (fixture.waits('alarm')) await fixture.ring();
    }
    expect(fixture.output).toBeUndefined();
    expect(fixture.cancelledAtMs.length).toBeLessThan(30);
    while (!fixture.waits('cancel order')) {
      if (fixture.waits('look up order')) await fixture.lookUp(null);
      else await fixture.ring();
    }
    await fixture.answer('cancel order', gone);
    await fixture.ring();
    await fixture.lookUp(null);
    expect(fixture.output).toMatchObject({ result: 'unfilled', executedQty: '0' });
  });
});

describe('that it was not placed', () => {
  test('sends it once more, under its own id, priced anew', async () => {
    const fixture = await unanswered();
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    await fixture.quote();
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.submitted[1]?.linkId).toBe(fixture.submitted[0]?.linkId);
    await fixture.acknowledge('submit order');
    expect(fixture.state).toBe('working');
  });

  test('beyond its deadline sends it too, and cancels it at once', async () => {
    const fixture = await unanswered(180_000);
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    expect(fixture.submitted).toHaveLength(2);
    await fixture.acknowledge('submit order');
    await fixture.ring();
    expect(fixture.waitsFor).toBe('cancel order');
  });

  test('is found out to be wrong, because the exchange takes no id twice', async () => {
    const fixture = await unanswered(180_000);
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    await fixture.answer('submit order', { kind: 'unknown', cause: said('duplicate id'), orderExists: true });
    await fixture.lookUp(filled, [fill('e1', '0.3')], '0');
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('counts once: when sending it again tells nothing, it is searched for as before', async () => {
    const fixture = await unanswered(180_000);
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    await fixture.answer('submit order', { kind: 'unknown', cause: said('timeout') });
    await lookWithoutAnswer(fixture, 600_000);
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.state).toContain('resolving');
  });

  test('ends the order when the exchange refuses to take it at all', async () => {
    const fixture = await unanswered(180_000);
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    const cause = said('the key was deleted');
    await fixture.answer('submit order', { kind: 'refused', cause, scope: 'account' });
    await lookWithoutAnswer(fixture, 70_000);
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    expect(fixture.output).toMatchObject({ result: 'rejected', refusal: 'account' });
    expect(fixture.submitted).toHaveLength(2);
  });
});

test.each(['working', 'deciding what to do', 'cancelling'])(
  'is ignored by an order that is %s',
  async (at) => {
    const fixture = new OrderFixture();
    await fixture.acknowledge('submit order');
    if (at !== 'working') await fixture.ring();
    if (at === 'cancelling') {
      fixture.receive({ type: 'WITHDRAWN' });
      await fixture.quote();
    }
    const { state } = fixture;
    fixture.receive(filledWith('0.3'));
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    expect(fixture.state).toBe(state);
    expect(fixture.context.word).toBeNull();
  },
);

describe('does not count', () => {
  const codeOf = ({ context, nowMs }: OrderFixture, said: ReturnType<typeof word> | typeof notPlaced) =>
    problemOfWord(context, said, nowMs)?.code ?? null;

  test('before it was searched for a minute', async () => {
    const fixture = await unanswered(0);
    fixture.nowMs = startMs + 59_999;
    expect(codeOf(fixture, notPlaced)).toBe('searchedTooShortly');
    fixture.nowMs += 1;
    expect(codeOf(fixture, notPlaced)).toBeNull();
  });

  test('so soon after it was sent again', async () => {
    const fixture = await unanswered();
    fixture.receive({ type: 'MARKED_NOT_PLACED' });
    await fixture.quote();
    await fixture.answer('submit order', { kind: 'unknown', cause: said('timeout') });
    expect(codeOf(fixture, word('0.3'))).toBe('searchedTooShortly');
  });

  test('as not placed when the exchange took it or traded it', async () => {
    expect(codeOf(await vanished(), notPlaced)).toBe('wasPlaced');
    const unseen = await unknown({ orderExists: true });
    await lookWithoutAnswer(unseen, 70_000);
    expect(codeOf(unseen, notPlaced)).toBeNull();
  });

  test('with more than was ordered, or less than was reported', async () => {
    const fixture = await vanished('0');
    expect(codeOf(fixture, word('0.4'))).toBe('moreThanOrdered');
    fixture.receiveFill(fill('e1', '0.1'));
    await lookInVain(fixture, 70_000, '0');
    expect(codeOf(fixture, word('0'))).toBe('lessThanProven');
  });

  test('as filled while no look-up is answered', async () => {
    expect(codeOf(await unanswered(), word('0.3'))).toBe('nothingToCompare');
    expect(codeOf(await unanswered(), word('0'))).toBe('nothingToCompare');
  });

  test('against the position', async () => {
    const unmoved = await vanished();
    expect(codeOf(unmoved, word('0.3'))).toBe('positionSaysOtherwise');
    expect(codeOf(unmoved, word('0'))).toBeNull();
    const moved = await vanished('0');
    expect(codeOf(moved, word('0'))).toBe('positionSaysOtherwise');
    expect(codeOf(moved, word('0.3'))).toBeNull();
    // Another order may have moved it further: no more than all of this one is asked for.
    const movedFurther = new OrderFixture({ positionQtyBefore: '0.5' });
    await movedFurther.answer('submit order', { kind: 'unknown', cause: said('timeout') });
    movedFurther.receiveFill(fill('e1', '0.1'));
    movedFurther.receive({ type: 'RECONNECTED' });
    await lookInVain(movedFurther, 70_000, '0');
    expect(codeOf(movedFurther, word('0.3'))).toBeNull();
  });

  test('while the exchange shows it open', async () => {
    const fixture = await vanished();
    await fixture.lookUp(report());
    expect(codeOf(fixture, word('0.3'))).toBe('openAtExchange');
  });
});
