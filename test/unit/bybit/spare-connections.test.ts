/** New connections are limited for an address: those for orders, which can go by REST, leave them to all others. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RollingWindow } from '../../../src/exchange/bybit/rest/rolling-window.ts';
import { TradeStream } from '../../../src/exchange/bybit/stream/trade-stream.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { StreamServer, until } from './stream-server.ts';

let server: StreamServer;
beforeEach(async () => {
  server = await StreamServer.open();
});
afterEach(() => server.close());

it('a connection for orders waits while few are left, without queueing, says so once, and is opened later', async () => {
  const budget = new RollingWindow({
    name: 'new connections',
    limit: 10,
    windowMs: 500,
    waitersMax: 10,
    local: localTime,
  });
  for (let nth = 0; nth < 6; nth += 1) void budget.take();
  const orders = new TradeStream({
    url: server.url,
    key: { accountId: 'a1', apiKey: 'testkey', apiSecret: 'testsecret' },
    tools: { ...server.tools, budget },
    onTimeRefused: () => undefined,
  });
  orders.open();
  expect(budget.waiting).toBe(0);
  await until('it is connected', () => orders.isLive);
  orders.close();
  const lost = server.logs.filter(({ msg }) => msg === 'stream lost');
  expect(lost.length).toBeGreaterThan(1);
  expect(lost[0]).toMatchObject({ level: 40, reason: 'new connections are kept for prices and events' });
  expect(lost.slice(1).every(({ level }) => level === 20)).toBe(true);
});
