/** The tape at full speed with a subscriber, and a standing account across restarts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startPaperExchange, type PaperExchangeOptions } from '../../src/exchange/paper/exchange.ts';
import { readTape } from '../../src/exchange/paper/tape.ts';
import { pause, pick, plainGet, RawSocket, signedGet, signedPost } from '../unit/paper/wire.ts';

const path = fileURLToPath(
  new URL('../../src/exchange/paper/tapes/btcusdt-1m-2023-03.csv.gz', import.meta.url),
);
const account = { apiKey: 'k', apiSecret: 's', usdt: '100000' };
const symbol = 'BTC-31MAR23-25000-C-USDT';
const order = (linkId: string, price: string): string =>
  JSON.stringify({
    category: 'option',
    symbol,
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.1',
    price,
    orderLinkId: linkId,
  });

describe('the whole tape of March 2023', () => {
  it('plays to its end, and a listener sees every minute, every extreme, in order', async () => {
    const exchange = await startPaperExchange({ source: { kind: 'tape', path }, accounts: [account] });
    const socket = await new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open();
    const minutes = new Map<number, { low: number; high: number }>();
    let latestMs = 0;
    let disorder = 0;
    let price = 0;
    socket.socket.on('message', (data) => {
      const frame: unknown = JSON.parse((data as Buffer).toString('utf8'));
      const atMs = Number(pick(frame, 'ts') ?? 0);
      if (atMs === 0) return;
      if (atMs < latestMs) disorder += 1;
      latestMs = atMs;
      price = Number(pick(frame, 'data.indexPrice') ?? price);
      const minute = Math.floor(atMs / 60_000);
      const seen = minutes.get(minute) ?? { low: price, high: price };
      minutes.set(minute, { low: Math.min(seen.low, price), high: Math.max(seen.high, price) });
    });
    socket.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });
    await exchange.player.done;
    await pause(100);
    const volatilityOver = (days: number) =>
      plainGet(
        exchange.url,
        '/v5/market/historical-volatility',
        `category=option&baseCoin=BTC&period=${days}`,
      );
    const [weeks, month] = [await volatilityOver(14), await volatilityOver(30)];
    expect(Number(pick(weeks.json, 'result.0.value'))).toBeGreaterThan(0.5);
    expect(Number(pick(weeks.json, 'result.0.value'))).toBeLessThan(1);
    expect(pick(month.json, 'result')).toEqual([]);
    socket.socket.terminate();
    await exchange.close();

    const tape = readTape({ path });
    let wrong = 0;
    for (let at = 0; at < 30_240; at += 1) {
      const minute = tape.minute(at);
      const seen = minute && minutes.get(minute.atMs / 60_000);
      if (!seen || seen.low !== minute.low || seen.high !== minute.high) wrong += 1;
    }
    expect({ minutes: Math.min(minutes.size, 30_240), wrong, disorder }).toEqual({
      minutes: 30_240,
      wrong: 0,
      disorder: 0,
    });
  }, 600_000);
});

describe('pacing over real sockets', () => {
  it('waits for a listener, stops within a minute of tape when an order arrives, and goes on when all is quiet', async () => {
    const exchange = await startPaperExchange({ source: { kind: 'tape', path }, accounts: [account] });
    await pause(50);
    expect(exchange.player.progress()).toMatchObject({ mode: 'waiting', playedMinutes: 0 });
    const socket = await new RawSocket(`${exchange.wsUrl}/v5/public/linear`).open();
    socket.send({ op: 'subscribe', args: ['tickers.BTCUSDT'] });
    while (exchange.player.progress().playedMinutes < 200) await pause(5);
    const heardMs = Number(pick(socket.frames.at(-1), 'ts'));

    const answer = await signedPost('/v5/order/create', order('rests', '5'), {
      url: exchange.url,
      timestampMs: heardMs,
    });
    expect(answer.json).toMatchObject({ retCode: 0 });
    const [before, startedMs] = [exchange.player.nowMs(), performance.now()];
    await pause(1_000);
    const passedMs = exchange.player.nowMs() - before;
    // In real time, however long the pause was; the tape runs a thousand times as fast.
    expect(Math.abs(passedMs - (performance.now() - startedMs))).toBeLessThan(300);

    const cancel = JSON.stringify({ category: 'option', symbol, orderLinkId: 'rests' });
    await signedPost('/v5/order/cancel', cancel, {
      url: exchange.url,
      timestampMs: exchange.player.nowMs(),
    });
    const { playedMinutes } = exchange.player.progress();
    while (exchange.player.progress().playedMinutes <= playedMinutes + 50) await pause(5);
    socket.socket.terminate();
    await exchange.close();
  });

  it('delivers at 08:00 of the tape: an expired position is gone and paid', async () => {
    const expiring = 'BTC-1MAR23-23000-C-USDT';
    const exchange = await startPaperExchange({
      source: { kind: 'tape', path, from: '2023-03-01T07:00Z', to: '2023-03-01T09:00Z' },
      accounts: [
        { ...account, positions: [{ symbol: expiring, side: 'Sell', qty: '1', averagePrice: '200' }] },
      ],
      pacing: { startWhen: 'now' },
    });
    await exchange.player.done;
    expect(exchange.account('k').positions()).toEqual([]);
    const ask = (from: string, query: string) =>
      signedGet(from, query, { url: exchange.url, timestampMs: exchange.player.nowMs() });
    const record = (await ask('/v5/asset/delivery-record', 'category=option')).json;
    const delivered = Number(pick(record, 'result.list.0.deliveryPrice'));
    const paid = Math.max(0, delivered - 23_000);
    const fee = Math.min(0.00015 * delivered, 0.125 * paid);
    expect(Number(exchange.account('k').wallet().USDT)).toBeCloseTo(100_000 - paid - fee, 4);
    const log = (await ask('/v5/account/transaction-log', 'category=option&type=DELIVERY')).json;
    expect(pick(log, 'result.list.0.symbol')).toBe(expiring);
    const prices = await plainGet(
      exchange.url,
      '/v5/market/delivery-price',
      'category=option&settleCoin=USDT',
    );
    expect(Number(pick(prices.json, 'result.list.0.deliveryPrice'))).toBe(delivered);
    const latest = await plainGet(
      exchange.url,
      '/v5/market/new-delivery-price',
      'category=option&baseCoin=BTC',
    );
    expect(Number(pick(latest.json, 'result.list.0.deliveryPrice'))).toBe(delivered);
    await exchange.close();
  });
});

describe('a standing account', () => {
  it('survives a restart: cash, position, open order, and every link id it ever used', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'paper-standing-'));
    const options: PaperExchangeOptions = {
      source: { kind: 'manual', prices: { BTC: '23500' }, startMs: Date.UTC(2023, 2, 5, 12) },
      accounts: [account],
      statePath: join(directory, 'paper.json'),
    };
    const first = await startPaperExchange(options);
    const send = (url: string, timestampMs: number, text: string) =>
      signedPost('/v5/order/create', text, { url, timestampMs });
    await send(first.url, first.player.nowMs(), order('filled', '3000'));
    await send(first.url, first.player.nowMs(), order('resting', '5'));
    await pause(50);
    const before = { wallet: first.account('k').wallet(), positions: first.account('k').positions() };
    const orderIds = first
      .account('k')
      .orders()
      .map(({ orderId }) => orderId);
    await first.close();

    const second = await startPaperExchange(options);
    expect({ wallet: second.account('k').wallet(), positions: second.account('k').positions() }).toEqual(
      before,
    );
    expect((await send(second.url, second.player.nowMs(), order('filled', '3000'))).json).toMatchObject({
      retCode: 110072,
    });
    expect((await send(second.url, second.player.nowMs(), order('new', '3000'))).json).toMatchObject({
      retCode: 0,
    });
    second.setIndex('BTC', '15000');
    await pause(150);
    expect(
      second
        .account('k')
        .orders()
        .map(({ linkId, status }) => `${linkId} ${status}`),
    ).toEqual(['filled Filled', 'resting Filled', 'new Filled']);
    expect(orderIds).not.toContain(second.account('k').orders()[2]?.orderId);
    await second.close();
    rmSync(directory, { recursive: true });
  });

  it('finds the tape where it was, also after its end', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'paper-resumed-'));
    const options: PaperExchangeOptions = {
      source: { kind: 'tape', path, to: '2023-03-01T02:00Z' },
      accounts: [account],
      statePath: join(directory, 'paper.json'),
      pacing: { speed: 600, startWhen: 'now' },
    };
    const first = await startPaperExchange(options);
    await pause(2_000);
    await first.close();
    const leftMs = first.player.nowMs();
    expect(leftMs).toBeGreaterThan(Date.UTC(2023, 2, 1, 0, 10));
    const second = await startPaperExchange(options);
    expect(second.player.nowMs() - leftMs).toBeGreaterThanOrEqual(0);
    expect(second.player.nowMs() - leftMs).toBeLessThan(leftMs - Date.UTC(2023, 2, 1));
    await second.player.done;
    await pause(100);
    const { index } = second.player.progress();
    await second.close();
    const third = await startPaperExchange(options);
    await third.player.done;
    expect(third.player.nowMs()).toBeGreaterThanOrEqual(second.player.nowMs());
    expect(third.player.progress()).toMatchObject({ mode: 'ended', index });
    await third.close();
    rmSync(directory, { recursive: true });
  });

  it('has the same market for the same seed', async () => {
    const closes = async (seed: number): Promise<string> => {
      const exchange = await startPaperExchange({
        source: { kind: 'walk', seed, startPrice: 25_000, startMs: Date.UTC(2026, 0, 2), minutes: 300 },
        accounts: [],
        pacing: { startWhen: 'now', minuteMs: 0 },
      });
      await exchange.player.done;
      const { index } = exchange.player.progress();
      await exchange.close();
      return index;
    };
    expect(await closes(5)).toBe(await closes(5));
    expect(await closes(5)).not.toBe(await closes(6));
  });
});
