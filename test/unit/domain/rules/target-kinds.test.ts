/** Strikes and expiries that look at quotes or at several expiries: what a trader would take from the chain. */
import { describe, expect, test } from 'vitest';
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import { targetText } from '../../../../src/domain/explain/target-text.ts';
import type { ListedOption } from '../../../../src/domain/market/order.ts';
import { chooseTarget, type Search } from '../../../../src/domain/rules/targets.ts';
import { dayMs } from '../../../../src/domain/units.ts';
import {
  choose,
  heldPut,
  heldSymbol,
  option,
  position,
  searchFor,
  targetOf,
  unquoted,
} from './target-scene.ts';

describe('rows of what traders do', () => {
  const ladder = ['3MAR23', '31MAR23', '7APR23', '14APR23', '28APR23', '30JUN23'];

  test('1: managed at 21 days, into the one nearest 45', () => {
    const at21 = Date.UTC(2023, 2, 10, 8);
    const chain = ladder.map((day) => option(`${day}-24000-C`));
    const search = { ...searchFor({ strike: 'same', expiry: 'nearest 45d' }, {}), nowMs: at21 };
    const choice = chooseTarget(search, chain);
    expect(choice.kind === 'target' && choice.option.instrument.symbol).toBe('BTC-28APR23-24000-C-USDT');
  });

  test('4: the furthest strike that still pays a credit', () => {
    const chain = [
      option('31MAR23-24000-C', { bid: '490', ask: '500' }),
      option('28APR23-25000-C', { bid: '900' }),
      option('28APR23-26000-C', { bid: '620' }),
      option('28APR23-27000-C', { bid: '500' }),
      option('28APR23-28000-C', { bid: '499.5' }),
      option('28APR23-29000-C', { bid: null }),
    ];
    const out = (strike: string) => ({ strike, expiry: 'next-monthly' });
    expect(choose(out('furthest for a credit of 0'), chain)).toBe('28APR23-27000-C');
    expect(choose(out('furthest for a credit of 60'), chain)).toBe('28APR23-26000-C');
    expect(choose(out('furthest for a credit of 60.01'), chain)).toBe('28APR23-25000-C');
    expect(choose(out('furthest for a credit of -0.25'), chain)).toBe('28APR23-28000-C');
    expect(choose(out('furthest for a credit of 201'), chain)).toBe(
      'no call brings a credit of 201: the most is 200, with BTC-28APR23-25000-C-USDT',
    );
  });

  test('8: down and out by two weeks from the held expiry, for a put', () => {
    const chain = ladder.flatMap((day) => [option(`${day}-24000-P`), option(`${day}-23000-P`)]);
    expect(choose({ strike: '-1 step', expiry: '+14d' }, chain, { held: position(heldPut) })).toBe(
      '14APR23-23000-P',
    );
    const without = chain.filter(({ instrument }) => !instrument.symbol.includes('14APR23'));
    expect(choose({ strike: '-1 step', expiry: '+14d' }, without, { held: position(heldPut) })).toBe(
      '7APR23-23000-P',
    );
  });

  test('thetagang: 45 to 180 days, delta at most 0.30, a credit before a low delta', () => {
    const target = {
      strike: 'delta at most 0.30',
      expiry: 'between 45d and 180d',
      prefer: ['credit', 'delta'],
    };
    const old = option('31MAR23-24000-C', { bid: '390', ask: '400' });
    const chain = [
      old,
      option('28APR23-25000-C', { bid: '700', delta: '0.41' }),
      option('28APR23-26000-C', { bid: '450', delta: '0.29' }),
      option('28APR23-27000-C', { bid: '300', delta: '0.18' }),
      option('30JUN23-29000-C', { bid: '600', delta: '0.28' }),
      option('30JUN23-31000-C', { bid: '410', delta: '0.22' }),
      option('30JUN23-33000-C', { bid: '260', delta: '0.15' }),
      option('29DEC23-33000-C', { bid: '900', delta: '0.2' }),
    ];
    expect(choose(target, chain)).toBe('30JUN23-31000-C by delta');
    const cheap = chain.map((each) =>
      each.instrument.symbol.includes('JUN23-31')
        ? option('30JUN23-31000-C', { bid: '399', delta: '0.22' })
        : each,
    );
    expect(choose(target, cheap)).toBe('30JUN23-29000-C by delta');
    const poor = [old, chain[3], chain[6]].filter((each) => each !== undefined);
    expect(choose(target, poor)).toBe('30JUN23-33000-C by delta');
    expect(choose({ ...target, prefer: ['delta', 'credit'] }, chain)).toBe('30JUN23-33000-C by delta');
    expect(choose({ ...target, prefer: undefined }, chain)).toBe('28APR23-26000-C');
  });
});

