/** Which leg of a roll comes first, as a person writes it. */
import { expect, test } from 'vitest';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../../support/options.ts';
import { base, issuesOf } from './spec-issues.ts';

const { symbol } = base;

test('the old option is closed first where nothing else is said, and the spec is as it was before', () => {
  const plain = readSpec(base);
  expect(plain.rules[0]?.execution).not.toHaveProperty('legs');
  expect(readSpec({ ...base, execution: { legs: 'closeFirst' } })).toEqual(plain);
});

test.each(['openFirst', 'auto'])('%s stands in the spec and in its full form', (legs) => {
  const spec = readSpec({ ...base, execution: { legs } });
  expect(spec.rules[0]?.execution).toMatchObject({ legs });
  expect(fullForm(spec)).toMatchObject({ execution: { legs } });
  expect(readSpec(fullForm(spec))).toEqual(spec);
});

test('a rule has its own order of legs, or that of the task', () => {
  const rules = [
    { when: { index: { above: 25_500 } }, then: { roll: '+1000' } },
    { when: { index: { above: 26_500 } }, then: { roll: '+2000' }, execution: { legs: 'closeFirst' } },
  ];
  const spec = readSpec({ symbol, rules, execution: { legs: 'openFirst' } });
  expect(spec.rules.map(({ execution }) => execution.legs)).toEqual(['openFirst', undefined]);
});

test('anything else is refused, and so is a structure that does not close first', () => {
  expect(issuesOf({ ...base, execution: { legs: 'first' } })).toMatchObject([
    { path: 'execution.legs', expected: 'closeFirst, openFirst or auto' },
  ]);
  const legs = [symbol, 'BTC-31MAR23-22000-P-USDT'];
  const structure = { legs, trigger: { index: { above: 25_500 } }, target: 'close' };
  for (const order of ['openFirst', 'auto'])
    expect(issuesOf({ ...structure, execution: { legs: order } })).toMatchObject([
      { path: 'execution.legs', expected: expect.stringContaining('cover each other') as string },
    ]);
  expect(issuesOf({ ...structure, execution: { legs: 'closeFirst' } })).toEqual([]);
});
