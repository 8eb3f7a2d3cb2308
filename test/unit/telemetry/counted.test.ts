/**
 * What happens is counted by what it is called: the runtime as it is, on a virtual clock with an exchange in memory, rolls, fails, is
 * restarted, and the figures are those of its journal.
 */
import { expect, test } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../../src/domain/errors.ts';
import { localTime } from '../../../src/exchange/bybit/time/local-time.ts';
import { observed } from '../../../src/exchange/bybit/rest/observed.ts';
import { Metrics } from '../../../src/telemetry/metrics/metrics.ts';
import { Scraped } from '../../support/metrics/scraped.ts';
import { sampleReading } from '../../support/metrics/sample-reading.ts';
import {
  fillAll,
  fillPart,
  fillWithLostAnswer,
  refuseWith,
  stayOpen,
  type Behaviour,
} from '../../support/task-fixture.ts';
import { storedTask } from '../runtime/memory-store.ts';
import { SupervisorFixture } from '../runtime/supervisor-fixture.ts';

const figuresOf = (fixture: SupervisorFixture): Metrics =>
  new Metrics({
    standing: () => ({ ...sampleReading, runtime: fixture.supervisor.figures() }),
    outbox: () => null,
  });

/** A daemon with one task that is observed; its orders meet these behaviours. */
async function observedTask(behaviours: readonly Behaviour[] = [fillAll], changes: object = {}) {
  const fixture = new SupervisorFixture();
  const metrics = figuresOf(fixture);
  fixture.observer = metrics.counted;
  fixture.account.behaviours = [...behaviours];
  fixture.start();
  fixture.store.keep(storedTask('a', changes));
  await fixture.during(fixture.supervisor.claim());
  const read = async (): Promise<Scraped> => new Scraped(await metrics.text());
  return { fixture, metrics, read };
}

test('a roll that opens at once counts one order of each leg, its turns, and no interval to speak of', async () => {
  const { fixture, read } = await observedTask();
  await fixture.tick('23000');
  expect((await read()).of('rollkeeper_wakes_total')).toBe(0);
  await fixture.tick('23500');
  const scraped = await read();
  expect(scraped.of('rollkeeper_ticks_total{coin="BTC"}')).toBe(2);
  expect(scraped.of('rollkeeper_wakes_total')).toBe(1);
  expect(scraped.of('rollkeeper_rolls_total{result="rolled"}')).toBe(1);
  expect(scraped.of('rollkeeper_orders_total{leg="1",result="filled"}')).toBe(1);
  expect(scraped.of('rollkeeper_orders_total{leg="2",result="filled"}')).toBe(1);
  expect(scraped.sum('rollkeeper_transitions_total')).toBe(fixture.store.records.length);
  expect(scraped.of('rollkeeper_journal_commit_seconds_count')).toBe(fixture.store.records.length);
  expect(scraped.sum('rollkeeper_alerts_total')).toBe(fixture.store.alerts.length);
  expect(scraped.of('rollkeeper_between_legs_seconds_count')).toBe(1);
  expect(scraped.of('rollkeeper_between_legs_seconds_sum')).toBe(0);
  for (const phase of ['planning', 'leg1', 'interval', 'leg2'])
    expect(scraped.of(`rollkeeper_roll_phase_seconds_count{phase="${phase}"}`), phase).toBe(1);
});

test('while leg 2 is refused the task is half-rolled, and the seconds between the legs are those that passed', async () => {
  const noMargin = refuseWith(new Terminal('not enough margin', { scope: 'margin' }));
  const { fixture, read } = await observedTask([fillAll, noMargin, fillAll]);
  await fixture.tick('23500');
  await fixture.clock.advance(400);
  const half = await read();
  expect(half.of('rollkeeper_half_rolled_tasks')).toBe(1);
  expect(half.of('rollkeeper_half_rolled_oldest_seconds')).toBe(0.4);
  expect(half.of('rollkeeper_rolls_under_way{phase="interval"}')).toBe(1);
  expect(half.of('rollkeeper_orders_total{leg="2",result="rejected"}')).toBe(1);
  expect(half.of('rollkeeper_between_legs_seconds_count')).toBe(0);
  await fixture.clock.advance(600);
  const open = await read();
  expect(open.of('rollkeeper_half_rolled_tasks')).toBe(0);
  expect(open.of('rollkeeper_between_legs_seconds_sum')).toBe(1);
  expect(open.of('rollkeeper_between_legs_seconds_bucket{le="1"}')).toBe(1);
  expect(open.of('rollkeeper_between_legs_seconds_bucket{le="0.5"}')).toBe(0);
  expect(open.of('rollkeeper_roll_phase_seconds_sum{phase="interval"}')).toBe(1);
  expect(open.of('rollkeeper_orders_total{leg="2",result="filled"}')).toBe(1);
  expect(open.of('rollkeeper_rolls_total{result="rolled"}')).toBe(1);
});

