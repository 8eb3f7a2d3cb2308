/** How many requests the paper exchange answers, counted on a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { RateLimits } from '../../../src/exchange/paper/server/rate-limits.ts';
import { systemWallClock } from '../../../src/exchange/paper/wall-clock.ts';

const addressBanMs = 600_000;

function limits() {
  const clock = { nowMs: 0 };
  const wall = { ...systemWallClock, nowMs: () => clock.nowMs };
  const counted = new RateLimits(wall, {
    perEndpoint: true,
    perAddress: true,
    addressMax: 600,
    addressBanMs,
  });
  return { clock, counted };
}

describe('an address', () => {
  it('is answered 600 requests in 5 s, and nothing until its ban is over', () => {
    const { clock, counted } = limits();
    const admitted = Array.from({ length: 610 }, () => counted.admits('127.0.0.1')).filter(Boolean);
    expect(admitted).toHaveLength(600);
    clock.nowMs = addressBanMs - 1;
    expect(counted.admits('127.0.0.1')).toBe(false);
    clock.nowMs = addressBanMs;
    expect(counted.admits('127.0.0.1')).toBe(true);
  });

  it('may ask for ever just below that', () => {
    const { clock, counted } = limits();
    for (let request = 0; request < 3_000; request += 1) {
      expect(counted.admits('127.0.0.1')).toBe(true);
      clock.nowMs += 5_000 / 599;
    }
  });
});

describe('an account', () => {
  it('has a budget for each endpoint in a rolling second, and learns when the next request is free', () => {
    const { clock, counted } = limits();
    const use = () => counted.use('key', '/v5/order/create', 2);
    expect(use()).toEqual({ limit: 2, remaining: 1, retryAfterMs: 0 });
    clock.nowMs = 400;
    expect(use()).toEqual({ limit: 2, remaining: 0, retryAfterMs: 0 });
    expect(use()).toEqual({ limit: 2, remaining: 0, retryAfterMs: 600 });
    expect(counted.use('key', '/v5/order/amend', 2).retryAfterMs).toBe(0);
    clock.nowMs = 1_000;
    expect(use().retryAfterMs).toBe(0);
  });
});
