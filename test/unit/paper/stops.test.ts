/** Stops of positions on the paper exchange: put, moved, taken away, triggered by the mark, and gone with their position. */
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../src/exchange/paper/engine/account.ts';
import type { PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import { call25, EngineFixture, shortCall25 } from './engine-fixture.ts';

function fixture(): { world: EngineFixture; account: Account } {
  const world = new EngineFixture();
  return { world, account: world.account(shortCall25) };
}
const put = (
  { world, account }: ReturnType<typeof fixture>,
  prices: { stopLoss?: string; takeProfit?: string },
): number => {
  const refusal = world.engine.setStops(account, call25, prices);
  world.wall.pass(10);
  return refusal?.code ?? 0;
};
const stopsOf = (account: Account): readonly string[] =>
  account.stopsOf(call25).map(({ stop, qty }) => `${stop?.kind} ${stop?.triggerPrice} of ${qty}`);
const endOf = ({ status, cancelType }: PaperOrder): string => `${status} ${cancelType}`;

describe('stops of a position', () => {
  it('stand as conditional orders that need no margin and keep no tape slow', () => {
    const at = fixture();
    expect(put(at, { stopLoss: '2000', takeProfit: '100' })).toBe(0);
    expect(stopsOf(at.account)).toEqual(['TakeProfit 100 of 0.5', 'StopLoss 2000 of 0.5']);
    expect(at.account.openOrders()).toEqual([]);
    expect(at.world.engine.isBusy()).toBe(false);
  });

  it('are moved by setting them again, and taken away by 0', () => {
    const at = fixture();
    put(at, { stopLoss: '2000' });
    expect(put(at, { stopLoss: '2000' })).toBe(34040);
    expect(put(at, { stopLoss: '2500' })).toBe(0);
    expect(stopsOf(at.account)).toEqual(['StopLoss 2500 of 0.5']);
    expect(put(at, { stopLoss: '0' })).toBe(0);
    expect(stopsOf(at.account)).toEqual([]);
    expect(put(at, { stopLoss: '0' })).toBe(34040);
  });

  it('are refused without a position, on the wrong side of the mark, off the grid, and on a reduce-only order', () => {
    const at = fixture();
    expect(put(at, { stopLoss: '10' })).toBe(10001);
    expect(put(at, { takeProfit: '5000' })).toBe(10001);
    expect(put(at, { stopLoss: '2000.3' })).toBe(10001);
    expect(at.world.code(at.account, { reduceOnly: true, stops: { stopLoss: '2000' } })).toBe(10001);
    expect(
      at.world.engine.setStops(at.world.account({ apiKey: 'flat' }), call25, { stopLoss: '2000' })?.code,
    ).toBe(10001);
  });

  it('close the position by a market order without a link id when the mark comes to them', () => {
    const at = fixture();
    put(at, { stopLoss: '1500', takeProfit: '50' });
    at.world.setIndex(26_500);
    expect(at.account.state.positions).toEqual({});
    const [fill] = at.account.state.fills;
    expect(fill).toMatchObject({ linkId: '', stopKind: 'StopLoss', side: 'Buy', closedQty: '0.5' });
    const stopped = at.account.state.orders.find(({ stop }) => stop?.kind === 'StopLoss');
    expect(stopped && endOf(stopped)).toBe('Filled UNKNOWN');
    const other = at.account.state.orders.find(({ stop }) => stop?.kind === 'TakeProfit');
    expect(other && endOf(other)).toBe('Cancelled CancelByTpSlTsClear');
  });

  it('follow the size of the position and end with it', () => {
    const at = fixture();
    put(at, { stopLoss: '2500' });
    at.world.place(at.account, { qty: '0.2', reduceOnly: true });
    expect(stopsOf(at.account)).toEqual(['StopLoss 2500 of 0.3']);
    at.world.place(at.account, { qty: '0.3', reduceOnly: true });
    expect(stopsOf(at.account)).toEqual([]);
    const [stop] = at.account.state.orders.filter(({ stop }) => stop);
    expect(stop && endOf(stop)).toBe('Cancelled CancelByTpSlTsClear');
  });

  it('take the rest from a reduce-only order that is being worked, which the exchange then cancels', () => {
    const at = fixture();
    put(at, { stopLoss: '1500' });
    const closing = at.world.place(at.account, { qty: '0.5', price: '100', reduceOnly: true });
    expect(closing.status).toBe('New');
    at.world.setIndex(26_500);
    expect(endOf(closing)).toBe('Cancelled CancelByReduceOnly');
    expect(at.account.state.positions).toEqual({});
  });

  it('come with the order that opens the position, and with its first fill', () => {
    const world = new EngineFixture();
    const account = world.account();
    world.place(account, { side: 'Sell', qty: '0.4', price: '5', stops: { stopLoss: '2000' } });
    expect(stopsOf(account)).toEqual(['StopLoss 2000 of 0.4']);
  });

  it('are cancelled by their order id, and by a cancel of everything unless only orders are meant', () => {
    const at = fixture();
    put(at, { stopLoss: '2000' });
    expect(at.world.engine.cancelAll(at.account, { only: 'orders' })).toEqual([]);
    expect(at.world.engine.cancelAll(at.account, { only: 'stops' })).toHaveLength(1);
    at.world.wall.pass(10);
    expect(stopsOf(at.account)).toEqual([]);
  });

  it('are there again after a restart', () => {
    const at = fixture();
    put(at, { stopLoss: '1500' });
    const again = new EngineFixture();
    const account = again.engine.addAccount(
      { apiKey: 'k', apiSecret: 's', usdt: '0' },
      structuredClone(at.account.state),
    );
    expect(stopsOf(account)).toEqual(['StopLoss 1500 of 0.5']);
    again.setIndex(26_500);
    expect(account.state.positions).toEqual({});
  });

  it('end unexecuted where nothing is offered, and the position stays without one', () => {
    const at = fixture();
    put(at, { stopLoss: '1500' });
    at.world.faults.noQuote(call25, 'ask');
    at.world.setIndex(26_500);
    const [stop] = at.account.state.orders.filter(({ stop }) => stop);
    expect(stop && endOf(stop)).toBe('Cancelled UNKNOWN');
    expect(at.account.state.positions[call25]?.qty).toBe('0.5');
  });
});
