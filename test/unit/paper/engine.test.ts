/** The rules of order entry and matching, one by one (docs/exchange.md#orders). */
import { describe, expect, it } from 'vitest';
import { add, compare, decimal, multiply, subtract, sum, toText } from '../../../src/domain/money.ts';
import { Bench, call25, call26, isAck } from './bench.ts';

const short = { positions: [{ symbol: call25, side: 'Sell', qty: '0.5', averagePrice: '900' }] } as const;

describe('order entry', () => {
  it('acknowledges first: an order just accepted is neither open nor filled', () => {
    const bench = new Bench();
    const account = bench.account();
    expect(bench.code(account)).toBe(0);
    expect(account.openOrders()).toEqual([]);
    expect(account.state.fills).toEqual([]);
    expect(bench.engine.busy()).toBe(true);
    bench.wall.pass(10);
    expect(account.state.orders[0]?.status).toBe('Filled');
    expect(bench.engine.busy()).toBe(false);
  });

  it('refuses an order without a link id, or with one of the wrong form', () => {
    const bench = new Bench();
    const account = bench.account();
    expect(bench.code(account, { linkId: null })).toBe(10001);
    expect(bench.code(account, { linkId: 'a b' })).toBe(10001);
    expect(bench.code(account, { linkId: 'x'.repeat(37) })).toBe(10001);
    expect(bench.code(account, { linkId: 'x'.repeat(36) })).toBe(0);
  });

  it('never takes a link id twice, not even long after the order is over', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.place(account, { linkId: 'once' });
    expect(bench.code(account, { linkId: 'once' })).toBe(110072);
    bench.advance(20 * 86_400_000);
    expect(bench.code(account, { linkId: 'once', symbol: 'BTC-28APR23-25000-C-USDT' })).toBe(110072);
    expect(bench.engine.stats).toEqual({ ordersAccepted: 1, ordersRejected: 2, duplicateLinkIds: 2 });
  });

  it('lets a refused link id be used again, and another account have the same', () => {
    const bench = new Bench();
    const account = bench.account();
    expect(bench.code(account, { linkId: 'again', qty: '0.001' })).toBe(10001);
    expect(bench.code(account, { linkId: 'again' })).toBe(0);
    const other = bench.account({ apiKey: 'other' });
    expect(bench.code(other, { linkId: 'again' })).toBe(0);
  });

  it.each([
    ['a quantity below the minimum', { qty: '0.005' }],
    ['a quantity above the maximum', { qty: '500.01' }],
    ['a quantity off the lot grid', { qty: '0.015' }],
    ['a price off the tick grid', { price: '802' }],
    ['a price below the minimum', { price: '0' }],
    ['no price', { price: null }],
    ['an unknown symbol', { symbol: 'BTC-31MAR23-25001-C-USDT' }],
  ])('refuses %s with 10001', (_, change) => {
    const bench = new Bench();
    expect(bench.code(bench.account(), change)).toBe(10001);
  });

  it('takes at most 50 open orders per base coin', () => {
    const bench = new Bench();
    const account = bench.account();
    for (let at = 0; at < 50; at += 1) expect(bench.code(account, { price: '5', qty: '0.01' })).toBe(0);
    expect(bench.code(account, { price: '5', qty: '0.01' })).toBe(110020);
    bench.setIndex(1_600, 'ETH');
    const eth = { symbol: 'ETH-31MAR23-1600-C-USDT', price: '0.1', qty: '0.1' };
    expect(bench.code(account, eth)).toBe(0);
  });

  it('prices an order by volatility when asked to', () => {
    const bench = new Bench();
    const account = bench.account();
    const iv = String(bench.market.quote(call25)?.value.iv);
    const order = bench.place(account, { orderIv: iv, price: '5' });
    const mark = bench.market.quote(call25)?.value.mark ?? 0;
    expect(Math.abs(Number(order.price) - mark)).toBeLessThanOrEqual(2.5);
  });

  it('refuses prices outside a configured band with 30208 and 30209', () => {
    const bench = new Bench({
      priceBand: { buyIndexFraction: 0.01, sellIndexFraction: 0.01, markFraction: 0.1 },
    });
    const account = bench.account();
    expect(bench.code(account, { price: '3000' })).toBe(30208);
    expect(bench.code(account, { side: 'Sell', price: '5' })).toBe(30209);
    expect(bench.code(account, { price: '5' })).toBe(0);
  });
});

