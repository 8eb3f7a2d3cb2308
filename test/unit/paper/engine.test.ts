/** The rules of order entry and matching, one by one (docs/exchange.md#orders). */
import { describe, expect, it } from 'vitest';
import { add, compare, decimal, multiply, subtract, sum, toText } from '../../../src/domain/money.ts';
import { EngineFixture, call25, call26, isAck, shortCall25 } from './engine-fixture.ts';

describe('order entry', () => {
  it('acknowledges first: an order just accepted is neither open nor filled', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    expect(fixture.code(account)).toBe(0);
    expect(account.openOrders()).toEqual([]);
    expect(account.state.fills).toEqual([]);
    expect(fixture.engine.isBusy()).toBe(true);
    fixture.wall.pass(10);
    expect(account.state.orders[0]?.status).toBe('Filled');
    expect(fixture.engine.isBusy()).toBe(false);
  });

  it('refuses an order without a link id, or with one of the wrong form', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    expect(fixture.code(account, { linkId: null })).toBe(10001);
    expect(fixture.code(account, { linkId: 'a b' })).toBe(10001);
    expect(fixture.code(account, { linkId: 'x'.repeat(37) })).toBe(10001);
    expect(fixture.code(account, { linkId: 'x'.repeat(36) })).toBe(0);
  });

  it('never takes a link id twice, not even long after the order is over', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.place(account, { linkId: 'once' });
    expect(fixture.code(account, { linkId: 'once' })).toBe(110072);
    fixture.advance(20 * 86_400_000);
    expect(fixture.code(account, { linkId: 'once', symbol: 'BTC-28APR23-25000-C-USDT' })).toBe(110072);
    expect(fixture.engine.stats).toEqual({ ordersAccepted: 1, ordersRejected: 2, duplicateLinkIds: 2 });
  });

  it('accepts the link id of a refused order again, and the same one from another account', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    expect(fixture.code(account, { linkId: 'again', qty: '0.001' })).toBe(10001);
    expect(fixture.code(account, { linkId: 'again' })).toBe(0);
    const other = fixture.account({ apiKey: 'other' });
    expect(fixture.code(other, { linkId: 'again' })).toBe(0);
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
    const fixture = new EngineFixture();
    expect(fixture.code(fixture.account(), change)).toBe(10001);
  });

  it('takes at most 50 open orders per base coin', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    for (let at = 0; at < 50; at += 1) expect(fixture.code(account, { price: '5', qty: '0.01' })).toBe(0);
    expect(fixture.code(account, { price: '5', qty: '0.01' })).toBe(110020);
    fixture.setIndex(1_600, 'ETH');
    const eth = { symbol: 'ETH-31MAR23-1600-C-USDT', price: '0.1', qty: '0.1' };
    expect(fixture.code(account, eth)).toBe(0);
  });

  it('prices an order by volatility when it asks for one', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const iv = String(fixture.market.quote(call25)?.value.iv);
    const order = fixture.place(account, { orderIv: iv, price: '5' });
    const mark = fixture.market.quote(call25)?.value.mark ?? 0;
    expect(Math.abs(Number(order.price) - mark)).toBeLessThanOrEqual(2.5);
  });

  it('refuses prices outside a configured band with 30208 and 30209', () => {
    const fixture = new EngineFixture({
      priceBand: { buyIndexFraction: 0.01, sellIndexFraction: 0.01, markFraction: 0.1 },
    });
    const account = fixture.account();
    expect(fixture.code(account, { price: '3000' })).toBe(30208);
    expect(fixture.code(account, { side: 'Sell', price: '5' })).toBe(30209);
    expect(fixture.code(account, { price: '5' })).toBe(0);
  });
});

