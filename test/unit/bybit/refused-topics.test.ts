import { afterEach, describe, expect, it } from 'vitest';
import { send } from './stream-frames.ts';
import { type Answer, granted, refused, StreamServer, ticker, until, verdict } from './stream-server.ts';

let server: StreamServer;
afterEach(() => server.close());

const call = 'BTC-31MAR23-26000-C-USDT';
const expired = 'BTC-3MAR23-26000-C-USDT';
const topic = (symbol: string): string => `tickers.${symbol}`;

/** Grants and brings a price, except for those that are to be refused so many more times. */
const refusing =
  (refusals: Map<string, number>): Answer =>
  (request, socket) => {
    const { op, args = [] } = request;
    if (op === 'ping') return;
    const bad = op === 'subscribe' ? args.filter((name) => (refusals.get(name) ?? 0) > 0) : [];
    for (const name of bad) refusals.set(name, (refusals.get(name) ?? 0) - 1);
    const good = args.filter((name) => !bad.includes(name));
    const isOption = args.some((name) => name.includes('-'));
    if (isOption) send(socket, verdict(bad, good));
    else send(socket, bad.length > 0 ? refused(request, 'error:internal, please retry') : granted(request));
    if (op !== 'subscribe' || (!isOption && bad.length > 0)) return;
    for (const name of good) send(socket, ticker(name.slice('tickers.'.length), Date.now(), {}));
  };