describe('matching', () => {
  it('fills a crossing order at the maker price, not at its limit', () => {
    const bench = new Bench();
    const { ask } = bench.best(call25);
    const order = bench.place(bench.account(), { price: '3000' });
    expect(order).toMatchObject({ status: 'Filled', executedQty: '0.5' });
    expect(order.executedValue).toBe(multiply(ask, '0.5'));
  });

  it('walks the levels when one is not enough, one execution a level', () => {
    const bench = new Bench();
    const account = bench.account({ usdt: '1000000' });
    const { askQty } = bench.best(call25);
    const order = bench.place(account, { qty: add(askQty, '1'), price: '3000' });
    expect(order.status).toBe('Filled');
    expect(account.state.fills).toHaveLength(2);
    const [first, second] = account.state.fills;
    expect(compare(first?.price ?? '0', second?.price ?? '0')).toBe(-1);
    expect(bench.told.filter(({ kind }) => kind === 'fills')).toHaveLength(1);
  });

  it('lets an order inside the spread rest until the market moves through it, at its own price as maker', () => {
    const bench = new Bench();
    const account = bench.account();
    const { bid } = bench.best(call25);
    const order = bench.place(account, { price: bid });
    expect(order.status).toBe('New');
    bench.setIndex(23_400);
    bench.setIndex(22_500);
    expect(order).toMatchObject({ status: 'Filled', executedValue: multiply(bid, '0.5') });
    expect(account.state.fills[0]).toMatchObject({ isMaker: true, price: bid, feeRate: '0.0002' });
    expect(bench.statuses()).toEqual(['New', 'Filled']);
  });

  it('fills in parts when the book is thin, and the rest when size comes back', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.faults.thinBook(call25, '0.2');
    const order = bench.place(account, { qty: '0.5', price: '3000' });
    expect(order).toMatchObject({ status: 'PartiallyFilled', executedQty: '0.2' });
    bench.advance(500);
    expect(order.executedQty).toBe('0.2');
    bench.advance(600);
    expect(order.executedQty).toBe('0.4');
    bench.advance(1_100);
    expect(order).toMatchObject({ status: 'Filled', executedQty: '0.5' });
  });

  it('cancels what an IOC order could not fill, keeping what it could', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.faults.thinBook(call25, '0.2');
    const part = bench.place(account, { price: '3000', timeInForce: 'IOC' });
    expect(part).toMatchObject({
      status: 'Cancelled',
      executedQty: '0.2',
      rejectReason: 'EC_NoImmediateQtyToFill',
    });
    const none = bench.place(account, { price: '5', timeInForce: 'IOC' });
    expect(none).toMatchObject({ status: 'Cancelled', executedQty: '0' });
  });

  it('fills a FOK order completely or not at all', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.faults.thinBook(call25, '0.2');
    const none = bench.place(account, { price: '3000', timeInForce: 'FOK' });
    expect(none).toMatchObject({
      status: 'Cancelled',
      executedQty: '0',
      rejectReason: 'EC_CancelForNoFullFill',
    });
    bench.faults.thinBook(call25, null);
    expect(bench.place(account, { price: '3000', timeInForce: 'FOK' }).status).toBe('Filled');
  });

  it('cancels a PostOnly order that would take, and lets one rest that would not', () => {
    const bench = new Bench();
    const account = bench.account();
    const { bid, ask } = bench.best(call25);
    const taker = bench.place(account, { price: ask, timeInForce: 'PostOnly' });
    expect(taker).toMatchObject({ status: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
    expect(bench.place(account, { price: bid, timeInForce: 'PostOnly' }).status).toBe('New');
  });

  it('treats a Market order as IOC with a protection price', () => {
    const bench = new Bench();
    const account = bench.account();
    const order = bench.place(account, { orderType: 'Market', price: null });
    expect(order).toMatchObject({ status: 'Filled', timeInForce: 'IOC' });
    expect(compare(order.price, bench.best(call25).ask)).toBe(1);
    bench.faults.noQuote(call25);
    expect(bench.code(account, { orderType: 'Market', price: null })).toBe(110118);
  });

  it('matches two accounts with each other, the better price first, then the earlier order', () => {
    const bench = new Bench();
    const makers = ['a', 'b', 'c'].map((apiKey) => bench.account({ apiKey }));
    const [a, b, c] = makers;
    if (!a || !b || !c) throw new Error('three makers');
    const inside = toText(decimal(bench.best(call25).bid).plus('5'));
    const better = toText(decimal(bench.best(call25).bid).plus('10'));
    const first = bench.place(a, { price: inside, qty: '0.1' });
    const second = bench.place(b, { price: inside, qty: '0.1' });
    const best = bench.place(c, { price: better, qty: '0.1' });
    const taker = bench.account({ apiKey: 'taker' });
    const sale = bench.place(taker, { side: 'Sell', price: inside, qty: '0.2' });
    expect([first.status, second.status, best.status]).toEqual(['Filled', 'New', 'Filled']);
    expect(sale.executedValue).toBe(add(multiply(inside, '0.1'), multiply(better, '0.1')));
    expect(a.state.fills[0]?.isMaker).toBe(true);
    expect(taker.state.fills[0]?.isMaker).toBe(false);
  });

  it('never matches an account with itself', () => {
    const bench = new Bench();
    const account = bench.account();
    const inside = toText(decimal(bench.best(call25).bid).plus('5'));
    bench.place(account, { price: inside });
    expect(bench.place(account, { side: 'Sell', price: inside }).status).toBe('New');
  });

  it('charges what the fills say', () => {
    const bench = new Bench();
    const account = bench.account();
    const order = bench.place(account, { price: '3000' });
    expect(order.fee).toBe('3.525'); // 0.03 % of 23,500 on 0.5
    const spent = add(order.executedValue, order.fee);
    expect(account.state.wallet.USDT).toBe(subtract('100000', spent));
    expect(sum(account.state.fills.map(({ fee }) => fee))).toBe(order.fee);
  });
});

