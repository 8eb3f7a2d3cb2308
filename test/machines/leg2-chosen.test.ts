/** What was chosen when leg 1 was closed stays chosen: neither a price that moves nor time that passes rules it out. */
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, fillPart, refuseWith, TaskFixture, type Behaviour } from '../support/task-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { call24, call25, call26, noMargin } from './leg2-fixture.ts';

const call23 = 'BTC-31MAR23-23000-C-USDT';
const expiryMs = Date.UTC(2023, 2, 31, 8);

const notThere = refuseWith(
  new Terminal('Bybit answered 30228 "no new positions"', { code: '30228', scope: 'symbol' }),
);
const wrong = refuseWith(new Terminal('a parameter is wrong', { code: '10001', scope: 'request' }));
const opened = ({ account }: TaskFixture) =>
  account.submitted.filter(({ linkId }) => linkId.startsWith('open-'));
const symbols = (fixture: TaskFixture) => opened(fixture).map(({ symbol }) => symbol);

/** From the last committed record, in a daemon that knows nothing else. */
const restart = async (fixture: TaskFixture) => {
  fixture.restart();
  await fixture.clock.advance(0);
};

describe('the option that leg 1 was closed for', () => {
  const near = { '23000': '0.62', '24000': '0.55', '25000': '0.5', '26000': '0.4' };
  const fallen = {
    '21000': '0.6',
    '22000': '0.5',
    '23000': '0.4',
    '24000': '0.3',
    '25000': '0.2',
    '26000': '0.1',
  };

  test.each([false, true])(
    'is opened though `delta 0.5` is another strike by now, below the old one (restarted: %s)',
    async (isRestarted) => {
      const fixture = new TaskFixture({ spec: { target: 'delta 0.5' } });
      fixture.market.deltas = near;
      fixture.account.behaviours = [fillAll, noMargin];
      await fixture.price('23500');
      fixture.market.index = '21500';
      fixture.market.deltas = fallen;
      if (isRestarted) await restart(fixture);
      await fixture.clock.advance(10 * minuteMs);
      expect(new Set(symbols(fixture))).toEqual(new Set([call25]));
      fixture.account.behaviours = [fillAll];
      await fixture.clock.advance(minuteMs);
      expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
      expect(fixture.alerts.map(({ text }) => text).join(' ')).not.toContain('not listed');
    },
  );

  test('is opened though `min 7d` is another expiry since 08:00 of a Friday', async () => {
    const fixture = new TaskFixture({
      spec: { target: { strike: '+1 steps', expiry: 'min 7d' } },
      startMs: Date.UTC(2023, 2, 24, 7, 59, 33),
    });
    fixture.market.expiries = ['24MAR23', '31MAR23', '7APR23'];
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    await fixture.clock.advance(10 * minuteMs);
    expect(fixture.clock.nowMs()).toBeGreaterThan(Date.UTC(2023, 2, 24, 8, 5));
    expect(new Set(symbols(fixture))).toEqual(new Set([call25]));
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, expiryMs } });
  });

  test('is not displaced by a series that is listed between the legs', async () => {
    const fixture = new TaskFixture({
      spec: { target: { strike: 'same', expiry: 'next-weekly' }, guards: { rolls: { perDay: 9 } } },
    });
    fixture.market.expiries = ['31MAR23', '28APR23'];
    fixture.account.behaviours = [
      (order, account) => {
        fixture.market.expiries = ['31MAR23', '14APR23', '28APR23'];
        return fillAll(order, account);
      },
      fillAll,
    ];
    await fixture.price('23500');
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: 'BTC-28APR23-24000-C-USDT', expiryMs: Date.UTC(2023, 3, 28, 8) },
    });
  });

  test('holds for the rest of the old option, which is closed in a later round', async () => {
    const fixture = new TaskFixture({ spec: { target: 'delta 0.5' } });
    fixture.market.deltas = near;
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await fixture.price('23500');
    fixture.market.deltas = fallen;
    await fixture.clock.advance(5 * minuteMs);
    expect(fixture.account.submitted.map(({ side, symbol, qty }) => `${side} ${qty} ${symbol}`)).toEqual([
      `Buy 0.3 ${call24}`,
      `Sell 0.1 ${call25}`,
      `Buy 0.2 ${call24}`,
      `Sell 0.2 ${call25}`,
    ]);
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.3' });
  });

  test('is said to be unlisted only when it is, and then its neighbour is opened', async () => {
    const fixture = new TaskFixture({ spec: { target: 'delta 0.5' } });
    fixture.market.deltas = near;
    fixture.account.behaviours = [
      (order, account) => {
        fixture.market.deltas = fallen;
        fixture.market.strikes = fixture.market.strikes.filter((strike) => strike !== '25000');
        return fillAll(order, account);
      },
      fillAll,
    ];
    await fixture.price('23500');
    await fixture.clock.advance(minuteMs);
    expect(fixture.alerts.find(({ text }) => text.includes('instead of'))?.text).toContain(
      `goes to ${call26} instead of ${call25}: ${call25} is not listed any more.`,
    );
    expect(fixture.task.context.held.symbol).toBe(call26);
  });
});

