/** Somebody watches a daemon roll, and a journal being played once more, with the inspector package's own receiver. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createWebSocketReceiver } from '@statelyai/inspect';
import { afterEach, expect, test } from 'vitest';
import { InspectorRelay } from '../../src/telemetry/inspector/relay.ts';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

let fixture: DaemonFixture;
afterEach(() => fixture.close());

interface Message {
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot';
  readonly sessionId: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value?: unknown };
}

function watch(url: string): Message[] {
  const received: Message[] = [];
  createWebSocketReceiver({ server: url.replace('http', 'ws') }).subscribe((message) => {
    received.push(message as unknown as Message);
  });
  return received;
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let left = 2_000; !(await holds()); left -= 1) {
    if (left === 0) throw new Error('what was waited for did not come');
    await sleep(10);
  }
};

/** The states that an actor went through, in order, as the receiver got them. */
const statesOf = (messages: readonly Message[], sessionId: string): string[] => {
  const states = messages
    .filter((message) => message.sessionId === sessionId && message.type === '@xstate.snapshot')
    .map(({ snapshot }) => JSON.stringify(snapshot?.value));
  return states.filter((state, at) => state !== states[at - 1]);
};

const introductionsOf = (messages: readonly Message[]): Message[] =>
  messages.filter(({ type }) => type === '@xstate.actor');

test('a roll can be watched while it happens, and afterwards, and no key or account is shown', async () => {
  fixture = await DaemonFixture.open();
  const daemon = fixture.startDaemon({}, '--inspect', '0');
  const attachable = 'the inspector can be attached';
  await until(() => daemon.logs.some((line) => line.includes(attachable)));
  const opened = daemon.logs.find((line) => line.includes(attachable)) ?? '{}';
  const { url } = JSON.parse(opened) as { url: string };
  const received = watch(url);
  await until(() => received.length > 0);
  // A task that comes while somebody watches is shown before anything happens to it.
  const task = await fixture.addTask();
  await until(() => received.some(({ sessionId }) => sessionId === task));
  const standing = introductionsOf(received);
  expect(standing.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['daemon', task, expect.stringMatching(/^account stream \d+$/)]),
  );

  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ state }) => state === 'IDLE.coolingDown');
  await until(() => statesOf(received, task).at(-1) === '{"IDLE":"coolingDown"}');

  const roll = introductionsOf(received).find(({ sessionId }) => sessionId === task);
  const orders = introductionsOf(received).filter(({ definition }) => definition?.includes('"id":"order"'));
  expect(JSON.parse(roll?.definition ?? '{}')).toMatchObject({ id: 'roll', states: { LEG2_OPENING: {} } });
  expect(orders.map(({ parentId }) => parentId)).toEqual([task, task]);
  const events = received.flatMap(({ type, event }) => (type === '@xstate.event' ? [event?.type] : []));
  expect(events).toEqual(expect.arrayContaining(['PRICE', 'ORDER_REPORTED', 'FILL_REPORTED']));
  const states = statesOf(received, task);
  for (const state of ['planning', 'closingLeg1', 'checkpoint', 'opening', 'coolingDown'])
    expect(states.join(' ')).toContain(`"${state}"`);
  for (const { sessionId } of orders) expect(statesOf(received, sessionId).length).toBeGreaterThan(1);
  const text = JSON.stringify(received);
  expect(text).toContain(callSymbol);
  expect(text).not.toMatch(/fixture-key|fixture-secret|account_?id|"account"|\baccount \d/i);

  const run = runnerIn(workingDirectory());
  const arguments_ = ['inspect', task, '--speed', '1000000', '--json', ...fixture.databaseArguments()];
  const journal = `journal of ${task}`;
  const beside = watch(url);
  await until(() => beside.some(({ sessionId }) => sessionId === task));
  const before = beside.length;
  const played = await run([...arguments_, '--port', new URL(url).port]);
  expect(played.stderr).toBe('');
  const { version } = await fixture.task(task);
  expect(jsonLines(played).at(-1)).toEqual({ taskId: task, played: version });
  expect(statesOf(beside.slice(before), journal).at(-1)).toBe('{"IDLE":"coolingDown"}');

  const free = await InspectorRelay.freeAt(0);
  const alone = run([...arguments_, '--port', String(free.port)]);
  await until(() =>
    fetch(free.url).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const replayed = watch(free.url);
  const ran = await alone;
  expect(ran.code).toBe(0);
  expect(introductionsOf(replayed)[0]).toMatchObject({ sessionId: journal });
  expect(statesOf(replayed, journal)).toEqual(statesOf(beside.slice(before), journal));
});

test('a port that is taken is named before anything starts', async () => {
  fixture = await DaemonFixture.open();
  const run = runnerIn(workingDirectory());
  const port = new URL(fixture.paper.url).port;
  const started = await run(['start', '--inspect', port, ...fixture.databaseArguments()]);
  expect(started.code).toBe(2);
  expect(started.stderr).toContain(`port ${port}`);
  const wrong = await run(['demo', '--inspect', 'eighty']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('eighty');
  const demo = await run(['demo', '--inspect', port]);
  expect(demo.code).toBe(2);
  expect(demo.stderr).toContain(`port ${port}`);
});
