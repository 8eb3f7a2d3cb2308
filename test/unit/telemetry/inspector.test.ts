/** The relay over real sockets, watched by the inspector package's own receiver. */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, request, type RequestOptions } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createInspector,
  createWebSocketInspector,
  createWebSocketReceiver,
  type StatelyInspectionEvent,
} from '@statelyai/inspect';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  assign,
  createActor,
  createMachine,
  fromPromise,
  setup,
  type Actor,
  type InspectionEvent,
} from 'xstate';
import type { StandingActor } from '../../../src/ports/inspection.ts';
import { openInspector, type Inspector } from '../../../src/telemetry/inspector/inspector.ts';
import { protocolVersion } from '../../../src/telemetry/inspector/messages.ts';
import { sourcePath } from '../../../src/telemetry/inspector/relay.ts';
import { InspectorSource } from '../../../src/telemetry/inspector/source.ts';

const log = pino({ level: 'silent' });
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const child = createMachine({
  id: 'child',
  initial: 'working',
  states: { working: { on: { DONE: 'over' } }, over: {} },
});
const wait = fromPromise(() => new Promise(() => {}));
const parent = setup({
  types: {
    context: {},
    events: {} as { type: 'GO' } | { type: 'NOTE'; noted: object },
  },
  actors: { child, wait },
}).createMachine({
  id: 'parent',
  context: {},
  initial: 'idle',
  on: { NOTE: { actions: assign(({ event }) => ({ ...event.noted })) } },
  states: {
    idle: { on: { GO: 'busy' } },
    busy: {
      invoke: [
        { id: 'child', src: 'child' },
        { id: 'wait', src: 'wait' },
      ],
    },
  },
});

type Message = StatelyInspectionEvent & {
  readonly event?: { readonly type: string };
  readonly definition?: string;
};

async function inspector(standing: StandingActor[] = []): Promise<Inspector> {
  const opened = await openInspector({ port: 0, log, standing: () => standing });
  open.push(opened);
  return opened;
}

/** An actor shown by `shown` under a name. */
function shownActor(shown: Inspector, root: string): Actor<typeof parent> {
  const actor = createActor(parent, { inspect: (event) => shown.inspection.see(root, event) });
  open.push({ close: () => actor.stop() });
  return actor.start();
}

async function receiver({ url }: { readonly url: string }, search = ''): Promise<Message[]> {
  const received: Message[] = [];
  createWebSocketReceiver({ server: `${url.replace('http', 'ws')}/${search}` }).subscribe((message) =>
    received.push(message),
  );
  await sleep(50);
  return received;
}

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 300_000 });
const snapshotsOf = (messages: readonly Message[], sessionId: string): unknown[] =>
  messages.flatMap((message) =>
    message.type === '@xstate.snapshot' && message.sessionId === sessionId
      ? [(message.snapshot as unknown as { value: unknown }).value]
      : [],
  );

describe('a task that comes while somebody watches', () => {
  const task = (root: string): StandingActor => ({
    root,
    logic: parent,
    snapshot: { value: 'idle', context: {}, status: 'active', children: {} },
    actor: null,
  });

  /** Lets these tasks come. @returns those that were looked at */
  const arrive = ({ inspection }: Inspector, ...roots: string[]): readonly string[] => {
    const looked: string[] = [];
    const look = (root: string) => (looked.push(root), task(root));
    for (const root of roots) inspection.arrived(root, () => look(root));
    return looked;
  };

  test('is introduced to them at once, and only once', async () => {
    const shown = await inspector([task('there-before')]);
    const received = await receiver(shown);
    arrive(shown, 'new', 'there-before', 'new');
    await until(() => received.some(({ sessionId }) => sessionId === 'new'));
    await sleep(50);
    expect(received.map(({ type, sessionId }) => [type, sessionId])).toEqual([
      ['@xstate.actor', 'there-before'],
      ['@xstate.actor', 'new'],
    ]);
  });

  test('is not looked at without a watcher, nor for one who is shown as many as there may be', async () => {
    const shown = await inspector(Array.from({ length: 99 }, (_, at) => task(`t${at}`)));
    expect(arrive(shown, 'nobody watches')).toEqual([]);
    const received = await receiver(shown);
    await until(() => received.length === 99);
    expect(arrive(shown, 'the last', 'one too many')).toEqual(['the last']);
  });

  test('is not looked at for one who asked for another', async () => {
    const shown = await inspector();
    const received = await receiver(shown, '?task=wanted');
    expect(arrive(shown, 'another', 'wanted')).toEqual(['wanted']);
    await until(() => received.length > 0);
    expect(received.map(({ sessionId }) => sessionId)).toEqual(['wanted']);
  });
});

