/** A structure on the command line: its legs by options, and its short name in a list. */
import { describe, expect, test } from 'vitest';
import { legsOf, optionNameOf } from '../../../src/cli/task/leg-options.ts';
import { legTable, shortName } from '../../../src/cli/task/leg-table.ts';
import { readSpec, readSpecInput, type SpecOptions } from '../../../src/cli/task/task-spec-input.ts';
import { jobOf, taskName } from '../../../src/cli/lab/backtest-job.ts';
import { parseTaskSpec } from '../../../src/domain/spec/task-spec.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { LegView } from '../../../src/domain/explain/leg-view.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const upper = 'BTC-31MAR23-27000-C-USDT';
const put = 'BTC-31MAR23-21000-P-USDT';

test.each<[string, unknown]>([
  [call, call],
  [`put=${put}`, { name: 'put', symbol: put }],
  [`my put = ${put}`, { name: 'my put', symbol: put }],
  [`${call}:long`, { symbol: call, side: 'long' }],
  [`wing=${call}:short`, { name: 'wing', symbol: call, side: 'short' }],
  ['BTC:watched', { watch: 'BTC' }],
  ['coins=BTC:watched', { name: 'coins', watch: 'BTC' }],
])('--leg %s', (text, leg) => expect(legsOf([text])).toEqual([leg]));

test.each(['', '=', `=${call}`, 'put=', `${call}:Sell`, `a=b=${call}`])('--leg %j is refused', (text) =>
  expect(() => legsOf([text])).toThrow('NAME=SYMBOL'),
);

test('A place among the legs is said by the option', () => {
  expect(['legs.0.symbol', 'legs', 'trigger.index', 'symbol'].map(optionNameOf)).toEqual([
    '--leg',
    '--leg',
    '--trigger',
    '--symbol',
  ]);
});

describe('a spec by --leg', () => {
  test('is one with legs', () => {
    const trigger = '30000';
    expect(readSpec({ leg: [call, upper], trigger, target: '1000 away', qty: '0.1' })).toEqual({
      legs: [call, upper],
      trigger,
      target: '1000 away',
      qty: '0.1',
    });
    expect(readSpec({ leg: [call, put], preset: 'strangle-pair' })).toMatchObject({ legs: [call, put] });
    expect(readSpecInput({ preset: 'strangle-pair' })).not.toHaveProperty('legs');
  });

  test.each<[SpecOptions, string]>([
    [{ leg: [call], trigger: '30000', target: '1 step away' }, '--leg: found'],
    [{ leg: [call, 'BTC'], trigger: '30000', target: '1 step away' }, '--leg: found "BTC"'],
    [{ leg: [call, put], trigger: '30000', target: '1 step away' }, '--trigger: found'],
    [{ leg: [call, upper], trigger: '30000', target: '-1000' }, '--target: found'],
    [{ leg: [call, upper], symbol: call, trigger: '30000', target: '1 step away' }, '--symbol: found'],
    [{ leg: [call, put], spec: 'a.yaml' }, '--leg: found an option beside --spec'],
    [{ leg: [call, put], symbol: call, preset: 'strangle-pair' }, '--symbol: found'],
    [{ preset: 'strangle-pair' }, 'or --leg for each of several'],
  ])('of %j is refused', (options, refusal) => expect(() => readSpec(options)).toThrow(refusal));

  test('is played by a backtest, each leg on its side', () => {
    const input = { tape: 'a.csv', iv: '0.5', qty: '1', side: 'short', cash: '1000' } as const;
    const played = { ...input, preset: 'spread-as-unit', leg: [call, `${put}:long`] };
    expect(parseTaskSpec(jobOf(played).spec, bybitRules).legs).toEqual([
      { name: 'call', symbol: call },
      { name: 'put', symbol: put, side: 'Buy' },
    ]);
    expect(taskName(played)).toBe(`spread-as-unit for ${call} and ${put}:long`);
    expect(() => jobOf({ ...input, task: 'a.yaml', leg: [call] })).toThrow(
      '--leg: found an option without --preset',
    );
  });
});

describe('a structure', () => {
  const legs: readonly LegView[] = [
    { name: 'call', side: 'short', qty: '0.3', symbol: call, expiryMs: Date.UTC(2023, 2, 31, 8) },
    { name: 'put', side: null, qty: 'all', symbol: put, expiryMs: null },
  ];

  test('has a short name', () => {
    expect(shortName(call, undefined)).toBe(call);
    expect(shortName(call, legs)).toBe(`${call} +1`);
    expect(shortName(call, [legs[0] as LegView, { ...(legs[1] as LegView), qty: '0' }])).toBe(call);
    // In the middle of a roll: a part of the old call and a part of the new one.
    expect(shortName(call, [legs[0] as LegView, ...legs])).toBe(`${call} +1`);
  });

  test('is a table of legs', () => {
    expect(legTable(legs).split('\n')).toEqual([
      'NAME  SIDE   QTY  SYMBOL                    DELIVERED',
      `call  short  0.3  ${call}  2023-03-31 08:00:00 UTC`,
      `put   ?      all  ${put}  ?`,
    ]);
  });
});