describe('amend and cancel', () => {
  const resting = (): { bench: Bench; account: ReturnType<Bench['account']>; linkId: string } => {
    const bench = new Bench();
    const account = bench.account();
    const order = bench.place(account, { price: '400' });
    return { bench, account, linkId: order.linkId };
  };

  it('changes the price after the acknowledgement and fills if the new one crosses', () => {
    const { bench, account, linkId } = resting();
    const answer = bench.engine.amend(account, { symbol: call25, linkId }, { price: '3000' });
    expect(isAck(answer)).toBe(true);
    expect(account.find({ linkId })?.price).toBe('400');
    bench.wall.pass(10);
    expect(account.find({ linkId })).toMatchObject({ status: 'Filled', price: '3000' });
  });

  it('refuses an amended quantity at or below what is filled with 110064', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.faults.thinBook(call25, '0.2');
    const { linkId } = bench.place(account, { price: '3000' });
    expect(bench.engine.amend(account, { symbol: call25, linkId }, { qty: '0.2' })).toMatchObject({
      code: 110064,
    });
    expect(isAck(bench.engine.amend(account, { symbol: call25, linkId }, { qty: '0.3' }))).toBe(true);
  });

  it('cancels after the acknowledgement', () => {
    const { bench, account, linkId } = resting();
    bench.engine.cancel(account, { symbol: call25, linkId });
    expect(account.find({ linkId })?.status).toBe('New');
    bench.wall.pass(10);
    expect(account.find({ linkId })).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByUser' });
    expect(bench.engine.busy()).toBe(false);
  });

  it('does not find an order that is over, unknown, or not in the book yet: 110001', () => {
    const { bench, account } = resting();
    const early = bench.engine.create(account, bench.request({ price: '400' }));
    const ref = isAck(early) ? { symbol: call25, orderId: early.orderId } : { symbol: call25 };
    expect(bench.engine.cancel(account, ref)).toMatchObject({ code: 110001 });
    const done = bench.place(account, { price: '3000' });
    expect(bench.engine.cancel(account, { symbol: call25, linkId: done.linkId })).toMatchObject({
      code: 110001,
    });
    expect(bench.engine.amend(account, { symbol: call25, linkId: 'nope' }, { price: '10' })).toMatchObject({
      code: 110001,
    });
  });

  it('answers a cancel that lost the race with a second Filled', () => {
    const { bench, account, linkId } = resting();
    bench.faults.add({ kind: 'lateCancel' });
    bench.engine.cancel(account, { symbol: call25, linkId });
    bench.wall.pass(10);
    const told = bench.told.flatMap(({ order }) =>
      order ? [[order.status, order.cancelType, order.rejectReason]] : [],
    );
    expect(told).toEqual([
      ['New', 'UNKNOWN', 'EC_NoError'],
      ['Filled', 'UNKNOWN', 'EC_NoError'],
      ['Filled', 'CancelByUser', 'EC_OrigClOrdIDDoesNotExist'],
    ]);
    expect(account.state.fills).toHaveLength(1);
  });

  it('cancels all by symbol before base coin before settle coin', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.place(account, { price: '5', symbol: call25 });
    bench.place(account, { price: '5', symbol: call26 });
    expect(bench.engine.cancelAll(account, { symbol: call25, baseCoin: 'BTC' })).toHaveLength(1);
    bench.wall.pass(10);
    expect(bench.engine.cancelAll(account, { settleCoin: 'USDC' })).toHaveLength(0);
    expect(bench.engine.cancelAll(account, { baseCoin: 'BTC' })).toHaveLength(1);
  });
});

