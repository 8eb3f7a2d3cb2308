/** Daemons that show each other what happens: nothing is sent while nobody watches, and what is lost is said. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PriceHistories } from '../../../src/api/live/price-history.ts';
import { Relaying } from '../../../src/api/live/relaying.ts';
import type { DaemonWord, Happening, LiveRelay, LiveRelayListener } from '../../../src/ports/live.ts';
import { LiveFeed } from '../../../src/runtime/live-feed.ts';

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'],
    }),
);
afterEach(() => void vi.useRealTimers());

const logged: string[] = [];

async function open() {
  const sent: Happening[][] = [];
  const said = { asked: 0, missed: 0 };
  const words: DaemonWord[] = [];
  const state = { isAway: false, takes: Number.MAX_SAFE_INTEGER, isListening: false };
  const listeners: LiveRelayListener[] = [];
  const wire = <T>(work: () => T): Promise<T> =>
    state.isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve(work());
  const relay: LiveRelay = {
    ask: () => wire(() => void (said.asked += 1)),
    tellMissed: () => wire(() => void (said.missed += 1)),
    send: (happenings) =>
      wire(() => {
        sent.push(happenings.slice(0, state.takes));
        return Math.min(happenings.length, state.takes);
      }),
    askStandings: () => Promise.resolve(),
    sendStanding: (word) => wire(() => void words.push(word)),
    listen: (given) => {
      listeners.push(given);
      return Promise.resolve();
    },
  };
  const hub = { taken: [] as Happening[], missed: 0 };
  const feed = new LiveFeed({ warn: () => undefined });
  const relaying = new Relaying({
    relay,
    source: feed,
    prices: new PriceHistories(),
    hub: {
      get isListening() {
        return state.isListening;
      },
      take: (happening) => void hub.taken.push(happening),
      missed: () => void (hub.missed += 1),
    },
    standing: () => ({ daemon: 'a', version: '1', problems: [], tasksHere: 3 }),
    log: { warn: (_, text) => void logged.push(text) },
  });
  await relaying.open();
  const [heard] = listeners;
  if (!heard) throw new Error('it does not listen');
  return { relaying, feed, sent, said, words, state, hub, heard };
}

const move = (feed: LiveFeed, taskId: string, version: number): void =>
  feed.begun({ accountId: '1', taskId, version, state: 'IDLE' }, version);
const versions = (sent: readonly (readonly Happening[])[]): number[] =>
  sent.flat().flatMap((each) => (each.kind === 'task' ? [each.version] : []));

test('it asks while it is watched, and sends only while it is asked, joined', async () => {
  const { relaying, feed, sent, said, state, heard } = await open();
  move(feed, 'a', 1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect({ sent, said }).toEqual({ sent: [], said: { asked: 0, missed: 0 } });
  state.isListening = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(said.asked).toBe(2);
  heard.asked(6_000);
  for (let version = 2; version <= 50; version += 1) move(feed, 'a', version);
  move(feed, 'b', 1);
  await vi.advanceTimersByTimeAsync(250);
  expect(versions(sent)).toEqual([50, 1]);
  await vi.advanceTimersByTimeAsync(7_000);
  move(feed, 'a', 99);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(versions(sent)).toEqual([50, 1]);
  relaying.close();
});

test('what does not fit into one message goes with the next one', async () => {
  const { relaying, feed, sent, state, heard } = await open();
  state.takes = 3;
  heard.asked(6_000);
  for (let version = 1; version <= 7; version += 1) move(feed, `task${version}`, version);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(versions(sent)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(sent.map((each) => each.length)).toEqual([3, 3, 1]);
  relaying.close();
});

test('an outage loses nothing that waits; what may be missing is said when it is over', async () => {
  const { relaying, feed, sent, said, state, hub, heard } = await open();
  state.isListening = true;
  heard.asked(60_000);
  state.isAway = true;
  move(feed, 'a', 1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual([]);
  expect(logged).toEqual(['live events do not pass between the daemons']);
  state.isAway = false;
  heard.reconnected();
  heard.missed();
  await vi.advanceTimersByTimeAsync(2_500);
  expect(versions(sent)).toEqual([1]);
  expect(said.missed).toBe(1);
  expect(hub.missed).toBeGreaterThan(0);
  relaying.close();
});

test('more than can wait is dropped as a whole, and said', async () => {
  const { relaying, feed, sent, said, heard } = await open();
  heard.asked(6_000);
  for (let version = 1; version <= 10_500; version += 1) move(feed, `task${version}`, version);
  await vi.advanceTimersByTimeAsync(300);
  expect(said.missed).toBe(1);
  expect(versions(sent).length).toBeLessThan(10_000);
  expect(versions(sent).at(-1)).toBe(10_500);
  relaying.close();
});

test('what others send is taken only while there are watchers here', async () => {
  const { relaying, state, hub, heard } = await open();
  const task: Happening = { kind: 'task', accountId: '1', taskId: 'a', version: 1, state: 'IDLE', atMs: 1 };
  heard.received([task]);
  expect(hub.taken).toEqual([]);
  state.isListening = true;
  heard.received([task]);
  expect(hub.taken).toEqual([task]);
  relaying.close();
});

test('a daemon says how it stands to all that ask at one time, once, whether anything is watched or not', async () => {
  const { relaying, words, heard } = await open();
  for (let times = 0; times < 5; times += 1) heard.standingAsked?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(words).toEqual([{ daemon: 'a', version: '1', problems: [], tasksHere: 3 }]);
  heard.standingAsked?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(words).toHaveLength(2);
  relaying.close();
});
