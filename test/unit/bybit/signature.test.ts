import { describe, expect, it } from 'vitest';
import { hmacHex, streamSignature } from '../../../src/exchange/bybit/rest/signature.ts';

describe('signatures', () => {
  it('of a GET are the golden one', () => {
    const query = 'category=option&symbol=BTC-27MAR26-70000-C-USDT';
    expect(hmacHex('testsecret', `1700000000000testkey5000${query}`)).toBe(
      'ada04facd36640e2fff84a2ac0cec46167a50a12bd8b2d08de08189a003d13c7',
    );
  });

  it('of a POST are the golden one', () => {
    const body = '{"category":"option","settleCoin":"USDT"}';
    expect(hmacHex('testsecret', `1700000000000testkey5000${body}`)).toBe(
      '822fc49623d073b5bdf648f236f6e29b94d792005b3881cb8e99c43b206e281b',
    );
  });

  it('of a stream are the golden one', () => {
    expect(streamSignature('testsecret', 1_700_000_005_000)).toBe(
      '2330de2041c701a1bf5a61887575a7a784add8c50269478c248edf1b43312515',
    );
  });
});
