/** The evaluator that the rules are tested with says what Prometheus says, in cases with known answers. */
import { expect, test } from 'vitest';
import { evaluate } from '../../support/promql/evaluate.ts';
import { seriesOf, type Given } from '../../support/promql/alerting.ts';

const at = (expression: string, given: Given, seconds: number) =>
  evaluate(expression, seriesOf(given), seconds).map(({ labels: { __name__: _, ...labels }, value }) => [
    labels,
    value,
  ]);
const counter = (values: readonly (number | null)[]): Given => ({ 'a_total{x="1"}': values });

test('an increase is stretched to the range, not to before 0, and counts through a restart', () => {
  // Samples at 15, 30, 45 and 60 s within (0, 60]: 45 s of samples, 15 s to the beginning.
  expect(at('increase(a_total[1m])', counter([100, 115, 130, 145, 160]), 60)).toEqual([[{ x: '1' }, 60]]);
  expect(at('rate(a_total[1m])', counter([100, 115, 130, 145, 160]), 60)).toEqual([[{ x: '1' }, 1]]);
  // It was 0 at the first sample: nothing lies before.
  expect(at('increase(a_total[1m])', counter([null, 0, 10, 20, 30]), 60)).toEqual([[{ x: '1' }, 30]]);
  // 1 after 30: it has begun again.
  expect(at('increase(a_total[1m])', counter([20, 30, 1, 2, 3]), 60)).toEqual([[{ x: '1' }, 3 * (60 / 45)]]);
  // Far from the end of the range by half a distance only.
  expect(at('increase(a_total[1m])', counter([100, 115, 130, null, null]), 60)).toEqual([
    [{ x: '1' }, 15 * (37.5 / 15)],
  ]);
  expect(at('increase(a_total[1m])', counter([5, null, null, null, 7]), 60)).toEqual([]);
});

test('selectors look back for five minutes, and match whole values', () => {
  const given: Given = { 'a{x="one"}': [1], 'a{x="two"}': [2] };
  expect(at('a{x=~"on"}', given, 0)).toEqual([]);
  expect(at('a{x=~"on.|three"}', given, 299)).toEqual([[{ x: 'one' }, 1]]);
  expect(at('a', given, 300)).toEqual([]);
  expect(at('a{x!="one",y=""}', given, 0)).toEqual([[{ x: 'two' }, 2]]);
});

test('operators match by labels, whatever the name: arithmetic, comparison, or, and, absent', () => {
  const given: Given = { 'a{x="1"}': [6], 'b{x="1"}': [3], 'b{x="2"}': [5] };
  expect(at('a / b', given, 0)).toEqual([[{ x: '1' }, 2]]);
  expect(at('a > b', given, 0)).toEqual([[{ x: '1' }, 6]]);
  expect(at('a == 5 or b > 2', given, 0)).toEqual([
    [{ x: '1' }, 3],
    [{ x: '2' }, 5],
  ]);
  expect(at('b and a', given, 0)).toEqual([[{ x: '1' }, 3]]);
  expect(at('max by (y) (b)', given, 0)).toEqual([[{}, 5]]);
  expect(at('sum by (x) (b)', given, 0)).toHaveLength(2);
  expect(at('absent(a{x="1"})', given, 0)).toEqual([]);
  expect(at('absent(a{x="3"})', given, 0)).toEqual([[{ x: '3' }, 1]]);
  // 0 / 0 is no number, and is above nothing.
  expect(at('a / b > 1', { 'a{x="1"}': [0], 'b{x="1"}': [0] }, 0)).toEqual([]);
});

test('what it does not know is an error', () => {
  for (const expression of [
    'quantile(0.5, a)',
    'a offset 5m',
    'sum without (x) (a)',
    'a / on (x) b',
    'irate(a[5m])',
    'a >',
  ])
    expect(() => at(expression, { a: [1] }, 0), expression).toThrow();
});
