/** The walks for contributors lead through every place that there is: those of a condition and of a route that exist. */
import { expect, test } from 'vitest';
import { codeIn, read } from './source.ts';

const page = read('docs/contributing-walks.md').text;
const walk = (heading: string): string => page.split(`## ${heading}\n`)[1]?.split(/^## /m)[0] ?? '';
/** Files that a walk names in full. */
const named = (heading: string): readonly string[] =>
  [...walk(heading).matchAll(/`((?:src|test)\/[\w./-]+\.(?:ts|json))`/g)].map(([, path = '']) => path);

test('Add a trigger: every file of the rules that knows theta is on the way', () => {
  const rooms = /^src\/(domain\/(rules|spec|roll)|dashboard\/(messages|pages\/new-task))\//;
  /** It says whether theta is preferred among targets, which is no condition. */
  const ofTargets = /\/(preferences|target-rule)\.ts$/;
  const knowing = codeIn('src')
    .filter(({ path, text }) => rooms.test(path) && !ofTargets.test(path) && /\btheta\b/.test(text))
    .map(({ path }) => path);
  expect(named('Add a trigger')).toEqual(expect.arrayContaining(knowing));
  expect(knowing.length).toBeGreaterThan(6);
});

test('Add a trigger: each file of the first three steps knows theta', () => {
  const [steps = ''] = walk('Add a trigger').split(/^4\. /m);
  const files = [...steps.matchAll(/`(src\/[\w./-]+\.ts)`/g)].map(([, path = '']) => path);
  expect(files.filter((path) => !/\btheta\b/.test(read(path).text))).toEqual([]);
  expect(files.length).toBeGreaterThan(6);
});

test('Add an endpoint: every file of the API that knows the halts in force is on the way', () => {
  const knowing = codeIn('src')
    .filter(
      ({ path, text }) => path.startsWith('src/api/') && /\b(listHalts|HaltsInForce|haltRoutes)\b/.test(text),
    )
    .map(({ path }) => path);
  expect(named('Add an endpoint')).toEqual(expect.arrayContaining(knowing));
  expect(knowing.length).toBeGreaterThan(2);
});
