/** Of several options that the strike and the expiry leave, which is preferred, and which preference decided. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listed } from '../samples.ts';
import { choose, heldSymbol, option, position, type Prices } from './target-scene.ts';

describe('of several expiries', () => {
  const between = (strike: string, prefer?: readonly string[]) => ({
    strike,
    expiry: 'between 30d and 130d',
    ...(prefer && { prefer }),
  });

  test('the earliest that has what the strike asks for is taken', () => {
    const chain = [
      option('31MAR23-24000-C'),
      option('7APR23-23000-C'),
      option('14APR23-25000-C', { status: 'Closed' }),
      option('28APR23-25000-C'),
      option('30JUN23-25000-C'),
    ];
    expect(choose(between('+1000'), chain)).toBe('28APR23-25000-C');
    expect(choose(between('+2000'), chain)).toBe(
      'no call with expiry between 30d and 130d is trading +2000 from strike 24000',
    );
  });

  test('one that is listed, and nothing of it traded, is none', () => {
    const chain = [
      option('31MAR23-24000-C'),
      option('14APR23-24000-C', { status: 'PreLaunch' }),
      option('28APR23-24000-C'),
    ];
    expect(choose({ strike: 'same', expiry: 'nearest 44d' }, chain)).toBe('28APR23-24000-C');
    expect(choose({ strike: 'same', expiry: 'between 40d and 50d' }, chain)).toBe(
      'no call is trading with expiry between 40d and 50d',
    );
  });

  test('of another family none counts', () => {
    const chain = [
      option('31MAR23-24000-C'),
      option('14APR23-24000-P'),
      listed('BTC-14APR23-24000-C'),
      listed('ETH-14APR23-24000-C-USDT'),
      option('28APR23-24000-C'),
    ];
    expect(choose({ strike: 'same', expiry: 'nearest 44d' }, chain)).toBe('28APR23-24000-C');
  });

  const old = option('31MAR23-24000-C', { bid: '495', ask: '500' });
  const [near, far] = ['14APR23-25000-C', '30JUN23-25000-C'];
  test.each<[string, Prices, Prices, string]>([
    ['credit', { bid: '499' }, { bid: '500' }, `${far} by credit`],
    ['credit', { bid: '500' }, { bid: '900' }, near],
    ['credit', { bid: null }, { bid: '400' }, `${far} by credit`],
    ['mostCredit', { bid: '500' }, { bid: '500.5' }, `${far} by mostCredit`],
    ['delta', { delta: '0.3' }, { delta: '0.29' }, `${far} by delta`],
    ['delta', { delta: '0.304' }, { delta: '0.296' }, near],
    ['delta', {}, { delta: '0.9' }, `${far} by delta`],
    ['theta', { delta: '0.3', theta: '-12' }, { delta: '0.3', theta: '-12.1' }, `${far} by theta`],
    ['spread', { bid: '90', ask: '110' }, { bid: '95', ask: '105' }, `${far} by spread`],
    ['spread', { bid: '90', ask: null }, { bid: '50', ask: '150' }, `${far} by spread`],
    ['openInterest', { openInterest: '12' }, { openInterest: '12.5' }, `${far} by openInterest`],
    ['nearestExpiry', {}, {}, `${near} by nearestExpiry`],
    ['furthestExpiry', {}, {}, `${far} by furthestExpiry`],
    ['furthestStrike', {}, {}, near],
  ])('%s: of %j and %j', (preference, first, second, expected) => {
    const chain = [old, option(near, first), option(far, second)];
    expect(choose(between('+1 step', [preference]), chain)).toBe(expected);
  });

  test('a later preference decides only where the earlier ones find them equal', () => {
    const chain = [
      old,
      option('14APR23-25000-C', { bid: '600', openInterest: '1' }),
      option('28APR23-25000-C', { bid: '700', openInterest: '9' }),
      option('30JUN23-25000-C', { bid: '400', openInterest: '99' }),
    ];
    const target = between('+1 step', ['credit', 'openInterest']);
    expect(choose(target, chain)).toBe('28APR23-25000-C by openInterest');
    expect(choose(target, chain.slice(0, 2))).toBe('14APR23-25000-C');
  });

  test('a long prefers the theta that costs it least', () => {
    const chain = [
      old,
      option(near, { delta: '0.3', theta: '-12' }),
      option(far, { delta: '0.3', theta: '-9' }),
    ];
    const held = position(heldSymbol, { side: 'Buy' });
    expect(choose(between('+1 step', ['theta']), chain, { held })).toBe(`${far} by theta`);
  });

  test('what the strike has lie the wrong way is passed over for another expiry', () => {
    const chain = [
      option('31MAR23-24000-C', { delta: '0.5' }),
      option('14APR23-23000-C', { delta: '0.3' }),
      option('30JUN23-26000-C', { delta: '0.35' }),
    ];
    expect(choose(between('delta 0.3'), chain)).toBe('30JUN23-26000-C');
    expect(choose(between('delta 0.3'), chain.slice(0, 2))).toBe(
      'strike 23000 is the wrong way from 24000 for a call',
    );
  });
});

test('the order of the listing does not matter', () => {
  const chain = [
    option('31MAR23-24000-C', { ask: '300' }),
    ...['14APR23', '28APR23', '30JUN23'].flatMap((day, at) =>
      [25, 26, 27].map((strike) =>
        option(`${day}-${strike}000-C`, {
          bid: `${at * 10 + 500 - strike}`,
          delta: `0.${50 - strike - at}`,
        }),
      ),
    ),
  ];
  const target = {
    strike: 'delta at most 0.24',
    expiry: 'between 40d and 130d',
    prefer: ['credit', 'mostCredit'],
  };
  const expected = choose(target, chain);
  fc.assert(
    fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), (shuffled) => {
      expect(choose(target, shuffled)).toBe(expected);
    }),
  );
});
