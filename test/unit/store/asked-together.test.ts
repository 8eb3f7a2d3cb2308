/** Questions of one moment share a query, and what a query answers or refuses is for its own questions alone. */
import { setImmediate as setImmediately } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type AskingTogether, askedTogether } from '../../../src/store/asked-together.ts';

interface Query {
  readonly keys: readonly string[];
  answer(): void;
  refuse(error: Error): void;
}

/** A database whose answers, the keys in capitals, come when the test says so. */
function openDesk(options?: AskingTogether) {
  const queries: Query[] = [];
  const read = (keys: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    new Promise((resolve, reject) => {
      const answers = new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]));
      queries.push({ keys, answer: () => resolve(answers), refuse: reject });
    });
  const ask = askedTogether(read, options);
  /** Waits until what was asked has become a query, or would have. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await setImmediately();
  };
  return { ask, queries, settled };
}

describe.each([{ oneAtATime: false }, { oneAtATime: true }])('Questions asked together, %o', (options) => {
  it('are one query, in which each is named once, and each gets its own answer', async () => {
    const { ask, queries, settled } = openDesk(options);
    const answers = Promise.all([ask('a'), ask('none'), ask('b'), ask('a')]);
    await settled();
    expect(queries.map(({ keys }) => keys)).toEqual([['a', 'none', 'b']]);
    queries[0]?.answer();
    expect(await answers).toEqual(['A', null, 'B', 'A']);
  });

  it('are asked again however often: nothing is kept', async () => {
    const { ask, queries, settled } = openDesk(options);
    for (const count of [1, 2]) {
      const answer = ask('a');
      await settled();
      expect(queries).toHaveLength(count);
      queries.at(-1)?.answer();
      expect(await answer).toBe('A');
    }
  });

  it('fail together, and those asked afterwards do not', async () => {
    const { ask, queries, settled } = openDesk(options);
    const failed = Promise.allSettled([ask('a'), ask('b')]);
    await settled();
    queries[0]?.refuse(new Error('the database is away'));
    const reason = new Error('the database is away');
    expect(await failed).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    const later = ask('a');
    await settled();
    queries[1]?.answer();
    expect(await later).toBe('A');
  });
});

describe('Questions asked while a query runs', () => {
  it('share the next one where one query runs at a time, also when the running one fails', async () => {
    const { ask, queries, settled } = openDesk({ oneAtATime: true });
    const first = Promise.allSettled([ask('a')]);
    await settled();
    const answers = [ask('b')];
    await settled();
    answers.push(ask('c'), ask('a'));
    await settled();
    expect(queries.map(({ keys }) => keys)).toEqual([['a']]);
    queries[0]?.refuse(new Error('the database is away'));
    await settled();
    expect(queries.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c', 'a']]);
    queries[1]?.answer();
    expect(await Promise.all(answers)).toEqual(['B', 'C', 'A']);
    expect((await first)[0]).toMatchObject({ status: 'rejected' });
  });

  it('do not wait for it otherwise', async () => {
    const { ask, queries, settled } = openDesk();
    const first = ask('a');
    await settled();
    const second = ask('b');
    await settled();
    queries[1]?.answer();
    expect(await second).toBe('B');
    queries[0]?.answer();
    expect(await first).toBe('A');
  });
});
