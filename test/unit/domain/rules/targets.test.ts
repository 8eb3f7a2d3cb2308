/** A roll goes to a strike that is listed and trading, in the held option's own series, and never the wrong way unasked. */
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import { targetText } from '../../../../src/domain/explain/target-text.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import type { ListedOption } from '../../../../src/domain/market/order.ts';
import {
  alternativesMax,
  chooseTarget,
  rankTargets,
  withinReach,
  type Search,
  type StrikeTarget,
  type TargetChoice,
} from '../../../../src/domain/rules/targets.ts';
import { listed, nowMs, series } from '../samples.ts';
import { optionNamed } from '../../../support/options.ts';

const call = 'BTC-31MAR23-24000-C-USDT';
const put = 'BTC-31MAR23-24000-P-USDT';
const calls = series(call, [22000, 23000, 24000, 24500, 25000, 26000]);
const puts = series(put, [22000, 23000, 23500, 24000, 25000]);
const steps = (count: number): StrikeTarget => ({ kind: 'steps', steps: count });
const amount = (value: string): StrikeTarget => ({ kind: 'amount', amount: value });

const expiryMs = Date.UTC(2023, 2, 31, 8);
const shortOf = (symbol: string): HeldOption => ({
  ...optionNamed(symbol),
  side: 'Sell',
  qty: '0.3',
  premium: '270',
});
const search = (symbol: string, strike: StrikeTarget): Search => ({
  held: shortOf(symbol),
  target: { strike, expiry: { kind: 'same' } },
  nowMs,
});

const choose = (symbol: string, target: StrikeTarget, chain: readonly ListedOption[]) =>
  strikeOrReason(chooseTarget(search(symbol, target), chain));

const chooseAlsoWrongWay = (symbol: string, target: StrikeTarget, chain: readonly ListedOption[]) =>
  strikeOrReason(chooseTarget({ ...search(symbol, target), allowWrongWay: true }, chain));

function strikeOrReason(choice: TargetChoice): string {
  return choice.kind === 'target' ? choice.option.instrument.strike : reasonText(choice.reason);
}

describe('steps', () => {
  test.each([
    [call, calls, 1, '24500'],
    [call, calls, 2, '25000'],
    [call, calls, 3, '26000'],
    [put, puts, -1, '23500'],
    [put, puts, -3, '22000'],
  ])('from %s count listed strikes, not distances', (symbol, chain, count, strike) => {
    expect(choose(symbol, steps(count), chain)).toBe(strike);
  });

  test('beyond the last strike are refused with the reason', () => {
    expect(choose(call, steps(4), calls)).toBe('no call is trading +4 steps from strike 24000');
    expect(choose(put, steps(-4), puts)).toBe('no put is trading -4 steps from strike 24000');
  });

  test('count from the held strike even when that is not listed any more', () => {
    const withoutHeld = calls.filter(({ instrument }) => instrument.symbol !== call);
    expect(choose(call, steps(1), withoutHeld)).toBe('24500');
  });
});

