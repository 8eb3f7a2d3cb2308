/** One frame never closes a position: a figure that fired is compared with figures that were read anew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonTextOrNothing } from '../../../../src/domain/explain/reason-text.ts';
import {
  askedAnewFor,
  unconfirmedBackOffMs,
  whyUnconfirmed,
} from '../../../../src/domain/roll/confirmation.ts';
import type { Quote } from '../../../../src/domain/market/order.ts';
import type { MarketReading } from '../../../../src/domain/orders/outcomes.ts';
import { judge } from '../../../../src/domain/rules/trigger-judging.ts';
import { type Readings } from '../../../../src/domain/rules/triggers.ts';
import { call24, held, listed, margin, nowMs, priced } from '../samples.ts';
import { readSpec, ruleOf } from '../../../support/options.ts';

interface Case {
  readonly trigger: unknown;
  readonly fired: Readings;
  readonly underlying?: Readings;
  readonly quote?: Partial<Quote>;
  /** When the quotes come. */
  readonly nowMs?: number;
}

const greeks = (delta: string) => ({ delta, gamma: '0', vega: '0', theta: '0', volatility: null });

function reasonAgainst({ trigger: written, fired, underlying, quote = {}, ...at }: Case): string | null {
  const target = { strike: '+1 step', expiry: 'next-weekly' };
  const trigger = ruleOf(
    readSpec({ symbol: call24, trigger: written, target, guards: { rolls: { max: 9 } } }),
  ).when;
  const { places } = judge({ trigger, held, heldSince: {} }, fired, nowMs);
  const reading: MarketReading = {
    askedAtMs: nowMs,
    chain: priced([listed(call24, { quote })]),
    positions: [],
    margin,
    ...(underlying && { underlying }),
  };
  const triggered = { readings: fired, places };
  const reason = whyUnconfirmed({ trigger, held, triggered }, reading, at.nowMs ?? nowMs);
  return reason && reasonTextOrNothing(reason);
}

describe('what is asked for anew', () => {
  const target = { strike: 'same', expiry: 'min 14d' };
  const guards = { rolls: { max: 9 } };
  const askedFor = (trigger: unknown) =>
    askedAnewFor(ruleOf(readSpec({ symbol: call24, trigger, target, guards })).when);

  test.each<[string, unknown, { ticker: boolean; quotes: boolean }]>([
    ['nothing for an index, which both streams tell', 25_000, { ticker: false, quotes: false }],
    ['nothing for a time', { daysToExpiry: { below: 3 } }, { ticker: false, quotes: false }],
    ['the ticker for its own mark', { mark: { above: 25_000 } }, { ticker: true, quotes: false }],
    ['the ticker for a last price', { last: { above: 25_000 } }, { ticker: true, quotes: false }],
    ['the quotes for a delta', { delta: { above: 0.45 } }, { ticker: false, quotes: true }],
    ['the quotes for a profit', { profit: { above: '80%' } }, { ticker: false, quotes: true }],
    [
      'both for what the option says of the index',
      { moneyness: { above: '1%' } },
      { ticker: true, quotes: true },
    ],
    [
      'what any of several conditions needs',
      { any: [{ index: { above: 25_000 } }, { delta: { above: 0.45 } }] },
      { ticker: false, quotes: true },
    ],
  ])('is %s', (_, written, asked) => {
    expect(askedFor(written)).toEqual(asked);
  });
});

