/** Alert rules of Prometheus over made-up series: which alerts fire at a time, as its own tool for tests of rules would say. */
import { evaluate, type Labels, type Series } from './evaluate.ts';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string | undefined;
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface FiringAlert {
  readonly alert: string;
  /** Without those of the rule. */
  readonly labels: Labels;
  readonly annotations: Labels;
}

export const everySeconds = 15;

/** Values at every 15 s from 0 on; `null` is a scrape that gave nothing. */
export type Given = Readonly<Record<string, readonly (number | null)[]>>;

/** @param given by series, as `name{label="value"}` */
export const seriesOf = (given: Given): readonly Series[] =>
  Object.entries(given).map(([text, values]) => {
    const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(text) ?? [];
    const labels = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [
      label,
      value,
    ]);
    const samples = values.flatMap((value, at) =>
      value === null ? [] : [[at * everySeconds, value] as const],
    );
    return { labels: { __name__: name, ...(Object.fromEntries(labels) as Labels) }, samples };
  });

/** What fires at a time of evaluation: the rule has held at each one for as long as its `for` says. */
export function firing(rule: AlertRule, given: Given, atSeconds: number): readonly FiringAlert[] {
  const series = seriesOf(given);
  const forSeconds = rule.for === undefined ? 0 : secondsOf(rule.for);
  const since = new Map<string, number>();
  let now = new Map<string, { labels: Labels; value: number }>();
  for (let seconds = 0; seconds <= atSeconds; seconds += everySeconds) {
    const found = evaluate(rule.expr, series, seconds).map(
      ({ labels: { __name__: _, ...labels }, value }) => ({ labels, value }),
    );
    now = new Map(found.map((sample) => [JSON.stringify(sample.labels), sample]));
    for (const key of since.keys()) if (!now.has(key)) since.delete(key);
    for (const key of now.keys()) if (!since.has(key)) since.set(key, seconds);
  }
  return [...now].flatMap(([key, { labels, value }]) =>
    atSeconds - (since.get(key) ?? atSeconds) < forSeconds
      ? []
      : [{ alert: rule.alert, labels, annotations: expanded(rule.annotations, labels, value) }],
  );
}

function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([sm])$/.exec(text) ?? [];
  if (unit === '') throw new Error(`not a duration: ${text}`);
  return Number(count) * (unit === 'm' ? 60 : 1);
}

const expanded = (annotations: Labels, labels: Labels, value: number): Labels =>
  Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text
        .replace(/\{\{ \$labels\.(\w+) \}\}/g, (all, label: string) => labels[label] ?? all)
        .replace(/\{\{ printf "%\.(\d)f" \$value \}\}/g, (_, digits: string) =>
          value.toFixed(Number(digits)),
        ),
    ]),
  );
