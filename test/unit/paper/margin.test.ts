/** Cross margin of short options and what it refuses (docs/exchange.md#margin). */
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/exchange/paper/engine/margin.ts';
import { Bench, call25, call26 } from './bench.ts';

const short = { positions: [{ symbol: call25, side: 'Sell', qty: '0.5', averagePrice: '900' }] } as const;

describe('margin', () => {
  it('asks for a full margin on a short, as the published formulas say', () => {
    const bench = new Bench();
    const account = bench.account(short);
    const mark = bench.market.quote(call25)?.value.mark ?? 0;
    const { positionInitial, positionMaintenance, available } = summarise(
      account,
      bench.market,
      bench.engine.context.settings,
    );
    const unit = Math.max(0.15 * 23_500 - 1_500, 0.1 * 23_500) + Math.max(900, mark);
    expect(positionInitial.toNumber()).toBeCloseTo(unit * 0.5, 6);
    expect(positionMaintenance.toNumber()).toBeCloseTo((0.03 * 23_500 + mark + 0.002 * 23_500) * 0.5, 6);
    expect(available.toNumber()).toBeCloseTo(100_000 - unit * 0.5, 6);
  });

  it('refuses a short the wallet cannot carry, and a long it cannot pay: 110007', () => {
    const bench = new Bench();
    const account = bench.account({ usdt: '1000' });
    expect(bench.code(account, { side: 'Sell', qty: '0.5', price: '500' })).toBe(110007);
    expect(bench.code(account, { side: 'Buy', qty: '2', price: '600' })).toBe(110007);
    expect(bench.code(account, { side: 'Buy', qty: '1', price: '600' })).toBe(0);
    const free = new Bench({ marginChecked: false });
    expect(free.code(free.account({ usdt: '1000' }), { side: 'Sell', qty: '0.5', price: '500' })).toBe(0);
  });

  it('cannot open the far leg before closing the near one on a wallet that carries only one', () => {
    const bench = new Bench();
    const account = bench.account({ ...short, usdt: '2500' });
    const far = { side: 'Sell', symbol: call26, qty: '0.5', price: '400' } as const;
    expect(bench.code(account, far)).toBe(110007);
    bench.place(account, { reduceOnly: true, price: '3000' });
    expect(bench.code(account, far)).toBe(0);
  });

  it('counts a resting sale as if it were filled, and only what it would open', () => {
    const bench = new Bench();
    const { market, engine } = bench;
    const account = bench.account();
    const summary = () => summarise(account, market, engine.context.settings);
    bench.place(account, { side: 'Buy', price: '100' });
    expect(summary().orderMaintenance.toNumber()).toBe(0);
    bench.place(account, { side: 'Sell', price: '5000', qty: '0.5' });
    const mark = market.quote(call25)?.value.mark ?? 0;
    expect(summary().orderMaintenance.toNumber()).toBeCloseTo(
      (0.03 * 23_500 + mark + 0.002 * 23_500) * 0.5,
      6,
    );
    const btc = summarise(account, market, engine.context.settings, ({ symbol }) =>
      symbol.startsWith('ETH-'),
    );
    expect([btc.orderInitial.toNumber(), btc.orderMaintenance.toNumber()]).toEqual([0, 0]);
  });
});