describe('the way back (reopenLeg1)', () => {
  test('is the old option, whatever the rule would say by now', async () => {
    const fixture = new TaskFixture({
      spec: { target: 'delta 0.5', leg2: { fallback: 'reopenLeg1', attempts: 2 } },
    });
    fixture.market.deltas = { '24000': '0.55', '25000': '0.5' };
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    fixture.market.deltas = { '20000': '0.5' };
    await fixture.clock.advance(10 * minuteMs);
    expect(symbols(fixture).slice(0, 3)).toEqual([call25, call25, call24]);
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call24 }, rollsDone: 0, roll: null });
  });

  test('is not taken once the old option has expired: the new one is tried for as long as it takes', async () => {
    const fixture = new TaskFixture({
      spec: {
        target: { strike: 'same', expiry: 'next-weekly' },
        leg2: { fallback: 'reopenLeg1', attempts: 12 },
        guards: { notBeforeExpiry: '1m', rolls: { perDay: 9 } },
      },
      startMs: expiryMs - 2 * minuteMs,
    });
    fixture.market.expiries = ['31MAR23', '7APR23'];
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    await fixture.clock.advance(30 * minuteMs);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    expect(
      fixture.alerts.some(({ text }) => text.includes(`${call24} has expired, so it cannot go back`)),
    ).toBe(true);
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context.held.symbol).toBe('BTC-7APR23-24000-C-USDT');
  });
});

describe('an option that refuses', () => {
  /** Refuses some symbols, as a contract that may only be reduced does. */
  const refusing =
    (...refused: string[]): Behaviour =>
    (order, account) =>
      refused.includes(order.symbol) ? notThere(order, account) : fillAll(order, account);

  test('for itself alone is passed over at once: the next best opens', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillAll, refusing(call25)];
    await fixture.price('23500');
    await fixture.clock.advance(0);
    expect(symbols(fixture)).toEqual([call25, call26]);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call26, qty: '0.3' } });
    const [alert] = fixture.alerts.filter(({ text }) => text.includes('instead of'));
    expect(alert?.text).toBe(
      `Leg 2 of task000001-v1 goes to ${call26} instead of ${call25}: ${call25} was refused (Bybit answered 30228 "no new positions").`,
    );
  });

  test('is passed over by a daemon that comes back, too', async () => {
    const fixture = new TaskFixture();
    const atRefusal = new TaskFixture();
    for (const each of [fixture, atRefusal]) each.account.behaviours = [fillAll, refusing(call25)];
    await fixture.price('23500');
    const crashAt = fixture.journal.records.findIndex(({ state }) => state === 'LEG2_OPENING.backingOff') + 1;
    expect(crashAt).toBeGreaterThan(1);
    atRefusal.crashAfter(crashAt);
    await atRefusal.price('23500');
    await atRefusal.clock.advance(minuteMs);
    expect(symbols(atRefusal)).toEqual([call25, call26]);
  });

  test('is tried again in its own place, five minutes later and not before', async () => {
    const fixture = new TaskFixture();
    const startMs = fixture.clock.nowMs();
    const triedAtMs: number[] = [];
    fixture.account.behaviours = [
      fillAll,
      (order, account) => {
        if (order.symbol !== call25) return noMargin(order, account);
        triedAtMs.push(fixture.clock.nowMs() - startMs);
        return notThere(order, account);
      },
    ];
    await fixture.price('23500');
    await fixture.clock.advance(11 * minuteMs);
    expect(triedAtMs).toHaveLength(3);
    for (const [at, ms] of triedAtMs.slice(1).entries())
      expect(ms - (triedAtMs[at] ?? 0)).toBeGreaterThanOrEqual(5 * minuteMs);
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context.held.symbol).toBe(call26);
  });

  test('like all others is tried on and on, one after the other and never faster than the back-off', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillAll, notThere];
    await fixture.price('23500');
    await fixture.clock.advance(60 * minuteMs);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    expect(opened(fixture).length).toBeGreaterThan(55);
    expect(opened(fixture).length).toBeLessThan(80);
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('is not left once a part is open there', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillAll, fillPart('0.1', 'cancelled'), notThere];
    await fixture.price('23500');
    await fixture.clock.advance(10 * minuteMs);
    expect(new Set(symbols(fixture))).toEqual(new Set([call25]));
  });

  test('with a request that is called wrong is passed over after three times', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [
      fillAll,
      (order, account) => (order.symbol === call25 ? wrong(order, account) : fillAll(order, account)),
    ];
    await fixture.price('23500');
    await fixture.clock.advance(minuteMs);
    expect(symbols(fixture)).toEqual([call25, call25, call25, call26]);
  });

  test('to be closed refuses the roll, and nothing is changed', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [notThere];
    await fixture.price('23500');
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.task.context).toMatchObject({ roll: null, held: { symbol: call24, qty: '0.3' } });
    expect(symbols(fixture)).not.toContain(call23);
  });
});
