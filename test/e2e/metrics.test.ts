/**
 * A daemon as users run it rolls on the paper exchange, and its metrics say what the journal and the exchange say: how many, how long,
 * and what stands now.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { timingOfEnded } from '../../src/domain/explain/roll-timing.ts';
import { callSymbol, DaemonFixture, putSymbol, type NamedDaemon } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { spansAt } from '../support/spans.ts';
import { scrape, type Scraped } from '../support/metrics/scraped.ts';
import { expectRefusal, runnerIn, workingDirectory } from './cli-run.ts';

let fixture: DaemonFixture;
let daemon: NamedDaemon;
let url = '';
let call = '';
let collector: Receiver;
let before: Scraped;

const servedBy = (words: string): string =>
  new RegExp(`"url":"(http:[^"]+)"[^\\n]*${words}`).exec(daemon.logs.join('\n'))?.[1] ?? '';

beforeAll(async () => {
  fixture = await DaemonFixture.open();
  collector = await openReceiver();
  daemon = fixture.startDaemon({
    METRICS_PORT: '0',
    API_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  await fixture.until(() => servedBy('metrics are served') !== '');
  url = servedBy('metrics are served');
  call = await fixture.addTask();
  const streamsAreUp = async (): Promise<void> => {
    expect((await scrape(url)).sum('rollkeeper_streams_down')).toBe(0);
  };
  await vi.waitFor(streamsAreUp, { timeout: 60_000, interval: 100 });
  before = await scrape(url);
});
afterAll(async () => {
  await fixture.close();
  await collector.close();
});

it('says how the daemon stands before anything happens', () => {
  expect(before.of('rollkeeper_ready')).toBe(1);
  expect(before.of('rollkeeper_tasks')).toBe(1);
  expect(before.of('rollkeeper_accounts')).toBe(1);
  expect(before.of('rollkeeper_shards_held')).toBe(1);
  expect(before.of('rollkeeper_shards_unowned')).toBe(0);
  expect(before.of('rollkeeper_index_live{coin="BTC"}')).toBe(1);
  expect(before.of('rollkeeper_streams{stream="account"}')).toBe(1);
  expect(before.sum('rollkeeper_streams_down')).toBe(0);
  expect(before.of('rollkeeper_journal_up')).toBe(1);
  expect(before.of('rollkeeper_outbox_up')).toBe(1);
  expect(before.of('rollkeeper_half_rolled_oldest_seconds')).toBe(0);
  expect(before.of('rollkeeper_rolls_total{result="rolled"}')).toBe(0);
  expect(before.of('rollkeeper_database_pool_connections{state="idle"}')).toBeGreaterThan(0);
  expect(before.of('rollkeeper_rate_limit_room_ratio{limit="/v5/order/create"}')).toBe(1);
});

it('counts one roll as the journal has it, and times its parts', async () => {
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(call, ({ context }) => context.rollsDone === 1);
  const after = await scrape(url);
  const grown = after.since(before);
  expect(grown('rollkeeper_rolls_total{result="rolled"}')).toBe(1);
  expect(after.sum('rollkeeper_rolls_total')).toBe(1);
  expect(grown('rollkeeper_orders_total{leg="1",result="filled"}')).toBe(1);
  expect(grown('rollkeeper_orders_total{leg="2",result="filled"}')).toBe(1);
  expect(after.sum('rollkeeper_orders_total')).toBe(2);
  expect(grown('rollkeeper_exchange_requests_total{kind="create",result="ok"}')).toBe(2);
  expect(grown('rollkeeper_exchange_request_seconds_count{kind="create"}')).toBe(2);
  const created = (way: string) => grown(`rollkeeper_order_commands_total{kind="create",way="${way}"}`);
  expect(created('websocket') + created('rest')).toBe(2);
  expect(grown('rollkeeper_admission_wait_seconds_count')).toBe(2);
  expect(grown('rollkeeper_wakes_total')).toBeGreaterThan(0);
  expect(grown('rollkeeper_ticks_total{coin="BTC"}')).toBeGreaterThan(0);
  // Adding and adopting are rows of the journal, but no turns.
  const [{ turns } = { turns: 0 }] = await query<{ turns: number }>(
    fixture.database.url,
    `SELECT count(*)::int AS turns FROM journal WHERE path IS NOT NULL AND version > 1 AND event->>'type' <> 'ADOPTED'`,
  );
  expect(after.sum('rollkeeper_transitions_total')).toBe(turns);
  expect(after.of('rollkeeper_journal_commit_seconds_count')).toBe(turns);

  const [timing] = (await fixture.store.tasks.timedRolls(call, 1_000)).map(timingOfEnded);
  const seconds = new Map<string, number>();
  for (const { kind, fromMs, toMs } of timing?.phases ?? [])
    seconds.set(kind, (seconds.get(kind) ?? 0) + ((toMs ?? 0) - fromMs) / 1_000);
  expect([...seconds.keys()].sort()).toEqual(['interval', 'leg1', 'leg2', 'planning']);
  for (const [phase, took] of seconds)
    expect(grown(`rollkeeper_roll_phase_seconds_sum{phase="${phase}"}`), phase).toBeCloseTo(took, 6);
  expect(grown('rollkeeper_between_legs_seconds_count')).toBe(1);
  const between = grown('rollkeeper_between_legs_seconds_sum');
  expect(between).toBeCloseTo((seconds.get('interval') ?? 0) + (seconds.get('leg2') ?? 0), 6);
});

it('sends a trace of the roll to a collector, with its parts as they are stored', async () => {
  const isRoot = ({ name }: { readonly name: string }): boolean => name === 'roll';
  await expect.poll(() => spansAt(collector).some(isRoot)).toBe(true);
  const spans = spansAt(collector);
  const root = spans.find(isRoot);
  const [timing] = (await fixture.store.tasks.timedRolls(call, 1_000)).map(timingOfEnded);
  expect(root).toMatchObject({
    startTimeUnixNano: timing?.phases[0]?.fromMs,
    attributes: {
      'rollkeeper.task': call,
      'rollkeeper.roll': timing?.rollId,
      'rollkeeper.to': timing?.toSymbol,
      'rollkeeper.outcome': 'rolled',
      'rollkeeper.net_credit': timing?.netCredit,
    },
  });
  const names = {
    planning: 'planning',
    leg1: 'leg 1',
    interval: 'between the legs',
    leg2: 'leg 2',
    other: 'other',
  };
  const parts = spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  expect(
    parts.map(({ name, startTimeUnixNano, endTimeUnixNano }) => [name, startTimeUnixNano, endTimeUnixNano]),
  ).toEqual(timing?.phases.map(({ kind, fromMs, toMs }) => [names[kind], fromMs, toMs]));
  expect(parts.flatMap(({ events }) => events.map(({ name }) => name))).toEqual([
    'order filled',
    'order filled',
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
});

it('shows a half-rolled task and for how long it has been so, until its position is open again', async () => {
  fixture.paper.faults.add({
    kind: 'reject',
    retCode: 110_007,
    match: { linkIdPrefix: 'open-' },
    times: 'always',
  });
  const put = await fixture.addTask({ symbol: putSymbol, trigger: 22_500, target: '-1000' });
  fixture.paper.setIndex('BTC', '22400');
  await fixture.untilTask(put, ({ state }) => state === 'LEG2_OPENING.backingOff');
  const half = await scrape(url);
  expect(half.of('rollkeeper_half_rolled_tasks')).toBe(1);
  expect(half.of('rollkeeper_half_rolled_oldest_seconds')).toBeGreaterThan(0);
  expect(half.of('rollkeeper_rolls_under_way{phase="interval"}')).toBe(1);
  expect(half.of('rollkeeper_orders_total{leg="2",result="rejected"}')).toBeGreaterThan(0);
  expect(half.of('rollkeeper_exchange_requests_total{kind="create",result="refused"}')).toBeGreaterThan(0);
  fixture.paper.faults.clear();
  await fixture.untilTask(put, ({ context }) => context.rollsDone === 1);
  const open = await scrape(url);
  expect(open.of('rollkeeper_half_rolled_tasks')).toBe(0);
  expect(open.of('rollkeeper_half_rolled_oldest_seconds')).toBe(0);
  expect(open.of('rollkeeper_between_legs_seconds_count')).toBe(2);
  expect(open.sum('rollkeeper_rolls_under_way')).toBe(0);
  expect(open.sum('rollkeeper_alerts_total')).toBeGreaterThan(0);
});

it('counts requests to the API by the route as it is registered', async () => {
  const api = servedBy('page and the API');
  for (const path of ['/readyz', '/api/tasks/secret-name', '/api/nowhere/secret-name'])
    await fetch(`${api}${path}`);
  const scraped = await scrape(url);
  const counted = scraped.series.filter((series) => series.startsWith('rollkeeper_api_requests_total'));
  expect(counted.sort()).toEqual([
    'rollkeeper_api_requests_total{method="GET",route="/api/tasks/:id",status="401"}',
    'rollkeeper_api_requests_total{method="GET",route="/readyz",status="200"}',
    'rollkeeper_api_requests_total{method="any",route="none",status="404"}',
  ]);
  expect(scraped.text).not.toContain('secret-name');
});

it('holds no task, no account, no key and no option in any label', async () => {
  const { text } = await scrape(url);
  const names = [call, callSymbol, 'fixture-key', 'fixture-secret'];
  expect(names.filter((name) => text.includes(name))).toEqual([]);
});

it('has the health of the API on its port, too', async () => {
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ isAlive: true });
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { isReady: true, problems: [] }]);
});

it('is refused a port that is taken, before anything else is opened', async () => {
  const run = runnerIn(workingDirectory());
  const env = { METRICS_PORT: new URL(url).port };
  const ran = await run(['start', ...fixture.databaseArguments()], { env });
  expectRefusal(
    ran,
    2,
    'The metrics cannot be served',
    'METRICS_PORT',
    'where another program listens',
    'a free port',
  );
});

it('says that streams are down when the exchange is away, and that the daemon is not ready', async () => {
  await fixture.paper.close();
  await expect.poll(async () => (await scrape(url)).of('rollkeeper_streams_down{stream="prices"}')).toBe(1);
  const away = await scrape(url);
  expect(away.of('rollkeeper_streams_down{stream="account"}')).toBe(1);
  expect(away.of('rollkeeper_index_live{coin="BTC"}')).toBe(0);
  expect(away.of('rollkeeper_index_age_seconds{coin="BTC"}')).toBeGreaterThan(0);
  expect(away.of('rollkeeper_ready')).toBe(0);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { isReady: false, problems: [expect.stringContaining('no prices: ')] },
  ]);
});
