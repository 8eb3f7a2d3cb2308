/**
 * What only the Bybit adapter has of the market: topics, sockets that die, the exchange's clock, over real sockets against
 * the paper exchange. What every market has is in suites/market-data.ts.
 */
import { seed } from '../support/seed.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BybitExchange, createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { endpoints } from '../../src/exchange/bybit/rest/endpoints.ts';
import { type PaperExchange, startPaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import {
  connect,
  ReceivedReports,
  key,
  log,
  openFixture,
  startMs,
  until,
  Watched,
  whenever,
} from './exchange-fixture.ts';

const expiryMs = Date.UTC(2023, 2, 31, 8);
let paper: PaperExchange;
let bybit: BybitExchange;
let account: TradingAccount;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ paper, bybit, account, close } = await openFixture());
});

afterEach(() => close());

describe('the market', () => {
  let watched: Watched;
  beforeEach(async () => {
    watched = new Watched();
    bybit.market.watchUnderlying('BTC');
    await bybit.market.open(watched);
  });

  it('takes a coin without a listing and keeps the others', async () => {
    bybit.market.watchUnderlying('NOSUCH');
    bybit.market.watchUnderlying('NOSUCH');
    for (const price of ['23600', '23700', '23800']) {
      paper.setIndex('BTC', price);
      await until('it follows', () => watched.ticks.at(-1)?.readings.index === price);
    }
    await until('it is reported', () => watched.feed.length > 1);
    expect(watched.feed).toEqual(['live', expect.stringMatching(/^stale: tickers\.NOSUCHUSDT: .*not found/)]);
  });

  it('says that it is stale when prices stop, although the socket is open', async () => {
    const impatient = connect(paper, { timeoutMs: 700, staleAfterMs: 200 });
    const feed = new Watched();
    impatient.market.watchUnderlying('BTC');
    await impatient.market.open(feed);
    const count = feed.feed.length;
    paper.faults.halfOpenSockets('linear');
    await until('it is stale', () => feed.feed.slice(count).some((said) => said.includes('tickers.BTCUSDT')));
    await until('it is live again', () => feed.feed.slice(count + 1).includes('live'));
    await impatient.close();
  });

  it('jumps with the exchange, so that alarms ring at exchange time', async () => {
    let rungAtMs = 0;
    const dueMs = bybit.clock.nowMs() + 3_600_000;
    bybit.clock.alarm(dueMs, () => (rungAtMs = bybit.clock.nowMs()));
    paper.advance(7_200_000);
    await until('it rings', () => rungAtMs > 0);
    expect(rungAtMs).toBeGreaterThanOrEqual(dueMs);
    await expect(account.positions()).resolves.toHaveLength(1);
  });

  it('reads and trades while a tape races, never refused for its clock', async () => {
    const racing = await startPaperExchange({
      source: { kind: 'walk', seed, startPrice: 23_500, startMs, minutes: 3_000 },
      pacing: { speed: 'fast', quietMs: 20 },
      accounts: [{ apiKey: key.apiKey, apiSecret: key.apiSecret, usdt: '100000' }],
    });
    const exchange = createBybitExchange({
      ...endpoints.paper({ restUrl: racing.url, wsUrl: racing.wsUrl }),
      log,
      timeoutMs: 2_000,
    });
    const prices = new Watched();
    const events = new ReceivedReports();
    const trader = exchange.account(key);
    const rung: number[] = [];
    try {
      exchange.market.watchUnderlying('BTC');
      await exchange.market.open(prices);
      await trader.open(events);
      for (let hour = 1; hour <= 6; hour += 1) {
        const dueMs = startMs + hour * 3_600_000;
        exchange.clock.alarm(dueMs, () => rung.push(exchange.clock.nowMs() - dueMs));
      }
      for (let round = 0; round < 5; round += 1) {
        const passedMs = prices.ticks.at(-1)?.atMs ?? startMs;
        await until('the tape moves on', () => (prices.ticks.at(-1)?.atMs ?? 0) > passedMs + 3_600_000);
        const [near] = await exchange.market.chain({
          baseCoin: 'BTC',
          settleCoin: 'USDT',
          optionType: 'call',
          expiryMs,
        });
        const order = { linkId: `race-${round}`, symbol: near?.instrument.symbol ?? '' };
        const price = near?.quote?.ask ?? '0';
        await trader.submit(
          {
            ...order,
            side: 'Buy',
            qty: '0.01',
            price,
            timeInForce: 'IOC',
            reduceOnly: false,
          },
          whenever,
        );
        await until('it is over', () =>
          ['filled', 'cancelled'].includes(events.last(order.linkId)?.status ?? ''),
        );
      }
      await until('every alarm rang', () => rung.length === 6);
      const times = prices.ticks.map((tick) => tick.atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.min(...rung)).toBeGreaterThanOrEqual(0);
    } finally {
      await exchange.close();
      await racing.close();
    }
  });
});
