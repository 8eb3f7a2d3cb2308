/**
 * The alert rules for Prometheus: each fires in its case and not in the near miss, speaks only of metrics that a daemon exports, and
 * says what to do.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { exportedSeries } from '../../support/metrics/exported.ts';
import { everySeconds, firing, type AlertRule, type Given } from '../../support/promql/alerting.ts';
import { groupingsIn, parsePromql, selectorsIn } from '../../support/promql/parse.ts';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const texts = z.record(z.string(), z.string());
const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: texts,
  annotations: texts,
});
const { groups } = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
  .parse(parse(file('deploy/prometheus/rules.yml')));
const rules: readonly AlertRule[] = groups.flatMap((group) => group.rules);

const here = 'instance="a",job="rollkeeper"';
const [fourMinutes, twentyMinutes] = [16, 80];
const steady = (value: number, times = fourMinutes + 1): number[] =>
  Array.from({ length: times }, () => value);
/** Grows by so much with each scrape. */
const growing = (by: number, times = fourMinutes + 1): number[] =>
  Array.from({ length: times }, (_, at) => at * by);
const then = (before: number, after: number, at: number, times = twentyMinutes + 1): number[] =>
  Array.from({ length: times }, (_, each) => (each < at ? before : after));

interface Case {
  readonly given: Given;
  /** How many scrapes have been. Default: four minutes. */
  readonly scrapes?: number;
}

interface RuleCases {
  readonly fires: readonly Case[];
  /** Almost. */
  readonly silent: readonly Case[];
}

const wait = (kind: string, sum: number, count: number): Given => ({
  [`rollkeeper_exchange_request_wait_seconds_sum{${here},kind="${kind}"}`]: growing(sum),
  [`rollkeeper_exchange_request_wait_seconds_count{${here},kind="${kind}"}`]: growing(count),
});
const gauge = (name: string, value: number, labels = ''): Given => ({
  [`${name}{${here}${labels}}`]: steady(value),
});

