import { describe, expect, it } from 'vitest';
import { type Topic, TopicBook } from '../../../src/exchange/bybit/stream/topics.ts';

const times = { proofMaxMs: 5_000, staleAfterMs: 10_000, askAgainFirstMs: 1_000, askAgainCapMs: 60_000 };
const book = (proof: Topic['proof'], ...names: string[]): TopicBook => {
  const topics = new TopicBook(times, () => 1);
  for (const name of names) topics.add({ name, proof });
  topics.takeDue(0, 10);
  return topics;
};
const [btc, eth, none] = ['tickers.BTCUSDT', 'tickers.ETHUSDT', 'tickers.NONEUSDT'];
const symbol = 'tickers.BTC-27MAR26-70000-C-USDT';
const due = (topics: TopicBook, nowMs: number) => topics.takeDue(nowMs, 10).flatMap(({ names }) => names);
const missing = (topics: TopicBook, nowMs: number) => Object.fromEntries(topics.review(nowMs).missing);

describe('a subscription', () => {
  it.each(['flow', 'first'] as const)('to prices (%s) is proved by one, not by its answer', (proof) => {
    const topics = book(proof, btc);
    topics.markGranted([btc], 1);
    expect(topics.review(1)).toMatchObject({ standing: 'waiting', proved: [] });
    topics.markReceived(btc, 2);
    expect(topics.review(2)).toMatchObject({ standing: 'live', proved: [btc] });
    expect(topics.review(3).proved).toEqual([]);
  });

  it('to events is proved by its answer, because there may be none for hours', () => {
    const topics = book('answer', 'order.option');
    expect(topics.review(1).standing).toBe('waiting');
    topics.markGranted(['order.option'], 1);
    expect(topics.review(1)).toMatchObject({ standing: 'live', proved: ['order.option'] });
    expect(topics.review(1e9).standing).toBe('live');
  });

  it('to events is worth nothing without the others', () => {
    const topics = book('answer', 'order.option', 'position.option');
    topics.markGranted(['order.option'], 1);
    expect(topics.review(1).standing).toBe('waiting');
    topics.markRefused(['position.option'], 'no permission');
    expect(topics.review(1)).toMatchObject({ standing: 'withheld' });
  });

  it('that can be done without is asked for by itself, holds nothing up, and is no news when it is refused', () => {
    const topics = new TopicBook(times, () => 1);
    topics.add({ name: 'order.option', proof: 'answer' });
    topics.add({ name: 'execution.fast.option', proof: 'answer', isSpare: true });
    topics.add({ name: 'position.option', proof: 'answer' });
    expect(topics.takeDue(0, 10).map(({ names }) => names)).toEqual([
      ['order.option', 'position.option'],
      ['execution.fast.option'],
    ]);
    expect(topics.names).toEqual(['order.option', 'position.option']);
    topics.markGranted(['order.option', 'position.option'], 1);
    topics.markRefused(['execution.fast.option'], 'handler not found');
    expect(topics.review(1)).toMatchObject({ standing: 'live', missing: new Map() });
    expect(due(topics, 2_000)).toEqual(['execution.fast.option']);
    topics.markGranted(['execution.fast.option'], 2_000);
    expect(topics.review(2_000)).toMatchObject({ standing: 'live', proved: ['execution.fast.option'] });
  });

  it('that is refused leaves the others live, and is reported once with the reason', () => {
    const topics = book('flow', btc, eth);
    topics.markReceived(btc, 10);
    topics.markRefused([eth], 'error:internal');
    expect(topics.review(10).standing).toBe('live');
    topics.markRefused([eth], 'error:internal');
    expect(missing(book('flow', none), 5_000)).toEqual({
      'the subscription was not answered for 5000 ms': [none],
    });
    const alone = book('flow', eth);
    alone.markRefused([eth], 'error:internal');
    expect(missing(alone, 1)).toEqual({ 'Bybit refuses it: error:internal': [eth] });
    expect(missing(alone, 2)).toEqual({});
  });

  it('that is refused for ever keeps the connection as it is; one that brings nothing does not', () => {
    const refused = book('flow', none);
    refused.markRefused([none], 'handler not found');
    expect(refused.review(60_000).standing).toBe('withheld');
    const granted = book('flow', none);
    granted.markGranted([none], 1);
    expect(granted.review(4_999).standing).toBe('waiting');
    expect(granted.review(60_000).standing).toBe('silent');
    const quiet = book('first', symbol);
    quiet.markGranted([symbol], 1);
    expect(quiet.review(60_000).standing).toBe('withheld');
  });

  it('that delivered before must deliver again after a reconnect', () => {
    const topics = book('flow', btc, eth);
    for (const name of [btc, eth]) topics.markReceived(name, 10);
    topics.review(10);
    topics.startOver();
    expect(due(topics, 100)).toEqual([btc, eth]);
    topics.markReceived(btc, 110);
    expect(topics.review(110)).toMatchObject({ standing: 'live', proved: [btc] });
    expect(missing(topics, 5_100)).toEqual({ 'the subscription was not answered for 5000 ms': [eth] });
  });

  it('is live while nothing is wanted', () => {
    expect(book('first').review(1).standing).toBe('live');
  });
});