describe('the furthest for a credit', () => {
  const target = (sum: string) => ({ strike: `furthest for a credit of ${sum}`, expiry: '+28d' });

  test('of a long sells at the bid and buys at the ask', () => {
    const held = position(heldPut, { side: 'Buy' });
    const chain = [
      option('31MAR23-24000-P', { bid: '800', ask: '850' }),
      option('28APR23-23000-P', { bid: '100', ask: '900' }),
      option('28APR23-22000-P', { bid: '100', ask: '800' }),
      option('28APR23-21000-P', { bid: '100', ask: '801' }),
    ];
    expect(choose(target('0'), chain, { held })).toBe('28APR23-22000-P');
  });

  test('goes the right way only, unless it may go the wrong one', () => {
    const chain = [
      option('31MAR23-24000-C', { bid: '490', ask: '500' }),
      option('28APR23-22000-C', { bid: '2000' }),
      option('28APR23-23000-C', { bid: '1500' }),
      option('28APR23-25000-C', { bid: '300' }),
    ];
    expect(choose(target('0'), chain)).toBe(
      'no call brings a credit of 0: the most is -100, with BTC-28APR23-25000-C-USDT',
    );
    expect(choose(target('0'), chain, { allowWrongWay: true })).toBe('28APR23-23000-C');
  });

  test('is the same strike where no other pays, in a later expiry', () => {
    const chain = [
      option('31MAR23-24000-C', { ask: '500' }),
      option('28APR23-24000-C', { bid: '700' }),
      option('28APR23-25000-C', { bid: '300' }),
    ];
    expect(choose(target('0'), chain)).toBe('28APR23-24000-C');
  });

  test('in the held expiry is never the held option', () => {
    const chain = [
      option('31MAR23-24000-C', { bid: '500', ask: '500' }),
      option('31MAR23-25000-C', { bid: '100' }),
    ];
    expect(choose('furthest for a credit of 0', chain)).toBe(
      'no call brings a credit of 0: the most is -200, with BTC-31MAR23-25000-C-USDT',
    );
    expect(choose('furthest for a credit of 0', chain.slice(0, 1))).toBe(
      'no call that a roll from strike 24000 may go to is trading',
    );
  });

  test('needs both prices: of the held one that which closes it, of the other that which opens it', () => {
    const [bid, ask] = ['700', null];
    const next = option('28APR23-25000-C', { bid, ask: '720' });
    const none = 'no call brings a credit of 0: a price that it takes is not quoted';
    expect(choose(target('0'), [option('31MAR23-24000-C', { bid, ask }), next])).toBe(none);
    expect(choose(target('0'), [unquoted('31MAR23-24000-C'), next])).toBe(none);
    expect(choose(target('0'), [option('31MAR23-24000-C', {}), unquoted('28APR23-25000-C')])).toBe(none);
    expect(choose(target('0'), [option('31MAR23-24000-C', { bid: null, ask: '500' }), next])).toBe(
      '28APR23-25000-C',
    );
  });

  test('takes a crossed book at its prices, as the guards do', () => {
    const chain = [
      option('31MAR23-24000-C', { ask: '500' }),
      option('28APR23-25000-C', { bid: '600', ask: '550' }),
    ];
    expect(choose(target('0'), chain)).toBe('28APR23-25000-C');
  });

  test('passes over what is not trading', () => {
    const chain = [
      option('31MAR23-24000-C', { ask: '500' }),
      option('28APR23-25000-C', { bid: '900' }),
      option('28APR23-26000-C', { bid: '800', status: 'Closed' }),
    ];
    expect(choose(target('0'), chain)).toBe('28APR23-25000-C');
  });
});

