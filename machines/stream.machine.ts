/**
 * One websocket to the exchange: connect, log in where needed, subscribe, live, stale, withheld, back off, again. It owns
 * the order of these steps and how long each may take; it leaves the socket, timers, jitter and the meaning of messages
 * to the adapter, which provides every actor and report. Prices do not pass through here: the adapter only reports when
 * they stop and when they flow again. All waits are in local time, because the exchange's clock may run faster than ours.
 * Nothing of it is persisted. Source: Bybit docs v5/ws/connect.
 */
import { assign, fromCallback, fromPromise, setup, type ErrorActorEvent } from 'xstate';
import { messageOf } from '../src/domain/errors.ts';

export interface StreamSettings {
  /** True for the private stream. */
  readonly needsLogin: boolean;
  /** How long connecting, logging in and subscribing may take, each. */
  readonly stepMaxMs: number;
  /** How long it may stay stale before the socket is given up. */
  readonly staleMaxMs: number;
  /** How long the exchange may withhold everything before another socket is tried. */
  readonly withheldMaxMs: number;
  /** How long it must be live before earlier failures are forgotten. */
  readonly steadyAfterMs: number;
  /** First wait before connecting again; each further one is four times as long, up to the cap. */
  readonly backOffFirstMs: number;
  readonly backOffCapMs: number;
}

export interface StreamContext {
  readonly settings: StreamSettings;
  readonly failures: number;
  readonly reason: string;
}

export type StreamEvent =
  | { readonly type: 'OPEN' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'SOCKET_OPENED' }
  | { readonly type: 'SOCKET_CLOSED'; readonly reason: string }
  | { readonly type: 'LOGGED_IN' }
  | { readonly type: 'LOGIN_REFUSED'; readonly reason: string }
  | { readonly type: 'TOPICS_ADDED' }
  /** Something that is wanted comes, proved by data where data is pushed; or nothing is wanted. */
  | { readonly type: 'SUBSCRIBED' }
  /** Everything that is wanted is refused, or quiet where quiet is usual: another socket would not help. */
  | { readonly type: 'WITHHELD'; readonly reason: string }
  /** Some of what was withheld is granted, or more is wanted. */
  | { readonly type: 'GRANTED' }
  | { readonly type: 'WENT_SILENT'; readonly reason: string }
  | { readonly type: 'HEARTBEAT_MISSED'; readonly reason: string };