test('an order whose outcome is unknown is one until it is found', async () => {
  const { fixture, read } = await observedTask([fillWithLostAnswer, fillAll]);
  fixture.account.isBlind = true;
  await fixture.tick('23500');
  await fixture.clock.advance(200);
  const searching = await read();
  expect(searching.of('rollkeeper_unknown_outcomes')).toBe(1);
  expect(searching.of('rollkeeper_unknown_outcome_oldest_seconds')).toBe(0.2);
  fixture.account.isBlind = false;
  await fixture.clock.advance(5_000);
  const found = await read();
  expect(found.of('rollkeeper_unknown_outcomes')).toBe(0);
  expect(found.of('rollkeeper_unknown_outcome_oldest_seconds')).toBe(0);
  expect(found.of('rollkeeper_rolls_total{result="rolled"}')).toBe(1);
});

test('a roll that trades nothing, one that goes back and one that is left flat are counted as such', async () => {
  const noMargin = refuseWith(new Terminal('not enough margin', { scope: 'margin' }));
  const unfilled = await observedTask([stayOpen]);
  await unfilled.fixture.tick('23500');
  await unfilled.fixture.clock.advance(120_000);
  const nothing = await unfilled.read();
  expect(nothing.of('rollkeeper_rolls_total{result="nothing"}')).toBeGreaterThan(0);
  expect(nothing.of('rollkeeper_orders_total{leg="1",result="unfilled"}')).toBeGreaterThan(0);
  expect(nothing.of('rollkeeper_between_legs_seconds_count')).toBe(0);

  const goingBack = await observedTask([fillAll, noMargin, fillAll], {
    leg2: { fallback: 'reopenLeg1', attempts: 1 },
  });
  await goingBack.fixture.tick('23500');
  await goingBack.fixture.clock.advance(60_000);
  expect((await goingBack.read()).of('rollkeeper_rolls_total{result="went_back"}')).toBe(1);

  const flat = await observedTask([fillAll, noMargin], { leg2: { fallback: 'stayFlat', attempts: 1 } });
  await flat.fixture.tick('23500');
  await flat.fixture.clock.advance(60_000);
  const left = await flat.read();
  expect(left.of('rollkeeper_rolls_total{result="left_flat"}')).toBe(1);
  // Nothing was opened, so there are no seconds between legs.
  expect(left.of('rollkeeper_between_legs_seconds_count')).toBe(0);
  expect(left.of('rollkeeper_half_rolled_tasks')).toBe(0);
});

test('a part of an order is counted as a part', async () => {
  const { fixture, read } = await observedTask([fillPart('0.1', 'cancelled'), fillAll]);
  await fixture.tick('23500');
  await fixture.clock.advance(120_000);
  expect((await read()).of('rollkeeper_orders_total{leg="1",result="partial"}')).toBe(1);
});

test('a turn that cannot be stored counts as a lost task, and as nothing else', async () => {
  const { fixture, read } = await observedTask();
  fixture.store.failing.set('commit', new Retryable('too many records wait'));
  await fixture.tick('23500');
  const scraped = await read();
  expect(scraped.of('rollkeeper_tasks_lost_total')).toBe(1);
  expect(scraped.sum('rollkeeper_transitions_total')).toBe(0);
  expect(scraped.of('rollkeeper_tasks')).toBe(0);
});

test('a half-rolled task that another daemon takes over is no longer counted here', async () => {
  const noMargin = refuseWith(new Terminal('not enough margin', { scope: 'margin' }));
  const { fixture, read } = await observedTask([fillAll, noMargin]);
  await fixture.tick('23500');
  await fixture.clock.advance(400);
  expect((await read()).of('rollkeeper_half_rolled_tasks')).toBe(1);
  fixture.store.takeAway('a');
  await fixture.clock.advance(10_000);
  const taken = await read();
  expect(taken.of('rollkeeper_tasks')).toBe(0);
  expect(taken.of('rollkeeper_half_rolled_tasks')).toBe(0);
  expect(taken.sum('rollkeeper_rolls_under_way')).toBe(0);
});

