/**
 * The trader's guide: every word of a spec has an example there, every example is read and played, and what the page says of it is what
 * became of it. `npx vitest run test/unit/backtest/trading-guide.test.ts -u` writes what became of the examples into the page.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import type { ExpiryTarget } from '../../../src/domain/market/expiries.ts';
import { conditionsOf, type ConditionKind } from '../../../src/domain/rules/triggers.ts';
import type { StrikeTarget, Target } from '../../../src/domain/rules/targets.ts';
import { packageFile } from '../../../src/files/package-files.ts';
import { partOf, playExample, specOfExample } from '../../support/guide-day.ts';
import { readSpec } from '../../support/options.ts';
import { specWords, wordsIn } from '../../support/spec-words.ts';

const page = readFileSync(packageFile('docs/trading.md'), 'utf8');

interface Example {
  /** The heading above it. */
  readonly heading: string;
  readonly written: string;
  readonly part: string | undefined;
  /** With the defaults of the guide's first task. */
  readonly spec: Readonly<Record<string, unknown>>;
}
const fence = /^```yaml(?: played=(\S+))?\n([\s\S]*?)^```/gm;
const examples: readonly Example[] = [...page.matchAll(fence)].map(([, part, text = ''], place) => {
  const written = text.replace(/^#.*\n/gm, '');
  const before = page.slice(0, [...page.matchAll(fence)][place]?.index);
  const heading = [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '';
  return { heading, written, part, spec: specOfExample(parse(written) as Record<string, unknown>) };
});

/** A level is written alike for every condition: one example is enough. */
const inGeneral = (word: string): string => word.replace(/^(\.trigger)\.\w+\.(above|below|for)$/, '$1.*.$2');
/** Words that a shape knows and a spec may not have. */
const refused = new Set(['.rules.then.reduce: all']);
/** A backtest has no calendar of the operator; docs/rules.md has a task with it. */
const elsewhere = new Set(['.guards.notDuring.events']);

test('Every word that a spec can have is in an example', () => {
  const shown = new Set(examples.flatMap(({ spec }) => [...wordsIn(spec)].map(inGeneral)));
  const all = new Set([...specWords].map(inGeneral));
  expect([...all].filter((word) => !shown.has(word) && !refused.has(word) && !elsewhere.has(word))).toEqual(
    [],
  );
  expect(all.size).toBeGreaterThan(100);
});

test('Every condition and every guard has a heading with an example of it below', () => {
  const words = [...specWords].flatMap((word) => /^\.(trigger|guards)\.(\w+)$/.exec(word)?.slice(1, 3) ?? []);
  const asked = words.filter((_, place) => place % 2 === 1);
  const missing = asked.filter(
    (key) => !examples.some(({ heading, written }) => heading === key && written.includes(`${key}:`)),
  );
  expect(missing).toEqual([]);
});

test('Every kind of condition, strike and expiry is in an example', () => {
  const rules = examples.flatMap(({ spec }) => readSpec(spec).rules);
  const targets = rules.flatMap(({ then }): readonly Target[] => (then.kind === 'roll' ? [then.target] : []));
  // Objects, so that the compiler asks for a kind that is new.
  const conditions: Record<ConditionKind, true> = {
    index: true,
    mark: true,
    last: true,
    delta: true,
    theta: true,
    impliedVolatility: true,
    impliedVolatilityRank: true,
    realisedVolatility: true,
    optionMark: true,
    extrinsicValue: true,
    extrinsicShare: true,
    profit: true,
    moneyness: true,
    deviations: true,
    daysToExpiry: true,
    expiryDay: true,
    every: true,
  };
  const strikes: Record<StrikeTarget['kind'], true> = {
    steps: true,
    amount: true,
    percent: true,
    same: true,
    strike: true,
    delta: true,
    deltaAtMost: true,
    furthest: true,
    bestCredit: true,
    sameDistance: true,
  };
  const expiries: Record<ExpiryTarget['kind'], true> = {
    same: true,
    next: true,
    min: true,
    nearest: true,
    between: true,
  };
  const sorted = (kinds: Iterable<string>): readonly string[] => [...new Set(kinds)].sort();
  const shown = rules.flatMap(({ when }) => conditionsOf(when)).map(({ kind }) => kind);
  expect(sorted(shown)).toEqual(sorted(Object.keys(conditions)));
  expect(sorted(targets.map(({ strike }) => strike.kind))).toEqual(sorted(Object.keys(strikes)));
  expect(sorted(targets.map(({ expiry }) => expiry.kind))).toEqual(sorted(Object.keys(expiries)));
});

test('What the guide says of its examples is what becomes of them', async () => {
  const [first = { spec: {}, part: undefined }] = examples;
  const ofFirst = await playExample(first.spec, partOf(first.part));
  const played: string[] = [];
  for (const [place, { written, part, spec }] of examples.entries()) {
    const lines = await playExample(spec, partOf(part));
    const isSame = place > 1 && lines.join() === ofFirst.join();
    const became = isSame ? ['as the first task'] : lines;
    played.push(`${written}${became.map((line) => `# ${line}\n`).join('')}`);
  }
  const asPlayed = page.replaceAll(fence, (block: string) => {
    const [opening = ''] = block.split('\n', 1);
    return `${opening}\n${played.shift() ?? ''}\`\`\``;
  });
  await expect(asPlayed).toMatchFileSnapshot('../../../docs/trading.md');
});
