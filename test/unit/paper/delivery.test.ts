/** 08:00 UTC: what happens to orders, positions and cash of an expiring series (docs/exchange.md#delivery). */
import { describe, expect, it } from 'vitest';
import { add, multiply, subtract, toText, decimal } from '../../../src/domain/money.ts';
import { EngineFixture } from './engine-fixture.ts';

const expiring = 'BTC-6MAR23-23000-C-USDT';
const worthless = 'BTC-6MAR23-24000-C-USDT';

function fixtureAt(text: string): EngineFixture {
  const fixture = new EngineFixture();
  fixture.nowMs = Date.parse(text);
  fixture.setIndex(23_500);
  return fixture;
}

describe('delivery', () => {
  it('pays in-the-money positions at the average index of the last 30 minutes, less the fee', () => {
    const fixture = fixtureAt('2023-03-06T07:20Z');
    const account = fixture.account({
      positions: [
        { symbol: expiring, side: 'Sell', qty: '0.5', averagePrice: '600' },
        { symbol: worthless, side: 'Sell', qty: '1', averagePrice: '100' },
      ],
    });
    fixture.nowMs = Date.parse('2023-03-06T07:45Z');
    fixture.setIndex(23_700); // 15 minutes at 23,500 and 15 at 23,700
    expect(fixture.market.predictedDeliveryPrice(fixture.market.instrument(expiring) as never)).toBe(23_500);
    fixture.nowMs = Date.parse('2023-03-06T08:00Z');
    fixture.setIndex(23_900);

    const fee = multiply('0.00015', multiply('23600', '0.5'));
    expect(account.state.positions).toEqual({});
    expect(account.state.wallet.USDT).toBe(subtract('100000', add('300', fee)));
    expect(account.state.deliveries).toMatchObject([
      {
        symbol: expiring,
        side: 'Sell',
        qty: '0.5',
        deliveryPrice: '23600',
        strike: '23000',
        fee,
        realisedPnl: '0',
      },
      { symbol: worthless, deliveryPrice: '23600', fee: '0', realisedPnl: '100' },
    ]);
    expect(account.state.ledger).toMatchObject([
      { type: 'DELIVERY', symbol: expiring, cashFlow: '-300', fee },
      { type: 'DELIVERY', symbol: worthless, cashFlow: '0', fee: '0' },
    ]);
    expect(fixture.reports.map(({ kind }) => kind)).toEqual(['position', 'wallet', 'position', 'wallet']);
  });

  it('cancels resting orders of the series with CancelByDelivery and leaves others alone', () => {
    const fixture = fixtureAt('2023-03-06T07:59Z');
    const account = fixture.account();
    const dying = fixture.place(account, { symbol: expiring, price: '5' });
    const living = fixture.place(account, { price: '5' });
    fixture.nowMs = Date.parse('2023-03-06T08:00Z');
    fixture.setIndex(23_500);
    expect(dying).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByDelivery' });
    expect(living.status).toBe('New');
  });

  it('reproduces the total P&L of a delivered long: (intrinsic - entry) x qty - open fee - delivery fee', () => {
    const fixture = fixtureAt('2023-03-06T07:00Z');
    const account = fixture.account();
    const order = fixture.place(account, { symbol: expiring, qty: '0.2', price: '3000' });
    fixture.nowMs = Date.parse('2023-03-06T08:00Z');
    fixture.setIndex(23_500);
    const [closed] = account.state.closed;
    const entry = toText(decimal(order.executedValue).dividedBy('0.2'));
    const gross = multiply(subtract('500', entry), '0.2');
    expect(closed).toMatchObject({ exitPrice: '23500', deliveryPrice: '23500', openFee: order.fee });
    expect(closed?.totalPnl).toBe(subtract(gross, add(order.fee, closed?.deliveryFee ?? '0')));
    expect(subtract(account.state.wallet.USDT, '100000')).toBe(closed?.totalPnl);
  });

  it('settles a position that expired while the exchange was down, as soon as it is back', () => {
    const fixture = fixtureAt('2023-03-07T12:00Z');
    const before = fixture.account({
      apiKey: 'before',
      positions: [{ symbol: 'BTC-8MAR23-23000-C-USDT', side: 'Sell', qty: '1', averagePrice: '600' }],
    });
    const later = fixtureAt('2023-03-09T12:00Z');
    const account = later.engine.addAccount({ apiKey: 'before', apiSecret: 's', usdt: '0' }, before.state);
    later.setIndex(23_500);
    expect(account.state.positions).toEqual({});
    expect(account.state.deliveries).toHaveLength(1);
  });
});