test('of a roll that is taken over in the middle the seconds between the legs count as they are, and the part that began elsewhere is not timed', async () => {
  const noMargin = refuseWith(new Terminal('not enough margin', { scope: 'margin' }));
  const { fixture, read } = await observedTask([fillAll, noMargin, fillAll]);
  await fixture.tick('23500');
  const { interval } = fixture.supervisor.figures().rolls.parts;
  expect(interval).toBe(1);
  const before = await read();
  await fixture.during(fixture.supervisor.abandon('the session is lost'), 400);
  expect((await read()).sum('rollkeeper_rolls_under_way')).toBe(0);
  await fixture.during(fixture.supervisor.claim(), 0);
  expect((await read()).of('rollkeeper_half_rolled_oldest_seconds')).toBe(0.4);
  await fixture.clock.advance(10_000);
  const grown = (await read()).since(before);
  expect(grown('rollkeeper_rolls_total{result="rolled"}')).toBe(1);
  expect(grown('rollkeeper_between_legs_seconds_count')).toBe(1);
  expect(grown('rollkeeper_between_legs_seconds_sum')).toBe(1);
  expect(grown('rollkeeper_roll_phase_seconds_count{phase="interval"}')).toBe(0);
  expect(grown('rollkeeper_roll_phase_seconds_count{phase="leg2"}')).toBe(1);
});

test('tasks that wait to be admitted are counted and timed', async () => {
  const { fixture, read } = await observedTask();
  const many = Array.from({ length: 25 }, (_, at) => storedTask(`b${at}`));
  fixture.store.keep(...many);
  fixture.store.accountIds = ['1'];
  await fixture.during(fixture.supervisor.abandon('test'));
  await fixture.during(fixture.supervisor.claim());
  const woken = fixture.tick('23500');
  await woken;
  expect((await read()).of('rollkeeper_admission_waiting_tasks')).toBeGreaterThan(0);
  await fixture.clock.advance(60_000);
  const scraped = await read();
  expect(scraped.of('rollkeeper_admission_waiting_tasks')).toBe(0);
  expect(scraped.of('rollkeeper_admission_wait_seconds_bucket{le="0.001"}')).toBeGreaterThan(0);
  expect(scraped.of('rollkeeper_admission_wait_seconds_sum')).toBeGreaterThan(0);
});

test('a silent index is not live and grows old', async () => {
  const { fixture, read } = await observedTask();
  await fixture.tick('23000');
  await fixture.clock.advance(12_000);
  fixture.supervisor.marketListener.stale('underlying', 'nothing for 10 s', ['BTC']);
  const silent = await read();
  expect(silent.of('rollkeeper_index_live{coin="BTC"}')).toBe(0);
  expect(silent.of('rollkeeper_index_age_seconds{coin="BTC"}')).toBe(12);
  await fixture.tick('23001');
  fixture.supervisor.marketListener.live('underlying', ['BTC']);
  const live = await read();
  expect(live.of('rollkeeper_index_live{coin="BTC"}')).toBe(1);
  expect(live.of('rollkeeper_index_age_seconds{coin="BTC"}')).toBe(0);
});

test('requests to the exchange are counted by what their caller was told, and timed from when they left', async () => {
  const metrics = new Metrics({ standing: () => sampleReading, outbox: () => null });
  const observing = { observer: metrics.counted, local: localTime, kind: 'create' as const };
  const failing = (error: Error, leaves: boolean) =>
    observed(observing, (onLeave) => {
      if (leaves) onLeave('websocket');
      return Promise.reject(error);
    }).catch((caught: unknown) => caught);
  await observed(observing, (onLeave) => {
    onLeave('rest');
    return Promise.resolve();
  });
  expect(await failing(new Retryable('too late'), false)).toBeInstanceOf(Retryable);
  await failing(new Terminal('no margin'), true);
  await failing(new UnknownOutcome('timeout'), true);
  const scraped = new Scraped(await metrics.text());
  for (const result of ['ok', 'retryable', 'refused', 'unknown'])
    expect(scraped.of(`rollkeeper_exchange_requests_total{kind="create",result="${result}"}`), result).toBe(
      1,
    );
  expect(scraped.of('rollkeeper_exchange_request_wait_seconds_count{kind="create"}')).toBe(4);
  expect(scraped.of('rollkeeper_order_commands_total{kind="create",way="websocket"}')).toBe(2);
  expect(scraped.of('rollkeeper_order_commands_total{kind="create",way="rest"}')).toBe(1);
  // One was never sent.
  expect(scraped.of('rollkeeper_exchange_request_seconds_count{kind="create"}')).toBe(3);
});

test('the API is counted by route, and what is registered nowhere in one series', async () => {
  const metrics = new Metrics({ standing: () => sampleReading, outbox: () => null });
  metrics.counted.answered({ method: 'GET', route: '/api/tasks/:id', status: 200 });
  for (const method of ['GET', 'PROPFIND', 'LOCK'])
    metrics.counted.answered({ method, route: '', status: 404 });
  const scraped = new Scraped(await metrics.text());
  expect(scraped.of('rollkeeper_api_requests_total{method="GET",route="/api/tasks/:id",status="200"}')).toBe(
    1,
  );
  expect(scraped.of('rollkeeper_api_requests_total{method="any",route="none",status="404"}')).toBe(3);
});
