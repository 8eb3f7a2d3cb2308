/** The runbook says what the drills say, and every drill can be run by a name of its own. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chapters, runbook } from './runbook.ts';

test('docs/runbook.md is what the drills say; npm run runbook brings it up to date', async () => {
  const written = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  expect(written).toBe(await runbook());
});

test('no drill has a name that is a part of another one, because a name chooses what is run', () => {
  const names = chapters.flatMap(({ drills }) => drills.map(({ name }) => `${name}:`));
  for (const name of names) expect(names.filter((other) => other.includes(name))).toEqual([name]);
});