describe('matching', () => {
  it('fills a crossing order at the maker price, not at its limit', () => {
    const fixture = new EngineFixture();
    const { ask } = fixture.best(call25);
    const order = fixture.place(fixture.account(), { price: '3000' });
    expect(order).toMatchObject({ status: 'Filled', executedQty: '0.5' });
    expect(order.executedValue).toBe(multiply(ask, '0.5'));
  });

  it('walks the levels when one is not enough, one execution a level', () => {
    const fixture = new EngineFixture();
    const account = fixture.account({ usdt: '1000000' });
    const { askQty } = fixture.best(call25);
    const order = fixture.place(account, { qty: add(askQty, '1'), price: '3000' });
    expect(order.status).toBe('Filled');
    expect(account.state.fills).toHaveLength(2);
    const [first, second] = account.state.fills;
    expect(compare(first?.price ?? '0', second?.price ?? '0')).toBe(-1);
    expect(fixture.reports.filter(({ kind }) => kind === 'fills')).toHaveLength(1);
  });

  it('lets an order inside the spread rest until the market moves through it, at its own price as maker', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const { bid } = fixture.best(call25);
    const order = fixture.place(account, { price: bid });
    expect(order.status).toBe('New');
    fixture.setIndex(23_400);
    fixture.setIndex(22_500);
    expect(order).toMatchObject({ status: 'Filled', executedValue: multiply(bid, '0.5') });
    expect(account.state.fills[0]).toMatchObject({ isMaker: true, price: bid, feeRate: '0.0002' });
    expect(fixture.statuses()).toEqual(['New', 'Filled']);
  });

  it('fills a part when the book is thin, and the rest when size comes back', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.thinBook(call25, '0.2');
    const order = fixture.place(account, { qty: '0.5', price: '3000' });
    expect(order).toMatchObject({ status: 'PartiallyFilled', executedQty: '0.2' });
    fixture.advance(500);
    expect(order.executedQty).toBe('0.2');
    fixture.advance(600);
    expect(order.executedQty).toBe('0.4');
    fixture.advance(1_100);
    expect(order).toMatchObject({ status: 'Filled', executedQty: '0.5' });
  });

  it('cancels what an IOC order could not fill, keeping what it could', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.thinBook(call25, '0.2');
    const part = fixture.place(account, { price: '3000', timeInForce: 'IOC' });
    expect(part).toMatchObject({
      status: 'Cancelled',
      executedQty: '0.2',
      rejectReason: 'EC_NoImmediateQtyToFill',
    });
    const none = fixture.place(account, { price: '5', timeInForce: 'IOC' });
    expect(none).toMatchObject({ status: 'Cancelled', executedQty: '0' });
  });

  it('fills a FOK order completely or not at all', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.thinBook(call25, '0.2');
    const none = fixture.place(account, { price: '3000', timeInForce: 'FOK' });
    expect(none).toMatchObject({
      status: 'Cancelled',
      executedQty: '0',
      rejectReason: 'EC_CancelForNoFullFill',
    });
    fixture.faults.thinBook(call25, null);
    expect(fixture.place(account, { price: '3000', timeInForce: 'FOK' }).status).toBe('Filled');
  });

  it('cancels a PostOnly order that would trade at once, and lets another rest', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const { bid, ask } = fixture.best(call25);
    const taker = fixture.place(account, { price: ask, timeInForce: 'PostOnly' });
    expect(taker).toMatchObject({ status: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
    expect(fixture.place(account, { price: bid, timeInForce: 'PostOnly' }).status).toBe('New');
  });

  it('treats a Market order as IOC with a protection price', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const order = fixture.place(account, { orderType: 'Market', price: null });
    expect(order).toMatchObject({ status: 'Filled', timeInForce: 'IOC' });
    expect(compare(order.price, fixture.best(call25).ask)).toBe(1);
    fixture.faults.noQuote(call25);
    expect(fixture.code(account, { orderType: 'Market', price: null })).toBe(110118);
  });

  it('matches two accounts with each other, the better price first, then the earlier order', () => {
    const fixture = new EngineFixture();
    const makers = ['a', 'b', 'c'].map((apiKey) => fixture.account({ apiKey }));
    const [a, b, c] = makers;
    if (!a || !b || !c) throw new Error('three makers');
    const inside = toText(decimal(fixture.best(call25).bid).plus('5'));
    const better = toText(decimal(fixture.best(call25).bid).plus('10'));
    const first = fixture.place(a, { price: inside, qty: '0.1' });
    const second = fixture.place(b, { price: inside, qty: '0.1' });
    const best = fixture.place(c, { price: better, qty: '0.1' });
    const taker = fixture.account({ apiKey: 'taker' });
    const sale = fixture.place(taker, { side: 'Sell', price: inside, qty: '0.2' });
    expect([first.status, second.status, best.status]).toEqual(['Filled', 'New', 'Filled']);
    expect(sale.executedValue).toBe(add(multiply(inside, '0.1'), multiply(better, '0.1')));
    expect(a.state.fills[0]?.isMaker).toBe(true);
    expect(taker.state.fills[0]?.isMaker).toBe(false);
  });

  it('never matches an account with itself', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const inside = toText(decimal(fixture.best(call25).bid).plus('5'));
    fixture.place(account, { price: inside });
    expect(fixture.place(account, { side: 'Sell', price: inside }).status).toBe('New');
  });

  it('charges the fees that the fills show', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const order = fixture.place(account, { price: '3000' });
    expect(order.fee).toBe('3.525'); // 0.03 % of 23,500 on 0.5
    const spent = add(order.executedValue, order.fee);
    expect(account.state.wallet.USDT).toBe(subtract('100000', spent));
    expect(sum(account.state.fills.map(({ fee }) => fee))).toBe(order.fee);
  });
});

