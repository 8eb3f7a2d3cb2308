/** A spec on a page of other things: short, within its columns, and still YAML of the same spec. */
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { specLines } from '../../../src/cli/task/spec-lines.ts';
import { fullForm } from '../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../support/options.ts';

const spec = fullForm(
  readSpec({
    symbol: 'BTC-31MAR23-26000-C-USDT',
    trigger: { any: [{ index: { above: 25_500, for: '5s' } }, { all: [{ profit: { above: '80%' } }] }] },
    target: '+2 steps',
    guards: { debit: { max: '10%' }, rolls: { max: 6, perDay: 2 }, quietHours: '22:00-06:00' },
  }),
);

describe('A spec on few lines', () => {
  it.each([60, 80, 200])('fits into %i columns and is the same spec', (columns) => {
    const lines = specLines(spec, columns);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(parse(lines.join('\n'))).toEqual(spec);
  });

  it('has a line for each item of a list', () => {
    const rules = [
      { name: 'profit', when: { profit: { above: '50%' } } },
      { name: 'time', when: 'later' },
    ];
    const lines = specLines({ symbol: 'X', rules }, 80);
    expect(lines).toEqual([
      'symbol: X',
      'rules:',
      '  - { name: profit, when: { profit: { above: 50% } } }',
      '  - { name: time, when: later }',
    ]);
    expect(parse(lines.join('\n'))).toEqual({ symbol: 'X', rules });
  });
});