describe('a refused subscription', () => {
  it('is not live, is reported, and is asked for again until a price comes', async () => {
    server = await StreamServer.open();
    server.answer = refusing(new Map([[topic('BTCUSDT'), 3]]));
    server.prices('BTC');
    await until('a price came', () => server.reports.includes('tick BTC'));
    expect(server.reports.slice(0, 2)).toEqual(['stale BTC', 'tick BTC']);
    await until('it is live', () => server.reports.includes('live BTC'));
    expect(server.asked).toEqual(Array.from({ length: 4 }, () => topic('BTCUSDT')));
    expect(server.connections).toBe(1);
  });

  it('of an option is asked for again and live with its first price', async () => {
    server = await StreamServer.open();
    server.answer = refusing(new Map([[topic(call), 12]]));
    server.options(call);
    await until('it is live', () => server.reports.includes(`live ${call}`));
    expect(server.reports).toEqual([`stale ${call}`, `tick ${call}`, `live ${call}`]);
    expect(server.asked).toHaveLength(13);
    expect(server.connections).toBe(1);
  });

  it('leaves the other topics of its stream alone', async () => {
    server = await StreamServer.open();
    server.answer = refusing(new Map([[topic('ETHUSDT'), Number.POSITIVE_INFINITY]]));
    server.prices('BTC', 'ETH', 'SOL');
    await until('it was asked for often', () => server.asked.length > 8);
    expect(server.reports.filter((each) => !each.startsWith('tick')).sort()).toEqual([
      'live BTC',
      'live SOL',
      'stale ETH',
    ]);
    expect(server.asked.slice(3).every((name) => name === topic('ETHUSDT'))).toBe(true);
    expect(server.connections).toBe(1);
  });

  it('of an option that is not listed for ever neither holds up others nor reconnects', async () => {
    server = await StreamServer.open();
    server.answer = refusing(new Map([[topic(expired), Number.POSITIVE_INFINITY]]));
    const options = server.options(expired);
    await until('it was asked for often', () => server.asked.length > 10);
    options.watch(call);
    await until('the other is live', () => server.reports.includes(`live ${call}`));
    const before = server.asked.length;
    await until('it is asked for again', () => server.asked.length > before + 5);
    expect(server.connections).toBe(1);
    expect(server.reports).toEqual([`stale ${expired}`, `tick ${call}`, `live ${call}`]);
    options.unwatch(expired);
    await until('it is left', () => server.requests.some(({ op }) => op === 'unsubscribe'));
  });

  it('of a whole request is tried topic by topic: one bad topic costs no other its price', async () => {
    server = await StreamServer.open();
    server.answer = (request, socket) => {
      const { op, args = [] } = request;
      if (op !== 'subscribe') return;
      if (args.includes(topic(expired))) send(socket, { ...verdict([], []), success: false, data: null });
      else refusing(new Map())(request, socket);
    };
    server.options(expired, call);
    await until('the good one is live', () => server.reports.includes(`live ${call}`));
    expect(server.reports).not.toContain(`live ${expired}`);
  });

  it('of an account stream keeps it from being connected', async () => {
    server = await StreamServer.open();
    let refusals = 4;
    server.answer = (request, socket) => {
      const isRefused = request.op === 'subscribe' && request.args?.includes('position.option');
      const answer = isRefused && refusals-- > 0 ? refused(request, 'no permission') : granted(request);
      send(socket, answer);
    };
    server.account();
    await until('it was refused some times', () => refusals <= 1);
    expect(server.reports).toEqual([]);
    await until('it is connected', () => server.reports.includes('connected'));
    expect(server.connections).toBe(1);
    expect(server.reports).toEqual(['connected']);
  });

  it('that is delivered already is none', async () => {
    server = await StreamServer.open();
    server.answer = (request, socket) =>
      send(socket, refused(request, `error:already subscribed,topic:${request.args?.[0] ?? ''}`));
    server.prices('BTC');
    await until('it was asked for', () => server.asked.length === 1);
    server.push(ticker('BTCUSDT', Date.now(), {}));
    await until('it is live', () => server.reports.includes('live BTC'));
    expect(server.reports).not.toContain('stale BTC');
  });

  it('that is never answered is asked for again', async () => {
    server = await StreamServer.open({ stepMaxMs: 4_000 });
    let unanswered = 2;
    server.answer = (request, socket) => {
      if (request.op !== 'subscribe' || request.args?.[0] !== topic('ETHUSDT') || unanswered-- <= 0)
        refusing(new Map())(request, socket);
    };
    server.prices('BTC', 'ETH');
    await until('both are live', () =>
      ['live BTC', 'live ETH'].every((each) => server.reports.includes(each)),
    );
    expect(server.connections).toBe(1);
    expect(server.reports).toContain('stale ETH');
    expect(server.reports).not.toContain('stale BTC');
  });

  it('though granted without a price is left and asked for again', async () => {
    server = await StreamServer.open({ stepMaxMs: 4_000 });
    server.answer = (request, socket) => {
      if (request.op === 'ping') return;
      const isLeft = server.requests.some(({ op }) => op === 'unsubscribe');
      if (request.op === 'subscribe' && isLeft) refusing(new Map())(request, socket);
      else send(socket, verdict([], request.args ?? []));
    };
    server.options(call);
    await until('it is live', () => server.reports.includes(`live ${call}`));
    expect(server.reports[0]).toBe(`stale ${call}`);
    expect(server.connections).toBe(1);
  });
});

describe('what stays away', () => {
  const critical = () => server.logs.filter(({ level }) => level === 60);

  it('is a warning at first, then critical, again as a reminder, and its end is logged', async () => {
    server = await StreamServer.open({ criticalAfterMs: 300, remindEveryMs: 1_000 });
    const refusals = new Map([[topic('ETHUSDT'), Number.POSITIVE_INFINITY]]);
    server.answer = refusing(refusals);
    server.prices('BTC', 'ETH');
    await until('a reminder came', () => critical().length >= 2);
    expect(critical()[0]).toMatchObject({
      level: 60,
      topics: topic('ETHUSDT'),
      reason: expect.stringContaining('please retry') as string,
    });
    const warned = server.logs.filter(({ msg }) => msg.startsWith('no data comes for these topics'));
    expect(warned).toHaveLength(1);
    refusals.clear();
    await until('it ended', () =>
      server.logs.some(({ msg }) => msg === 'topics that were missing deliver again'),
    );
  });

  it('because the exchange cannot be reached is critical too', async () => {
    server = await StreamServer.open({ criticalAfterMs: 300 });
    server.answer = (_request, socket) => socket.terminate();
    server.prices('BTC');
    await until('it is critical', () => critical().length > 0);
    expect(critical()[0]?.['reason']).toMatch(/closed the socket/);
  });
});
