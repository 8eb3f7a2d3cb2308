/** Whether the index of a coin may be believed: its own feed, and the connection that all feeds come by. */
import { everyFeed, feedOf, type FeedState } from './live.ts';
import { useStore } from './store.ts';

/** The wider fault first; `null` when nothing was ever said of it. */
export function useFeed(coin: string): FeedState | null {
  const every = useStore(everyFeed);
  const own = useStore(feedOf(coin));
  return every?.isStale ? every : own;
}
