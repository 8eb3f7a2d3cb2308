/** What the page shows after an event, whenever the event comes: before the first answer, during another one, or later. */
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { readAnew } from '../../../src/dashboard/api/read-anew.ts';

const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
afterEach(() => client.clear());

const queryKey = ['task', 'a'];

/** A server whose answers were made when it was asked, and arrive when `arrive` is called: oldest first. */
class SlowServer {
  version = 1;
  asked = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #observer = new QueryObserver<number>(client, { queryKey, queryFn: () => this.#ask() });
  readonly stop = this.#observer.subscribe(() => undefined);

  #ask(): Promise<number> {
    const answer = this.version;
    this.asked += 1;
    return new Promise((resolve) => this.#waiting.push(() => resolve(answer)));
  }

  async arrive(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  get shown(): number | undefined {
    return this.#observer.getCurrentResult().data;
  }
}

test.each([1, 2, 5])(
  'after %i events during the first answer it is asked once more, and shows what is true',
  async (events) => {
    const server = new SlowServer();
    const done = Array.from({ length: events }, () => readAnew(client, { queryKey: ['task'] }));
    server.version = 2;
    await server.arrive();
    expect(server.shown).toBe(1);
    await server.arrive();
    await Promise.all(done);
    expect({ shown: server.shown, asked: server.asked }).toEqual({ shown: 2, asked: 2 });
    server.stop();
  },
);

test('an event during a later answer has that one thrown away', async () => {
  const server = new SlowServer();
  await server.arrive();
  void readAnew(client, { queryKey });
  server.version = 2;
  const done = readAnew(client, { queryKey });
  await server.arrive();
  expect(server.shown).toBe(1);
  await server.arrive();
  await done;
  expect({ shown: server.shown, asked: server.asked }).toEqual({ shown: 2, asked: 3 });
  server.stop();
});

test('a first answer that fails is asked for again', async () => {
  let asked = 0;
  let fail: (error: Error) => void = () => undefined;
  const observer = new QueryObserver<number>(client, {
    queryKey,
    queryFn: () => ((asked += 1) > 1 ? asked : new Promise<number>((_, reject) => (fail = reject))),
  });
  const stop = observer.subscribe(() => undefined);
  const done = readAnew(client, { queryKey });
  fail(new Error('broken'));
  await done;
  expect(observer.getCurrentResult().data).toBe(2);
  stop();
});
