/** A leg may be a holding that is only watched; one option beside it is a task of one option. */
import { describe, expect, test } from 'vitest';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../../support/options.ts';
import { issuesOf } from './spec-issues.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const rule = {
  trigger: { daysToExpiry: { below: 7 } },
  target: { strike: '1 step away', expiry: 'next-weekly' },
};
const covered = (...legs: readonly unknown[]): object => ({ legs, ...rule });

describe('a holding beside one option', () => {
  test('is a task of that option with what covers it', () => {
    const spec = readSpec(covered({ name: 'call', symbol: call, qty: '0.3' }, { watch: 'BTCUSDT' }));
    expect(spec).toMatchObject({ symbol: call, qty: '0.3', watched: { name: 'holding', symbol: 'BTCUSDT' } });
    expect(spec).not.toHaveProperty('legs');
    expect({ ...spec, watched: undefined }).toEqual({
      ...readSpec({ symbol: call, qty: '0.3', ...rule }),
      watched: undefined,
    });
  });

  test.each([
    ['coins', 'BTC', 'BTC'],
    ['a perpetual in small letters', ' btcusdt', 'BTCUSDT'],
    ['a perpetual settled in USDC', 'BTCPERP', 'BTCPERP'],
  ])('may be %s', (_, watch, symbol) => {
    expect(readSpec(covered(call, { watch })).watched).toEqual({ name: 'holding', symbol });
  });

  test('may stand first, and have a name', () => {
    const spec = readSpec(covered({ name: 'coins', watch: 'BTC' }, { symbol: call }));
    expect(spec).toMatchObject({ symbol: call, qty: 'all', watched: { name: 'coins', symbol: 'BTC' } });
  });

  test('leaves steps without a sign to the type of the option', () => {
    const away = {
      trigger: { delta: { above: 0.4 } },
      target: '2 steps away',
      guards: { rolls: { max: 2 } },
    };
    const { rules } = readSpec({ legs: [put, { watch: 'BTCUSDT' }], ...away });
    expect(rules).toEqual(readSpec({ symbol: put, ...away }).rules);
  });
});

test('A holding beside several options is watched for all of them', () => {
  expect(readSpec(covered(call, put, { watch: 'BTC' }))).toMatchObject({
    symbol: call,
    legs: [
      { name: 'call', symbol: call },
      { name: 'put', symbol: put },
    ],
    watched: { name: 'holding', symbol: 'BTC' },
  });
});

test.each([
  ['one option', covered({ symbol: call, qty: '0.3' }, { name: 'coins', watch: 'BTC' })],
  ['several', covered({ symbol: call, qty: '0.3' }, { symbol: put, side: 'short' }, { watch: 'btcusdt' })],
])('A spec with a holding beside %s is written as it is read', (_, written) => {
  const spec = readSpec(written);
  const form = fullForm(spec);
  expect(readSpec(form)).toEqual(spec);
  expect(fullForm(readSpec(form))).toEqual(form);
});

describe('is refused', () => {
  test.each([
    ['an inverse contract', [call, { watch: 'BTCUSD' }], 'legs.1.watch', 'a holding like BTCUSDT'],
    ['an option', [call, { watch: put }], 'legs.1.watch', 'a holding like BTCUSDT'],
    ['a number', [call, { watch: 3 }], 'legs.1.watch', 'a holding like BTCUSDT'],
    ['another coin', [{ watch: 'ETH' }, call], 'legs.0.watch', 'a holding of BTC, as the options are'],
    [
      'a second one',
      [call, { watch: 'BTC' }, { name: 'b', watch: 'BTCUSDT' }],
      'legs.2.watch',
      'one holding at most',
    ],
    ['a quantity of it', [call, { watch: 'BTC', qty: 1 }], 'legs.1.qty', 'name, watch'],
    ['no option beside it', [{ watch: 'BTC' }, { name: 'b', watch: 'BTC' }], 'legs', 'a list of 2 to 6 legs'],
    ['nothing beside it', [{ watch: 'BTC' }], 'legs', 'a list of 2 to 6 legs'],
    ['one option alone', [call], 'legs', 'a list of 2 to 6 legs'],
    [
      'the name of another leg',
      [
        { name: 'a', symbol: call },
        { name: 'a', watch: 'BTC' },
      ],
      'legs.1.name',
      'a name that no other leg has',
    ],
    [
      'a side of the only option',
      [{ symbol: call, side: 'short' }, { watch: 'BTC' }],
      'legs.0.side',
      'nothing: of a single option',
    ],
  ])('%s', (_, legs, path, expected) => {
    expect(issuesOf(covered(...legs))).toContainEqual(
      expect.objectContaining({ path, expected: expect.stringContaining(expected) as string }),
    );
  });

  test('a rule that trades or asks of the holding', () => {
    const rules = [
      { when: { leg: 'holding', delta: { above: 0.3 } }, then: { close: 'all', legs: 'holding' } },
    ];
    expect(issuesOf({ legs: [call, put, { watch: 'BTC' }], rules }).map(({ path }) => path)).toEqual([
      'rules.0.when.leg',
      'rules.0.then.legs',
    ]);
  });
});
