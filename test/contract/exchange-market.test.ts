/**
 * The Bybit adapter's market side against the paper exchange over real sockets: index prices, staleness, the exchange's
 * clock, the chain and quotes.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Retryable, Terminal } from '../../src/domain/errors.ts';
import { type BybitExchange, createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { endpoints } from '../../src/exchange/bybit/rest/endpoints.ts';
import { type PaperExchange, startPaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import {
  connect,
  Heard,
  key,
  log,
  openBench,
  short,
  startMs,
  until,
  Watched,
  whenever,
} from './exchange-bench.ts';

const expiryMs = Date.UTC(2023, 2, 31, 8);
let paper: PaperExchange;
let bybit: BybitExchange;
let account: TradingAccount;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ paper, bybit, account, close } = await openBench());
});

afterEach(() => close());

describe('the market', () => {
  let watched: Watched;
  beforeEach(async () => {
    watched = new Watched();
    bybit.market.watchUnderlying('BTC');
    await bybit.market.open(watched);
  });

  it('streams the index price of the underlying, in exchange time', async () => {
    await until('a price came', () => watched.ticks.length > 0);
    expect(watched.feed).toEqual(['live']);
    paper.setIndex('BTC', '25750.5');
    await until('it follows', () => watched.ticks.at(-1)?.readings.index === '25750.5');
    const last = watched.ticks.at(-1);
    expect(last?.source).toBe('BTC');
    expect(last?.atMs).toBeGreaterThanOrEqual(startMs);
    expect(last?.atMs).toBeLessThanOrEqual(bybit.clock.nowMs());
  });

  it('takes a coin nobody lists without losing the others', async () => {
    bybit.market.watchUnderlying('NOSUCH');
    bybit.market.watchUnderlying('NOSUCH');
    for (const price of ['23600', '23700', '23800']) {
      paper.setIndex('BTC', price);
      await until('it follows', () => watched.ticks.at(-1)?.readings.index === price);
    }
    await until('it is reported', () => watched.feed.length > 1);
    expect(watched.feed).toEqual(['live', expect.stringMatching(/^stale: tickers\.NOSUCHUSDT: .*not found/)]);
  });

  it('streams what an option is worth for as long as somebody wants to know', async () => {
    bybit.market.watchOption(short);
    await until('its ticker came', () => watched.ticks.some(({ source }) => source === short));
    const readings = watched.ticks.findLast(({ source }) => source === short)?.readings ?? {};
    expect(Number(readings.delta)).toBeGreaterThan(0);
    expect(Number(readings.delta)).toBeLessThan(0.5);
    expect(readings).toMatchObject({ optionIndex: '23500' });
    expect(Number(readings.optionMark)).toBeGreaterThan(0);
    bybit.market.unwatchOption(short);
    bybit.market.watchOption('BTC-31MAR23-27000-C-USDT');
    await until('another one came', () => watched.ticks.at(-1)?.source === 'BTC-31MAR23-27000-C-USDT');
    expect(await bybit.market.underlying('BTC')).toEqual({ index: '23500', mark: '23500', last: '23500' });
  });

  it('says that it is stale when its socket closes, and live again afterwards', async () => {
    paper.faults.dropSockets('linear');
    await until('it is live again', () => watched.feed.length >= 3);
    expect(watched.feed).toEqual(['live', expect.stringMatching(/^stale: /), 'live']);
    paper.setIndex('BTC', '24000');
    await until('prices go on', () => watched.ticks.at(-1)?.readings.index === '24000');
  });

  it('says that it is stale when prices stop, although the socket is open', async () => {
    const impatient = connect(paper, 700, 200);
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
      source: { kind: 'walk', seed: 7, startPrice: 23_500, startMs, minutes: 3_000 },
      pacing: { speed: 'fast', quietMs: 20 },
      accounts: [{ apiKey: key.apiKey, apiSecret: key.apiSecret, usdt: '100000' }],
    });
    const exchange = createBybitExchange({
      ...endpoints.paper({ restUrl: racing.url, wsUrl: racing.wsUrl }),
      log,
      timeoutMs: 2_000,
    });
    const prices = new Watched();
    const events = new Heard();
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

  it('lists one slice of the chain, strikes ascending, with quotes', async () => {
    const filter = { baseCoin: 'BTC', settleCoin: 'USDT', optionType: 'call', expiryMs } as const;
    const chain = await bybit.market.chain(filter);
    expect(chain.length).toBeGreaterThan(10);
    const strikes = chain.map(({ instrument }) => Number(instrument.strike));
    expect(strikes).toEqual([...strikes].sort((a, b) => a - b));
    for (const { instrument } of chain) {
      expect(instrument).toMatchObject({ settleCoin: 'USDT', optionType: 'call', status: 'Trading' });
      expect(instrument.symbol).toMatch(/^BTC-31MAR23-\d+-C-USDT$/);
      expect(instrument.expiryMs).toBe(expiryMs);
    }
    const near = chain.find(({ instrument }) => instrument.symbol === short);
    expect(near?.quote?.symbol).toBe(short);
    expect(Number(near?.quote?.bid)).toBeLessThan(Number(near?.quote?.ask));
    expect(await bybit.market.chain({ ...filter, expiryMs: Date.UTC(2024, 2, 30, 8) })).toEqual([]);
  });

  it('lists a series and quotes a few of it as the whole chain does', async () => {
    const series = { baseCoin: 'BTC', settleCoin: 'USDT', optionType: 'call', expiryMs } as const;
    const chain = await bybit.market.chain(series);
    const listed = await bybit.market.listed(series);
    const ofExpiry = listed.filter(({ symbol }) => symbol.includes('-31MAR23-'));
    expect(ofExpiry).toEqual(chain.map(({ instrument }) => instrument));
    const expiries = listed.map(({ expiryMs }) => expiryMs);
    expect(expiries).toEqual(expiries.toSorted((a, b) => a - b));
    expect(new Set(expiries).size).toBeGreaterThan(5);
    expect(listed.every(({ symbol }) => symbol.endsWith('-C-USDT'))).toBe(true);
    const few = chain.slice(2, 4).map(({ instrument }) => instrument.symbol);
    const quotes = await bybit.market.quotes(few);
    expect(quotes.map(({ symbol }) => symbol)).toEqual(few);
    for (const { symbol, bid, ask } of quotes)
      expect(chain.find(({ quote }) => quote?.symbol === symbol)?.quote).toMatchObject({ bid, ask });
  });

  it('quotes what there is when an option among others does not exist', async () => {
    const quotes = await bybit.market.quotes([short, 'BTC-31MAR23-26001-C-USDT']);
    expect(quotes.map(({ symbol }) => symbol)).toEqual([short]);
  });

  it('keeps the two settle coins apart', async () => {
    const filter = { baseCoin: 'BTC', settleCoin: 'USDC', optionType: 'put', expiryMs } as const;
    const chain = await bybit.market.chain(filter);
    expect(chain.every(({ instrument }) => instrument.settleCoin === 'USDC')).toBe(true);
    expect(chain.every(({ instrument }) => !instrument.symbol.endsWith('-USDT'))).toBe(true);
  });

  it('quotes one option, with no quote where a side is empty', async () => {
    const quote = await bybit.market.quote(short);
    expect(quote).toMatchObject({ symbol: short, index: '23500' });
    expect(quote.atMs).toBeGreaterThanOrEqual(startMs);
    paper.faults.noQuote(short, 'bid');
    expect(await bybit.market.quote(short)).toMatchObject({ bid: null, ask: quote.ask });
    paper.faults.noQuote(short, 'both');
    expect(await bybit.market.quote(short)).toMatchObject({ bid: null, ask: null });
  });

  it('has no quote for an option that does not exist', async () => {
    const quote = bybit.market.quote('BTC-31MAR23-26001-C-USDT').catch((error: unknown) => error);
    expect([Retryable.name, Terminal.name]).toContain(((await quote) as Error).name);
  });
});
