/** Before anything is closed, the exchange is asked about the order that the plan chose to open, and its answer is journaled. */
import { describe, expect, test } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import type { CheckedOrder, PreCheck } from '../../../src/domain/market/pre-check.ts';
import { replyTo } from '../../../src/runtime/commands/adviser.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { TaskFixture, type FixtureOptions } from '../../support/task-fixture.ts';

const next = 'BTC-31MAR23-25000-C-USDT';
const fits: PreCheck = {
  kind: 'rates',
  initialRateAfter: '0.3',
  maintenanceRateAfter: '0.2',
  marginMode: 'cross',
};
const refused: PreCheck = {
  kind: 'refused',
  scope: 'margin',
  words: 'check Sell 0.3: Bybit answered 110007 "ab not enough for new order"',
  exchangeCode: '110007',
  initialRateAfter: '1.2',
  maintenanceRateAfter: '0.9',
  marginMode: 'portfolio',
};

/** A short call whose trigger has just been reached. */
async function fired(answer: PreCheck, options: FixtureOptions = {}): Promise<TaskFixture> {
  const fixture = new TaskFixture(options);
  fixture.account.checkNow = answer;
  await fixture.price('23600');
  await fixture.clock.advance(1_000);
  return fixture;
}

/** Of the readings of the market in the journal, what they say of checks. */
const journaled = ({ journal }: TaskFixture): unknown[] =>
  journal.records.flatMap(({ eventJson }) => {
    const event = JSON.parse(eventJson) as { output?: { value?: { chain?: unknown; checks?: unknown } } };
    return event.output?.value?.chain ? [event.output.value.checks ?? 'none'] : [];
  });

const linkIds = ({ account }: TaskFixture): string[] => account.submitted.map(({ linkId }) => linkId);

describe('the check before a roll', () => {
  test('asks about the one order that would be opened, before leg 1, and never again in the roll', async () => {
    const fixture = await fired(fits);
    expect(fixture.account.checked).toEqual<CheckedOrder[]>([
      expect.objectContaining({ symbol: next, side: 'Sell', qty: '0.3', reduceOnly: false }) as CheckedOrder,
    ]);
    expect(linkIds(fixture).map((id) => id.split('-')[0])).toEqual(['close', 'open']);
    expect(journaled(fixture)).toEqual([[{ symbol: next, side: 'Sell', qty: '0.3', answer: fits }], 'none']);
  });

  test('refuses the roll before anything is closed, with what the exchange said and its figures', async () => {
    const fixture = await fired(refused);
    expect(linkIds(fixture)).toEqual([]);
    expect(fixture.account.heldNow('BTC-31MAR23-24000-C-USDT').qty).toBe('0.3');
    expect(fixture.alerts).toHaveLength(1);
    expect(JSON.stringify(fixture.alerts[0])).toMatch(
      /would refuse to open BTC-31MAR23-25000-C-USDT beside the old option: check Sell 0\.3: Bybit answered 110007 .*initial margin 120 %, maintenance margin 90 %.*in portfolio margin/,
    );
  });

  test('does not refuse what fits once the old option is closed', async () => {
    const fixture = await fired({ ...refused, marginMode: 'cross' });
    expect(linkIds(fixture).map((id) => id.split('-')[0])).toEqual(['close', 'open']);
  });

  test('passes the turn to the next rule, whose own order is asked about', async () => {
    const when = { index: { above: 23_500 } };
    const rules = [
      { name: 'near', when, then: { roll: '+1000' } },
      { name: 'far', when, then: { roll: '+2000' } },
    ];
    const fixture = new TaskFixture({ spec: { symbol: 'BTC-31MAR23-24000-C-USDT', rules } });
    const preCheck = fixture.account.preCheck.bind(fixture.account);
    fixture.account.preCheck = async (order) => {
      fixture.account.checkNow = order.symbol === next ? refused : fits;
      return preCheck(order);
    };
    await fixture.price('23600');
    await fixture.clock.advance(1_000);
    expect(fixture.account.checked.map(({ symbol }) => symbol)).toEqual([next, 'BTC-31MAR23-26000-C-USDT']);
    expect(fixture.account.submitted.at(-1)?.symbol).toBe('BTC-31MAR23-26000-C-USDT');
  });

  test('is not asked for what only closes, nor where a guard forbids the roll anyway', async () => {
    const when = { index: { above: 23_500 } };
    const closes = await fired(fits, {
      spec: { rules: [{ when, then: 'close' }], symbol: 'BTC-31MAR23-24000-C-USDT' },
    });
    expect(linkIds(closes)).toHaveLength(1);
    const forbidden = await fired(fits, { spec: { guards: { netCredit: { min: 1_000_000 } } } });
    expect(linkIds(forbidden)).toEqual([]);
    expect([...closes.account.checked, ...forbidden.account.checked]).toEqual([]);
  });

  test('is asked though the estimate afterwards forbids the roll, and has the last word there', async () => {
    const settled = async (answer: PreCheck): Promise<number> => {
      const fixture = new TaskFixture({ spec: { guards: { maintenanceMargin: { max: '2%' } } } });
      const { account } = fixture;
      account.marginNow = { ...account.marginNow, maintenanceRate: '0', maintenance: '0' };
      account.checkNow = answer;
      await fixture.price('23600');
      await fixture.clock.advance(1_000);
      return account.submitted.length;
    };
    expect(await settled({ kind: 'notOffered' })).toBe(0);
    expect(await settled({ ...fits, maintenanceRateAfter: '0.019', marginMode: 'portfolio' })).toBe(2);
  });

  test('is asked again when it is not answered, and nothing is closed without an answer', async () => {
    const fixture = new TaskFixture();
    let asked = 0;
    fixture.account.preCheck = () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Retryable('no answer')) : Promise.resolve(fits);
    };
    await fixture.price('23600');
    await fixture.clock.advance(1_500);
    expect(linkIds(fixture)).toEqual([]);
    await fixture.clock.advance(1_000);
    expect([asked, linkIds(fixture).length]).toEqual([3, 2]);
  });
});

test('a preview asks the same and shows the answer among its guards', async () => {
  const fixture = new TaskFixture();
  const { account, market, clock, task } = fixture;
  account.checkNow = refused;
  const reply = await replyTo({
    question: { accountId: '1', taskId: task.taskId, spec: null },
    account,
    task,
    machine: provideEffects(),
    market,
    prices: { whyBlind: () => null, rankFor: () => ({}) },
    clock,
  });
  if (reply.kind !== 'advice') throw new Error(JSON.stringify(reply));
  const preview = reply.advice.rules[0]?.preview;
  expect(preview).toMatchObject({ would: 'nothing', to: next });
  expect(preview?.reason).toContain('ab not enough for new order');
  expect(preview?.guards.find(({ code }) => code === 'preCheck')).toMatchObject({ passes: false });
  expect(account.checked).toHaveLength(1);
});
