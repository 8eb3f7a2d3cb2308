/** Cross margin of short options and what it refuses (docs/exchange.md#margin). */
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/exchange/paper/engine/margin.ts';
import { EngineFixture, call25, call26, shortCall25 } from './engine-fixture.ts';

describe('margin', () => {
  it('asks for a full margin on a short, as the published formulas say', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    const mark = fixture.market.quote(call25)?.value.mark ?? 0;
    const { positionInitial, positionMaintenance, available } = summarise(account, fixture.engine.context);
    const unit = Math.max(0.15 * 23_500 - 1_500, 0.1 * 23_500) + Math.max(900, mark);
    expect(positionInitial.toNumber()).toBeCloseTo(unit * 0.5, 6);
    expect(positionMaintenance.toNumber()).toBeCloseTo((0.03 * 23_500 + mark + 0.002 * 23_500) * 0.5, 6);
    expect(available.toNumber()).toBeCloseTo(100_000 - unit * 0.5, 6);
  });

  it('refuses a short the wallet cannot carry, and a long it cannot pay: 110007', () => {
    const fixture = new EngineFixture();
    const account = fixture.account({ usdt: '1000' });
    expect(fixture.code(account, { side: 'Sell', qty: '0.5', price: '500' })).toBe(110007);
    expect(fixture.code(account, { side: 'Buy', qty: '2', price: '600' })).toBe(110007);
    expect(fixture.code(account, { side: 'Buy', qty: '1', price: '600' })).toBe(0);
    const free = new EngineFixture({ marginChecked: false });
    expect(free.code(free.account({ usdt: '1000' }), { side: 'Sell', qty: '0.5', price: '500' })).toBe(0);
  });

  it('cannot open the far leg before closing the near one on a wallet that carries only one', () => {
    const fixture = new EngineFixture();
    const account = fixture.account({ ...shortCall25, usdt: '2500' });
    const far = { side: 'Sell', symbol: call26, qty: '0.5', price: '400' } as const;
    expect(fixture.code(account, far)).toBe(110007);
    fixture.place(account, { reduceOnly: true, price: '3000' });
    expect(fixture.code(account, far)).toBe(0);
  });

  it('counts a resting sale as if it were filled, and only what it would open', () => {
    const fixture = new EngineFixture();
    const { market, engine } = fixture;
    const account = fixture.account();
    const summary = () => summarise(account, engine.context);
    fixture.place(account, { side: 'Buy', price: '100' });
    expect(summary().orderMaintenance.toNumber()).toBe(0);
    fixture.place(account, { side: 'Sell', price: '5000', qty: '0.5' });
    const mark = market.quote(call25)?.value.mark ?? 0;
    expect(summary().orderMaintenance.toNumber()).toBeCloseTo(
      (0.03 * 23_500 + mark + 0.002 * 23_500) * 0.5,
      6,
    );
    const ofEth = summarise(account, engine.context, ({ symbol }) => symbol.startsWith('ETH-'));
    expect([ofEth.orderInitial.toNumber(), ofEth.orderMaintenance.toNumber()]).toEqual([0, 0]);
  });
});
