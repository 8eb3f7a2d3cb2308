/** Server-sent events as they go over the wire (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import type { Happening, PriceMoved } from '../../ports/live.ts';
import type { LiveEvent } from '../contract.ts';

/** One event without an id; JSON has no line break. */
export const frameOf = (event: LiveEvent): string =>
  `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** How long a client waits before it connects again. */
export const retryFrame = (afterMs: number): string => `retry: ${afterMs}\n\n`;

export const pricesFrame = (prices: Iterable<PriceMoved>): string => {
  const moved = Array.from(prices, ({ coin, index, atMs }) => ({ coin, index, atMs }));
  return moved.length === 0 ? '' : frameOf({ kind: 'prices', prices: moved });
};

/** What a watcher is shown of it: no account's id. */
export function shownEvent(happening: Exclude<Happening, PriceMoved>): LiveEvent {
  switch (happening.kind) {
    case 'feed': {
      const { coin, reason, atMs } = happening;
      return { kind: 'feed', coin, isStale: reason !== null, reason, sinceMs: atMs };
    }
    case 'task': {
      const { taskId, version, state, atMs } = happening;
      return { kind: 'task', taskId, version, state, atMs };
    }
    case 'alert': {
      const { taskId, severity, text, atMs } = happening;
      return { kind: 'alert', taskId, severity, text, atMs };
    }
    case 'halt': {
      const { isHalted, atMs } = happening;
      return { kind: 'halt', isHalted, atMs };
    }
  }
}