export const streamMachine = setup({
  types: {
    context: {} as StreamContext,
    input: {} as StreamSettings,
    events: {} as StreamEvent,
  },
  actors: {
    /** Opens the socket when it starts and destroys it when it stops. */
    socket: fromCallback<StreamEvent>(() => undefined),
    /** Pings, and says so when nothing at all comes back. */
    heartbeat: fromCallback<StreamEvent>(() => undefined),
    /** Watches which topics are granted and which deliver, and asks again for the others. */
    'topic watch': fromCallback<StreamEvent>(() => undefined),
    /** Resolves after `waitMs` of local time. */
    alarm: fromPromise<unknown, { readonly waitMs: number }>(() => new Promise(() => undefined)),
    /** The same, shortened at random so that many streams do not come back in step. */
    'alarm with jitter': fromPromise<unknown, { readonly waitMs: number }>(
      () => new Promise(() => undefined),
    ),
  },
  guards: {
    'login is needed': ({ context }) => context.settings.needsLogin,
  },
  actions: {
    'send login': () => undefined,
    'send subscriptions': () => undefined,
    'report live': () => undefined,
    'report stale': () => undefined,
    'report lost': () => undefined,
    'report login refused': () => undefined,
    'note the reason': assign({
      reason: ({ context, event }) => ('reason' in event ? event.reason : context.reason),
    }),
    'note what went wrong': assign({ reason: (_, params: { readonly reason: string }) => params.reason }),
    'count the failure': assign({ failures: ({ context }) => context.failures + 1 }),
    'forget failures': assign({ failures: 0 }),
  },
}).createMachine({
  id: 'stream',
  version: '1',
  context: ({ input }) => ({ settings: input, failures: 0, reason: '' }),
  initial: 'closed',
  states: {
    closed: {
      entry: 'forget failures',
      on: {
        OPEN: 'attached',
      },
    },
    attached: {
      invoke: { id: 'socket', src: 'socket' },
      on: {
        CLOSE: 'closed',
        SOCKET_CLOSED: { target: 'backingOff', actions: 'note the reason' },
        'xstate.error.actor.*': {
          target: 'backingOff',
          actions: {
            type: 'note what went wrong',
            params: ({ event }: { event: ErrorActorEvent }) => ({ reason: messageOf(event.error) }),
          },
        },
      },
      initial: 'connecting',
      states: {
        connecting: {
          invoke: {
            id: 'connecting takes too long',
            src: 'alarm',
            input: ({ context }) => ({ waitMs: context.settings.stepMaxMs }),
            onDone: {
              target: '#stream.backingOff',
              actions: { type: 'note what went wrong', params: { reason: 'connecting took too long' } },
            },
          },
          on: {
            SOCKET_OPENED: [{ guard: 'login is needed', target: 'loggingIn' }, { target: 'connected' }],
          },
        },
        loggingIn: {
          entry: 'send login',
          invoke: {
            id: 'login takes too long',
            src: 'alarm',
            input: ({ context }) => ({ waitMs: context.settings.stepMaxMs }),
            onDone: {
              target: '#stream.backingOff',
              actions: { type: 'note what went wrong', params: { reason: 'the log-in was not answered' } },
            },
          },
          on: {
            LOGGED_IN: 'connected',
            LOGIN_REFUSED: {
              target: '#stream.backingOff',
              actions: ['note the reason', 'report login refused'],
            },
          },
        },
        connected: {
          invoke: [
            { id: 'heartbeat', src: 'heartbeat' },
            { id: 'topic watch', src: 'topic watch' },
          ],
          on: {
            HEARTBEAT_MISSED: { target: '#stream.backingOff', actions: 'note the reason' },
            TOPICS_ADDED: { actions: 'send subscriptions' },
          },
          initial: 'subscribing',
          states: {
            subscribing: {
              entry: 'send subscriptions',
              invoke: {
                id: 'subscribing takes too long',
                src: 'alarm',
                input: ({ context }) => ({ waitMs: context.settings.stepMaxMs }),
                onDone: {
                  target: '#stream.backingOff',
                  actions: {
                    type: 'note what went wrong',
                    params: { reason: 'a subscription was not answered or brings nothing' },
                  },
                },
              },
              on: {
                SUBSCRIBED: 'live',
                WITHHELD: { target: 'withheld', actions: 'note the reason' },
              },
            },
            live: {
              entry: 'report live',
              invoke: {
                id: 'connection is steady',
                src: 'alarm',
                input: ({ context }) => ({ waitMs: context.settings.steadyAfterMs }),
                onDone: { actions: 'forget failures' },
              },
              on: {
                WENT_SILENT: { target: 'stale', actions: 'note the reason' },
                WITHHELD: { target: 'withheld', actions: 'note the reason' },
              },
            },
            stale: {
              entry: 'report stale',
              invoke: {
                id: 'silent for too long',
                src: 'alarm',
                input: ({ context }) => ({ waitMs: context.settings.staleMaxMs }),
                onDone: '#stream.backingOff',
              },
              on: {
                SUBSCRIBED: 'live',
                WITHHELD: { target: 'withheld', actions: 'note the reason' },
              },
            },
            withheld: {
              entry: 'report stale',
              invoke: {
                id: 'withheld for too long',
                src: 'alarm',
                input: ({ context }) => ({ waitMs: context.settings.withheldMaxMs }),
                onDone: '#stream.backingOff',
              },
              on: {
                SUBSCRIBED: 'live',
                GRANTED: 'subscribing',
              },
            },
          },
        },
      },
    },
    backingOff: {
      entry: 'report lost',
      exit: 'count the failure',
      invoke: {
        id: 'wait before connecting again',
        src: 'alarm with jitter',
        input: ({ context }) => ({ waitMs: backOffMs(context) }),
        onDone: 'attached',
        onError: 'attached',
      },
      on: {
        CLOSE: 'closed',
      },
    },
  },
});

/** Grows with every failure since the connection was last steady. */
function backOffMs({ settings, failures }: StreamContext): number {
  return Math.min(settings.backOffFirstMs * 4 ** Math.min(failures, 20), settings.backOffCapMs);
}