describe('an amount', () => {
  test.each([
    [call, calls, '500', '24500'],
    [call, calls, '501', '25000'],
    [call, calls, '0.5', '24500'],
    [call, calls, '1000', '25000'],
    [put, puts, '-500', '23500'],
    [put, puts, '-501', '23000'],
    [put, puts, '-1000', '23000'],
  ])('from %s is at least so far, and the nearest that is', (symbol, chain, value, strike) => {
    expect(choose(symbol, amount(value), chain)).toBe(strike);
  });

  test('farther than anything listed is refused with the reason', () => {
    expect(choose(call, amount('5000'), calls)).toBe('no call is trading +5000 from strike 24000');
    expect(choose(put, amount('-5000'), puts)).toBe('no put is trading -5000 from strike 24000');
  });

  test('never falls short, and no listed strike lies between', () => {
    const strikes = fc.uniqueArray(fc.integer({ min: 20, max: 60 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(strikes, fc.integer({ min: 1, max: 9_999 }), (thousands, wanted) => {
        const listedStrikes = thousands.map((value) => value * 500);
        const expected = listedStrikes.filter((strike) => strike >= 24_000 + wanted).sort((a, b) => a - b)[0];
        const chosen = choose(call, amount(`${wanted}`), series(call, listedStrikes));
        expect(chosen).toBe(
          expected === undefined ? `no call is trading +${wanted} from strike 24000` : `${expected}`,
        );
      }),
    );
  });
});

describe('a percentage', () => {
  const percent = (share: string): StrikeTarget => ({ kind: 'percent', share });

  test('is at least so far from the held strike, and the nearest that is', () => {
    expect(choose(call, percent('0.02'), calls)).toBe('24500');
    expect(choose(call, percent('0.021'), calls)).toBe('25000');
    expect(choose(put, percent('-0.02'), puts)).toBe('23500');
    expect(choose(call, percent('0.5'), calls)).toBe('no call is trading +50% from strike 24000');
  });
});

describe('a delta', () => {
  const delta = (value: string): StrikeTarget => ({ kind: 'delta', delta: value });
  const quoted = (symbol: string, value: string) =>
    listed(symbol, {
      quote: { greeks: { delta: value, gamma: '0', vega: '0', theta: '0', volatility: null } },
    });
  const withDeltas = (type: 'C' | 'P', deltas: Readonly<Record<string, string>>) =>
    Object.entries(deltas).map(([strike, value]) => quoted(`BTC-31MAR23-${strike}-${type}-USDT`, value));
  const fewCalls = withDeltas('C', { 24000: '0.5', 25000: '0.38', 26000: '0.27', 27000: '0.18' });
  const fewPuts = withDeltas('P', { 21000: '-0.12', 22000: '-0.2', 23000: '-0.33', 24000: '-0.5' });

  test('is the nearest that is quoted, without its sign', () => {
    expect(choose(call, delta('0.25'), fewCalls)).toBe('26000');
    expect(choose(put, delta('0.25'), fewPuts)).toBe('22000');
    expect(choose(put, delta('0.01'), fewPuts)).toBe('21000');
  });

  test('that lies the wrong way, or at the held strike, is refused', () => {
    expect(choose('BTC-31MAR23-26000-C-USDT', delta('0.5'), fewCalls)).toBe(
      'strike 24000 is the wrong way from 26000 for a call',
    );
    expect(choose(call, delta('0.5'), fewCalls)).toBe('strike 24000 is the one held already');
  });

  test('without a quote is refused', () => {
    expect(choose(call, delta('0.25'), calls)).toBe('no call is trading delta 0.25 from strike 24000');
  });
});

describe('a later expiry', () => {
  const weekMs = 604_800_000;
  const later = (
    strikes: readonly number[],
    weeks: number,
    status: 'Trading' | 'PreLaunch' | 'Closed' = 'Trading',
  ) =>
    strikes.map((strike) => {
      const day = { 1: '7APR23', 2: '14APR23', 4: '28APR23' }[weeks] ?? '';
      return listed(`BTC-${day}-${strike}-C-USDT`, {
        instrument: { expiryMs: expiryMs + weeks * weekMs, status },
      });
    });
  const ladder = [...calls, ...later([23000, 24000, 25500], 1), ...later([24000, 26000], 4)];
  const chosen = (strike: StrikeTarget, expiry: Search['target']['expiry'], chain = ladder) => {
    const choice = chooseTarget({ held: shortOf(call), target: { strike, expiry }, nowMs }, chain);
    return choice.kind === 'target' ? choice.option.instrument.symbol : reasonText(choice.reason);
  };
  const weekly = { kind: 'next', rung: 'weekly' } as const;
  const monthly = { kind: 'next', rung: 'monthly' } as const;

  test('keeps the strike, or steps along what is listed there', () => {
    expect(chosen({ kind: 'same' }, weekly)).toBe('BTC-7APR23-24000-C-USDT');
    expect(chosen(steps(1), weekly)).toBe('BTC-7APR23-25500-C-USDT');
    expect(chosen(amount('1000'), monthly)).toBe('BTC-28APR23-26000-C-USDT');
    expect(chosen({ kind: 'same' }, { kind: 'min', days: 40 })).toBe('BTC-28APR23-24000-C-USDT');
  });

  test('is refused where it, or the strike on it, is not to be had', () => {
    expect(chosen({ kind: 'same' }, { kind: 'next', rung: 'quarterly' })).toBe(
      'no call is trading with expiry next-quarterly',
    );
    expect(chosen({ kind: 'same' }, weekly, [...calls, ...later([25000], 1)])).toBe(
      'no call with expiry next-weekly is trading same from strike 24000',
    );
    expect(chosen({ kind: 'same' }, weekly, [...calls, ...later([24000], 1, 'Closed')])).toBe(
      'no call is trading with expiry next-weekly',
    );
    const oneHalted = [...later([24000], 1, 'Closed'), ...later([25000], 1)];
    expect(chosen({ kind: 'same' }, weekly, [...calls, ...oneHalted])).toBe(
      'no call with expiry next-weekly is trading same from strike 24000',
    );
    expect(chosen({ kind: 'same' }, weekly, [...calls, ...later([24000], 1, 'PreLaunch')])).toBe(
      'no call is trading with expiry next-weekly',
    );
  });

  test('is not displaced by a nearer one that is announced and not traded yet', () => {
    const chain = [...calls, ...later([24000], 1, 'PreLaunch'), ...later([24000], 2)];
    expect(chosen({ kind: 'same' }, weekly, chain)).toBe('BTC-14APR23-24000-C-USDT');
  });

  test('is decided on what is within reach as on everything', () => {
    const wanted = { held: shortOf(call), target: { strike: steps(1), expiry: monthly }, nowMs };
    const seen = withinReach(wanted, 0, ladder).map(({ instrument }) => instrument.symbol);
    expect(seen).toEqual([call, 'BTC-28APR23-24000-C-USDT', 'BTC-28APR23-26000-C-USDT']);
  });

  test('has alternatives on its own rung, the held strike among them, never back', () => {
    const chain = [...calls, ...later([23000, 24000, 25000, 26000], 1)];
    expect(rankTargets(optionNamed(call), optionNamed('BTC-7APR23-25000-C-USDT'), chain)).toEqual([
      'BTC-7APR23-25000-C-USDT',
      'BTC-7APR23-26000-C-USDT',
      'BTC-7APR23-24000-C-USDT',
    ]);
    expect(rankTargets(optionNamed(call), optionNamed('BTC-7APR23-24000-C-USDT'), chain)).toEqual([
      'BTC-7APR23-24000-C-USDT',
      'BTC-7APR23-25000-C-USDT',
      'BTC-7APR23-26000-C-USDT',
    ]);
  });
});

describe('only what can be rolled into is chosen', () => {
  test.each(['PreLaunch', 'Delivering', 'Closed'] as const)(
    'a strike that is %s is passed over',
    (status) => {
      const chain = [
        listed('BTC-31MAR23-24500-C-USDT', { instrument: { status } }),
        ...series(call, [25000]),
      ];
      expect(choose(call, steps(1), chain)).toBe('25000');
    },
  );

  test.each([
    ['the other settle coin', 'BTC-31MAR23-24500-C'],
    ['a put', 'BTC-31MAR23-24500-P-USDT'],
    ['another coin', 'ETH-31MAR23-24500-C-USDT'],
  ])('an option of %s is never taken for the next strike', (_, stranger) => {
    expect(choose(call, steps(1), [listed(stranger), ...series(call, [25000])])).toBe('25000');
  });

  test('a USDC-settled option stays in its own series', () => {
    const chain = [...series('BTC-31MAR23-24000-C', [25000]), ...series(call, [24500])];
    expect(choose('BTC-31MAR23-24000-C', steps(1), chain)).toBe('25000');
  });

  test('the order of the listing does not matter', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(calls, { minLength: calls.length }), (shuffled) => {
        expect(choose(call, steps(2), shuffled)).toBe('25000');
      }),
    );
  });
});

