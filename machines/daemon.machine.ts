/**
 * The life of the daemon: boot, claim, run, drain. Owns the order of these steps and what a signal or a lost ownership
 * leads to in each; what a step does is provided by the composition root. Nothing of it is persisted.
 */
import { assign, fromPromise, setup } from 'xstate';

export interface DaemonContext {
  /** Why the daemon failed; `null` while it has not. */
  readonly failure: unknown;
}

export type DaemonEvent = { type: 'TERMINATE' } | { type: 'OWNERSHIP_LOST' };

const unprovided = (): Promise<void> => Promise.reject(new Error('the composition root provides this actor'));

export const daemonMachine = setup({
  types: {
    context: {} as DaemonContext,
    events: {} as DaemonEvent,
    output: {} as DaemonContext,
  },
  actors: {
    'open database and exchange': fromPromise(unprovided),
    'claim accounts and bring their tasks back': fromPromise(unprovided),
    'wait for the next look around': fromPromise(unprovided),
    'look for free accounts': fromPromise(unprovided),
    'give every task up': fromPromise(unprovided),
    'let running rolls end': fromPromise(unprovided),
    'close everything': fromPromise(unprovided),
  },
  actions: {
    'note the failure': assign(({ context }, { error }: { error: unknown }) => ({
      failure: context.failure ?? error,
    })),
  },
}).createMachine({
  id: 'daemon',
  context: { failure: null },
  initial: 'booting',
  states: {
    booting: {
      invoke: {
        src: 'open database and exchange',
        onDone: 'claiming',
        onError: {
          target: 'stopping',
          actions: { type: 'note the failure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { TERMINATE: 'stopping' },
    },
    claiming: {
      invoke: {
        src: 'claim accounts and bring their tasks back',
        onDone: 'running',
        onError: 'recovering',
      },
      on: { TERMINATE: 'draining', OWNERSHIP_LOST: 'recovering' },
    },
    running: {
      initial: 'serving',
      on: { TERMINATE: 'draining', OWNERSHIP_LOST: 'recovering' },
      states: {
        serving: {
          invoke: {
            src: 'wait for the next look around',
            onDone: 'lookingAround',
            onError: {
              target: '#daemon.draining',
              actions: { type: 'note the failure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        lookingAround: {
          invoke: { src: 'look for free accounts', onDone: 'serving', onError: 'serving' },
        },
      },
    },
    recovering: {
      initial: 'abandoning',
      on: { TERMINATE: 'stopping' },
      states: {
        abandoning: {
          invoke: { src: 'give every task up', onDone: 'waiting', onError: 'waiting' },
        },
        waiting: {
          invoke: {
            src: 'wait for the next look around',
            onDone: '#daemon.claiming',
            onError: {
              target: '#daemon.stopping',
              actions: { type: 'note the failure', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
      },
    },
    draining: {
      on: { OWNERSHIP_LOST: 'stopping' },
      invoke: { src: 'let running rolls end', onDone: 'stopping', onError: 'stopping' },
    },
    stopping: {
      invoke: {
        src: 'close everything',
        onDone: 'stopped',
        onError: {
          target: 'stopped',
          actions: { type: 'note the failure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    stopped: { type: 'final' },
  },
  output: ({ context }) => context,
});
