/**
 * Joins what is asked in the same moment into one query. Nothing is kept: every answer comes from a query that began after
 * its question was asked, so what was revoked a moment ago is revoked.
 */
import DataLoader from 'dataloader';

/** Questions in one query at most. */
const togetherMax = 1_000;

/**
 * @param read answers questions, each named by its key; what is missing in its answer is `null`
 * @returns asks one question @throws the error of `read`
 */
export function askedTogether<Answer>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | null> {
  const loader = new DataLoader<string, Answer | null>(
    async (keys) => {
      const answers = await read([...new Set(keys)]);
      return keys.map((key) => answers.get(key) ?? null);
    },
    // By then every request that has arrived with this one has asked.
    { cache: false, maxBatchSize: togetherMax, batchScheduleFn: (ask) => setImmediate(ask) },
  );
  return (key) => loader.load(key);
}