const cases: Readonly<Record<string, RuleCases>> = {
  RollkeeperLeg1Closed: {
    // Half-rolled since the first scrape: after 60 s it is not too long yet, after 75 s it is.
    fires: [
      { given: { [`rollkeeper_half_rolled_oldest_seconds{${here}}`]: growing(15) }, scrapes: 5 },
      { given: gauge('rollkeeper_half_rolled_oldest_seconds', 60.001), scrapes: 0 },
    ],
    silent: [
      { given: { [`rollkeeper_half_rolled_oldest_seconds{${here}}`]: growing(15) }, scrapes: 4 },
      { given: { [`rollkeeper_half_rolled_oldest_seconds{${here}}`]: [0, 45, 59, 0, 0] }, scrapes: 4 },
    ],
  },
  RollkeeperOpenTwice: {
    fires: [
      { given: { [`rollkeeper_doubled_oldest_seconds{${here}}`]: growing(15) }, scrapes: 5 },
      { given: gauge('rollkeeper_doubled_oldest_seconds', 60.001), scrapes: 0 },
    ],
    silent: [
      { given: { [`rollkeeper_doubled_oldest_seconds{${here}}`]: growing(15) }, scrapes: 4 },
      { given: { [`rollkeeper_doubled_oldest_seconds{${here}}`]: [0, 45, 59, 0, 0] }, scrapes: 4 },
      { given: gauge('rollkeeper_half_rolled_oldest_seconds', 61) },
    ],
  },
  RollkeeperTaskFailed: {
    fires: [{ given: gauge('rollkeeper_failed_tasks', 1), scrapes: 2 }],
    silent: [
      { given: gauge('rollkeeper_failed_tasks', 1), scrapes: 1 },
      { given: gauge('rollkeeper_failed_tasks', 0) },
    ],
  },
  RollkeeperRollNotCompleted: {
    fires: [
      { given: { [`rollkeeper_rolls_total{${here},result="left_flat"}`]: then(0, 1, 4) }, scrapes: 4 },
      { given: { [`rollkeeper_rolls_total{${here},result="went_back"}`]: then(0, 1, 4) }, scrapes: 62 },
    ],
    silent: [
      { given: { [`rollkeeper_rolls_total{${here},result="left_flat"}`]: then(0, 1, 4) }, scrapes: 65 },
      { given: { [`rollkeeper_rolls_total{${here},result="rolled"}`]: growing(1) } },
      { given: { [`rollkeeper_rolls_total{${here},result="left_flat"}`]: steady(3) } },
    ],
  },
  RollkeeperUnknownOutcome: {
    fires: [{ given: gauge('rollkeeper_unknown_outcome_oldest_seconds', 61) }],
    silent: [{ given: gauge('rollkeeper_unknown_outcome_oldest_seconds', 60) }],
  },
  RollkeeperOrdersRejected: {
    fires: [
      { given: { [`rollkeeper_orders_total{${here},leg="2",result="rejected"}`]: growing(1) } },
      {
        given: { [`rollkeeper_orders_total{${here},leg="2",result="rejected"}`]: then(5, 9, 60) },
        scrapes: 70,
      },
    ],
    silent: [
      {
        given: { [`rollkeeper_orders_total{${here},leg="2",result="rejected"}`]: then(5, 8, 60) },
        scrapes: 70,
      },
      { given: { [`rollkeeper_orders_total{${here},leg="2",result="unfilled"}`]: growing(1) } },
    ],
  },
  RollkeeperIndexStale: {
    fires: [
      { given: gauge('rollkeeper_index_live', 0, ',coin="BTC"'), scrapes: 2 },
      {
        given: {
          ...gauge('rollkeeper_index_live', 1, ',coin="BTC"'),
          ...gauge('rollkeeper_index_age_seconds', 31, ',coin="BTC"'),
        },
      },
    ],
    silent: [
      { given: gauge('rollkeeper_index_live', 0, ',coin="BTC"'), scrapes: 1 },
      {
        given: {
          ...gauge('rollkeeper_index_live', 1, ',coin="BTC"'),
          ...gauge('rollkeeper_index_age_seconds', 30, ',coin="BTC"'),
        },
      },
    ],
  },
  RollkeeperStreamDown: {
    fires: [{ given: gauge('rollkeeper_streams_down', 1, ',stream="account"'), scrapes: 8 }],
    silent: [
      { given: gauge('rollkeeper_streams_down', 1, ',stream="account"'), scrapes: 7 },
      { given: gauge('rollkeeper_streams', 4, ',stream="account"') },
    ],
  },
  RollkeeperJournalLag: {
    fires: [
      { given: gauge('rollkeeper_journal_lag_seconds', 2.1), scrapes: 1 },
      {
        given: { ...gauge('rollkeeper_journal_lag_seconds', 0), ...gauge('rollkeeper_journal_up', 0) },
        scrapes: 1,
      },
    ],
    silent: [
      { given: gauge('rollkeeper_journal_lag_seconds', 2.1), scrapes: 0 },
      { given: { [`rollkeeper_journal_lag_seconds{${here}}`]: [3, 0, 3, 0, 3] }, scrapes: 4 },
      { given: { ...gauge('rollkeeper_journal_lag_seconds', 2), ...gauge('rollkeeper_journal_up', 1) } },
    ],
  },
  RollkeeperOutboxBehind: {
    fires: [{ given: gauge('rollkeeper_outbox_oldest_seconds', 301), scrapes: 4 }],
    silent: [
      { given: gauge('rollkeeper_outbox_oldest_seconds', 301), scrapes: 3 },
      { given: gauge('rollkeeper_outbox_oldest_seconds', 300) },
    ],
  },
  RollkeeperDown: {
    fires: [
      { given: gauge('up', 0), scrapes: 4 },
      { given: { 'up{instance="b",job="other"}': steady(1) }, scrapes: 4 },
    ],
    silent: [
      { given: gauge('up', 0), scrapes: 3 },
      { given: { [`up{${here}}`]: [1, 0, 0, 1, 1], 'up{instance="b",job="other"}': steady(0) }, scrapes: 4 },
    ],
  },
  RollkeeperNotReady: {
    fires: [{ given: gauge('rollkeeper_ready', 0), scrapes: 8 }],
    silent: [{ given: gauge('rollkeeper_ready', 0), scrapes: 7 }, { given: gauge('rollkeeper_ready', 1) }],
  },
  RollkeeperShardsUnowned: {
    fires: [{ given: gauge('rollkeeper_shards_unowned', 2), scrapes: 4 }],
    silent: [
      { given: gauge('rollkeeper_shards_unowned', 2), scrapes: 3 },
      { given: { ...gauge('rollkeeper_shards_unowned', 0), ...gauge('rollkeeper_shards_held', 64) } },
    ],
  },
  RollkeeperEventLoopDelayed: {
    fires: [{ given: gauge('nodejs_eventloop_lag_p99_seconds', 0.6), scrapes: 4 }],
    silent: [
      { given: gauge('nodejs_eventloop_lag_p99_seconds', 0.5) },
      { given: { 'nodejs_eventloop_lag_p99_seconds{instance="b",job="other"}': steady(3) } },
    ],
  },
  RollkeeperRateLimitLow: {
    fires: [{ given: gauge('rollkeeper_rate_limit_room_ratio', 0, ',limit="address"'), scrapes: 4 }],
    silent: [
      { given: gauge('rollkeeper_rate_limit_room_ratio', 0.2, ',limit="address"') },
      // Ten orders in a second use an account's limit up, and are waited for: that is another rule.
      { given: gauge('rollkeeper_rate_limit_room_ratio', 0, ',limit="/v5/order/create"') },
    ],
  },
  RollkeeperOrdersWait: {
    fires: [{ given: wait('create', 11, 10) }],
    silent: [
      { given: wait('create', 10, 10) },
      { given: wait('create', 0, 0) },
      { given: wait('read', 50, 10) },
    ],
  },
};