describe('amend and cancel', () => {
  const resting = (): {
    fixture: EngineFixture;
    account: ReturnType<EngineFixture['account']>;
    linkId: string;
  } => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    const order = fixture.place(account, { price: '400' });
    return { fixture, account, linkId: order.linkId };
  };

  it('changes the price after the acknowledgement and fills if the new one crosses', () => {
    const { fixture, account, linkId } = resting();
    const answer = fixture.engine.amend(account, { symbol: call25, linkId }, { price: '3000' });
    expect(isAck(answer)).toBe(true);
    expect(account.find({ linkId })?.price).toBe('400');
    fixture.wall.pass(10);
    expect(account.find({ linkId })).toMatchObject({ status: 'Filled', price: '3000' });
  });

  it('refuses an amended quantity at or below what is filled with 110064', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.thinBook(call25, '0.2');
    const { linkId } = fixture.place(account, { price: '3000' });
    expect(fixture.engine.amend(account, { symbol: call25, linkId }, { qty: '0.2' })).toMatchObject({
      code: 110064,
    });
    expect(isAck(fixture.engine.amend(account, { symbol: call25, linkId }, { qty: '0.3' }))).toBe(true);
  });

  it('cancels after the acknowledgement', () => {
    const { fixture, account, linkId } = resting();
    fixture.engine.cancel(account, { symbol: call25, linkId });
    expect(account.find({ linkId })?.status).toBe('New');
    fixture.wall.pass(10);
    expect(account.find({ linkId })).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByUser' });
    expect(fixture.engine.isBusy()).toBe(false);
  });

  it('does not find an order that is over, unknown, or not in the book yet: 110001', () => {
    const { fixture, account } = resting();
    const early = fixture.engine.create(account, fixture.request({ price: '400' }));
    const ref = isAck(early) ? { symbol: call25, orderId: early.orderId } : { symbol: call25 };
    expect(fixture.engine.cancel(account, ref)).toMatchObject({ code: 110001 });
    const done = fixture.place(account, { price: '3000' });
    expect(fixture.engine.cancel(account, { symbol: call25, linkId: done.linkId })).toMatchObject({
      code: 110001,
    });
    expect(fixture.engine.amend(account, { symbol: call25, linkId: 'nope' }, { price: '10' })).toMatchObject({
      code: 110001,
    });
  });

  it('answers a cancel that lost the race with a second Filled', () => {
    const { fixture, account, linkId } = resting();
    fixture.faults.add({ kind: 'lateCancel' });
    fixture.engine.cancel(account, { symbol: call25, linkId });
    fixture.wall.pass(10);
    const reported = fixture.reports.flatMap(({ order }) =>
      order ? [[order.status, order.cancelType, order.rejectReason]] : [],
    );
    expect(reported).toEqual([
      ['New', 'UNKNOWN', 'EC_NoError'],
      ['Filled', 'UNKNOWN', 'EC_NoError'],
      ['Filled', 'CancelByUser', 'EC_OrigClOrdIDDoesNotExist'],
    ]);
    expect(account.state.fills).toHaveLength(1);
  });

  it('cancels all by symbol before base coin before settle coin', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.place(account, { price: '5', symbol: call25 });
    fixture.place(account, { price: '5', symbol: call26 });
    expect(fixture.engine.cancelAll(account, { symbol: call25, baseCoin: 'BTC' })).toHaveLength(1);
    fixture.wall.pass(10);
    expect(fixture.engine.cancelAll(account, { settleCoin: 'USDC' })).toHaveLength(0);
    expect(fixture.engine.cancelAll(account, { baseCoin: 'BTC' })).toHaveLength(1);
  });
});

