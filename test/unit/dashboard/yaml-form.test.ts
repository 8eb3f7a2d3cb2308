/** The form of a task and its YAML are the same task: whatever is changed on one side is on the other, and what a person wrote stays. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conditionKinds,
  emptyForm,
  fieldNames,
  formOf,
  type FieldName,
  type FormCondition,
  type TaskForm,
} from '../../../src/dashboard/pages/new-task/task-form.ts';
import { readYaml, writeForm, yamlOf } from '../../../src/dashboard/pages/new-task/yaml-form.ts';

/** What a person may type: numbers, shares, words, also ones that YAML would take for something else. */
const typed = fc.oneof(
  fc.integer({ min: -99_999, max: 99_999 }).map(String),
  fc.constantFrom(
    '25500',
    '0.40',
    '0.4',
    '80%',
    '+1000',
    '+2 steps',
    'delta 0.25',
    'same',
    '22:00-06:00',
    '5s',
    '-1%',
  ),
  fc.constantFrom(
    '1e3',
    '0x10',
    'null',
    'yes',
    '~',
    '#5',
    '- a',
    'a: b',
    '{',
    '"',
    "it's",
    '*x',
    '&y',
    '!z',
    '0123',
    '.5',
  ),
);
const maybe = fc.oneof(fc.constant(''), typed);
const condition: fc.Arbitrary<FormCondition> = fc.record({
  kind: fc.constantFrom(...conditionKinds),
  direction: fc.constantFrom('above', 'below'),
  level: typed,
  hold: maybe,
});
const form: fc.Arbitrary<TaskForm> = fc
  .record({
    symbol: fc.constantFrom('BTC-31MAR23-25000-C-USDT', 'ETH-31MAR23-1500-P-USDT', ''),
    qty: maybe,
    join: fc.constantFrom('any', 'all'),
    conditions: fc.array(condition, { maxLength: 4 }),
    act: fc.constantFrom('roll', 'close'),
    strike: maybe.filter((text) => text !== 'close'),
    expiry: maybe,
    fields: fc.record(
      Object.fromEntries(fieldNames.map((name) => [name, maybe])) as Record<FieldName, typeof maybe>,
    ),
  })
  .map(settled);

/** What means nothing is said in one way: a single condition is not joined, and what is closed has no target. */
function settled(given: TaskForm): TaskForm {
  const isClose = given.act === 'close';
  return {
    ...given,
    join: given.conditions.length < 2 ? 'any' : given.join,
    ...(isClose && { strike: '', expiry: '' }),
  };
}

function formIn(text: string): TaskForm {
  const read = readYaml(text);
  if (read.kind === 'fault') throw new Error(`${text}: ${read.fault.text}`);
  expect(read.read.others).toEqual([]);
  return read.read.form;
}

describe('the form and the YAML', () => {
  test('a form that is written and read is the same form', () => {
    fc.assert(
      fc.property(form, (given) => {
        expect(formIn(writeForm('', given))).toEqual(given);
      }),
      { numRuns: 200 },
    );
  });

  test('a form that becomes another one is that other one, whatever was there before', () => {
    fc.assert(
      fc.property(form, form, (before, after) => {
        expect(formIn(writeForm(writeForm('', before), after))).toEqual(after);
      }),
      { numRuns: 200 },
    );
  });

  test('nothing that is not changed is touched, to the letter', () => {
    fc.assert(
      fc.property(form, (given) => {
        const text = writeForm('', given);
        expect(writeForm(text, given)).toBe(text);
      }),
    );
  });
});

const written = `# mine
symbol: BTC-31MAR23-25000-C-USDT # the one from March
trigger: # two reasons
  any:
    # near the strike
    - delta: { above: 0.40, for: 1m } # a minute
    - daysToExpiry: { below: 7 }
target: { strike: delta 0.25, expiry: next-monthly } # out
guards:
  debit: { max: 50% } # never more
  notDuring: 2023-03-22 # the Fed
  rolls: { max: 6, perDay: 1 }
# the end
`;
const comments = [
  '# mine',
  '# the one from March',
  '# two reasons',
  '# near the strike',
  '# a minute',
  '# out',
  '# never more',
  '# the Fed',
  '# the end',
];

describe('what a person wrote', () => {
  const read = formOf((readYaml(written) as { spec: object }).spec);
  test.each<[string, TaskForm, string]>([
    [
      'a level',
      {
        ...read.form,
        conditions: read.form.conditions.map((each, at) => (at === 0 ? { ...each, level: '0.5' } : each)),
      },
      'delta: { above: 0.5, for: 1m } # a minute',
    ],
    ['a strike', { ...read.form, strike: '+2 steps' }, 'strike: +2 steps, expiry: next-monthly } # out'],
    [
      'a guard',
      { ...read.form, fields: { ...read.form.fields, debitMax: '30%' } },
      'debit: { max: 30% } # never more',
    ],
    [
      'the symbol',
      { ...read.form, symbol: 'BTC-31MAR23-26000-C-USDT' },
      'BTC-31MAR23-26000-C-USDT # the one from March',
    ],
    ['one more guard', { ...read.form, fields: { ...read.form.fields, cooldown: '15m' } }, 'cooldown: 15m'],
  ])('stays with its comments when the form changes %s', (_, form, expected) => {
    const text = writeForm(written, form);
    expect(text).toContain(expected);
    for (const comment of comments) expect(text).toContain(comment);
    expect(text).toContain('notDuring: 2023-03-22');
  });

  test('is named where the form does not show it', () => {
    expect(read.others).toEqual(['guards.notDuring']);
  });

  test('that is no YAML is said with its line', () => {
    expect(readYaml('symbol: a\ntrigger: { index: [\n')).toMatchObject({ kind: 'fault', fault: { line: 3 } });
    expect(readYaml('- a list')).toMatchObject({ kind: 'fault' });
    expect(readYaml('a: &x [1]\nb: [*x, *x]')).toMatchObject({ kind: 'fault' });
    expect(readYaml('')).toMatchObject({ kind: 'read', spec: {} });
  });
});

test('every example and its form are read without a fault, and what is more than a form is left alone', () => {
  const folder = new URL('../../../examples/', import.meta.url);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.yaml'))) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const read = readYaml(text);
    if (read.kind === 'fault') throw new Error(name);
    expect(writeForm(text, read.read.form)).toBe(writeForm(text, read.read.form));
    const again = readYaml(
      writeForm(text, { ...read.read.form, fields: { ...read.read.form.fields, cooldown: '9m' } }),
    );
    expect(again).toMatchObject({ kind: 'read', spec: { ...read.spec, guards: { cooldown: '9m' } } });
  }
});

test('an empty form is an empty text, and a spec of a preset becomes YAML that says the same', () => {
  expect(writeForm('', emptyForm).trim()).toMatch(/^(\{ ?\}|null)?$/);
  const spec = { symbol: 'BTC-31MAR23-25000-C-USDT', trigger: 25_500, target: '+1000' };
  expect(readYaml(yamlOf(spec))).toMatchObject({ kind: 'read', spec, read: { others: [] } });
});
