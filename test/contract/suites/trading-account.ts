/**
 * What the saga relies on of an account at an exchange: its stream, what it shows of positions, margin and deliveries.
 * Orders are in trading-orders, their figures in trading-figures.
 */
import { expect, vi } from 'vitest';
import { whenever } from '../exchange-fixture.ts';
import { type AccountFixture, closing, filled, held, other, rested, resting } from './account-fixture.ts';
import { contractOf, type Cases } from './contract.ts';
import { checks, lostChecks } from './order-checks.ts';
import { figures } from './trading-figures.ts';
import { orders, writes } from './trading-orders.ts';

const connections = ({ received }: AccountFixture): number =>
  received.stream.filter((said) => said === 'connected').length;

const stream = {
  'says that its stream is live when it is open': ({ received }) => {
    expect(received.stream).toEqual(['connected']);
  },

  'can be closed without having been opened, and twice': async ({ unopened }) => {
    const account = unopened();
    await account.close();
    await account.close();
  },

  'reports nothing more once it is closed': async (fixture) => {
    const { account, received, setIndex, pass } = fixture;
    const order = resting();
    await rested(fixture, order);
    const before = [received.orders.length, received.fills.length];
    await account.close();
    await setIndex('22000');
    await pass(200);
    expect([received.orders.length, received.fills.length]).toEqual(before);
    expect(received.last(order.linkId)?.status).toBe('open');
  },

  'comes back by itself when its stream breaks, and says both': async (fixture) => {
    const { received, until, breakStream } = fixture;
    breakStream();
    await until('it is connected again', () => connections(fixture) === 2);
    expect(received.stream[1]).toMatch(/^disconnected: ./);
    await filled(fixture, closing());
  },

  'finds an order that was filled while the stream was down': async (fixture) => {
    const { account, until, breakStream, setIndex } = fixture;
    const order = resting();
    await rested(fixture, order);
    breakStream();
    await setIndex('22000');
    await until('it is connected again', () => connections(fixture) === 2);
    expect((await account.findOrder(order)).order).toMatchObject({ status: 'filled', executedQty: '0.1' });
  },

  'pushes a position whenever it changes, and flat once it is gone': async (fixture) => {
    const { received, until } = fixture;
    const last = () => received.positions.findLast(({ symbol }) => symbol === held);
    await filled(fixture, closing());
    await until('the smaller position is pushed', () => last()?.qty === '0.4');
    expect(last()).toMatchObject({ symbol: held, side: 'Sell' });
    await filled(fixture, closing({ qty: '0.4' }));
    await until('the flat one is pushed', () => last()?.qty === '0');
    expect(last()).toMatchObject({ symbol: held, side: null });
  },
} satisfies Cases<AccountFixture>;