describe('reduce-only', () => {
  it('refuses an order with nothing to reduce: 110017', () => {
    const fixture = new EngineFixture();
    expect(fixture.code(fixture.account(), { reduceOnly: true })).toBe(110017);
    const account = fixture.account({ ...shortCall25, apiKey: 'short' });
    expect(fixture.code(account, { reduceOnly: true, side: 'Sell', price: '3000' })).toBe(110017);
  });

  it('never turns a position round: the order is cut to it', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    const order = fixture.place(account, { reduceOnly: true, qty: '2', price: '3000' });
    expect(order).toMatchObject({ status: 'Filled', qty: '0.5', executedQty: '0.5' });
    expect(account.state.positions).toEqual({});
    expect(order.closedPnl).toBe(multiply(subtract('900', account.state.fills[0]?.price ?? '0'), '0.5'));
  });

  it('cancels a resting order when the position that it would reduce is gone', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    const resting = fixture.place(account, { reduceOnly: true, price: '400' });
    fixture.place(account, { price: '3000', qty: '0.5' });
    expect(resting).toMatchObject({ status: 'Cancelled', cancelType: 'CancelByReduceOnly' });
  });

  it('trims a resting order when the position shrinks', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    const resting = fixture.place(account, { reduceOnly: true, price: '400' });
    fixture.place(account, { price: '3000', qty: '0.3' });
    expect(resting).toMatchObject({ status: 'New', qty: '0.2' });
  });

  it('trims the newest of several orders first', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    const older = fixture.place(account, { reduceOnly: true, price: '400', qty: '0.2' });
    const newer = fixture.place(account, { reduceOnly: true, price: '405', qty: '0.3' });
    fixture.place(account, { price: '3000', qty: '0.2' });
    expect([older.qty, newer.qty]).toEqual(['0.2', '0.1']);
  });

  it('lets two orders together reduce no more than the position', () => {
    const fixture = new EngineFixture();
    const account = fixture.account(shortCall25);
    fixture.place(account, { reduceOnly: true, price: '400', qty: '0.4' });
    expect(fixture.place(account, { reduceOnly: true, price: '405', qty: '0.4' })).toMatchObject({
      qty: '0.1',
    });
    expect(fixture.place(account, { reduceOnly: true, price: '410', qty: '0.1' })).toMatchObject({
      status: 'Cancelled',
      cancelType: 'CancelByReduceOnly',
    });
  });
});

describe('a symbol that does not trade', () => {
  it('is refused before it is live and while it is settled', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.nowMs = Date.parse('2023-03-06T08:01Z');
    fixture.setIndex(23_500);
    expect(fixture.code(account, { symbol: 'BTC-9MAR23-23500-C-USDT' })).toBe(110074);
    expect(fixture.code(account, { symbol: 'BTC-6MAR23-23500-C-USDT' })).toBe(110063);
  });
});
