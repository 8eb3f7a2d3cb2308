/** Which daemons live, and how each of them says that it stands. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonWord } from '../ports/live.ts';
import type { ListedDaemon } from '../ports/system.ts';
import type { Ports } from './ports.ts';

export interface LivingDaemon extends ListedDaemon {
  /** `null` when it has not answered in time, or belongs to a version of the program that does not. */
  readonly word: DaemonWord | null;
}

/**
 * Daemons by name. It goes on listening afterwards, so it is for processes that end soon.
 * @param waitMs how long to wait for the answers
 */
export async function askDaemons(
  { system, relay }: Pick<Ports, 'system' | 'relay'>,
  waitMs: number,
): Promise<readonly LivingDaemon[]> {
  const daemons = await system.daemons();
  if (daemons.length === 0) return [];
  const words: DaemonWord[] = [];
  const over = new AbortController();
  await relay.listen({
    asked: () => undefined,
    received: () => undefined,
    missed: () => undefined,
    reconnected: () => undefined,
    standing: (word) => {
      words.push(word);
      if (daemons.every(({ name }) => words.some(({ daemon }) => daemon === name))) over.abort();
    },
  });
  await relay.askStandings();
  await sleep(waitMs, undefined, { signal: over.signal }).catch(() => undefined);
  return daemons.map((daemon) => ({
    ...daemon,
    word: words.find((word) => word.daemon === daemon.name) ?? null,
  }));
}