describe("the package's own receiver", () => {
  test('sees each actor with its definition before anything else of it, also what was there before it came', async () => {
    const shown = await inspector();
    const [early, late] = [shownActor(shown, 'task-a'), shownActor(shown, 'task-b')];
    early.send({ type: 'GO' });
    const received = await receiver(shown);
    expect(received).toEqual([]);
    early.send({ type: 'NOTE', noted: { a: 1 } });
    late.send({ type: 'GO' });
    late.getSnapshot().children.child?.send({ type: 'DONE' });
    await until(() => received.some(({ event }) => event?.type === 'DONE'));
    await sleep(20);
    const introduced = new Set<string>();
    for (const message of received)
      if (message.type === '@xstate.actor') introduced.add(message.sessionId);
      else expect(introduced, message.type).toContain(message.sessionId);
    const actors = received.filter(({ type }) => type === '@xstate.actor') as (Message & { name: string })[];
    expect(actors.map(({ name }) => name)).toEqual(['task-a', 'task-b', 'child', 'wait']);
    expect(JSON.parse(actors[0]?.definition ?? '')).toMatchObject({
      id: 'parent',
      states: { idle: {}, busy: {} },
    });
    expect(JSON.parse(actors[2]?.definition ?? '')).toMatchObject({ id: 'child', states: { over: {} } });
    expect(actors[2]).toMatchObject({ parentId: 'task-b', rootId: 'task-b' });
    expect(snapshotsOf(received, 'task-b')).toEqual(['busy']);
    expect(snapshotsOf(received, actors[2]?.sessionId ?? '')).toContain('over');
  });

  test('is shown what stands when it comes, with children, and what rests', async () => {
    const resting: StandingActor = {
      root: 'resting',
      logic: parent,
      actor: null,
      snapshot: { status: 'active', value: 'idle', context: {}, children: {} },
    };
    const standing = [resting];
    const shown = await inspector(standing);
    const actor = shownActor(shown, 'awake');
    actor.send({ type: 'GO' });
    standing.push({ root: 'awake', logic: parent, snapshot: null, actor });
    const followed = shownActor(shown, 'followed');
    shown.inspection.follow('followed', followed);
    const received = (await receiver(shown)) as (Message & { name: string })[];
    expect(received.map(({ name }) => name)).toEqual(['followed', 'resting', 'awake', 'child', 'wait']);
    expect(received[1]).toMatchObject({ sessionId: 'resting', snapshot: { value: 'idle' } });
    const one = await receiver(shown, '?task=resting');
    expect(one.map(({ sessionId }) => sessionId)).toEqual(['resting']);
    actor.send({ type: 'NOTE', noted: {} });
    await until(() => received.some(({ event }) => event?.type === 'NOTE'));
    expect(one).toHaveLength(1);
  });

  test('reads what the package itself would have sent, but for the names of sessions', async () => {
    const shown = await inspector();
    const received = await receiver(shown);
    const theirs: Message[] = [];
    const theirInspector = createInspector({
      send: (message) => void theirs.push(JSON.parse(JSON.stringify(message)) as Message),
    });
    const both = (event: InspectionEvent): void => {
      shown.inspection.see('root', event);
      (theirInspector.inspect as { next(event: InspectionEvent): void }).next(event);
    };
    const actor = createActor(parent, { inspect: both }).start();
    open.push({ close: () => actor.stop() });
    actor.send({ type: 'GO' });
    await until(() => theirs.length > 5 && received.length === theirs.length);
    const comparable = (messages: readonly Message[]) =>
      messages.map((message) => {
        const { type, _version, id, event, snapshot, definition } = message as Message & {
          snapshot?: object;
        };
        return {
          type,
          _version,
          id,
          event,
          snapshot,
          definition: definition && (JSON.parse(definition) as unknown),
        };
      });
    const withoutSessions = (messages: readonly Message[]): unknown =>
      JSON.parse(JSON.stringify(comparable(messages)).replaceAll(/"x:\d+"/g, '"session"'));
    expect(withoutSessions(received)).toEqual(withoutSessions(theirs));
  });

  test('speaks the version of the protocol that we name', () => {
    const { resolve } = createRequire(import.meta.url);
    const path = resolve('@statelyai/inspect').replace(/dist.*$/, 'package.json');
    expect((JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version).toBe(protocolVersion);
  });
});

describe('what crosses', () => {
  test('is no secret and no account, wherever it stands', async () => {
    const shown = await inspector();
    shown.inspection.hide('KEY-of-main', 's3cr"et-of-main', 'a');
    const received = await receiver(shown);
    const actor = shownActor(shown, 'task');
    const noted = {
      apiKey: 'plain-1',
      api_secret: 'plain-2',
      accountId: 'plain-3',
      user: 'plain-4',
      signature: 'plain-5',
      deep: [{ password: 'plain-6', uid: 12_345_678 }],
      error: new Error('10003 for KEY-of-main with s3cr"et-of-main at account 4711'),
      address: 'postgres://keeper:plain-7@db:5432/rolls',
      margin: 'a maintenance of 12 %',
    };
    actor.send({ type: 'NOTE', noted });
    await until(() => received.filter(({ event }) => event?.type === 'NOTE').length === 2);
    const text = JSON.stringify(received);
    expect(text).not.toMatch(/plain-\d|KEY-of-main|et-of-main|4711|12345678/);
    expect(text).toContain('10003 for (not shown) with (not shown) at account (not shown)');
    expect(text).toContain('a maintenance of 12 %');
  });

  test('is nothing, and nothing is made, while there is no watcher', async () => {
    const shown = await inspector();
    const made = vi.fn(() => 'text');
    const actor = shownActor(shown, 'task');
    actor.send({ type: 'NOTE', noted: { costly: { toJSON: made } } });
    await sleep(20);
    expect(made).not.toHaveBeenCalled();
    const received = await receiver(shown);
    actor.send({ type: 'NOTE', noted: { costly: { toJSON: made } } });
    await until(() => received.length > 0);
    expect(made).toHaveBeenCalled();
  });

  test('never disturbs the actor, whatever it holds', async () => {
    const shown = await inspector();
    const received = await receiver(shown);
    const actor = shownActor(shown, 'task');
    const bad = { toJSON: () => { throw new Error('cannot be shown'); } }; // prettier-ignore
    actor.send({ type: 'NOTE', noted: { bad } });
    actor.send({ type: 'NOTE', noted: { bad: 'gone' } });
    actor.send({ type: 'GO' });
    await until(() => snapshotsOf(received, 'task').includes('busy'));
    expect(actor.getSnapshot().value).toBe('busy');
  });
});

describe('the relay', () => {
  const respond = async (url: string, options: RequestOptions = {}) => {
    const sent = request(url, options).end();
    const [response] = (await once(sent, 'response')) as [
      { statusCode: number; headers: Record<string, string> },
    ];
    return response;
  };

  test('refuses requests from another page, and requests under another name', async () => {
    const { url } = await inspector();
    const refused = async (headers: Record<string, string>) => {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers });
      const [error] = (await once(socket, 'error')) as [Error];
      return error.message;
    };
    expect(await refused({ origin: 'https://evil.example' })).toContain('403');
    expect(await refused({ host: 'evil.example' })).toContain('403');
    expect((await respond(url, { headers: { host: 'evil.example' } })).statusCode).toBe(403);
    expect((await respond(url, { method: 'POST' })).statusCode).toBe(403);
    expect((await respond(`${url}/etc/passwd`)).statusCode).toBe(404);
    const own = new WebSocket(url.replace('http', 'ws'), { origin: url });
    await once(own, 'open');
  });

  test('answers on loopback only', async () => {
    const { url } = await inspector();
    const port = Number(new URL(url).port);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (!outside) return;
    const [error] = (await once(connect(port, outside.address), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('serves a page that frames the inspector and may load nothing else', async () => {
    const { url } = await inspector();
    const { headers, statusCode } = await respond(url);
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toContain('frame-src https://stately.ai');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('says which port is taken', async () => {
    const { url } = await inspector();
    const port = Number(new URL(url).port);
    await expect(openInspector({ port, log, standing: () => [] })).rejects.toThrow(
      /inspector cannot be opened/,
    );
  });

  test('disconnects a watcher that does not read', async () => {
    const shown = await inspector();
    const socket = new WebSocket(shown.url.replace('http', 'ws'));
    await once(socket, 'open');
    socket.pause();
    const actor = shownActor(shown, 'task');
    const text = 'x'.repeat(1_000_000);
    const closed = once(socket, 'close');
    for (let times = 0; times < 60; times += 1) {
      actor.send({ type: 'NOTE', noted: { text } });
      await sleep(1);
    }
    socket.resume();
    await closed;
    expect(await receiver(shown)).toEqual([]);
  });

  test('passes on what another process shows, also by the package, to later watchers too', async () => {
    const { url } = await inspector();
    const received = await receiver({ url });
    const theirs = createWebSocketInspector({ url: `${url.replace('http', 'ws')}${sourcePath}` });
    open.push({ close: () => theirs.stop() });
    theirs.actor('other', { status: 'active', context: {} });
    theirs.event('other', { type: 'HELLO' });
    await until(() => received.length === 2);
    expect((await receiver({ url })).map(({ type }) => type)).toEqual(['@xstate.actor']);
  });

  test('closes on a source that sends other messages', async () => {
    const { url } = await inspector();
    const received = await receiver({ url });
    const socket = new WebSocket(`${url.replace('http', 'ws')}${sourcePath}`);
    await once(socket, 'open');
    socket.send('{"type":"alert(1)"}');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1003);
    expect(received).toEqual([]);
  });

  test('is found by a source also when its greeting comes with the handshake', async () => {
    const { url } = await inspector();
    for (let times = 0; times < 200; times += 1) await (await InspectorSource.connect(url))?.close();
  });

  test('is distinguished from a port where no program listens, and from another server', async () => {
    const gone = await openInspector({ port: 0, log, standing: () => [] });
    await gone.close();
    expect(await InspectorSource.connect(gone.url)).toBeNull();
    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    open.push({ close: () => other.close() });
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(InspectorSource.connect(`http://127.0.0.1:${port}`)).rejects.toThrow(/is not an inspector/);
  });
});