describe('a topic that does not come', () => {
  it('is asked for again, later each time, up to the cap, and at once on a new connection', () => {
    const topics = book('flow', none);
    const waits: number[] = [];
    let nowMs = 0;
    for (let tries = 0; tries < 9; tries += 1) {
      topics.markRefused([none], 'error:internal');
      topics.review(nowMs);
      const askedAtMs = nowMs;
      while (due(topics, nowMs).length === 0) nowMs += 500;
      waits.push((nowMs - askedAtMs) / 1_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    topics.startOver();
    expect(due(topics, nowMs)).toEqual([none]);
  });

  it('is asked for alone, so that it costs no neighbour its subscription', () => {
    const topics = book('first', 'a', 'b', 'c');
    topics.markRefused(['a', 'b', 'c'], 'args error');
    topics.review(0);
    expect(topics.takeDue(1_000, 10).map(({ names }) => names)).toEqual([['a'], ['b'], ['c']]);
  });

  it('though granted is left first, because what the exchange believes to deliver it only confirms', () => {
    const topics = book('flow', none);
    topics.markGranted([none], 1);
    topics.review(5_001);
    expect(topics.takeDue(6_001, 10)).toEqual([{ names: [none], leaveFirst: true }]);
  });

  it('counts from the beginning again once it came', () => {
    const topics = book('flow', none);
    for (const nowMs of [0, 1_000, 3_000]) {
      topics.markRefused([none], 'no');
      topics.review(nowMs);
      topics.takeDue(nowMs + 4_000, 10);
    }
    topics.markReceived(none, 8_000);
    topics.review(8_000);
    topics.review(18_001);
    expect(due(topics, 18_900)).toEqual([]);
    expect(due(topics, 19_001)).toEqual([none]);
  });

  it('is not asked for again once it is no longer wanted', () => {
    const topics = book('first', symbol);
    topics.markRefused([symbol], 'expired');
    topics.review(0);
    topics.remove(symbol);
    expect(due(topics, 60_000)).toEqual([]);
    expect(topics.review(60_000).standing).toBe('live');
  });
});

describe('silence', () => {
  it('of one topic is reported although the others deliver, and so is its end', () => {
    const topics = book('flow', btc, eth);
    for (const name of [btc, eth]) topics.markReceived(name, 1_000);
    topics.review(1_000);
    topics.markReceived(btc, 11_500);
    expect(topics.review(11_500)).toMatchObject({ standing: 'live' });
    topics.markReceived(eth, 11_600);
    expect(topics.review(11_600)).toMatchObject({ proved: [eth] });
    topics.markReceived(btc, 21_700);
    expect(missing(topics, 21_700)).toEqual({ 'nothing came for 10000 ms': [eth] });
  });

  it('of everything is silence of the connection, except where quiet is usual', () => {
    const topics = book('flow', btc);
    topics.markReceived(btc, 1_000);
    topics.review(1_000);
    expect(topics.review(11_001).standing).toBe('silent');
    const options = book('first', symbol);
    options.markReceived(symbol, 1_000);
    expect(options.review(1e9).standing).toBe('live');
  });
});
