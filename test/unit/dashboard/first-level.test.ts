/** What a new condition of the form begins with: never a level of another market. */
import { expect, test } from 'vitest';
import { firstLevel } from '../../../src/dashboard/pages/new-task/first-level.ts';
import { conditionKinds } from '../../../src/dashboard/pages/new-task/task-form.ts';
import { readYaml, writeForm } from '../../../src/dashboard/pages/new-task/yaml-form.ts';

test('a price begins at the strike of the option, whatever its coin', () => {
  const at = (symbol: string): string => firstLevel('index', { symbol, index: '1' });
  expect(at('BTC-31MAR23-25000-C-USDT')).toBe('25000');
  expect(at('SOL-31MAR23-22.5-P-USDT')).toBe('22.5');
  expect(firstLevel('last', { symbol: 'ETH-31MAR23-1800-C', index: null })).toBe('1800');
});

test.each([
  ['23512.4', '23500'],
  ['1799.6', '1800'],
  ['142.37', '142'],
  ['99.96', '100'],
  ['0.52314', '0.523'],
  [null, ''],
  ['0', ''],
])('without one at the index of %s: %s', (index, level) =>
  expect(firstLevel('index', { symbol: 'soon', index })).toBe(level),
);

test('an amount of money that only the market could say is left to be filled in, and the form keeps it', () => {
  const market = { symbol: 'BTC-31MAR23-25000-C-USDT', index: '23500' };
  const empty = conditionKinds.filter((kind) => firstLevel(kind, market) === '');
  expect(empty).toEqual(['theta', 'optionMark', 'extrinsicValue']);
  const before = readYaml('symbol: BTC-31MAR23-25000-C-USDT\n');
  if (before.kind === 'fault') throw new Error('the YAML is right');
  const condition = { kind: 'optionMark', direction: 'above', level: '', hold: '' } as const;
  const text = writeForm('symbol: BTC-31MAR23-25000-C-USDT\n', {
    ...before.read.form,
    conditions: [condition],
  });
  const after = readYaml(text);
  expect(after).toMatchObject({ read: { form: { conditions: [condition] }, others: [] } });
});