describe('the wrong way', () => {
  test.each([
    [call, calls, steps(-1), 'strike 23000 is the wrong way from 24000 for a call'],
    [put, puts, amount('1000'), 'strike 25000 is the wrong way from 24000 for a put'],
  ])('from %s is refused', (symbol, chain, target, reason) => {
    expect(choose(symbol, target, chain)).toBe(reason);
  });

  test('is gone when the task says so', () => {
    expect(chooseAlsoWrongWay(call, steps(-1), calls)).toBe('23000');
    expect(chooseAlsoWrongWay(put, amount('1000'), puts)).toBe('25000');
  });
});

describe('what could take the place of the wanted option', () => {
  const strikesOf = (symbols: readonly string[]) => symbols.map((symbol) => symbol.split('-')[2]);

  test('is farther out first, nearest first, then nearer in, and never the held strike or beyond it', () => {
    expect(strikesOf(rankTargets(optionNamed(call), optionNamed('BTC-31MAR23-25000-C-USDT'), calls))).toEqual(
      ['25000', '26000', '24500'],
    );
    expect(strikesOf(rankTargets(optionNamed(put), optionNamed('BTC-31MAR23-23000-P-USDT'), puts))).toEqual([
      '23000',
      '22000',
      '23500',
    ]);
  });

  test('comes after the wanted option also when that is not listed any more', () => {
    expect(strikesOf(rankTargets(optionNamed(call), optionNamed('BTC-31MAR23-25500-C-USDT'), calls))).toEqual(
      ['25500', '26000', '25000', '24500'],
    );
  });

  test('lies the wrong way only when the wanted option does, which the task allowed', () => {
    expect(strikesOf(rankTargets(optionNamed(call), optionNamed('BTC-31MAR23-23000-C-USDT'), calls))).toEqual(
      ['23000', '22000'],
    );
  });

  const strike = fc.integer({ min: 20, max: 60 }).map((value) => value * 500);
  const chains = fc
    .tuple(fc.constantFrom(call, put), fc.uniqueArray(strike, { maxLength: 12 }), strike)
    .filter(([, , wanted]) => wanted !== 24_000);

  test('is on the wanted side of the held strike, in its series, listed once, and sorted by rank', () => {
    fc.assert(
      fc.property(chains, ([symbol, listedStrikes, wanted]) => {
        const wantedSymbol = symbol.replace('24000', `${wanted}`);
        const stranger = listed('BTC-7APR23-25000-C-USDT', {
          instrument: { expiryMs: expiryMs + 604_800_000 },
        });
        const ranked = rankTargets(optionNamed(symbol), optionNamed(wantedSymbol), [
          ...series(symbol, listedStrikes),
          stranger,
        ]);
        const direction = Math.sign(wanted - 24_000);
        const beyond = (each: number) => (each - wanted) * direction;
        const expected = listedStrikes
          .filter((each) => (each - 24_000) * direction > 0 && each !== wanted)
          .sort(
            (a, b) =>
              Math.sign(beyond(b)) - Math.sign(beyond(a)) || Math.abs(a - wanted) - Math.abs(b - wanted),
          );
        expect(strikesOf(ranked)).toEqual([wanted, ...expected].map(String));
        expect(ranked).not.toContain(symbol);
        expect(ranked).not.toContain(stranger.instrument.symbol);
      }),
    );
  });
});

