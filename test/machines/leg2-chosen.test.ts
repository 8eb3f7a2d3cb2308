/** What was chosen when leg 1 was closed stays chosen: neither a price that moves nor time that passes rules it out. */
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, fillPart, refuseWith, TaskBench, type Behaviour } from '../support/task-bench.ts';

const call23 = 'BTC-31MAR23-23000-C-USDT';
const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';
const call26 = 'BTC-31MAR23-26000-C-USDT';
const minuteMs = 60_000;
const expiryMs = Date.UTC(2023, 2, 31, 8);

const noMargin = refuseWith(new Terminal('margin is short', { code: '110007', scope: 'margin' }));
const notThere = refuseWith(
  new Terminal('Bybit answered 30228 "no new positions"', { code: '30228', scope: 'symbol' }),
);
const wrong = refuseWith(new Terminal('a parameter is wrong', { code: '10001', scope: 'request' }));
const opened = ({ account }: TaskBench) =>
  account.submitted.filter(({ linkId }) => linkId.startsWith('open-'));
const symbols = (bench: TaskBench) => opened(bench).map(({ symbol }) => symbol);

/** From the last committed record, in a daemon that knows nothing else. */
const restart = async (bench: TaskBench) => {
  bench.restart();
  await bench.clock.advance(0);
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
      const bench = new TaskBench({ spec: { target: 'delta 0.5' } });
      bench.market.deltas = near;
      bench.account.behaviours = [fillAll, noMargin];
      await bench.price('23500');
      bench.market.index = '21500';
      bench.market.deltas = fallen;
      if (isRestarted) await restart(bench);
      await bench.clock.advance(10 * minuteMs);
      expect(new Set(symbols(bench))).toEqual(new Set([call25]));
      bench.account.behaviours = [fillAll];
      await bench.clock.advance(minuteMs);
      expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
      expect(bench.alerts.map(({ text }) => text).join(' ')).not.toContain('not listed');
    },
  );

  test('is opened though `min 7d` is another expiry since 08:00 of a Friday', async () => {
    const bench = new TaskBench({
      spec: { target: { strike: '+1 steps', expiry: 'min 7d' } },
      startMs: Date.UTC(2023, 2, 24, 7, 59, 33),
    });
    bench.market.expiries = ['24MAR23', '31MAR23', '7APR23'];
    bench.account.behaviours = [fillAll, noMargin];
    await bench.price('23500');
    await bench.clock.advance(10 * minuteMs);
    expect(bench.clock.nowMs()).toBeGreaterThan(Date.UTC(2023, 2, 24, 8, 5));
    expect(new Set(symbols(bench))).toEqual(new Set([call25]));
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(minuteMs);
    expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, expiryMs } });
  });

  test('is not displaced by a series that is listed between the legs', async () => {
    const bench = new TaskBench({ spec: { target: { strike: 'same', expiry: 'next-weekly' } } });
    bench.market.expiries = ['31MAR23', '28APR23'];
    bench.account.behaviours = [
      (order, account) => {
        bench.market.expiries = ['31MAR23', '14APR23', '28APR23'];
        return fillAll(order, account);
      },
      fillAll,
    ];
    await bench.price('23500');
    await bench.clock.advance(minuteMs);
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-28APR23-24000-C-USDT', expiryMs: Date.UTC(2023, 3, 28, 8) },
    });
  });

  test('holds for the rest of the old option, which is closed in a later round', async () => {
    const bench = new TaskBench({ spec: { target: 'delta 0.5' } });
    bench.market.deltas = near;
    bench.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll];
    await bench.price('23500');
    bench.market.deltas = fallen;
    await bench.clock.advance(5 * minuteMs);
    expect(bench.account.submitted.map(({ side, symbol, qty }) => `${side} ${qty} ${symbol}`)).toEqual([
      `Buy 0.3 ${call24}`,
      `Sell 0.1 ${call25}`,
      `Buy 0.2 ${call24}`,
      `Sell 0.2 ${call25}`,
    ]);
    expect(bench.task.context.held).toMatchObject({ symbol: call25, qty: '0.3' });
  });

  test('is said to be unlisted only when it is, and then its neighbour is opened', async () => {
    const bench = new TaskBench({ spec: { target: 'delta 0.5' } });
    bench.market.deltas = near;
    bench.account.behaviours = [
      (order, account) => {
        bench.market.deltas = fallen;
        bench.market.strikes = bench.market.strikes.filter((strike) => strike !== '25000');
        return fillAll(order, account);
      },
      fillAll,
    ];
    await bench.price('23500');
    await bench.clock.advance(minuteMs);
    expect(bench.alerts.find(({ text }) => text.includes('instead of'))?.text).toContain(
      `goes to ${call26} instead of ${call25}: ${call25} is not listed any more.`,
    );
    expect(bench.task.context.held.symbol).toBe(call26);
  });
});

