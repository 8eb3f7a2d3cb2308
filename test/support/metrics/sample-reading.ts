/** A daemon in the middle of its work, as a scrape reads it, and the metrics made of it. */
import type { OutboxBacklog } from '../../../src/ports/system.ts';
import { Metrics } from '../../../src/telemetry/metrics/metrics.ts';
import type { Reading } from '../../../src/telemetry/metrics/standing.ts';

export const sampleOutbox: OutboxBacklog = { waiting: 3, oldestMs: 4_000, dead: 2, unplannedSinceMs: null };

export const sampleReading: Omit<Reading, 'outbox'> = {
  version: '1.2.3',
  mode: 'paper',
  isReady: true,
  journal: { healthy: true, waiting: 2, lagMs: 250 },
  runtime: {
    tasks: 7,
    accounts: 2,
    rolls: {
      parts: { planning: 1, leg1: 2, interval: 3, leg2: 4, other: 5 },
      failed: 1,
      halfRolled: { count: 8, oldestMs: 61_500 },
      doubled: { count: 3, oldestMs: 2_500 },
      unknownOutcomes: { count: 1, oldestMs: 12_000 },
    },
    coins: [
      { coin: 'BTC', ticks: 100, ageMs: 150, isLive: true },
      { coin: 'ETH', ticks: 0, ageMs: null, isLive: false },
    ],
    optionTicks: 40,
    wakes: 9,
    waitingForAdmission: 6,
  },
  exchange: {
    limits: [
      { limit: 'address', room: 0.75, waiting: 0 },
      { limit: '/v5/order/create', room: 0.5, waiting: 1 },
    ],
    streams: [
      { stream: 'prices', wanted: 1, down: 0 },
      { stream: 'account', wanted: 2, down: 1 },
    ],
    connections: 5,
    malformedFrames: 1,
  },
  shards: { held: 10, unowned: 1 },
  pool: { busy: 1, idle: 3, waiting: 0 },
  watchers: { subscribers: 2, dropped: 1 },
  atMs: 1_000_000,
};

/** @param sources instead of those of the sample */
export const sampleMetrics = (sources: Partial<ConstructorParameters<typeof Metrics>[0]> = {}): Metrics =>
  new Metrics({ standing: () => sampleReading, outbox: () => Promise.resolve(sampleOutbox), ...sources });
