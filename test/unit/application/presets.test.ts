/** Presets become plain specs, for calls and puts; what is wrong is said of the parameter that was set. */
import { describe, expect, test } from 'vitest';
import { findPreset, showPreset, specOfPreset, type PresetUse } from '../../../src/application/presets.ts';
import { BadInput } from '../../../src/domain/errors.ts';
import { nearestWord } from '../../../src/domain/nearest-word.ts';
import { fillIn, readPreset, type PresetValues } from '../../../src/domain/spec/preset.ts';
import { fullForm } from '../../../src/domain/spec/task-spec-form.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { presetNames, presetText, readPresets } from '../../../src/files/preset-files.ts';
import { readSpec, targetOf } from '../../support/options.ts';

const presets = readPresets();
const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-21000-P-USDT';
const specOf = (use: Omit<PresetUse, 'values'> & { readonly values?: PresetValues }): object =>
  specOfPreset(presets, { values: {}, ...use }, bybitRules);
const refusalOf = (use: Omit<PresetUse, 'values'> & { readonly values?: PresetValues }) => {
  try {
    specOf(use);
    return [];
  } catch (error) {
    if (error instanceof BadInput) return error.issues;
    throw error;
  }
};

describe.each(presetNames())('the preset %s', (name) => {
  const { structure } = findPreset(presets, name);

  test.each(structure ? [] : [call, put])(
    'is a task for %s that is the same when it is written out and read again',
    (symbol) => {
      const spec = readSpec(specOf({ preset: name, symbol }));
      expect(spec.symbol).toBe(symbol);
      expect(readSpec(fullForm(spec))).toEqual(spec);
    },
  );

  const { strangle, condor } = bybitRules.legsExamples;
  test.each(structure && structure !== 'covered-call' ? [strangle, condor] : [])(
    'is a task for the legs %j that is the same when it is written out and read again',
    (...legs) => {
      const spec = readSpec(specOf({ preset: name, legs }));
      expect(spec.legs?.map(({ symbol }) => symbol)).toEqual(
        legs.map((leg) => ('symbol' in leg ? leg.symbol : '')),
      );
      expect(readSpec(fullForm(spec))).toEqual(spec);
    },
  );

  test.each(structure === 'covered-call' ? ['BTC', 'BTCUSDT'] : [])(
    'is a task for a call beside %s that is the same when it is written out and read again',
    (watch) => {
      const spec = readSpec(specOf({ preset: name, legs: [call, { watch }] }));
      expect(spec).toMatchObject({ symbol: call, watched: { symbol: watch } });
      expect(readSpec(fullForm(spec))).toEqual(spec);
    },
  );

  test('says in its file who uses it and where it is from', () => {
    const { about, source, parameters } = findPreset(presets, name);
    const comment = /^(?:# .*\n){2,4}/.exec(presetText(name))?.[0] ?? '';
    expect(comment).toMatch(/^# (For|The) /);
    expect(source).toMatch(/^(https:\/\/\S+|practice)$/);
    expect(about.length).toBeLessThanOrEqual(100);
    for (const { is } of parameters) expect(is.length).toBeGreaterThan(2);
  });
});

describe('a value', () => {
  test('takes the place of a default', () => {
    const spec = specOf({
      preset: 'half-profit',
      symbol: call,
      qty: '0.3',
      values: { profit: '60%', rollAtDays: 14 },
    });
    expect(spec).toMatchObject({
      symbol: call,
      qty: '0.3',
      rules: [{ when: { profit: { above: '60%' } } }, { when: { daysToExpiry: { below: 14 } } }],
    });
  });

  test('within a text is a part of it', () => {
    const { strike, expiry } =
      targetOf(readSpec(specOf({ preset: 'two-weeks-out', symbol: put, values: { steps: 2, days: 21 } }))) ??
      {};
    expect(strike).toEqual({ kind: 'steps', steps: -2 });
    expect(expiry).toEqual({ kind: 'nearest', days: 21, from: 'held' });
  });

  test.each<[string, PresetValues, { path: string; found: string; expected: string }]>([
    [
      'of another kind',
      { profit: 60 },
      {
        path: '--set profit',
        found: '60',
        expected: 'a percentage like 80% or -1% (for rules.0.when.profit.above)',
      },
    ],
    [
      'that makes no sense beside the others',
      { rollAtDays: 50 },
      {
        path: '--set rollAtDays',
        found: '50',
        expected:
          'an expiry at which rules.1.when.daysToExpiry does not hold at once again, like next-weekly (for rules.1.then.roll.expiry)',
      },
    ],
    [
      'of an unknown name',
      { rollAtDay: 14 },
      { path: '--set', found: '"rollAtDay"', expected: 'rollAtDays' },
    ],
    [
      'of a name like no other',
      { colour: 'red' },
      { path: '--set', found: '"colour"', expected: 'one of profit, rollAtDays, intoDays, slippage' },
    ],
    [
      'that would break out of its place',
      { intoDays: '45d and 60' },
      {
        path: '--set intoDays',
        found: '"45d and 60"',
        expected: expect.stringContaining('nearest 45d') as string,
      },
    ],
  ])('%s is refused with what would be right', (_, values, issue) => {
    expect(refusalOf({ preset: 'half-profit', symbol: call, values })).toEqual([issue]);
  });

  test('is fine alone and wrong with another: both are named by the place in the task', () => {
    const values = { rollAtDays: 44, intoDays: 44 };
    expect(refusalOf({ preset: 'roll-at-21-days', symbol: call, values: { rollAtDays: 44 } })).toEqual([]);
    expect(refusalOf({ preset: 'roll-at-21-days', symbol: call, values })).toEqual([
      expect.objectContaining({ path: 'target.expiry' }),
    ]);
  });
});

describe('a preset', () => {
  test.each([
    ['tetagang', 'thetagang'],
    ['half', 'half-profit'],
    ['Half-Profit', 'half-profit'],
    ['xyz', `one of ${presetNames().join(', ')}`],
  ])('called %s is answered with %s', (preset, expected) => {
    expect(refusalOf({ preset, symbol: call })).toEqual([
      { path: '--preset', found: JSON.stringify(preset), expected },
    ]);
  });

  test('for no option is refused with the option, and for none known is checked for an example', () => {
    expect(refusalOf({ preset: 'half-profit', symbol: 'BTC' })).toEqual([
      expect.objectContaining({ path: '--symbol', found: '"BTC"' }),
    ]);
    expect(specOf({ preset: 'half-profit' })).not.toHaveProperty('symbol');
    expect(refusalOf({ preset: 'half-profit', values: { profit: 1 } })).toHaveLength(1);
  });

  test('of a structure is refused for a single option, and for legs that are none', () => {
    expect(refusalOf({ preset: 'strangle-pair', symbol: call })).toEqual([
      { path: '--symbol', found: `"${call}"`, expected: 'the legs of a strangle instead: --leg for each' },
    ]);
    expect(refusalOf({ preset: 'strangle-pair', legs: [call, 'BTC'] })).toEqual([
      expect.objectContaining({ path: '--leg', found: '"BTC"' }),
    ]);
    expect(showPreset(presets, { preset: 'strangle-pair', values: {} }, bybitRules).spec).toMatchObject({
      legs: [{ name: 'call', side: 'short' }, { name: 'put' }],
    });
  });

  test('of one option may be used for a structure as one', () => {
    expect(specOf({ preset: 'half-profit', legs: [call, put] })).toMatchObject({ legs: [call, put] });
  });

  test('is shown with the task that it becomes', () => {
    const page = showPreset(
      presets,
      { preset: 'thetagang', symbol: put, values: { delta: 0.2 } },
      bybitRules,
    );
    expect(page).toMatchObject({
      name: 'thetagang',
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'delta', default: 0.3 }),
      ]) as unknown,
      spec: { symbol: put, target: { strike: 'delta at most 0.2' } },
    });
    expect(readSpec(page.spec)).toEqual(
      readSpec(specOf({ preset: 'thetagang', symbol: put, values: { delta: 0.2 } })),
    );
  });

  test('whose file names a parameter that it lacks, or one that it does not use, is not read', () => {
    const file = { about: 'a', source: 'practice', parameters: {}, task: { trigger: '${level}' } };
    expect(() => readPreset('a', file)).toThrow('parameters.level');
    const unused = { ...file, parameters: { days: { default: 1, is: 'days' } }, task: { trigger: 1 } };
    expect(() => readPreset('a', unused)).toThrow('a place for ${days}');
    expect(() => readPreset('a', { ...file, task: { symbol: call } })).toThrow('without symbol and qty');
  });

  test('takes a value as it is, whatever letters are in it', () => {
    const parameters = { a: { default: '$&', is: 'a text' } };
    const task = { alone: '${a}', within: 'x ${a} y', list: ['${a}'] };
    const preset = readPreset('a', { about: 'a', source: 'practice', parameters, task });
    expect(fillIn(preset, {})).toEqual({ alone: '$&', within: 'x $& y', list: ['$&'] });
    expect(fillIn(preset, { a: '${a}' })).toEqual({ alone: '${a}', within: 'x ${a} y', list: ['${a}'] });
  });
});

test.each([
  ['dleta', ['delta', 'days'], 'delta'],
  ['days', ['delta', 'rollAtDays'], 'rollAtDays'],
  ['q', ['delta'], null],
  ['', [], null],
])('%j is meant as one of %j: %j', (word, known, meant) => expect(nearestWord(word, known)).toBe(meant));
