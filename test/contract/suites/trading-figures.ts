/**
 * Orders with prices, and the fills, fees, positions and money that come of them, to the last digit: every account on
 * the paper engine says the same, whatever lies between. Cash is 100,000 at the beginning, of which a premium that was
 * sold before is no part.
 */
import { expect } from 'vitest';
import type { Fill } from '../../../src/domain/market/order.ts';
import { whenever } from '../exchange-fixture.ts';
import { type AccountFixture, closing, filled, held, rested, resting } from './account-fixture.ts';
import type { Cases } from './contract.ts';

const shown = (fills: readonly Fill[]) =>
  fills.map(({ side, qty, price, fee }) => `${side} ${qty} at ${price}, fee ${fee}`);

/** What is left of the cash; what positions are worth is not in it. */
async function cash({ account }: AccountFixture): Promise<string | null> {
  return (await account.margin()).balance;
}

export const figures = {
  'a part bought back at the ask: fee of a taker, 0.03 % of the index': async (fixture) => {
    const order = closing({ qty: '0.1', price: '640' });
    await filled(fixture, order);
    expect(shown(fixture.received.fills)).toEqual(['Buy 0.1 at 625, fee 0.705']);
    expect(fixture.received.last(order.linkId)).toMatchObject({
      executedQty: '0.1',
      averagePrice: '625',
      fee: '0.705',
      price: '640',
    });
    expect(await fixture.account.position(held)).toEqual({
      symbol: held,
      side: 'Sell',
      qty: '0.4',
      averagePrice: '700',
    });
    expect(await cash(fixture)).toBe('99936.795');
  },

  'a resting order that the market comes to: its own price, fee of a maker, 0.02 % of the index': async (
    fixture,
  ) => {
    const order = resting({ qty: '0.1', price: '300' });
    await rested(fixture, order);
    await fixture.setIndex('22000');
    await fixture.until('it is filled', () => fixture.received.last(order.linkId)?.status === 'filled');
    await fixture.until('its fill is reported', () => fixture.received.fills.length > 0);
    expect(shown(fixture.received.fills)).toEqual(['Buy 0.1 at 300, fee 0.44']);
    expect((await fixture.account.findOrder(order)).order).toMatchObject({
      averagePrice: '300',
      fee: '0.44',
    });
    expect(await cash(fixture)).toBe('99969.56');
  },

  'a cheap option: no fee beyond 7 % of its price': async (fixture) => {
    const symbol = 'BTC-31MAR23-32000-C-USDT';
    await filled(fixture, closing({ symbol, qty: '0.5', price: '55', reduceOnly: false }));
    expect(shown(fixture.received.fills)).toEqual(['Buy 0.5 at 55, fee 1.925']);
    expect(await fixture.account.position(symbol)).toEqual({
      symbol,
      side: 'Buy',
      qty: '0.5',
      averagePrice: '55',
    });
    expect(await cash(fixture)).toBe('99970.575');
  },

  'more sold of what is short: the average price of both': async (fixture) => {
    await filled(fixture, closing({ side: 'Sell', price: '610', reduceOnly: false }));
    expect(shown(fixture.received.fills)).toEqual(['Sell 0.1 at 610, fee 0.705']);
    expect(await fixture.account.position(held)).toMatchObject({
      side: 'Sell',
      qty: '0.6',
      averagePrice: '685',
    });
    expect(await cash(fixture)).toBe('100060.295');
  },

  'more bought than is short: through flat to the other side, at its price': async (fixture) => {
    await filled(fixture, closing({ qty: '0.7', reduceOnly: false }));
    expect(shown(fixture.received.fills)).toEqual(['Buy 0.7 at 625, fee 4.935']);
    expect(await fixture.account.position(held)).toMatchObject({
      side: 'Buy',
      qty: '0.2',
      averagePrice: '625',
    });
    expect(await cash(fixture)).toBe('99557.565');
  },

  'more to be reduced than there is: cut to the position, which is flat then': async (fixture) => {
    const order = closing({ qty: '0.8' });
    await filled(fixture, order);
    expect(fixture.received.last(order.linkId)).toMatchObject({
      qty: '0.5',
      executedQty: '0.5',
      fee: '3.525',
    });
    expect(await fixture.account.position(held)).toMatchObject({ side: null, qty: '0' });
    expect(await cash(fixture)).toBe('99683.975');
  },

  'a thin book: what there is, and the rest is cancelled': async (fixture) => {
    const { account, received, until, faults } = fixture;
    faults.thinBook(held, '0.03');
    const order = closing({ qty: '0.1' });
    await account.submit(order, whenever);
    await until('it is over', () => received.last(order.linkId)?.status === 'cancelled');
    await until('its fill is reported', () => received.fills.length > 0);
    expect(shown(received.fills)).toEqual(['Buy 0.03 at 625, fee 0.2115']);
    expect(received.last(order.linkId)).toMatchObject({
      executedQty: '0.03',
      averagePrice: '625',
      fee: '0.2115',
    });
    expect(await account.position(held)).toMatchObject({ side: 'Sell', qty: '0.47', averagePrice: '700' });
    expect(await cash(fixture)).toBe('99981.0385');
  },

  'the margin of half a call that was sold: a tenth of the index and its price, and 3 %, 0.2 % and its mark':
    async ({ account }) => {
      const { balance, equity, available, initial, maintenance, ...rates } = await account.margin();
      expect([balance, available].map(Number)).toEqual([100_000, 98_475]);
      expect(Number(equity)).toBeCloseTo(99_691.3, 0);
      expect(Number(initial)).toBe(1_525);
      expect(Number(maintenance)).toBeCloseTo(684.7, 0);
      expect(Number(rates.initialRate)).toBeCloseTo(0.01525, 4);
      expect(Number(rates.maintenanceRate)).toBeCloseTo(0.006847, 4);
    },

  'a delivery: the difference to the strike and 0.015 % of the price, nothing for what is worthless': async (
    fixture,
  ) => {
    const { account, advance } = fixture;
    const [sold, bought] = ['BTC-3MAR23-23000-C-USDT', 'BTC-3MAR23-25000-C-USDT'];
    const opening = { reduceOnly: false };
    await filled(fixture, closing({ ...opening, symbol: sold, side: 'Sell', qty: '0.2', price: '705' }));
    await filled(fixture, closing({ ...opening, symbol: bought, side: 'Buy', qty: '0.3', price: '45' }));
    expect(shown(fixture.received.fills)).toEqual(['Sell 0.2 at 705, fee 1.41', 'Buy 0.3 at 45, fee 0.945']);
    expect(await cash(fixture)).toBe('100125.145');
    const expiryMs = Date.UTC(2023, 2, 3, 8);
    await advance(expiryMs + 60_000 - fixture.nowMs());
    expect(await account.settlement({ symbol: sold, expiryMs })).toMatchObject({
      symbol: sold,
      side: 'Sell',
      qty: '0.2',
      deliveryPrice: '23500',
      fee: '0.705',
    });
    expect(await account.settlement({ symbol: bought, expiryMs })).toMatchObject({
      side: 'Buy',
      qty: '0.3',
      deliveryPrice: '23500',
      fee: '0',
    });
    expect(await account.position(sold)).toMatchObject({ side: null, qty: '0' });
    expect((await account.positions()).map(({ symbol }) => symbol)).toEqual([held]);
    expect(await cash(fixture)).toBe('100024.44');
  },
} satisfies Cases<AccountFixture>;
