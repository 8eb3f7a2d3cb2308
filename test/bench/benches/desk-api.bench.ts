/**
 * What the API gives and costs under a real daemon: reads a second, the way from tick to order with reads and watchers beside it and
 * alone, and how long an event is on its way to those who watch. Clients and exchange are processes of their own.
 */
import type { Bench } from '../harness/bench.ts';
import { atLeast, atMost, median, percentile } from '../harness/comparison.ts';
import { openApiStage, type ApiStage } from '../desk/api-stage.ts';

const readsWanted = 2_000;
const readsBeside = 500;
const connections = 16;
const eventMaxMs = 150;
const watchersMany = 1_000;

async function reactions(stage: ApiStage, samples: number): Promise<number[]> {
  const totals: number[] = [];
  while (totals.length < samples) totals.push((await stage.react()).totalMs);
  return totals;
}

/** From the exchange's sending of a price, each another one that no task waits for, to every stream. */
async function eventDelays({ installation, clients }: ApiStage, samples: number): Promise<number[]> {
  const delays: number[] = [];
  for (let at = 1; at <= samples; at += 1) {
    const index = String(23_000 - at);
    const arriving = clients.ask('arrivals', index);
    const sentMs = performance.timeOrigin + performance.now();
    await installation.exchange.ask('setIndex', index);
    for (const atMs of await arriving) delays.push(atMs - sentMs);
  }
  return delays;
}

const figuresOf = (delays: readonly number[]): string =>
  `p50 ${percentile(delays, 0.5).toFixed(1)} ms, p95 ${percentile(delays, 0.95).toFixed(1)} ms, p99 ${percentile(delays, 0.99).toFixed(1)} ms`;

async function* readings(stage: ApiStage, rounds: number, durationMs: number) {
  const { url, token, taskIds, clients } = stage;
  const shapes = [
    ['GET /api/session', ['/api/session']],
    ['GET /api/tasks/:id', taskIds.map((id) => `/api/tasks/${id}`)],
    ['GET /api/prices/BTC', ['/api/prices/BTC']],
  ] as const;
  for (const [name, paths] of shapes) {
    const perSecond: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const { done, failed, tookMs } = await clients.ask(
        'read',
        { url, token, paths, connections },
        durationMs,
      );
      if (failed > 0) throw new Error(`${failed} of ${done + failed} reads of ${name} failed`);
      // The first round is for warming up.
      if (round > 0) perSecond.push((done / tookMs) * 1_000);
    }
    yield {
      case: `reads a second beside a daemon: ${name}`,
      against: `${readsWanted.toLocaleString('en')} a second`,
      reach: atLeast(1),
      rounds: perSecond.map((each) => each / readsWanted),
      figures: `${median(perSecond).toFixed(0)} a second over ${connections} connections`,
    };
  }
}

/** Each round once alone and once beside something. */
async function besides(
  stage: ApiStage,
  { rounds, samples }: { readonly rounds: number; readonly samples: number },
  beside: { readonly begin: () => Promise<unknown>; readonly end: () => Promise<unknown> },
) {
  const ratios: number[] = [];
  const all: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const alone = await reactions(stage, samples);
    await beside.begin();
    const busy = await reactions(stage, samples);
    await beside.end();
    ratios.push(median(busy) / median(alone));
    all[0].push(...alone);
    all[1].push(...busy);
  }
  const [alone, busy] = all;
  const figures = `p50 ${median(busy).toFixed(2)} ms against ${median(alone).toFixed(2)} ms, p95 ${percentile(busy, 0.95).toFixed(2)} against ${percentile(alone, 0.95).toFixed(2)}`;
  return { rounds: ratios, figures, against: 'the same alone', reach: atMost(1.1) };
}

const bench: Bench = {
  measures: 'reads and live events of the API, and what they cost the way from tick to order',
  async *run({ rounds, quick, say }) {
    const samples = quick ? 5 : 40;
    const stage = await openApiStage(20 + 4 * rounds * samples);
    const { url, token, watchers, taskIds, clients } = stage;
    try {
      await reactions(stage, quick ? 2 : 20);
      yield* readings(stage, rounds, quick ? 500 : 4_000);
      const reading = { url, token, connections, paths: taskIds.map((id) => `/api/tasks/${id}`) };
      yield {
        case: `p50 from tick to order, ${readsBeside} reads a second beside it`,
        ...(await besides(
          stage,
          { rounds, samples },
          {
            begin: () => clients.ask('readSteadily', reading, readsBeside),
            end: async () => say(JSON.stringify(await clients.ask('stop'))),
          },
        )),
      };
      for (const total of quick ? [1, 20] : [1, watchersMany]) {
        const deaf = total > 1 ? 1 : 0;
        await clients.ask('subscribe', { url, tokens: watchers, total, deaf });
        const delays = await eventDelays(stage, quick ? 10 : 100);
        yield {
          case: `p95 from price at the exchange to event, ${total} ${total === 1 ? 'watcher' : 'watchers, one of whom never reads'}`,
          against: `${eventMaxMs} ms`,
          reach: atMost(1),
          rounds: [percentile(delays, 0.95) / eventMaxMs],
          figures: figuresOf(delays),
        };
        await clients.ask('unsubscribe');
      }
      yield {
        case: `p50 from tick to order, ${watchersMany} watchers beside it`,
        ...(await besides(
          stage,
          { rounds, samples },
          {
            begin: () =>
              clients.ask('subscribe', { url, tokens: watchers, total: quick ? 20 : watchersMany, deaf: 1 }),
            end: () => clients.ask('unsubscribe'),
          },
        )),
      };
    } finally {
      await stage.close();
    }
  },
};

export default bench;
