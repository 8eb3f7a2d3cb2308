/**
 * Joins what is asked in the same moment into one query. Nothing is kept: every answer comes from a query that began after
 * its question was asked, so what was revoked a moment ago is revoked.
 */
import { setImmediate as setImmediately } from 'node:timers/promises';
import DataLoader from 'dataloader';

/** Questions in one query at most. */
const togetherMax = 1_000;

export interface AskingTogether {
  /** What is asked while a query runs waits for it and shares the next one. Default: queries run beside each other. */
  readonly oneAtATime?: boolean;
}

/**
 * @param read answers questions, each named by its key; what is missing in its answer is `null`
 * @returns asks one question @throws the error of `read`
 */
export function askedTogether<Answer>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  { oneAtATime = false }: AskingTogether = {},
): (key: string) => Promise<Answer | null> {
  let running: Promise<unknown> = Promise.resolve();
  let turns: Promise<unknown> = Promise.resolve();
  const inTurn = (ask: () => void): void => {
    turns = turns
      .then(() => setImmediately())
      .then(() => {
        ask();
        return running;
      });
  };
  const loader = new DataLoader<string, Answer | null>(
    async (keys) => {
      const asked = read([...new Set(keys)]);
      running = asked.catch(() => undefined);
      const answers = await asked;
      return keys.map((key) => answers.get(key) ?? null);
    },
    {
      cache: false,
      maxBatchSize: togetherMax,
      // By then every request that has arrived with this one has asked.
      batchScheduleFn: oneAtATime ? inTurn : (ask) => setImmediate(ask),
    },
  );
  return (key) => loader.load(key);
}
