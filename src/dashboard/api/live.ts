/**
 * The live connection: one stream of server-sent events for the whole page. It keeps index prices, the state of feeds, the
 * exchange's clock and the connection's own state in stores, hands tasks and alerts to its listeners, and connects again by itself. Every
 * connection begins with `hello`, after which everything shown is read anew, so that nothing can be missed while it was away.
 */
import type { LiveEvent } from '../../api/contract.ts';
import { createStore, createStores, type Store } from './store.ts';

/** `lost`: nothing has been received for longer than a beat may take. */
export type Connection = 'connecting' | 'live' | 'lost';

export interface IndexPrice {
  readonly index: string;
  /** Exchange time, ms. */
  readonly atMs: number;
}

export interface FeedState {
  readonly isStale: boolean;
  readonly reason: string | null;
  readonly sinceMs: number;
}

/** Exchange time as of the last beat, and the page's own clock at that moment. */
export interface ClockReading {
  readonly clockMs: number;
  readonly seenAtMs: number;
}

export interface LiveListener {
  /** Everything that is shown has to be read anew. */
  readonly onHello: () => void;
  readonly onTasks: (taskIds: readonly string[]) => void;
  readonly onAlert: (alert: Extract<LiveEvent, { kind: 'alert' }>) => void;
  readonly onHalt: () => void;
}

export const connection: Store<Connection> = createStore<Connection>('connecting');
export const clock: Store<ClockReading | null> = createStore<ClockReading | null>(null);
/** When something was received last, by the page's clock, while the connection is lost; `null` while it stands. */
export const lostSince: Store<number | null> = createStore<number | null>(null);
export const indexPriceOf = createStores<IndexPrice | null>(null);
/** Of one coin; see also `everyFeed`. */
export const feedOf = createStores<FeedState | null>(null);
/** Of all coins at once, as when the connection to the exchange is lost. */
export const everyFeed: Store<FeedState | null> = createStore<FeedState | null>(null);

/** Beats come every second. Both together stay below the two seconds in which a lost connection has to show. */
const silenceMaxMs = 1_700;
const lookEveryMs = 100;
const retryFirstMs = 300;
const retryMaxMs = 2_000;
/** Task events that come within this time are read in one request. */
const batchMs = 120;

const kinds = ['hello', 'prices', 'feed', 'task', 'alert', 'halt', 'beat'] as const;

/** Connects and stays connected. @returns a function that ends it */
export function connectLive(listener: LiveListener): () => void {
  let source: EventSource | null = null;
  let seenAtMs = performance.now();
  let retryMs = retryFirstMs;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  const batch = createBatch(listener.onTasks);

  const lose = (): void => {
    source?.close();
    source = null;
    if (connection.get() !== 'lost') lostSince.set(Date.now() - (performance.now() - seenAtMs));
    connection.set('lost');
    clearTimeout(retryTimer);
    retryTimer = setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, retryMaxMs);
  };

  const receive = (event: LiveEvent): void => {
    seenAtMs = performance.now();
    if (connection.get() !== 'live') {
      retryMs = retryFirstMs;
      connection.set('live');
      lostSince.set(null);
    }
    handle(event, listener, batch.add);
  };

  function open(): void {
    seenAtMs = performance.now();
    const opened = new EventSource('/api/events');
    source = opened;
    for (const kind of kinds)
      opened.addEventListener(kind, (message) => {
        if (source === opened)
          receive({ ...(JSON.parse(message.data as string) as LiveEvent), kind } as LiveEvent);
      });
    opened.onerror = () => {
      if (source === opened) lose();
    };
  }

  const watch = setInterval(() => {
    if (source !== null && performance.now() - seenAtMs > silenceMaxMs) lose();
  }, lookEveryMs);
  open();
  return () => {
    clearInterval(watch);
    clearTimeout(retryTimer);
    batch.end();
    source?.close();
    source = null;
    connection.set('connecting');
  };
}

function handle(event: LiveEvent, listener: LiveListener, addTask: (taskId: string) => void): void {
  switch (event.kind) {
    case 'hello':
      listener.onHello();
      return;
    case 'prices':
      for (const { coin, index, atMs } of event.prices) indexPriceOf(coin).set({ index, atMs });
      return;
    case 'feed': {
      const { coin, isStale, reason, sinceMs } = event;
      (coin === null ? everyFeed : feedOf(coin)).set({ isStale, reason, sinceMs });
      return;
    }
    case 'task':
      addTask(event.taskId);
      return;
    case 'alert':
      listener.onAlert(event);
      return;
    case 'halt':
      listener.onHalt();
      return;
    case 'beat':
      clock.set({ clockMs: event.clockMs, seenAtMs: Date.now() });
  }
}

interface Batch {
  readonly add: (taskId: string) => void;
  readonly end: () => void;
}

function createBatch(flush: (taskIds: readonly string[]) => void): Batch {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add: (taskId) => {
      waiting.add(taskId);
      timer ??= setTimeout(() => {
        timer = undefined;
        const taskIds = [...waiting];
        waiting.clear();
        flush(taskIds);
      }, batchMs);
    },
    end: () => clearTimeout(timer),
  };
}

/** Exchange time now, ms, as far as it is known; the page's own clock before the first beat. */
export function exchangeNowMs(): number {
  const reading = clock.get();
  return reading === null ? Date.now() : reading.clockMs + (Date.now() - reading.seenAtMs);
}
