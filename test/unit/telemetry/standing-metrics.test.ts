/** A scrape shows how the daemon stands now: each figure under its name, and nothing for what is not known. */
import { expect, test } from 'vitest';
import { exportedSeries, described } from '../../support/metrics/exported.ts';
import { sampleMetrics, sampleOutbox, sampleReading } from '../../support/metrics/sample-reading.ts';
import { Scraped } from '../../support/metrics/scraped.ts';

const figures: Readonly<Record<string, number>> = {
  'rollkeeper_build_info{version="1.2.3",mode="paper"}': 1,
  rollkeeper_ready: 1,
  rollkeeper_tasks: 7,
  rollkeeper_accounts: 2,
  'rollkeeper_rolls_under_way{phase="interval"}': 3,
  'rollkeeper_rolls_under_way{phase="other"}': 5,
  rollkeeper_half_rolled_tasks: 8,
  rollkeeper_half_rolled_oldest_seconds: 61.5,
  rollkeeper_doubled_tasks: 3,
  rollkeeper_doubled_oldest_seconds: 2.5,
  rollkeeper_failed_tasks: 1,
  rollkeeper_unknown_outcomes: 1,
  rollkeeper_unknown_outcome_oldest_seconds: 12,
  rollkeeper_admission_waiting_tasks: 6,
  'rollkeeper_index_live{coin="BTC"}': 1,
  'rollkeeper_index_live{coin="ETH"}': 0,
  'rollkeeper_index_age_seconds{coin="BTC"}': 0.15,
  'rollkeeper_streams{stream="account"}': 2,
  'rollkeeper_streams_down{stream="account"}': 1,
  'rollkeeper_streams_down{stream="prices"}': 0,
  'rollkeeper_rate_limit_room_ratio{limit="address"}': 0.75,
  'rollkeeper_rate_limit_waiting_requests{limit="/v5/order/create"}': 1,
  rollkeeper_journal_up: 1,
  rollkeeper_journal_waiting_turns: 2,
  rollkeeper_journal_lag_seconds: 0.25,
  rollkeeper_shards_held: 10,
  rollkeeper_shards_unowned: 1,
  rollkeeper_outbox_up: 1,
  rollkeeper_outbox_waiting_deliveries: 3,
  rollkeeper_outbox_oldest_seconds: 4,
  rollkeeper_outbox_dead_deliveries: 2,
  'rollkeeper_database_pool_connections{state="busy"}': 1,
  'rollkeeper_database_pool_connections{state="idle"}': 3,
  rollkeeper_database_pool_waiting_queries: 0,
  rollkeeper_live_subscribers: 2,
  'rollkeeper_ticks_total{coin="BTC"}': 100,
  rollkeeper_option_ticks_total: 40,
  rollkeeper_wakes_total: 9,
  rollkeeper_stream_connections_total: 5,
  rollkeeper_malformed_frames_total: 1,
  rollkeeper_live_subscribers_dropped_total: 1,
};

test('every figure of a reading is under its name, again at the next scrape', async () => {
  const metrics = sampleMetrics();
  for (let scrapes = 0; scrapes < 2; scrapes += 1) {
    const scraped = new Scraped(await metrics.text());
    expect(Object.fromEntries(Object.keys(figures).map((series) => [series, scraped.of(series)]))).toEqual(
      figures,
    );
  }
});

test('what is not known is left out and is not 0: parts that are not open, a coin without a price, a database that is away', async () => {
  const closed = { journal: null, runtime: null, exchange: null, shards: null, pool: null, watchers: null };
  const metrics = sampleMetrics({
    standing: () => ({ ...sampleReading, ...closed, isReady: false }),
    outbox: () => Promise.reject(new Error('the database is away')),
  });
  const { series, of } = bound(new Scraped(await metrics.text()));
  const standing = Object.keys(figures).map((name) => name.replace(/\{.*/, ''));
  expect(series.filter((each) => standing.includes(each.replace(/\{.*/, ''))).sort()).toEqual([
    'rollkeeper_build_info{version="1.2.3",mode="paper"}',
    'rollkeeper_outbox_up',
    'rollkeeper_ready',
  ]);
  expect([of('rollkeeper_ready'), of('rollkeeper_outbox_up')]).toEqual([0, 0]);
  const open = new Scraped(await sampleMetrics().text());
  expect(open.of('rollkeeper_index_age_seconds{coin="ETH"}')).toBeUndefined();
});

const bound = (scraped: Scraped) => ({
  series: scraped.series,
  of: (series: string) => scraped.of(series),
});

test('an alert that is not divided among channels yet is as old as it is', async () => {
  const outbox = () => Promise.resolve({ ...sampleOutbox, unplannedSinceMs: sampleReading.atMs - 90_000 });
  const scraped = new Scraped(await sampleMetrics({ outbox }).text());
  expect(scraped.of('rollkeeper_outbox_oldest_seconds')).toBe(90);
});

test('names are as Prometheus has them: units and _total at the end, help in words, few labels', () => {
  const { registry } = sampleMetrics();
  const ours = described(registry).filter(({ name }) => name.startsWith('rollkeeper_'));
  expect(ours.length).toBeGreaterThan(40);
  for (const { name, help, type, labelNames } of ours) {
    expect(name).toMatch(/^rollkeeper_[a-z][a-z\d_]*[a-z\d]$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name, 'units are base units').not.toMatch(/_ms$|milli|minutes/);
    expect(help.length, name).toBeGreaterThan(20);
    expect(help, name).not.toMatch(/\.$/);
    expect(labelNames.length, name).toBeLessThanOrEqual(3);
    for (const label of labelNames) expect(label, name).not.toMatch(/task|account|user|symbol|id$/);
  }
  expect(exportedSeries(registry).has('process_resident_memory_bytes')).toBe(true);
});
