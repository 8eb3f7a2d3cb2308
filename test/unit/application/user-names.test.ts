/** Names of users who come by themselves: whatever a messenger calls a person, the name is plain, short, of one script and nobody else's. */
import { describe, expect, test } from 'vitest';
import { userNamesFor } from '../../../src/application/user-names.ts';

const noAdministrators = { names: [], identities: [] };
const first = (given: string): string | undefined => userNamesFor(given, noAdministrators)[0];

describe('the name of a user who comes by a messenger', () => {
  test.each([
    ['Ann', 'Ann'],
    ['Ann Lee', 'Ann-Lee'],
    ['  Ann   (work)  ', 'Ann-work'],
    ['..ann_lee--', 'ann_lee'],
    ['a - - b', 'a-b'],
    ['Ｂｏｂ', 'Bob'],
    ['Zoe\u0308\u0301', 'Zo\u00eb'],
    ['Ольга', 'Ольга'],
    ['42', '42'],
  ])('of %j is %j', (given, name) => {
    expect(first(given)).toBe(name);
  });

  test.each(['', '   ', '!!!', '\u202E', '💥💥', '---', '._.'])(
    'that would be nothing, of %j, is "user"',
    (given) => {
      expect(first(given)).toBe('user');
    },
  );

  test('of letters of several scripts keeps the Latin ones alone, so that no name looks like another', () => {
    expect(first('Аnn')).toBe('nn');
    expect(first('Ann Ольга')).toBe('Ann');
    expect(first('Ann_2.b')).toBe('Ann_2.b');
  });

  test('has at most 32 letters, and no dash at the cut', () => {
    expect(first('x'.repeat(40))).toBe('x'.repeat(32));
    expect(first(`${'x'.repeat(31)} y`)).toBe('x'.repeat(31));
    expect(first(`${' '.repeat(300)}x`)).toBe('user');
  });

  test('that is taken gets a number from 2 to 9, then one at random', () => {
    const [plain, ...others] = userNamesFor('ann', noAdministrators);
    expect(plain).toBe('ann');
    expect(others.slice(0, 8)).toEqual(['2', '3', '4', '5', '6', '7', '8', '9'].map((at) => `ann-${at}`));
    expect(others.slice(8)).toHaveLength(5);
    expect(new Set(others).size).toBe(others.length);
    for (const name of others.slice(8)) expect(name).toMatch(/^ann-\d{1,9}$/);
  });

  test.each(['operator', 'Archive', 'NOBODY', 'administrator', 'admin', 'Root'])(
    'is never %s, which means something here',
    (given) => {
      expect(first(given)).toBe(`${given}-2`);
    },
  );

  test('is never that of an administrator, however it is written', () => {
    expect(userNamesFor('carla', { names: ['Carla'], identities: [] })[0]).toBe('carla-2');
  });
});
