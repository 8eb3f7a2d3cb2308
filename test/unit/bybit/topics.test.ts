import { describe, expect, it } from 'vitest';
import { TopicBook } from '../../../src/exchange/bybit/topics.ts';

const book = (...names: string[]): TopicBook => {
  const topics = new TopicBook();
  for (const name of names) topics.add({ name, pushes: true, essential: false });
  topics.takeUnasked(0);
  return topics;
};

describe('a subscription', () => {
  it('to pushed data is proved by data, not by its acknowledgement', () => {
    const topics = book('tickers.BTCUSDT');
    topics.taken(['tickers.BTCUSDT']);
    expect(topics.readiness(1, 5_000).kind).toBe('waiting');
    topics.heard('tickers.BTCUSDT', 2);
    expect(topics.readiness(2, 5_000)).toEqual({ kind: 'ready', unproved: [] });
  });

  it('to events is proved by its acknowledgement, because there may be none for hours', () => {
    const topics = new TopicBook();
    topics.add({ name: 'order.option', pushes: false, essential: true });
    topics.takeUnasked(0);
    expect(topics.readiness(1, 5_000).kind).toBe('waiting');
    topics.taken(['order.option']);
    expect(topics.readiness(1, 5_000).kind).toBe('ready');
  });

  it('that is essential and refused makes the connection useless', () => {
    const topics = new TopicBook();
    topics.add({ name: 'order.option', pushes: false, essential: true });
    topics.refused(['order.option'], 'no permission');
    expect(topics.readiness(1, 5_000)).toEqual({
      kind: 'refused',
      reason: 'Bybit refuses order.option: no permission',
    });
    topics.startOver();
    expect(topics.readiness(1, 5_000).kind).toBe('waiting');
  });

  it('that was acknowledged and never delivers holds nobody else up', () => {
    const topics = book('tickers.BTCUSDT', 'tickers.NONEUSDT');
    topics.heard('tickers.BTCUSDT', 10);
    expect(topics.readiness(4_999, 5_000).kind).toBe('waiting');
    expect(topics.readiness(5_000, 5_000)).toEqual({ kind: 'ready', unproved: ['tickers.NONEUSDT'] });
    expect(topics.silent(60_000, 90_000)).toBeNull();
  });

  it('is not enough while nothing at all flows', () => {
    const topics = book('tickers.NONEUSDT');
    topics.taken(['tickers.NONEUSDT']);
    expect(topics.readiness(9_000, 5_000).kind).toBe('waiting');
  });

  it('that delivered before must deliver again after a reconnect', () => {
    const topics = book('tickers.BTCUSDT', 'tickers.ETHUSDT');
    topics.heard('tickers.BTCUSDT', 10);
    topics.heard('tickers.ETHUSDT', 10);
    topics.startOver();
    expect(topics.takeUnasked(100)).toEqual(['tickers.BTCUSDT', 'tickers.ETHUSDT']);
    topics.taken(['tickers.BTCUSDT', 'tickers.ETHUSDT']);
    topics.heard('tickers.BTCUSDT', 110);
    expect(topics.readiness(60_000, 5_000).kind).toBe('waiting');
  });
});

describe('silence', () => {
  it('of one topic is noticed although the others deliver', () => {
    const topics = book('tickers.BTCUSDT', 'tickers.ETHUSDT');
    topics.heard('tickers.BTCUSDT', 1_000);
    topics.heard('tickers.ETHUSDT', 1_000);
    topics.heard('tickers.BTCUSDT', 12_000);
    expect(topics.silent(12_000, 10_000)).toBe('tickers.ETHUSDT');
    topics.heard('tickers.ETHUSDT', 12_100);
    expect(topics.silent(12_100, 10_000)).toBeNull();
  });
});
