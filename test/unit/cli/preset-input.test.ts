/** A preset by options of the command line: values as a spec has them, and nothing beside it that it says itself. */
import { describe, expect, test } from 'vitest';
import { jobOf, type BacktestInput } from '../../../src/cli/lab/backtest-job.ts';
import {
  readSpec,
  readSpecInput,
  valuesOf,
  type SpecOptions,
} from '../../../src/cli/task/task-spec-input.ts';

const symbol = 'BTC-31MAR23-26000-C-USDT';
const preset = 'half-profit';

test('Values are read as YAML reads them', () => {
  expect(valuesOf(['a=14', 'b=50%', 'c=[100%, 50%]', 'd=true', 'e = Friday at 07:30', 'f=a=b'])).toEqual({
    a: 14,
    b: '50%',
    c: ['100%', '50%'],
    d: true,
    e: 'Friday at 07:30',
    f: 'a=b',
  });
});

test.each(['profit', '=1', 'profit=', 'profit={ a: 1 }', 'profit=[[1]]', 'profit="'])(
  'A value like %j is refused',
  (text) => expect(() => valuesOf([text])).toThrow('like rollAtDays=14'),
);

test.each<[string, SpecOptions, string]>([
  ['without a symbol', { preset }, '--symbol: found nothing'],
  ['with a file', { preset, symbol, spec: 'a.yaml' }, '--spec: found an option beside --preset'],
  ['with a trigger', { preset, symbol, trigger: '1' }, '--trigger: found an option beside --preset'],
  ['with a target', { preset, symbol, target: '1' }, '--target: found an option beside --preset'],
  ['that is not there', { symbol, set: ['profit=60%'] }, '--set: found a value without --preset'],
  ['with a wrong value', { preset, symbol, set: ['profit=60'] }, '--set profit: found 60'],
])('A preset %s is refused', (_, options, refusal) => expect(() => readSpec(options)).toThrow(refusal));

test('A preset becomes a plain spec; for an edit the task says the symbol', () => {
  expect(readSpec({ preset, symbol, qty: '0.2', set: ['profit=60%'] })).toMatchObject({
    symbol,
    qty: '0.2',
    rules: [{ when: { profit: { above: '60%' } } }, { when: { daysToExpiry: { below: 21 } } }],
  });
  expect(readSpecInput({ preset })).not.toHaveProperty('symbol');
});

describe('a backtest', () => {
  const input: BacktestInput = { tape: 'a.csv', iv: '0.5', qty: '1', side: 'short', cash: '1000' };

  test('plays a preset', () => {
    expect(jobOf({ ...input, preset, symbol }).spec).toEqual(readSpec({ preset, symbol }));
  });

  test.each<[Partial<BacktestInput>, string]>([
    [{}, '--task: found nothing'],
    [{ task: 'a.yaml', preset }, '--task: found a file beside --preset'],
    [{ task: 'a.yaml', symbol }, '--symbol: found an option without --preset'],
    [{ task: 'a.yaml', set: ['a=1'] }, '--set: found an option without --preset'],
    [{ preset }, '--symbol: found nothing'],
  ])('of %j is refused', (given, refusal) => expect(() => jobOf({ ...input, ...given })).toThrow(refusal));
});