const reads = {
  'shows the position in one symbol, flat or not': async ({ account }) => {
    expect(await account.position(held)).toMatchObject({ symbol: held, side: 'Sell', qty: '0.5' });
    expect(await account.position(other)).toEqual({ symbol: other, side: null, qty: '0', averagePrice: '0' });
    const delivered = 'BTC-24FEB23-24000-C-USDT';
    expect(await account.position(delivered)).toMatchObject({ symbol: delivered, side: null, qty: '0' });
  },

  'shows every open position, and none that is flat': async (fixture) => {
    const { account } = fixture;
    expect(await account.positions()).toEqual([await account.position(held)]);
    await filled(fixture, closing({ symbol: other, price: '420', reduceOnly: false }));
    const both = [await account.position(held), await account.position(other)];
    expect([...(await account.positions())].toSorted((a, b) => a.symbol.localeCompare(b.symbol))).toEqual(
      both,
    );
    await filled(fixture, closing({ qty: '0.5' }));
    expect(await account.positions()).toEqual([await account.position(other)]);
    expect(await account.position(held)).toMatchObject({ side: null, qty: '0' });
  },

  'shows how much it has of a perpetual or a coin, with its sign, and 0 of what it has not': async ({
    account,
    setHolding,
  }) => {
    const shown = async () => [await account.holding('BTCUSDT'), await account.holding('BTC')];
    expect(await shown()).toEqual(['0', '0']);
    setHolding('BTCUSDT', '-0.3');
    setHolding('BTC', '0.25');
    expect(await shown()).toEqual(['-0.3', '0.25']);
    setHolding('BTCUSDT', '0.1');
    setHolding('BTC', '0');
    expect(await shown()).toEqual(['0.1', '0']);
    expect((await account.positions()).map(({ symbol }) => symbol)).toEqual([held]);
  },

  'puts a stop, shows it with the size of its position, and takes it away': async (fixture) => {
    const { account, nowMs } = fixture;
    expect(await account.stops()).toEqual([]);
    const shown = async (qty: string | null): Promise<void> => {
      const wanted = qty === null ? [] : [{ symbol: held, kind: 'stopLoss', qty, mark: '2000' }];
      await vi.waitFor(async () => {
        await fixture.pass(20);
        expect(await account.stops()).toEqual(wanted);
      });
    };
    for (let time = 0; time < 2; time += 1) {
      await account.setStop({ symbol: held, mark: '2000' }, nowMs() + 5_000);
      await shown('0.5');
    }
    await account.setStop({ symbol: held, mark: null }, nowMs() + 5_000);
    await shown(null);
    expect(await account.stopFills(held)).toEqual([]);
  },

  'shows what a stop has executed, which carries no link id': async (fixture) => {
    const { account, nowMs, setIndex, pass } = fixture;
    await account.setStop({ symbol: held, mark: '2000' }, nowMs() + 5_000);
    await vi.waitFor(async () => {
      await pass(20);
      expect(await account.stops()).toHaveLength(1);
    });
    await setIndex('28000');
    await vi.waitFor(async () => {
      await pass(20);
      expect(await account.positions()).toEqual([]);
      const [fill] = await account.stopFills(held);
      expect(fill).toMatchObject({ symbol: held, kind: 'stopLoss', side: 'Buy', qty: '0.5' });
      expect(Number(fill?.value)).toBeGreaterThan(1_000);
    });
    expect(await account.stops()).toEqual([]);
  },

  'shows its margin as fractions and amounts': async ({ account }) => {
    const margin = await account.margin();
    expect(Number(margin.equity)).toBeGreaterThan(0);
    expect(Number(margin.available)).toBeGreaterThan(0);
    expect(Number(margin.maintenanceRate)).toBeGreaterThan(0);
    expect(Number(margin.initialRate)).toBeLessThan(1);
    const [balance, initial] = [Number(margin.balance), Number(margin.initial)];
    expect(initial / balance).toBeCloseTo(Number(margin.initialRate), 4);
    expect(Number(margin.maintenance) / balance).toBeCloseTo(Number(margin.maintenanceRate), 4);
  },

  'has no settlement on record of what was not delivered': async ({ account }) => {
    expect(await account.settlement({ symbol: held, expiryMs: Date.UTC(2023, 2, 31, 8) })).toBeNull();
  },

  'finds nothing of an order that never was': async ({ account }) => {
    const never = { linkId: 'close-never-v1', symbol: held };
    expect(await account.findOrder(never)).toEqual({ order: null, fills: [] });
  },

  'finds an order that rests, with nothing traded': async (fixture) => {
    const order = resting();
    await rested(fixture, order);
    const { linkId, symbol, side, qty, price } = order;
    expect(await fixture.account.findOrder(order)).toMatchObject({
      order: {
        linkId,
        symbol,
        side,
        qty,
        price,
        status: 'open',
        executedQty: '0',
        reason: '',
        refusal: null,
      },
      fills: [],
    });
    await fixture.account.cancel(order, whenever);
  },
} satisfies Cases<AccountFixture>;

export const describeTradingAccount = contractOf('TradingAccount', {
  ...stream,
  ...reads,
  ...orders,
  ...writes,
  ...figures,
  ...checks,
  ...lostChecks,
});
