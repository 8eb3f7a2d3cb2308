/** What a daemon exports: every name of a series, with the labels that it may have. */
import type { Registry } from 'prom-client';
import { sampleMetrics } from './sample-reading.ts';

/** What Prometheus adds, and the one metric that it makes of each scrape. */
const added = ['job', 'instance'];

export interface Exported {
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** By name of the metric, as it was made. */
export const described = (registry: Registry): readonly Described[] =>
  (registry as unknown as { getMetricsAsArray(): Described[] }).getMetricsAsArray();

/** By name of a series: a histogram has three. */
export function exportedSeries(registry: Registry = sampleMetrics().registry): ReadonlyMap<string, Exported> {
  const series = new Map<string, Exported>([['up', { type: 'gauge', help: '', labels: added }]]);
  for (const { name, help, type, labelNames } of described(registry)) {
    const labels = [...labelNames, ...added];
    if (type !== 'histogram') series.set(name, { type, help, labels });
    else {
      series.set(`${name}_bucket`, { type: 'counter', help, labels: [...labels, 'le'] });
      series.set(`${name}_sum`, { type: 'counter', help, labels });
      series.set(`${name}_count`, { type: 'counter', help, labels });
    }
  }
  return series;
}
