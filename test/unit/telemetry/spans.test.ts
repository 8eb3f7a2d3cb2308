/** Spans of rolls on their way to a collector that fails, and the ids by which they are one trace. */
import { afterEach, expect, it } from 'vitest';
import type { ObservedTurn } from '../../../src/ports/observer.ts';
import { openSpans, type OpenedSpans } from '../../../src/telemetry/spans/open.ts';
import { answerWith, misbehaviours, openReceiver, type Receiver } from '../../support/receiver.ts';
import { spansAt } from '../../support/spans.ts';

let collector: Receiver | null = null;
afterEach(async () => {
  await collector?.close();
  collector = null;
});

interface Opened extends OpenedSpans {
  readonly warnings: readonly string[];
}

function open(url: string, { daemon = 'one', headers = {} } = {}): Opened {
  const warnings: string[] = [];
  const log = { warn: (_: object, message: string) => void warnings.push(message), info: () => undefined };
  const options = { url: `${url}/v1/traces`, headers, version: '0.0.0', daemon, log: log as never };
  return { ...openSpans(options), warnings };
}

const atMs = Date.UTC(2023, 2, 1);
/** A roll that ends with leg 2, as far as spans look at it. */
const ending = {
  record: {
    taskId: 't',
    accountId: '1',
    atMs: atMs + 5_000,
    endedRoll: {
      rollId: 't-v1',
      fromSymbol: 'A',
      toSymbol: 'B',
      indexPrice: '24600',
      outcome: 'rolled',
      summary: null,
    },
  },
  before: { roll: { rollId: 't-v1', startedAtMs: atMs } },
  after: { roll: null },
  orders: [
    {
      linkId: 'open-t-v1',
      symbol: 'B',
      result: 'filled',
      executedQty: '0.5',
      value: '300',
      atMs: atMs + 4_000,
    },
  ],
  endedPart: { part: 'leg2', tookMs: 2_000 },
  committed: Promise.resolve(),
} as unknown as ObservedTurn;

it('make one trace of a roll, whichever daemons send them', async () => {
  collector = await openReceiver();
  for (const daemon of ['one', 'two']) {
    const spans = open(collector.url, { daemon, headers: { authorization: 'Bearer a' } });
    spans.rolls.turn(ending);
    await ending.committed;
    await spans.close();
  }
  expect(collector.received[0]?.headers).toMatchObject({ authorization: 'Bearer a' });
  const [leg, roll, again, rollAgain] = spansAt(collector);
  expect(leg).toMatchObject({
    name: 'leg 2',
    startTimeUnixNano: atMs + 3_000,
    endTimeUnixNano: atMs + 5_000,
    parentSpanId: roll?.spanId,
    attributes: { 'rollkeeper.turns': 1 },
    events: [
      { name: 'order filled', timeUnixNano: atMs + 4_000, attributes: { 'rollkeeper.average_price': '600' } },
    ],
    resource: { 'service.name': 'rollkeeper', 'service.instance.id': 'one' },
  });
  expect(roll).toMatchObject({
    name: 'roll',
    startTimeUnixNano: atMs,
    endTimeUnixNano: atMs + 5_000,
    attributes: { 'rollkeeper.roll': 't-v1', 'rollkeeper.outcome': 'rolled' },
  });
  expect(roll?.parentSpanId ?? '').toBe('');
  expect(new Set([leg, roll, again, rollAgain].map((span) => span?.traceId)).size).toBe(1);
  expect([again?.parentSpanId, rollAgain?.spanId]).toEqual([roll?.spanId, roll?.spanId]);
});

it.each(['hangs', 'isHuge'] as const)(
  'are lost with one warning at a collector that %s, and closing ends',
  async (how) => {
    collector = await openReceiver();
    collector.respond = misbehaviours[how];
    const spans = open(collector.url);
    spans.rolls.turn(ending);
    await ending.committed;
    await spans.close();
    expect(spans.warnings.length).toBeLessThanOrEqual(1);
  },
);

it('are lost with one warning where nothing listens or the collector refuses', async () => {
  collector = await openReceiver();
  collector.respond = answerWith(403, 'no');
  for (const url of ['http://127.0.0.1:1', collector.url]) {
    const spans = open(url);
    spans.rolls.turn(ending);
    await ending.committed;
    await spans.close();
    expect(spans.warnings).toEqual(['spans could not be sent to the collector and are lost']);
  }
});