describe('reduce-only', () => {
  it('refuses an order with nothing to reduce: 110017', () => {
    const bench = new Bench();
    expect(bench.code(bench.account(), { reduceOnly: true })).toBe(110017);
    const account = bench.account({ ...short, apiKey: 'short' });
    expect(bench.code(account, { reduceOnly: true, side: 'Sell', price: '3000' })).toBe(110017);
  });

  it('never turns a position round: the order is cut to it', () => {
    const bench = new Bench();
    const account = bench.account(short);
    const order = bench.place(account, { reduceOnly: true, qty: '2', price: '3000' });
    expect(order).toMatchObject({ status: 'Filled', qty: '0.5', executedQty: '0.5' });
    expect(account.state.positions).toEqual({});
    expect(order.closedPnl).toBe(multiply(subtract('900', account.state.fills[0]?.price ?? '0'), '0.5'));
  });

  it('cancels a resting one when the position it would reduce is gone', () => {
    const bench = new Bench();
    const account = bench.account(short);
    const resting = bench.place(account, { reduceOnly: true, price: '400' });
    bench.place(account, { price: '3000', qty: '0.5' });
    expect(resting).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByReduceOnly' });
  });

  it('trims a resting one when the position shrinks', () => {
    const bench = new Bench();
    const account = bench.account(short);
    const resting = bench.place(account, { reduceOnly: true, price: '400' });
    bench.place(account, { price: '3000', qty: '0.3' });
    expect(resting).toMatchObject({ status: 'New', qty: '0.2' });
  });

  it('trims the newest of several first', () => {
    const bench = new Bench();
    const account = bench.account(short);
    const older = bench.place(account, { reduceOnly: true, price: '400', qty: '0.2' });
    const newer = bench.place(account, { reduceOnly: true, price: '405', qty: '0.3' });
    bench.place(account, { price: '3000', qty: '0.2' });
    expect([older.qty, newer.qty]).toEqual(['0.2', '0.1']);
  });

  it('lets two together reduce no more than there is', () => {
    const bench = new Bench();
    const account = bench.account(short);
    bench.place(account, { reduceOnly: true, price: '400', qty: '0.4' });
    expect(bench.place(account, { reduceOnly: true, price: '405', qty: '0.4' })).toMatchObject({
      qty: '0.1',
    });
    expect(bench.place(account, { reduceOnly: true, price: '410', qty: '0.1' })).toMatchObject({
      status: 'Cancelled',
      cancelType: 'CancelByReduceOnly',
    });
  });
});

describe('a symbol that does not trade', () => {
  it('is refused before it is live and while it is settled', () => {
    const bench = new Bench();
    const account = bench.account();
    bench.nowMs = Date.parse('2023-03-06T08:01Z');
    bench.setIndex(23_500);
    expect(bench.code(account, { symbol: 'BTC-9MAR23-23500-C-USDT' })).toBe(110074);
    expect(bench.code(account, { symbol: 'BTC-6MAR23-23500-C-USDT' })).toBe(110063);
  });
});
