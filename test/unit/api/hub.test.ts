/** The hub against streams that read as they like: bounds, joining, and what it costs where nobody watches. */
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Hub, type HubBounds } from '../../../src/api/live/hub.ts';
import { PriceHistories } from '../../../src/api/live/price-history.ts';
import type { Sight } from '../../../src/api/live/event-log.ts';
import type { LiveSource } from '../../../src/ports/live.ts';
import { LiveFeed } from '../../../src/runtime/live-feed.ts';

const hubs: Hub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close();
});

function open(bounds: Partial<HubBounds> = {}) {
  const feed = new LiveFeed({ warn: () => undefined });
  const prices = new PriceHistories();
  let listeners = 0;
  const source: LiveSource = {
    subscribe: (wanted) => {
      listeners += 1;
      const end = feed.subscribe(wanted);
      return () => {
        listeners -= 1;
        end();
      };
    },
  };
  feed.subscribe({ price: (price) => prices.note(price) });
  const hub = new Hub({ source, prices, environment: 'paper', daemon: 'a', clockMs: () => 5, bounds });
  hubs.push(hub);
  return { hub, feed, listeners: () => listeners };
}

/** A client that reads at once, or not before `read` is called. */
class Client extends Writable {
  text = '';
  #held: (() => void) | null = null;
  isReading: boolean;

  constructor(isReading = true) {
    super({ highWaterMark: 1_024, decodeStrings: false });
    this.isReading = isReading;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    if (this.isReading) done();
    else this.#held = done;
  }

  read(): void {
    this.isReading = true;
    this.#held?.();
    this.#held = null;
  }

  kinds(): string[] {
    return [...this.text.matchAll(/^event: (\w+)$/gm)].map(([, kind = '']) => kind);
  }

  versions(): number[] {
    return [...this.text.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version));
  }
}

const accountOne: Sight = new Set(['1']);

const join = (
  hub: Hub,
  client: Client,
  { who = 'ann', sight = accountOne, sightNow = () => Promise.resolve<Sight | null>(sight) } = {},
): void => hub.subscribe({ stream: client, who, sight, sightNow });

const tick = (feed: LiveFeed, index: string, atMs: number): void =>
  feed.ticks([{ feed: 'underlying', source: 'BTC', readings: { index }, atMs }]);

const moved = (feed: LiveFeed, taskId: string, version: number, accountId = '1'): void =>
  feed.begun({ accountId, taskId, version, state: 'IDLE' }, version);

test('it listens only while there are subscribers or one may come back', async () => {
  const { hub, listeners } = open({ lingerMs: 50 });
  expect(listeners()).toBe(0);
  const client = new Client();
  join(hub, client);
  expect(listeners()).toBe(1);
  client.destroy();
  await expect.poll(() => hub.counts.subscribers).toBe(0);
  expect(hub.isListening).toBe(true);
  await expect.poll(() => listeners()).toBe(0);
  join(hub, new Client());
  expect(listeners()).toBe(1);
});

test('of prices and of turns of one task within a moment the newest is sent, each alone in its order', async () => {
  const { hub, feed } = open({ everyMs: 40 });
  const client = new Client();
  join(hub, client);
  tick(feed, '1', 1);
  await expect.poll(() => client.text).toContain('"index":"1"');
  for (let at = 2; at <= 200; at += 1) tick(feed, String(at), at);
  for (let version = 1; version <= 50; version += 1) moved(feed, 'task', version);
  moved(feed, 'other', 3);
  await expect.poll(() => client.text).toContain('"index":"200"');
  expect(client.kinds().filter((kind) => kind === 'prices').length).toBeLessThanOrEqual(3);
  await expect.poll(() => client.versions()).toEqual([50, 3]);
});

test('prices come at most twenty times a second', async () => {
  const { hub, feed } = open();
  const client = new Client();
  join(hub, client);
  const beganMs = performance.now();
  for (let at = 1; at <= 60; at += 1) {
    tick(feed, String(at), at);
    await sleep(5);
  }
  await expect.poll(() => client.text).toContain('"index":"60"');
  const tookMs = performance.now() - beganMs;
  expect(client.kinds().filter((kind) => kind === 'prices').length).toBeLessThanOrEqual(tookMs / 50 + 2);
});

