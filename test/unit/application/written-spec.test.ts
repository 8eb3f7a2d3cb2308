/** A spec as a short text: YAML within bounds, and an error that says what was found. */
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import { readWritten } from '../../../src/application/written-spec.ts';

function refused(text: string): { readonly path: string; readonly found: string; readonly expected: string } {
  try {
    readWritten(text, 'rule');
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    const [issue] = (error as BadInput).issues;
    if (issue) return issue;
  }
  throw new Error('it was read');
}

describe('a text that a person wrote', () => {
  test.each<[string, unknown]>([
    ['23500', 23500],
    ['{ index: { above: 23500 } }', { index: { above: 23500 } }],
    ['index:\n  above: 23500\n  for: 30s', { index: { above: 23500, for: '30s' } }],
    ['[a, b]', ['a', 'b']],
    ['', null],
  ])('is read as YAML: %j', (text, value) => {
    expect(readWritten(text, 'rule')).toEqual(value);
  });

  test('is read up to 3,500 characters', () => {
    const text = `"${'x'.repeat(3_498)}"`;
    expect(readWritten(text, 'rule')).toHaveLength(3_498);
    expect(refused(`${text} `)).toEqual({
      path: 'rule',
      found: '3501 characters',
      expected: 'at most 3500',
    });
  });

  test.each(['[', '{a: '])('is read up to 30 brackets deep: %j', (open) => {
    const close = open === '[' ? ']' : '}';
    const deep = (levels: number): string => `${open.repeat(levels)}1${close.repeat(levels)}`;
    expect(readWritten(deep(30), 'rule')).toBeTypeOf('object');
    const { found, expected } = refused(deep(31));
    expect([found, expected]).toEqual(['brackets within brackets within brackets', 'at most 30 levels']);
  });

  test('may have many brackets beside each other', () => {
    expect(readWritten(`[${'[1],'.repeat(100)}]`, 'rule')).toHaveLength(100);
    expect(readWritten(`[${'{a: 1},'.repeat(100)}]`, 'rule')).toHaveLength(100);
  });

  test('is as little read when it is deep without brackets', () => {
    expect(refused(`- ${'- '.repeat(31)}1`).expected).toBe('at most 30 levels');
    expect(refused(`a:\n${' '.repeat(200)}b: 1`).expected).toBe('at most 30 levels');
    expect(readWritten(`a:\n${' '.repeat(190)}b: 1`, 'rule')).toEqual({ a: { b: 1 } });
    expect(readWritten(`${'- '.repeat(20)}1`, 'rule')).toBeTypeOf('object');
  });

  test('that is no YAML is refused with its beginning and the reason, on one line', () => {
    const { path, found, expected } = refused(`{ index: [1, 2\n${'x'.repeat(80)}`);
    expect(path).toBe('rule');
    expect(found).toMatch(/^"\{ index: \[1, 2/);
    expect(found.length).toBeLessThan(70);
    expect(expected).toMatch(/^YAML as in a task file \(.+\)$/);
    expect(expected).not.toMatch(/at line|\n/);
  });

  test('has no aliases, by which a short text becomes a long one', () => {
    expect(refused('a: &x [1]\nb: *x').expected).toMatch(/^YAML as in a task file/);
  });
});
