/** docs/watching.md has every metric as a daemon exports it, and a section for every rule. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { described } from '../support/metrics/exported.ts';
import { sampleMetrics } from '../support/metrics/sample-reading.ts';
import { read } from './source.ts';

const page = read('docs/watching.md').text;

it('has each metric in its table, with type, labels and what it says, and no other', () => {
  const rows = [...page.matchAll(/^\| `(rollkeeper_\w+)` *\| (\w+) *\| ([^|]*?) *\| (.*?) *\|$/gm)].map(
    ([, name, type, labels = '', help]) => ({
      name,
      type,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      help,
    }),
  );
  const exported = described(sampleMetrics().registry)
    .filter(({ name }) => name.startsWith('rollkeeper_'))
    .map(({ name, type, labelNames, help }) => ({ name, type, labels: [...labelNames], help }));
  expect(rows).toEqual(exported);
});

it('has a section for each rule that says how urgent it is, in the order of the rules', () => {
  const { groups } = z
    .object({
      groups: z.array(
        z.object({
          rules: z.array(z.object({ alert: z.string(), labels: z.object({ severity: z.string() }) })),
        }),
      ),
    })
    .parse(parse(read('deploy/prometheus/rules.yml').text));
  const rules = groups.flatMap((group) => group.rules);
  const sections = [...page.matchAll(/^### (\w+)\n\n(\w+)\. /gm)].map(([, alert, urgency = '']) => ({
    alert,
    severity: urgency.toLowerCase(),
  }));
  expect(sections).toEqual(rules.map(({ alert, labels }) => ({ alert, severity: labels.severity })));
});
