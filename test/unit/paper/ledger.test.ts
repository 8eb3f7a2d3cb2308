/** Cash and positions are conserved, whatever is traded. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, decimal, multiply, subtract, sum, toText } from '../../../src/domain/money.ts';
import type { Side } from '../../../src/domain/market/order.ts';
import { freshState } from '../../../src/exchange/paper/engine/account.ts';
import { applyTrade, signed } from '../../../src/exchange/paper/engine/ledger.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
const trades = fc.array(
  fc.record({
    side: fc.constantFrom<Side>('Buy', 'Sell'),
    lots: fc.integer({ min: 1, max: 500 }),
    ticks: fc.integer({ min: 1, max: 400 }),
    feeCents: fc.integer({ min: 0, max: 1_000 }),
  }),
  { minLength: 1, maxLength: 30 },
);

function run(list: { side: Side; lots: number; ticks: number; feeCents: number }[]) {
  const state = freshState({ apiKey: 'k', apiSecret: 's', usdt: '10000' });
  const applied = list.map(({ side, lots, ticks, feeCents }, at) => {
    const qty = toText(decimal('0.01').times(lots));
    const price = toText(decimal('5').times(ticks));
    const fee = toText(decimal('0.01').times(feeCents));
    const entry = { orderId: 'o', linkId: 'l', atMs: at, seq: at, entryId: String(at) };
    const effect = applyTrade(state, { symbol, settleCoin: 'USDT', side, qty, price, fee, ...entry });
    return { side, qty, price, fee, effect };
  });
  return { state, applied };
}

describe('the ledger', () => {
  it('moves the wallet by exactly -sum(price x qty x side) - fees', () => {
    fc.assert(
      fc.property(trades, (list) => {
        const { state, applied } = run(list);
        const flows = applied.map(({ side, qty, price }) =>
          multiply(multiply(signed(side, price), qty), '-1'),
        );
        const expected = subtract(sum(flows), sum(applied.map(({ fee }) => fee)));
        expect(subtract(state.wallet.USDT, '10000')).toBe(expected);
        expect(sum(state.ledger.map(({ change }) => change))).toBe(expected);
      }),
    );
  });

  it('holds exactly the sum of what was bought and sold', () => {
    fc.assert(
      fc.property(trades, (list) => {
        const { state, applied } = run(list);
        const held = state.positions[symbol];
        const expected = sum(applied.map(({ side, qty }) => signed(side, qty)));
        expect(held ? signed(held.side, held.qty) : '0').toBe(expected);
      }),
    );
  });

  it('realises and holds together what the cash says', () => {
    fc.assert(
      fc.property(trades, (list) => {
        const { state, applied } = run(list);
        const held = state.positions[symbol];
        const cost = held ? multiply(signed(held.side, held.qty), held.averagePrice) : '0';
        const realised = sum(applied.map(({ effect }) => effect.realisedPnl));
        const fees = sum(applied.map(({ fee }) => fee));
        const cash = subtract(state.wallet.USDT, '10000');
        // Average prices are kept to eight places, so the identity holds to a rounding per trade.
        const difference = decimal(subtract(add(cash, cost), subtract(realised, fees))).abs();
        expect(difference.lessThan('0.00001')).toBe(true);
      }),
    );
  });

  it('turns a short into a long when more is bought than was short', () => {
    const { state } = run([
      { side: 'Sell', lots: 50, ticks: 100, feeCents: 0 },
      { side: 'Buy', lots: 80, ticks: 60, feeCents: 0 },
    ]);
    expect(state.positions[symbol]).toMatchObject({ side: 'Buy', qty: '0.3', averagePrice: '300' });
    expect(state.closed).toMatchObject([{ side: 'Sell', qty: '0.5', totalPnl: '100' }]);
  });

  it('forgets a position that was closed completely', () => {
    const { state } = run([
      { side: 'Sell', lots: 50, ticks: 100, feeCents: 0 },
      { side: 'Buy', lots: 50, ticks: 60, feeCents: 0 },
    ]);
    expect(state.positions).toEqual({});
  });
});
