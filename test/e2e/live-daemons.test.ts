/**
 * A page opened at one daemon sees what happens in all of them: real processes on one database, of which one serves the stream and
 * another trades; it sees the tasks move on when their daemon is killed, and its stream end when its own daemon stops.
 */
import { afterEach, expect, test } from 'vitest';
import { addToken } from '../../src/application/tokens.ts';
import { operator } from '../../src/application/caller.ts';
import { portsOn } from '../support/people-fixture.ts';
import { DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { openEvents, type EventStream } from '../support/event-stream.ts';

/** A roll that a busy machine does not keep from ending. */
const spec = {
  execution: { style: 'walk', every: '200ms', steps: 3, deadline: '60s' },
  guards: { cooldown: '1s' },
};

let fixture: DaemonFixture;
afterEach(() => fixture.close());

/** Where a daemon serves its API, as it says when it listens. */
async function urlOf(daemon: NamedDaemon): Promise<string> {
  let url = '';
  await fixture.until(() => {
    const served = daemon.logs.find((line) => line.includes('the page and the API are served')) ?? '';
    url = /"url":"([^"]+)"/.exec(served)?.[1] ?? '';
    return url !== '';
  });
  return url;
}

/** Version and state that the stream has told last of each task. */
const lastOf = (stream: EventStream): Record<string, string> =>
  Object.fromEntries(stream.of('task').map(({ taskId, version, state }) => [taskId, `${version} ${state}`]));

async function storedOf(tasks: readonly string[]): Promise<Record<string, string>> {
  const stored = tasks.map(async (taskId): Promise<[string, string]> => {
    const { version, state } = await fixture.task(taskId);
    return [taskId, `${version} ${state}`];
  });
  return Object.fromEntries(await Promise.all(stored));
}

test('a stream of one daemon tells the turns of all daemons, a takeover, and its own end', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 4 });
  const environment = { API_PORT: '0', BYBIT_TIMEOUT_SECONDS: '20' };
  const first = fixture.startDaemon(environment);
  const second = fixture.startDaemon(environment);
  const tasks: string[] = [];
  for (const accountId of fixture.accountIds) tasks.push(await fixture.addTask(spec, accountId));
  await fixture.untilShared([first, second], 2);
  const { token } = await addToken(operator, portsOn(fixture.store), {
    userName: 'fixture',
    scope: 'read',
    tokenName: 'page',
  });
  const headers = { authorization: `Bearer ${token}` };
  const stream = await openEvents(await urlOf(first), { headers });
  await expect.poll(() => stream.of('prices').flatMap(({ prices }) => prices)).not.toEqual([]);

  fixture.paper.setIndex('BTC', '24600');
  for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  await expect
    .poll(async () => ({ told: lastOf(stream), stored: await storedOf(tasks) }))
    .toSatisfy(
      ({ told, stored }: { told: object; stored: object }) =>
        JSON.stringify(sorted(told)) === JSON.stringify(sorted(stored)),
    );
  for (const taskId of tasks) {
    const versions = stream.of('task').flatMap((moved) => (moved.taskId === taskId ? [moved.version] : []));
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  }
  expect(stream.of('alert').map(({ taskId }) => taskId)).toEqual(expect.arrayContaining(tasks));
  expect(stream.of('prices').at(-1)?.prices).toMatchObject([{ coin: 'BTC', index: '24600' }]);

  await second.kill();
  await fixture.untilShared([first], 4);
  await expect.poll(() => sorted(lastOf(stream))).toEqual(sorted(await storedOf(tasks)));
  expect(stream.ended()).toBe('open');
  expect(stream.of('hello')).toHaveLength(1);

  expect(await first.terminate()).toBe(0);
  await expect.poll(() => stream.ended()).toBe('ended');
});

const sorted = (values: object): unknown => Object.entries(values).sort();