describe('the best credit within deltas', () => {
  const target = { strike: 'best credit within delta 0.10..0.30', expiry: 'next-monthly' };
  const old = option('31MAR23-24000-C', { bid: '490', ask: '500' });

  test('is the dearest of those, both ends counted', () => {
    const chain = [
      old,
      option('28APR23-25000-C', { bid: '900', delta: '0.301' }),
      option('28APR23-26000-C', { bid: '600', delta: '0.3' }),
      option('28APR23-27000-C', { bid: '620', delta: '0.2' }),
      option('28APR23-28000-C', { bid: '640', delta: '0.099' }),
    ];
    expect(choose(target, chain)).toBe('28APR23-27000-C');
  });

  test('is the further strike of two, the quoted of two, and without its sign for a put', () => {
    const chain = [
      option('31MAR23-24000-P', { ask: '500' }),
      option('28APR23-23000-P', { bid: '600', delta: '-0.28' }),
      option('28APR23-22000-P', { bid: '600', delta: '-0.2' }),
      option('28APR23-21000-P', { bid: null, delta: '-0.15' }),
    ];
    expect(choose(target, chain, { held: position(heldPut) })).toBe('28APR23-22000-P');
  });

  test('is none where no delta is known or lies within, and says the nearest', () => {
    const chain = [
      old,
      option('28APR23-25000-C', { delta: '0.6' }),
      option('28APR23-26000-C', { delta: '0.4' }),
    ];
    expect(choose(target, chain)).toBe(
      'no call has a delta within 0.1..0.3: BTC-28APR23-26000-C-USDT has 0.4',
    );
    expect(choose(target, [old, option('28APR23-25000-C')])).toBe(
      'no call has a delta within 0.1..0.3: none is known',
    );
  });
});

describe('a delta of at most', () => {
  const target = (expiry = 'next-monthly') => ({ strike: 'delta at most 0.30', expiry });
  const old = option('31MAR23-24000-C', { delta: '0.5' });

  test('is the nearest to it from below', () => {
    const chain = [
      old,
      option('28APR23-25000-C', { delta: '0.31' }),
      option('28APR23-26000-C', { delta: '0.3' }),
      option('28APR23-27000-C', { delta: '0.2' }),
    ];
    expect(choose(target(), chain)).toBe('28APR23-26000-C');
    expect(choose(target(), chain.slice(0, 2))).toBe(
      'no call has a delta of at most 0.3: BTC-28APR23-25000-C-USDT has 0.31',
    );
  });

  test('lies the right way, though a strike the wrong way is nearer', () => {
    const held = position('BTC-31MAR23-26000-C-USDT');
    const chain = [
      option('31MAR23-26000-C', { delta: '0.2' }),
      option('28APR23-25000-C', { delta: '0.3' }),
      option('28APR23-27000-C', { delta: '0.1' }),
    ];
    expect(choose(target(), chain, { held })).toBe('28APR23-27000-C');
    expect(choose(target(), chain, { held, allowWrongWay: true })).toBe('28APR23-25000-C');
  });
});

describe('the same distance from spot', () => {
  const target = { strike: 'same distance from spot', expiry: '+28d' };
  const strikes = ['24000', '25000', '26000', '27000', '28000'];
  const chainAt = (index: string, type: 'C' | 'P' = 'C') => [
    option(`31MAR23-24000-${type}`, { index }),
    ...strikes.map((strike) => option(`28APR23-${strike}-${type}`, { index })),
  ];
  const heldFrom = (indexAtOpening: string) => position(heldSymbol, { indexAtOpening });

  test('is as far out of the money, in proportion, as the held one was when it was opened', () => {
    expect(choose(target, chainAt('24000'), { held: heldFrom('22000') })).toBe('28APR23-26000-C');
    expect(choose(target, chainAt('22000'), { held: heldFrom('22000') })).toBe('28APR23-24000-C');
  });

  test('is the further one of two that are equally near', () => {
    expect(choose(target, chainAt('25500'), { held: heldFrom('24000') })).toBe('28APR23-26000-C');
  });

  test('that leads the wrong way is refused', () => {
    const chain = [...chainAt('20000'), option('28APR23-22000-C', { index: '20000' })];
    expect(choose(target, chain, { held: heldFrom('22000') })).toBe(
      'strike 22000 is the wrong way from 24000 for a call',
    );
  });

  test('is not known without the index of then and now', () => {
    expect(choose(target, chainAt('24000'))).toBe(
      'how far from the index the held option was opened is not known',
    );
    const dark = [unquoted('31MAR23-24000-C'), option('28APR23-25000-C')];
    expect(choose(target, dark, { held: heldFrom('22000') })).toBe('the index is not known now');
    expect(choose(target, chainAt('0'), { held: heldFrom('22000') })).toBe('the index is not known now');
  });
});