describe('a target reads', () => {
  test.each([
    [steps(1), '+1 step'],
    [steps(-2), '-2 steps'],
    [amount('1000'), '+1000'],
    [amount('-1000'), '-1000'],
    [{ kind: 'percent', share: '0.05' }, '+5%'],
    [{ kind: 'delta', delta: '0.25' }, 'delta 0.25'],
    [{ kind: 'same' }, 'same strike'],
  ] as const)('%j as %s', (strike, text) =>
    expect(targetText({ strike, expiry: { kind: 'same' } })).toBe(text),
  );
});

describe('what a plan looks at', () => {
  const strikes = Array.from({ length: 40 }, (_, at) => 20_000 + at * 500);
  const strikesOf = (options: readonly ListedOption[]) => options.map(({ instrument }) => instrument.strike);

  test.each([
    [call, series(call, strikes), steps(2), '24000', '29000'],
    [call, series(call, strikes), amount('1200'), '24000', '29500'],
    [put, series(put, strikes), steps(-1), '24000', '20000'],
  ])(
    'from %s is the held option and the wanted side, a few strikes beyond',
    (symbol, chain, target, held, last) => {
      const seen = strikesOf(withinReach(search(symbol, target), alternativesMax, chain));
      expect(seen[0]).toBe(held);
      expect(seen.at(-1)).toBe(last);
      expect(seen.length).toBeLessThanOrEqual(alternativesMax + 4);
    },
  );

  test('decides as the whole chain would', () => {
    const listings = fc.uniqueArray(fc.integer({ min: 30, max: 80 }), { maxLength: 40 });
    const wanted = fc.oneof(
      fc.integer({ min: 1, max: 12 }).map(steps),
      fc.integer({ min: 1, max: 9_000 }).map((value) => amount(`${value}`)),
    );
    const status = fc.constantFrom('Trading', 'Trading', 'Closed');
    fc.assert(
      fc.property(listings, wanted, fc.array(status), fc.nat(9), (halves, target, statuses, alternatives) => {
        const chain = halves.map((half, at) =>
          listed(`BTC-31MAR23-${half * 500}-C-USDT`, { instrument: { status: statuses[at] ?? 'Trading' } }),
        );
        expect(choose(call, target, withinReach(search(call, target), alternatives, chain))).toBe(
          choose(call, target, chain),
        );
      }),
    );
  });
});