describe('a figure that fired', () => {
  test('an index of 240000 for 24000 is not confirmed, and both figures are named', () => {
    const fired = { index: '240000' };
    const underlying = { index: '24000' };
    expect(reasonAgainst({ trigger: 25_000, fired, underlying, quote: { index: '24000' } })).toBe(
      "index 240000 was not confirmed: the option's quote says 24000, the perpetual's ticker asked anew 24000",
    );
  });

  test.each<[string, Case]>([
    [
      'mark',
      { trigger: { mark: { above: 25_000 } }, fired: { mark: '25100' }, underlying: { mark: '24000' } },
    ],
    ['last', { trigger: { last: { below: 20_000 } }, fired: { last: '1' }, underlying: { last: '24000' } }],
    [
      'delta',
      { trigger: { delta: { above: 0.45 } }, fired: { delta: '0.9' }, quote: { greeks: greeks('0.3') } },
    ],
    ['a delta that is not quoted', { trigger: { delta: { above: 0.45 } }, fired: { delta: '0.9' } }],
    [
      'implied volatility',
      {
        trigger: { impliedVolatility: { above: '60%' } },
        fired: { volatility: '6' },
        quote: { greeks: { ...greeks('0.3'), volatility: '0.56' } },
      },
    ],
    [
      'rank of implied volatility',
      {
        trigger: { impliedVolatilityRank: { above: '80%' } },
        fired: { volatilityRank: '9', volatility: '6' },
        quote: { greeks: { ...greeks('0.3'), volatility: '0.6' } },
      },
    ],
    [
      'theta',
      { trigger: { theta: { above: 12 } }, fired: { theta: '-120' }, quote: { greeks: greeks('0.3') } },
    ],
    [
      'extrinsic value',
      { trigger: { extrinsicValue: { below: 20 } }, fired: { optionMark: '5', optionIndex: '23000' } },
    ],
    [
      'deviations',
      {
        trigger: { deviations: { below: 0.2 } },
        fired: { optionIndex: '24000', volatility: '0.6' },
        quote: { greeks: { ...greeks('0.3'), volatility: '0.1' } },
      },
    ],
    ['mark of the option', { trigger: { optionMark: { below: 50 } }, fired: { optionMark: '5' } }],
    ['profit', { trigger: { profit: { above: '80%' } }, fired: { optionMark: '5' } }],
    ['moneyness', { trigger: { moneyness: { above: '-1%' } }, fired: { optionIndex: '24000' } }],
  ])('%s is not confirmed by another one', (_, { quote = {}, ...rest }) => {
    expect(reasonAgainst({ ...rest, quote: { index: '23000', mark: '1000', ...quote } })).toMatch(
      /was not confirmed/,
    );
  });

  test.each<[string, Case]>([
    ['index', { trigger: 25_000, fired: { index: '25001' }, underlying: { index: '25003' } }],
    [
      'mark',
      { trigger: { mark: { above: 25_000 } }, fired: { mark: '25001' }, underlying: { mark: '25003' } },
    ],
    [
      'delta',
      { trigger: { delta: { above: 0.45 } }, fired: { delta: '0.46' }, quote: { greeks: greeks('0.47') } },
    ],
    [
      'profit',
      { trigger: { profit: { above: '80%' } }, fired: { optionMark: '170' }, quote: { mark: '175' } },
    ],
    ['moneyness', { trigger: { moneyness: { above: '-1%' } }, fired: { optionIndex: '24000' } }],
    [
      'implied volatility',
      {
        trigger: { impliedVolatility: { above: '60%' } },
        fired: { volatility: '0.61' },
        quote: { greeks: { ...greeks('0.3'), volatility: '0.58' } },
      },
    ],
    [
      'extrinsic value as a share',
      {
        trigger: { extrinsicValue: { below: '10%' } },
        fired: { optionMark: '1080', optionIndex: '25000' },
        quote: { mark: '1081' },
      },
    ],
    [
      'deviations',
      {
        trigger: { deviations: { below: 0.2 } },
        fired: { optionIndex: '24000', volatility: '0.6' },
        quote: { index: '23500', greeks: { ...greeks('0.3'), volatility: '0.6' } },
      },
    ],
    [
      'a rank, while the volatility is as it was',
      {
        trigger: { impliedVolatilityRank: { above: '80%' } },
        fired: { volatilityRank: '0.8', volatility: '0.6' },
        quote: { greeks: { ...greeks('0.3'), volatility: '0.58' } },
      },
    ],
    [
      'realised volatility, which nothing shows anew',
      { trigger: { realisedVolatility: { above: '60%' } }, fired: { realised30: '0.61' } },
    ],
    ['days to expiry', { trigger: { daysToExpiry: { below: 40 } }, fired: {} }],
  ])('%s is confirmed by one that is beyond the level, too', (_, { quote = {}, ...rest }) => {
    expect(reasonAgainst({ ...rest, quote: { index: '25000', ...quote } })).toBeNull();
  });

  test('an hour that is over when the quotes come is not confirmed', () => {
    const noon = { trigger: { every: { time: 'day at 12:00', within: '5m' } }, fired: {} };
    expect(reasonAgainst(noon)).toBeNull();
    const over = { ...noon, nowMs: nowMs + 5 * 60_000 };
    expect(reasonAgainst(over)).toBe('its hour was over before it could be confirmed');
  });

  test('is confirmed when the price came back by a hair, and not when it came back further', () => {
    const at = (index: string) =>
      reasonAgainst({ trigger: 25_000, fired: { index: '25000' }, underlying: { index }, quote: { index } });
    expect([at('24999'), at('24875')]).toEqual([null, null]);
    expect(at('24874.9')).toMatch(/^index 25000 was not confirmed/);
  });

  test('is looked for in the option’s own quote alone where the ticker is not asked, and the reason says so', () => {
    const at = (index: string) =>
      reasonAgainst({ trigger: 25_000, fired: { index: '240000' }, quote: { index } });
    expect([at('25001'), at('24900')]).toEqual([null, null]);
    expect(at('24000')).toBe("index 240000 was not confirmed: the option's quote says 24000");
  });

  test('is not confirmed by a ticker that the option’s own quote contradicts', () => {
    const fired = { index: '240000' };
    expect(
      reasonAgainst({ trigger: 25_000, fired, underlying: { index: '240000' }, quote: { index: '24000' } }),
    ).toMatch(/the option's quote says 24000, the perpetual's ticker asked anew 240000/);
  });

  test('is not confirmed by an option’s own quote that the perpetual’s ticker contradicts', () => {
    const fired = { optionIndex: '30000' };
    const trigger = { moneyness: { above: '-1%' } };
    const at = (index: string) =>
      reasonAgainst({ trigger, fired, underlying: { index }, quote: { index: '30000' } });
    expect(at('24000')).toBe(
      "moneyness 25 % was not confirmed: the option's quote says 25 %, the perpetual's index asked anew is 24000",
    );
    expect(at('29000')).toBeNull();
  });

  test('need not be, where another one that counted is confirmed and is enough', () => {
    const fired = { index: '240000', delta: '0.5' };
    const market = { underlying: { index: '24000' }, quote: { index: '24000', greeks: greeks('0.5') } };
    const parts = [{ index: { above: 25_000 } }, { delta: { above: 0.45 } }];
    expect(reasonAgainst({ trigger: { any: parts }, fired, ...market })).toBeNull();
    expect(reasonAgainst({ trigger: { all: parts }, fired, ...market })).toMatch(
      /^index 240000 was not confirmed/,
    );
  });

  test('is not confirmed by a condition that had not counted when it fired', () => {
    const parts = [{ index: { above: 25_000 } }, { delta: { above: 0.45, for: '5s' } }];
    const market = { underlying: { index: '24000' }, quote: { index: '24000', greeks: greeks('0.5') } };
    expect(
      reasonAgainst({ trigger: { any: parts }, fired: { index: '240000', delta: '0.5' }, ...market }),
    ).not.toBeNull();
  });

  test('whatever it is, is confirmed by itself and never by a price at least one percent short of the level', () => {
    const price = fc.integer({ min: 1_000, max: 200_000 });
    fc.assert(
      fc.property(price, price, fc.boolean(), (level, index, rises) => {
        const trigger = { index: rises ? { above: level } : { below: level } };
        const fired = { index: String(rises ? level * 10 : 1) };
        const reason = reasonAgainst({
          trigger,
          fired,
          underlying: { index: `${index}` },
          quote: { index: `${index}` },
        });
        if (rises ? index >= level : index <= level) expect(reason).toBeNull();
        if (rises ? index < level * 0.99 : index > level * 1.01) expect(reason).not.toBeNull();
      }),
    );
  });
});

test('the wait before it may fire again grows to ten seconds and no further', () => {
  expect([1, 2, 3, 4, 5, 500].map(unconfirmedBackOffMs)).toEqual([
    1_000, 2_000, 5_000, 10_000, 10_000, 10_000,
  ]);
});