describe('an absolute strike', () => {
  const chain = [option('31MAR23-24000-C'), option('31MAR23-26000-C'), option('28APR23-26000-C')];

  test('is that strike, or none', () => {
    expect(choose('strike 26000', chain)).toBe('31MAR23-26000-C');
    expect(choose({ strike: 'strike 26000.0', expiry: '+28d' }, chain)).toBe('28APR23-26000-C');
    expect(choose('strike 25000', chain)).toBe('no call is trading at strike 25000');
    expect(choose({ strike: 'strike 25000', expiry: '+28d' }, chain)).toBe(
      'no call with expiry +28d is trading at strike 25000',
    );
  });

  test('that is held by now, or lies the wrong way by now, is refused', () => {
    const held = position('BTC-31MAR23-26000-C-USDT');
    const target = { ...searchFor('strike 26000', {}), held };
    const reasonOf = (search: Search, of: readonly ListedOption[]) => {
      const choice = chooseTarget(search, of);
      return choice.kind === 'refused' ? reasonText(choice.reason) : choice.option.instrument.symbol;
    };
    expect(reasonOf(target, chain)).toBe('strike 26000 is the one held already');
    const higher = { ...target, held: position('BTC-31MAR23-27000-C-USDT') };
    expect(reasonOf(higher, chain)).toBe('strike 26000 is the wrong way from 27000 for a call');
  });
});

test('days are counted exactly, from now or from the held expiry', () => {
  const held = position(heldSymbol);
  const chain = [option('31MAR23-24000-C'), option('14APR23-24000-C'), option('28APR23-24000-C')];
  const at = (days: number, text: string) => {
    const search = {
      ...searchFor({ strike: 'same', expiry: text }, { held }),
      nowMs: held.expiryMs - days * dayMs,
    };
    const choice = chooseTarget(search, chain);
    return choice.kind === 'target' ? choice.option.instrument.symbol.slice(4, 11) : null;
  };
  expect(at(21, 'min 35d')).toBe('14APR23');
  expect(at(20.999, 'min 35d')).toBe('28APR23');
  expect(at(3, 'min 14d from held')).toBe('14APR23');
  expect(at(3, 'min 15d from held')).toBe('28APR23');
  expect(at(9, 'between 37d and 60d')).toBe('28APR23');
  expect(at(9, 'between 38d and 60d')).toBeNull();
});

test.each<[unknown, string]>([
  [{ strike: 'same', expiry: 'nearest 45d' }, 'same strike, expiry nearest 45d'],
  [
    { strike: 'delta at most 0.3', expiry: 'between 45d and 180d', prefer: ['credit', 'delta'] },
    'delta at most 0.3, expiry between 45d and 180d, preferring credit, then delta',
  ],
  [{ strike: 'furthest for a credit of 0', expiry: '+14d' }, 'furthest for a credit of 0, expiry +14d'],
  ['same distance from spot', 'same distance from spot'],
  ['strike 26000', 'strike 26000'],
])('%j reads as %s', (target, text) => expect(targetText(targetOf(target))).toBe(text));

test('at the same strike the held expiry is left out, though it is the nearest', () => {
  const at44 = position(heldSymbol).expiryMs - 44 * dayMs;
  const search = { ...searchFor({ strike: 'same', expiry: 'nearest 45d' }, {}), nowMs: at44 };
  const chain = ['31MAR23', '7APR23', '28APR23'].map((day) => option(`${day}-24000-C`));
  const choice = chooseTarget(search, chain);
  expect(choice.kind === 'target' && choice.option.instrument.symbol).toBe('BTC-7APR23-24000-C-USDT');
});