describe('the way back (reopenLeg1)', () => {
  test('is the old option, whatever the rule would say by now', async () => {
    const bench = new TaskBench({
      spec: { target: 'delta 0.5', leg2: { fallback: 'reopenLeg1', attempts: 2 } },
    });
    bench.market.deltas = { '24000': '0.55', '25000': '0.5' };
    bench.account.behaviours = [fillAll, noMargin];
    await bench.price('23500');
    bench.market.deltas = { '20000': '0.5' };
    await bench.clock.advance(10 * minuteMs);
    expect(symbols(bench).slice(0, 3)).toEqual([call25, call25, call24]);
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(minuteMs);
    expect(bench.task.context).toMatchObject({ held: { symbol: call24 }, rollsDone: 0, roll: null });
  });

  test('is not taken once the old option has expired: the new one is tried for as long as it takes', async () => {
    const bench = new TaskBench({
      spec: {
        target: { strike: 'same', expiry: 'next-weekly' },
        leg2: { fallback: 'reopenLeg1', attempts: 12 },
        guards: { notBeforeExpiry: '1m' },
      },
      startMs: expiryMs - 2 * minuteMs,
    });
    bench.market.expiries = ['31MAR23', '7APR23'];
    bench.account.behaviours = [fillAll, noMargin];
    await bench.price('23500');
    await bench.clock.advance(30 * minuteMs);
    expect(bench.task.state).toBe('LEG2_OPENING.backingOff');
    expect(
      bench.alerts.some(({ text }) => text.includes(`${call24} has expired, so it cannot go back`)),
    ).toBe(true);
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(minuteMs);
    expect(bench.task.context.held.symbol).toBe('BTC-7APR23-24000-C-USDT');
  });
});

describe('an option that refuses', () => {
  /** Refuses some symbols, as a contract that may only be reduced does. */
  const refusing =
    (...refused: string[]): Behaviour =>
    (order, account) =>
      refused.includes(order.symbol) ? notThere(order, account) : fillAll(order, account);

  test('for itself alone is passed over at once: the next best opens', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillAll, refusing(call25)];
    await bench.price('23500');
    await bench.clock.advance(0);
    expect(symbols(bench)).toEqual([call25, call26]);
    expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call26, qty: '0.3' } });
    const [told] = bench.alerts.filter(({ text }) => text.includes('instead of'));
    expect(told?.text).toBe(
      `Leg 2 of task000001-v1 goes to ${call26} instead of ${call25}: ${call25} was refused (Bybit answered 30228 "no new positions").`,
    );
  });

  test('is passed over by a daemon that comes back, too', async () => {
    const bench = new TaskBench();
    const atRefusal = new TaskBench();
    for (const each of [bench, atRefusal]) each.account.behaviours = [fillAll, refusing(call25)];
    await bench.price('23500');
    const crashAt = bench.journal.records.findIndex(({ state }) => state === 'LEG2_OPENING.backingOff') + 1;
    expect(crashAt).toBeGreaterThan(1);
    atRefusal.crashAfter(crashAt);
    await atRefusal.price('23500');
    await atRefusal.clock.advance(minuteMs);
    expect(symbols(atRefusal)).toEqual([call25, call26]);
  });

  test('is tried again in its own place, five minutes later and not before', async () => {
    const bench = new TaskBench();
    const startMs = bench.clock.nowMs();
    const triedAtMs: number[] = [];
    bench.account.behaviours = [
      fillAll,
      (order, account) => {
        if (order.symbol !== call25) return noMargin(order, account);
        triedAtMs.push(bench.clock.nowMs() - startMs);
        return notThere(order, account);
      },
    ];
    await bench.price('23500');
    await bench.clock.advance(11 * minuteMs);
    expect(triedAtMs).toHaveLength(3);
    for (const [at, ms] of triedAtMs.slice(1).entries())
      expect(ms - (triedAtMs[at] ?? 0)).toBeGreaterThanOrEqual(5 * minuteMs);
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(minuteMs);
    expect(bench.task.context.held.symbol).toBe(call26);
  });

  test('like all others is tried on and on, one after the other and never faster than the back-off', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillAll, notThere];
    await bench.price('23500');
    await bench.clock.advance(60 * minuteMs);
    expect(bench.task.state).toBe('LEG2_OPENING.backingOff');
    expect(opened(bench).length).toBeGreaterThan(55);
    expect(opened(bench).length).toBeLessThan(80);
    bench.account.behaviours = [fillAll];
    await bench.clock.advance(minuteMs);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('is not left once a part is open there', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [fillAll, fillPart('0.1', 'cancelled'), notThere];
    await bench.price('23500');
    await bench.clock.advance(10 * minuteMs);
    expect(new Set(symbols(bench))).toEqual(new Set([call25]));
  });

  test('with a request that is called wrong is passed over after three times', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [
      fillAll,
      (order, account) => (order.symbol === call25 ? wrong(order, account) : fillAll(order, account)),
    ];
    await bench.price('23500');
    await bench.clock.advance(minuteMs);
    expect(symbols(bench)).toEqual([call25, call25, call25, call26]);
  });

  test('to be closed refuses the roll, and nothing is changed', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [notThere];
    await bench.price('23500');
    expect(bench.task.state).toBe('IDLE.coolingDown');
    expect(bench.task.context).toMatchObject({ roll: null, held: { symbol: call24, qty: '0.3' } });
    expect(symbols(bench)).not.toContain(call23);
  });
});
