/** A roll opens no more short options than the holding that its task watches covers; what closes is refused for none. */
import { describe, expect, test } from 'vitest';
import { verdictText } from '../../src/domain/explain/guard-text.ts';
import { reasonText } from '../../src/domain/explain/reason-text.ts';
import { TaskFixture } from '../support/task-fixture.ts';

const minute = 60_000;
const call = 'BTC-31MAR23-24000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const orders = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);

/** A call of which 0.3 is short, beside coins. */
function coveredCall(qty: string, spec: object = {}): TaskFixture {
  const fixture = new TaskFixture({ spec: { legs: [call, { watch: 'BTC' }], ...spec } });
  fixture.account.holdings.set('BTC', qty);
  return fixture;
}

describe('a call beside coins', () => {
  test('is rolled while they cover it', async () => {
    const fixture = coveredCall('0.3');
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call}`, 'Sell 0.3 BTC-31MAR23-25000-C-USDT']);
  });

  test('is not rolled once they were sold, and the alert says by how much they fall short', async () => {
    const fixture = coveredCall('0.1');
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    const [reason] = fixture.task.context.reasons;
    expect(reason).toMatchObject({
      code: 'covered',
      figures: { holding: 'BTC', optionType: 'call', qty: '0.1', needed: '0.3' },
    });
    expect(reason && reasonText(reason)).toBe('0.1 BTC does not cover 0.3 short in calls');
    expect(fixture.alerts.map(({ text }) => text)).toEqual([
      expect.stringContaining('0.1 BTC does not cover 0.3 short in calls'),
    ]);
  });

  test.each([
    ['skip', 0],
    ['alert', 1],
  ])('and obeys whenRefused: %s', async (whenRefused, count) => {
    const fixture = coveredCall('0', { guards: { whenRefused } });
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([]);
    expect(fixture.alerts).toHaveLength(count);
  });

  test('is closed instead of rolled with whenRefused: close', async () => {
    const fixture = coveredCall('0', { guards: { whenRefused: 'close' } });
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call}`]);
    expect(fixture.task.state).toBe('COMPLETED');
  });

  test('is closed by its rule whatever they are, without a look at them', async () => {
    const fixture = coveredCall('0', { target: 'close' });
    fixture.account.holding = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call}`]);
  });

  test('that is closed is opened again though they were sold between the legs, and nothing is read of them', async () => {
    const fixture = coveredCall('0.3');
    const { account } = fixture;
    const [fill] = account.behaviours;
    account.behaviours = [
      async (order, at) => {
        account.holding = () => Promise.reject(new Error('connect ECONNREFUSED'));
        await fill?.(order, at);
      },
    ];
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call}`, 'Sell 0.3 BTC-31MAR23-25000-C-USDT']);
  });

  test('may be rolled into as much as they cover', async () => {
    const rules = [{ when: { index: { above: 23_500 } }, then: { roll: 1000, qty: '0.1' } }];
    const fixture = coveredCall('0.1', { rules });
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toEqual([`Buy 0.3 ${call}`, 'Sell 0.1 BTC-31MAR23-25000-C-USDT']);
  });
});

/** A strangle of which 0.3 each is short, beside a perpetual. */
function coveredStrangle(qty: string, legs: string): TaskFixture {
  const rules = [
    {
      when: { index: { above: 23_500 } },
      then: { roll: '1000 away', legs },
      guards: { debit: { max: 500 } },
    },
  ];
  const strangle = [{ symbol: call, side: 'short' }, { symbol: put, side: 'short' }, { watch: 'BTCUSDT' }];
  const fixture = new TaskFixture({ spec: { legs: strangle, rules } });
  fixture.account.holdings.set('BTCUSDT', qty);
  return fixture;
}

describe('a strangle beside a perpetual', () => {
  test.each([
    ['0.3', 'call', 2],
    ['0.2', 'call', 0],
    ['0', 'call', 0],
    ['0.2', 'put', 2],
    ['-0.3', 'put', 2],
    ['-0.2', 'put', 0],
    ['-0.2', 'call', 2],
  ])('of %s asks of a roll of the %s only what the perpetual can cover', async (qty, legs, count) => {
    const fixture = coveredStrangle(qty, legs);
    await fixture.price('23600');
    await fixture.clock.advance(minute);
    expect(orders(fixture)).toHaveLength(count);
  });
});

test('a verdict that passes says what covers what', () => {
  const figures = { holding: 'BTCUSDT', optionType: 'put', qty: '-0.5', needed: '0.3' } as const;
  expect(verdictText({ code: 'covered', passes: true, figures })).toBe(
    '-0.5 BTCUSDT covers 0.3 short in puts',
  );
});