test('a client that reads again goes on where it was; nothing waits for it alone', async () => {
  const { hub, feed } = open({ everyMs: 1 });
  const client = new Client(false);
  join(hub, client);
  for (let version = 1; version <= 300; version += 1) moved(feed, `task${version}`, version);
  await expect.poll(() => client.writableNeedDrain).toBe(true);
  await sleep(20);
  expect(client.writableLength).toBeLessThan(200_000);
  client.read();
  await expect.poll(() => client.versions()).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
  expect(client.kinds().filter((kind) => kind === 'hello')).toHaveLength(1);
});

test('one that missed more than is kept is told to read everything anew', async () => {
  const { hub, feed } = open({ everyMs: 1 });
  const client = new Client(false);
  join(hub, client);
  await expect.poll(() => client.text).toContain('retry');
  for (let version = 1; version <= 10_000; version += 1) moved(feed, `task${version}`, version);
  await sleep(50);
  client.read();
  await expect.poll(() => client.kinds().filter((kind) => kind === 'hello').length).toBeGreaterThan(0);
  moved(feed, 'last', 77_777);
  await expect.poll(() => client.versions().at(-1)).toBe(77_777);
});

test('one that does not read for too long is cut and counted, the others are not kept waiting', async () => {
  const { hub, feed } = open({ everyMs: 1, beatMs: 20, slowMaxMs: 60 });
  const [slow, quick] = [new Client(false), new Client()];
  join(hub, slow);
  join(hub, quick);
  for (let version = 1; version <= 100; version += 1) moved(feed, `task${version}`, version);
  await expect.poll(() => quick.versions()).toHaveLength(100);
  await expect.poll(() => hub.counts).toEqual({ subscribers: 1, dropped: 1 });
  expect(slow.destroyed).toBe(true);
});

test('rights are looked at again: what is seen narrows, and who is not let in any more is ended', async () => {
  const { hub, feed } = open({ everyMs: 1, beatMs: 10, sightMs: 20 });
  const client = new Client();
  let sight: Sight | null = new Set(['1', '2']);
  join(hub, client, { sight, sightNow: () => Promise.resolve(sight) });
  moved(feed, 'b', 1, '2');
  await expect.poll(() => client.versions()).toEqual([1]);
  sight = new Set(['1']);
  hub.lookNow();
  await new Promise(setImmediate);
  moved(feed, 'b', 2, '2');
  moved(feed, 'a', 3, '1');
  await expect.poll(() => client.versions()).toEqual([1, 3]);
  sight = null;
  await expect.poll(() => client.writableEnded).toBe(true);
});

test('one whose rights cannot be found out is ended after a while', async () => {
  const { hub } = open({ beatMs: 10, sightMs: 10, sightMaxMs: 80 });
  const client = new Client();
  join(hub, client, { sightNow: () => Promise.reject(new Error('the database is away')) });
  await sleep(30);
  expect(client.writableEnded).toBe(false);
  await expect.poll(() => client.writableEnded).toBe(true);
});

test('one that has gone before it is taken is not counted, so that it keeps no place from others', async () => {
  const { hub, listeners } = open({ ofOneMax: 1 });
  const gone = new Client();
  gone.destroy();
  await expect.poll(() => gone.closed).toBe(true);
  join(hub, gone);
  expect(hub.counts.subscribers).toBe(0);
  expect(hub.refusal('ann')).toBeNull();
  expect(listeners()).toBe(0);
});

test('no more are taken than may be, of one user and in all; and none when it is closed', () => {
  const { hub } = open({ ofOneMax: 2, subscribersMax: 3 });
  for (const who of ['ann', 'ann', 'ben']) {
    expect(hub.refusal(who)).toBeNull();
    join(hub, new Client(), { who });
  }
  expect([hub.refusal('ann'), hub.refusal('cid')]).toEqual(['too many', 'too many']);
  const other = open({ ofOneMax: 2 }).hub;
  join(other, new Client());
  join(other, new Client());
  expect([other.refusal('ann'), other.refusal('ben')]).toEqual(['too many of one user', null]);
  other.close();
  expect(other.refusal('ben')).toBe('closed');
});

test('what may have been missed elsewhere is read anew by everybody', async () => {
  const { hub } = open({ everyMs: 1 });
  const client = new Client();
  join(hub, client);
  await expect.poll(() => client.kinds().filter((kind) => kind === 'hello')).toHaveLength(1);
  hub.missed();
  await expect.poll(() => client.kinds().filter((kind) => kind === 'hello')).toHaveLength(2);
});
