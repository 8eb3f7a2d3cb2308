/** Why a daemon does not do its work: what /readyz says on both ports, and what keeps the heartbeat back. */
import { expect, test } from 'vitest';
import { Health } from '../../../src/daemon/health.ts';
import type { MarketListener } from '../../../src/ports/market-data.ts';

const works = { healthy: true, slowForMs: 0 };
const deaf: MarketListener = { tick: () => undefined, stale: () => undefined, live: () => undefined };

function opened() {
  const time = { nowMs: 0 };
  const health = new Health(() => time.nowMs);
  const listener = health.watching(deaf);
  return { health, listener, time };
}

test('it says what is missing while the daemon starts', () => {
  const { health } = opened();
  expect(health.problems(null)).toEqual(['the database is not open yet']);
  expect(health.problems(works)).toEqual(['no prices: the exchange has not answered yet']);
  health.noteOpen();
  expect(health.problems(works)).toEqual([]);
});

test('no price at all is a problem; one silent coin among others is none', () => {
  const { health, listener } = opened();
  listener.live('underlying', ['BTC', 'ETH']);
  listener.stale('underlying', 'nothing for 10 s', ['BTC']);
  listener.stale('options', 'refused', ['BTC-31MAR23-24000-C-USDT']);
  expect(health.problems(works)).toEqual([]);
  listener.stale('underlying', 'the socket was closed', ['ETH']);
  expect(health.problems(works)).toEqual(['no prices: nothing for 10 s']);
  listener.live('underlying', ['ETH']);
  expect(health.problems(works)).toEqual([]);
  listener.stale('underlying', 'the feed is down');
  expect(health.problems(works)).toEqual(['no prices: the feed is down']);
});

test('a journal that cannot write comes first, a session that does not answer last', () => {
  const { health, listener, time } = opened();
  listener.live('underlying', ['BTC']);
  listener.stale('underlying', 'silent', ['BTC']);
  time.nowMs = 61_000;
  expect(health.problems({ healthy: false, slowForMs: 9_000 })).toEqual([
    'the journal cannot write',
    'no prices: silent',
    'the session that holds the accounts does not answer',
  ]);
  health.noteLook();
  expect(health.problems(works)).toEqual(['no prices: silent']);
  expect(health.problems({ healthy: true, slowForMs: 5_000 })).toEqual(['no prices: silent']);
  expect(health.problems({ healthy: true, slowForMs: 7_000 })).toEqual([
    'the journal is too slow for an order to leave in time',
    'no prices: silent',
  ]);
});
