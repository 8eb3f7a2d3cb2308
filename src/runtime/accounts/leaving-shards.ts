/** Which shards a daemon hands over now: those that others are to have, in which nothing is under way. */
import type { Holding, Shard } from '../../ports/journal.ts';

export function leavingShards(
  shards: readonly Shard[],
  { surplus, movable }: Pick<Holding, 'surplus' | 'movable'>,
  isQuiet: (accountId: string) => boolean,
): readonly Shard[] {
  const candidates = movable
    ? movable.flatMap((wanted) => shards.filter(({ shard }) => shard === wanted))
    : shards;
  return candidates.filter(({ accountIds }) => accountIds.every(isQuiet)).slice(0, surplus);
}
