/** docs/rules.md: every rule that can be said is there as a task that is read, the same as its preset with its defaults. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { specOfPreset } from '../../../../src/application/presets.ts';
import { legsForm } from '../../../../src/domain/spec/legs-shape.ts';
import { watchedForm } from '../../../../src/domain/spec/watched-shape.ts';
import { bybitRules } from '../../../../src/exchange/bybit/rules.ts';
import { packageFile } from '../../../../src/files/package-files.ts';
import { presetNames, readPresets } from '../../../../src/files/preset-files.ts';
import { readSpec } from '../../../support/options.ts';

const page = readFileSync(packageFile('docs/rules.md'), 'utf8');

interface Row {
  readonly number: string;
  readonly isSaid: boolean;
  readonly presets: readonly string[];
}
const rows: readonly Row[] = [...page.matchAll(/^\| (\d+) +\|[^|]+\| (yes|not yet) +\| (.*)\|$/gm)].map(
  ([, number = '', said = '', presets = '']) => ({
    number,
    isSaid: said === 'yes',
    presets: [...presets.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  }),
);
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [/^(\d+)\. /.exec(text)?.[1] ?? '', text] as const),
);
const yamlIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => yaml);

test('The page has fifteen rules and one beside them, a section for each, and every preset', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, at) => String(at + 1)));
  expect([...sections.keys()]).toEqual(rows.map(({ number }) => number));
  expect(rows.flatMap(({ presets }) => presets).sort()).toEqual(presetNames());
});

test.each(rows)('Rule $number is said as it is in $presets', ({ number, isSaid, presets }) => {
  const specs = yamlIn(sections.get(number) ?? '').map((yaml) => readSpec(parse(yaml)));
  expect(specs.length).toBe(presets.length);
  expect(presets.length > 0).toBe(isSaid);
  for (const [at, preset] of presets.entries()) {
    const { symbol, legs, watched } = specs[at] ?? {};
    const covered = watched && { legs: [symbol, watchedForm(watched)] };
    const options = legs ? { legs: legsForm(legs) } : (covered ?? { symbol });
    expect(specs[at]).toEqual(
      readSpec(specOfPreset(readPresets(), { preset, ...options, values: {} }, bybitRules)),
    );
  }
});