const fired = (one: AlertRule, { given, scrapes = fourMinutes }: Case) =>
  firing(one, given, scrapes * everySeconds);

describe.each(rules.map((one) => [one.alert, one] as const))('%s', (alert, one) => {
  const { fires, silent } = cases[alert] ?? { fires: [], silent: [] };

  it('fires in its case', () => {
    expect(fires.length).toBeGreaterThan(0);
    for (const each of fires) expect(fired(one, each), JSON.stringify(each)).toHaveLength(1);
  });

  it('does not fire when it is almost so', () => {
    expect(silent.length).toBeGreaterThan(0);
    for (const each of silent) expect(fired(one, each), JSON.stringify(each)).toEqual([]);
  });

  it('says with values filled in what it is, how urgent, and what to do', () => {
    expect(['critical', 'warning']).toContain(one.labels['severity']);
    for (const each of fires)
      for (const { annotations } of fired(one, each)) {
        expect(Object.keys(annotations).sort()).toEqual(['action', 'summary']);
        // What `absent` reports has no instance.
        const isAbsent = alert === 'RollkeeperDown' && !('up{instance="a",job="rollkeeper"}' in each.given);
        if (!isAbsent) expect(annotations['summary']).not.toContain('{{');
        expect(annotations['action']).toContain(`docs/watching.md#${alert.toLowerCase()}`);
      }
  });
});

describe('the rules', () => {
  const series = exportedSeries();

  it('begin with a leg 1 that has been closed for more than 60 seconds', () => {
    expect(rules[0]).toMatchObject({
      alert: 'RollkeeperLeg1Closed',
      expr: 'rollkeeper_half_rolled_oldest_seconds > 60',
      labels: { severity: 'critical' },
    });
  });

  it('each have cases, and no case is of a rule that is not there', () => {
    expect(rules.map(({ alert }) => alert).sort()).toEqual(Object.keys(cases).sort());
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
    '%s asks for what a daemon exports',
    (_, expr) => {
      const tree = parsePromql(expr);
      const selectors = selectorsIn(tree);
      expect(selectors.length).toBeGreaterThan(0);
      for (const { metric, matchers } of selectors) {
        const exported = series.get(metric);
        expect(exported, metric).toBeDefined();
        for (const { label } of matchers) expect(exported?.labels, `${metric} ${label}`).toContain(label);
        for (const label of groupingsIn(tree))
          expect(exported?.labels, `${metric} ${label}`).toContain(label);
      }
      if (/\b(?:rate|increase)\(/.test(expr))
        expect(selectors.filter(({ metric }) => series.get(metric)?.type === 'gauge')).toEqual([]);
    },
  );

  it('are loaded by the configuration, which scrapes the job that they ask for', () => {
    const config = z
      .looseObject({
        rule_files: z.array(z.string()),
        scrape_configs: z.array(z.looseObject({ job_name: z.string() })),
      })
      .parse(parse(file('deploy/prometheus/prometheus.yml')));
    expect(config.rule_files).toEqual(['/etc/prometheus/rules.yml']);
    expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(['rollkeeper']);
  });
});
