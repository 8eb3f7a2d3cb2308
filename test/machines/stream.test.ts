import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { type StreamEvent, type StreamSettings, streamMachine } from '../../machines/stream.machine.ts';

const settings: StreamSettings = {
  needsLogin: true,
  stepMaxMs: 10_000,
  staleMaxMs: 15_000,
  withheldMaxMs: 600_000,
  steadyAfterMs: 60_000,
  backOffFirstMs: 500,
  backOffCapMs: 30_000,
};

interface Alarm {
  readonly waitMs: number;
  readonly ring: () => void;
  readonly fail: (error: Error) => void;
}

/** A stream whose socket is imaginary: what is open, what was said, and which alarms wait. */
function start(input: StreamSettings = settings) {
  const said: string[] = [];
  const alarms: Alarm[] = [];
  const sockets = { opened: 0, open: 0 };
  const wait = fromPromise<unknown, { readonly waitMs: number }>(
    ({ input: { waitMs }, signal }) =>
      new Promise((resolve, reject) => {
        const alarm: Alarm = { waitMs, ring: () => resolve(undefined), fail: reject };
        alarms.push(alarm);
        signal.addEventListener('abort', () => {
          if (alarms.includes(alarm)) alarms.splice(alarms.indexOf(alarm), 1);
        });
      }),
  );
  const actor = createActor(
    streamMachine.provide({
      actors: {
        socket: fromCallback<StreamEvent>(() => {
          sockets.opened += 1;
          sockets.open += 1;
          return () => (sockets.open -= 1);
        }),
        alarm: wait,
        'alarm with jitter': wait,
      },
      actions: {
        'send login': () => said.push('login'),
        'send subscriptions': () => said.push('subscriptions'),
        'report live': () => said.push('live'),
        'report stale': ({ context }) => said.push(`stale: ${context.reason}`),
        'report lost': ({ context }) => said.push(`lost: ${context.reason}`),
        'report login refused': ({ context }) => said.push(`refused: ${context.reason}`),
      },
    }),
    { input },
  );
  actor.start();
  const send = (...events: StreamEvent[]): void => events.forEach((event) => actor.send(event));
  const ring = async (waitMs: number): Promise<void> => {
    const alarm = alarms.find((each) => each.waitMs === waitMs);
    if (!alarm) throw new Error(`no alarm of ${waitMs} ms, only ${alarms.map((each) => each.waitMs).join()}`);
    alarms.splice(alarms.indexOf(alarm), 1);
    alarm.ring();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const goLive = (): void =>
    send({ type: 'OPEN' }, { type: 'SOCKET_OPENED' }, { type: 'LOGGED_IN' }, { type: 'SUBSCRIBED' });
  return { actor, said, alarms, sockets, send, ring, goLive };
}

describe('a stream', () => {
  it('logs in, subscribes and is live, in this order', () => {
    const stream = start();
    stream.goLive();
    expect(stream.said).toEqual(['login', 'subscriptions', 'live']);
    expect(stream.actor.getSnapshot().matches({ attached: { connected: 'live' } })).toBe(true);
  });

  it('needs no log-in where the exchange wants none', () => {
    const stream = start({ ...settings, needsLogin: false });
    stream.send({ type: 'OPEN' }, { type: 'SOCKET_OPENED' });
    expect(stream.said).toEqual(['subscriptions']);
  });

  it('closes its socket whenever it leaves it, and never holds two', async () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'SOCKET_CLOSED', reason: 'gone' });
    expect(stream.sockets).toEqual({ opened: 1, open: 0 });
    await stream.ring(500);
    expect(stream.sockets).toEqual({ opened: 2, open: 1 });
    stream.send({ type: 'CLOSE' });
    expect(stream.sockets.open).toBe(0);
  });

  it('comes back by itself after a loss and subscribes again', async () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'SOCKET_CLOSED', reason: 'gone' });
    await stream.ring(500);
    stream.send({ type: 'SOCKET_OPENED' }, { type: 'LOGGED_IN' }, { type: 'SUBSCRIBED' });
    expect(stream.said.slice(3)).toEqual(['lost: gone', 'login', 'subscriptions', 'live']);
  });

  it('waits longer after each failure, up to the cap', async () => {
    const stream = start();
    stream.send({ type: 'OPEN' });
    for (const waitMs of [500, 2_000, 8_000, 30_000, 30_000]) {
      stream.send({ type: 'SOCKET_CLOSED', reason: 'refused' });
      expect(stream.alarms.map((alarm) => alarm.waitMs)).toEqual([waitMs]);
      await stream.ring(waitMs);
    }
  });

  it('forgets failures only after it was live for a while', async () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'SOCKET_CLOSED', reason: 'gone' });
    await stream.ring(500);
    stream.send({ type: 'SOCKET_OPENED' }, { type: 'LOGGED_IN' }, { type: 'SUBSCRIBED' });
    expect(stream.actor.getSnapshot().context.failures).toBe(1);
    await stream.ring(60_000);
    expect(stream.actor.getSnapshot().context.failures).toBe(0);
  });

  it('says that it is stale, and live again when prices flow', () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'WENT_SILENT', reason: 'no prices' }, { type: 'SUBSCRIBED' });
    expect(stream.said.slice(3)).toEqual(['stale: no prices', 'live']);
  });

  it('keeps a socket on which everything is refused, and asks there again', () => {
    const stream = start();
    const withheld: StreamEvent = { type: 'WITHHELD', reason: 'no permission' };
    stream.send({ type: 'OPEN' }, { type: 'SOCKET_OPENED' }, { type: 'LOGGED_IN' }, withheld);
    expect(stream.said.at(-1)).toBe('stale: no permission');
    expect(stream.alarms.map(({ waitMs }) => waitMs)).toEqual([settings.withheldMaxMs]);
    stream.send({ type: 'GRANTED' });
    expect(stream.said.at(-1)).toBe('subscriptions');
    stream.send(withheld, { type: 'SUBSCRIBED' });
    expect(stream.said.at(-1)).toBe('live');
    expect(stream.sockets).toEqual({ opened: 1, open: 1 });
  });

  it('tries another socket when everything is refused for long', async () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'WITHHELD', reason: 'no permission' });
    await stream.ring(settings.withheldMaxMs);
    expect(stream.said.at(-1)).toBe('lost: no permission');
    await stream.ring(settings.backOffFirstMs);
    expect(stream.sockets).toEqual({ opened: 2, open: 1 });
  });

  it('gives up a socket that stays silent', async () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'WENT_SILENT', reason: 'no prices' });
    await stream.ring(15_000);
    expect(stream.said.at(-1)).toBe('lost: no prices');
    expect(stream.sockets.open).toBe(0);
  });

  it('gives up a socket that does not answer pings', () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'HEARTBEAT_MISSED', reason: 'no pong' });
    expect(stream.said.at(-1)).toBe('lost: no pong');
  });

  it('backs off, says why and comes back when a part of it breaks', async () => {
    const stream = start();
    stream.goLive();
    const steady = stream.alarms.find(({ waitMs }) => waitMs === settings.steadyAfterMs);
    steady?.fail(new Error('no timers left'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.said.at(-1)).toBe('lost: no timers left');
    expect(stream.sockets.open).toBe(0);
    await stream.ring(500);
    expect(stream.sockets).toEqual({ opened: 2, open: 1 });
  });

  it.each<[string, StreamEvent[], string]>([
    ['connecting', [], 'connecting took too long'],
    ['logging in', [{ type: 'SOCKET_OPENED' }], 'the log-in was not answered'],
    [
      'subscribing',
      [{ type: 'SOCKET_OPENED' }, { type: 'LOGGED_IN' }],
      'a subscription was not answered or brings nothing',
    ],
  ])('does not wait for ever while %s', async (_step, events, reason) => {
    const stream = start();
    stream.send({ type: 'OPEN' }, ...events);
    await stream.ring(10_000);
    expect(stream.said.at(-1)).toBe(`lost: ${reason}`);
  });

  it('reports a refused log-in and tries again later', () => {
    const stream = start();
    stream.send({ type: 'OPEN' }, { type: 'SOCKET_OPENED' }, { type: 'LOGIN_REFUSED', reason: 'bad sign' });
    expect(stream.said.slice(1).sort()).toEqual(['lost: bad sign', 'refused: bad sign']);
    expect(stream.actor.getSnapshot().matches('backingOff')).toBe(true);
  });

  it('subscribes what is added while it is live', () => {
    const stream = start();
    stream.goLive();
    stream.send({ type: 'TOPICS_ADDED' });
    expect(stream.said.at(-1)).toBe('subscriptions');
  });

  it('stays closed once closed, also while it backs off', () => {
    const stream = start();
    stream.send({ type: 'OPEN' }, { type: 'SOCKET_CLOSED', reason: 'gone' }, { type: 'CLOSE' });
    expect(stream.actor.getSnapshot().value).toBe('closed');
    expect(stream.alarms).toEqual([]);
  });

  it('can reach every state of its chart', () => {
    const done = (id: string) => ({ type: `xstate.done.actor.${id}`, output: undefined });
    const events = [
      { type: 'OPEN' },
      { type: 'CLOSE' },
      { type: 'SOCKET_OPENED' },
      { type: 'SOCKET_CLOSED', reason: 'gone' },
      { type: 'LOGGED_IN' },
      { type: 'SUBSCRIBED' },
      { type: 'WENT_SILENT', reason: 'no prices' },
      { type: 'WITHHELD', reason: 'refused' },
      done('wait before connecting again'),
    ] as StreamEvent[];
    const paths = getShortestPaths(streamMachine, {
      input: settings,
      events,
      serializeState: (snapshot) => JSON.stringify(snapshot.value),
      stopWhen: (snapshot) => snapshot.context.failures > 1,
    });
    const reached = new Set(paths.map((path) => JSON.stringify(path.state.value)));
    expect([...reached].sort()).toEqual(
      [
        '"backingOff"',
        '"closed"',
        '{"attached":"connecting"}',
        '{"attached":"loggingIn"}',
        '{"attached":{"connected":"live"}}',
        '{"attached":{"connected":"stale"}}',
        '{"attached":{"connected":"subscribing"}}',
        '{"attached":{"connected":"withheld"}}',
      ].sort(),
    );
  });
});
