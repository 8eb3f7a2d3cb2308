/**
 * What the adapter answers without a request: from the streams of a real exchange, as soon as they have told it, and no longer than
 * they do.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBybitExchange, type BybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { endpoints } from '../../src/exchange/bybit/rest/endpoints.ts';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import { key, log, ReceivedReports, short, startMs, until, Watched, whenever } from './exchange-fixture.ts';

const minute = 60_000;
const target = 'BTC-31MAR23-27000-C-USDT';

let paper: PaperExchange;
let bybit: BybitExchange;
let account: TradingAccount;
let received: ReceivedReports;
let watched: Watched;
let requests: number;

beforeEach(async () => {
  paper = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
    accounts: [
      {
        apiKey: key.apiKey,
        apiSecret: key.apiSecret,
        usdt: '100000',
        positions: [{ symbol: short, side: 'Sell', qty: '0.5' }],
      },
    ],
  });
  requests = 0;
  bybit = createBybitExchange({
    ...endpoints.paper({ restUrl: paper.url, wsUrl: paper.wsUrl }),
    log,
    // Not a limit of these tests.
    streamedAgeMaxMs: minute,
    observer: { request: () => void (requests += 1) },
  });
  account = bybit.account(key);
  received = new ReceivedReports();
  watched = new Watched();
  await account.open(received);
  bybit.market.watchUnderlying('BTC');
  await bybit.market.open(watched);
});
afterEach(async () => {
  await bybit.close();
  await paper.close();
});

/** How many requests are sent by this. */
async function askedBy(work: () => Promise<unknown>): Promise<number> {
  const before = requests;
  await work();
  return requests - before;
}

async function close(linkId: string, qty: string): Promise<void> {
  const price = (await bybit.market.quote(short)).ask ?? '';
  await account.submit(
    { linkId, symbol: short, side: 'Buy', qty, price, timeInForce: 'IOC', reduceOnly: true },
    whenever,
  );
}
const heldQty = async (ageMaxMs?: number): Promise<string> =>
  (await account.positions(ageMaxMs)).find(({ symbol }) => symbol === short)?.qty ?? '0';

describe('an account that is live', () => {
  it('is asked once for positions, margin and stops, and always by who wants them of now', async () => {
    const all = (ageMaxMs?: number) => () =>
      Promise.all([account.positions(ageMaxMs), account.margin(ageMaxMs), account.stops(ageMaxMs)]);
    expect(await askedBy(all(minute))).toBe(3);
    expect(await askedBy(all(minute))).toBe(0);
    expect(await askedBy(all())).toBe(3);
  });

  it('shows its own trades at once, also when nothing is left', async () => {
    await account.positions(minute);
    await close('half', '0.2');
    await until('the fill is told', () => received.fills.length === 1);
    expect(await askedBy(async () => expect(await heldQty(minute)).toBe('0.3'))).toBe(0);
    await close('rest', '0.3');
    await until('the fill is told', () => received.fills.length === 2);
    expect(await askedBy(async () => expect(await heldQty(minute)).toBe('0'))).toBe(0);
    expect(await heldQty()).toBe('0');
  });

  it('tells its margin with every trade', async () => {
    const before = await account.margin(minute);
    await close('half', '0.2');
    await until('the fill is told', () => received.fills.length === 1);
    await until('the wallet is told', () => received.positions.length > 0);
    let margin = before;
    expect(await askedBy(async () => (margin = await account.margin(minute)))).toBe(0);
    expect(margin).not.toEqual(before);
    // Its positions are worth a little less with every millisecond.
    const [kept, asked] = [margin, await account.margin()].map(({ equity, initial }) => [equity, initial]);
    for (const [at, usdt] of kept?.entries() ?? []) expect(Number(usdt)).toBeCloseTo(Number(asked?.[at]), 2);
  });

  it('is asked for its stops once one was put', async () => {
    expect(await account.stops(minute)).toEqual([]);
    await account.setStop({ symbol: short, mark: '9000' }, whenever);
    await until('the stop is told', () => received.stops > 0);
    expect(await account.stops(minute)).toHaveLength(1);
  });

  it('says once what an order would do to its margin, until something of it is told', async () => {
    const check = () =>
      account.preCheck(
        { symbol: target, side: 'Sell', qty: '0.1', price: '100', timeInForce: 'GTC', reduceOnly: false },
        minute,
      );
    const before = await check();
    expect(before.kind).toBe('rates');
    expect(await askedBy(async () => expect(await check()).toEqual(before))).toBe(0);
    await close('half', '0.2');
    await until('the fill is told', () => received.fills.length === 1);
    await until('the wallet is told', () => received.positions.length > 0);
    expect(await askedBy(async () => expect(await check()).not.toEqual(before))).toBeGreaterThan(0);
  });

  it('is kept ready while a decision may be near', async () => {
    const before = requests;
    account.prepare?.(true);
    await until('all of it is read', () => requests === before + 3);
    // What was answered is taken in a microtask.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(await askedBy(() => Promise.all([account.positions(minute), account.margin(minute)]))).toBe(0);
    account.prepare?.(false);
  });
});

describe('an option that is streamed', () => {
  it('is quoted without a request, at the present price', async () => {
    bybit.market.watchOption(short);
    bybit.market.watchOption(target);
    await until('both were quoted', () => new Set(watched.ticks.map(({ source }) => source)).size === 3);
    expect(await askedBy(() => bybit.market.quotes([short, target]))).toBe(0);
    expect(await askedBy(() => bybit.market.quotes([short, 'BTC-31MAR23-28000-C-USDT']))).toBe(1);
    expect(await askedBy(() => bybit.market.quotes([short], 'request'))).toBe(1);
    paper.setIndex('BTC', '24000');
    await until('the price is told', () => watched.ticks.some(({ readings }) => readings.index === '24000'));
    const quotes = await bybit.market.quotes([short, target]);
    expect(quotes.map(({ index }) => index)).toEqual(['24000', '24000']);
    const asked = await Promise.all([short, target].map((symbol) => bybit.market.quote(symbol)));
    expect(asked.map(({ bid, ask }) => [bid, ask])).toEqual(quotes.map(({ bid, ask }) => [bid, ask]));
  });
});
