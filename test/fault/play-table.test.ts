/**
 * Every effect of the machines of which nothing is stored, the daemon's life and the websocket: however an effect ends,
 * and whichever state runs it, the machine continues, closes what it opened, and gets nothing from an earlier run.
 */
import { describe, expect, test } from 'vitest';
import { fromPromise } from 'xstate';
import { daemonMachine } from '../../machines/daemon.machine.ts';
import { streamMachine, type StreamEvent } from '../../machines/stream.machine.ts';
import { streamTimes } from '../../src/exchange/bybit/stream/connection-plan.ts';
import { effectsOf, missingRows, nameOf } from './effects-of.ts';
import { columnNames, rest, statesRunning, tryColumn, type Stage } from './play-table.ts';
import type { Step } from './play.ts';

const open = 'open database and exchange';
const claim = 'claim accounts and bring their tasks back';
const wait = 'wait for the next look around';
const look = 'look for free accounts';
const abandon = 'give every task up';
const drain = 'let running rolls end';
const close = 'close everything';
const terminate = { type: 'TERMINATE' };
const ownershipLost = { type: 'OWNERSHIP_LOST' };

const daemon: Stage = {
  machine: daemonMachine,
  says: {},
  ways: {
    booting: [],
    claiming: [open],
    'running.serving': [open, claim],
    'running.lookingAround': [open, claim, wait],
    'recovering.abandoning': [open, claim, ownershipLost],
    'recovering.waiting': [open, claim, ownershipLost, abandon],
    draining: [open, claim, terminate],
    stopping: [terminate],
  },
  next: {
    booting: open,
    claiming: claim,
    'running.serving': rest,
    'running.lookingAround': look,
    'recovering.abandoning': abandon,
    'recovering.waiting': wait,
    draining: drain,
    stopping: close,
    stopped: rest,
  },
};

const event = (type: StreamEvent['type']) => ({ type, reason: 'as played' });
const socketOpened = event('SOCKET_OPENED');
const subscribed = event('SUBSCRIBED');
const subscribing = [event('OPEN'), socketOpened, event('LOGGED_IN')];

const stream: Stage = {
  machine: streamMachine,
  input: { ...streamTimes, needsLogin: true },
  says: { socket: socketOpened, heartbeat: event('HEARTBEAT_MISSED'), 'topic watch': subscribed },
  ways: {
    attached: [event('OPEN')],
    'attached.connecting': [event('OPEN')],
    'attached.loggingIn': [event('OPEN'), socketOpened],
    'attached.connected': subscribing,
    'attached.connected.subscribing': subscribing,
    'attached.connected.live': [...subscribing, subscribed],
    'attached.connected.stale': [...subscribing, subscribed, event('WENT_SILENT')],
    'attached.connected.withheld': [...subscribing, event('WITHHELD')],
    backingOff: [event('OPEN'), event('SOCKET_CLOSED')],
  },
  next: {
    closed: event('OPEN'),
    'attached.connecting': 'socket',
    'attached.loggingIn': event('LOGGED_IN'),
    'attached.connected.subscribing': 'topic watch',
    'attached.connected.live': rest,
    'attached.connected.stale': subscribed,
    'attached.connected.withheld': subscribed,
    backingOff: 'alarm with jitter',
  },
};

/** What ends the effect when it never answers. */
const daemonRows: Record<string, Step> = {
  [`daemon: ${open}`]: terminate,
  [`daemon: ${claim}`]: ownershipLost,
  [`daemon: ${wait}`]: terminate,
  [`daemon: ${look}`]: ownershipLost,
  [`daemon: ${abandon}`]: terminate,
  [`daemon: ${drain}`]: ownershipLost,
  // Nothing does: the composition root gives every step of it a time of its own.
  [`daemon: ${close}`]: close,
};
const streamRows: Record<string, Step> = {
  'stream: socket': 'alarm',
  'stream: heartbeat': event('SOCKET_CLOSED'),
  'stream: topic watch': 'alarm',
  'stream: alarm': event('CLOSE'),
  'stream: alarm with jitter': event('CLOSE'),
};

describe.each([
  { stage: daemon, rows: daemonRows },
  { stage: stream, rows: streamRows },
])('$stage.machine.id', ({ stage, rows }) => {
  const { machine } = stage;
  const cells = Object.keys(machine.implementations.actors).flatMap((effect) => {
    const name = nameOf(machine, effect);
    return statesRunning(machine, name).map((state) => ({ effect, state, endedBy: rows[name] ?? '', stage }));
  });

  test('has a row for every effect', () => {
    expect(missingRows(rows, machine)).toEqual([]);
    expect(new Set(cells.map(({ effect }) => nameOf(machine, effect)))).toEqual(new Set(effectsOf(machine)));
  });

  describe.each(cells)('$effect, while $state', (cell) => {
    test.each(columnNames)('%s', async (column) => {
      await tryColumn(column, cell);
    });
  });
});

test('a table without a row for each effect of a machine is not complete', () => {
  const actors = { 'water the plants': fromPromise(() => Promise.resolve()) };
  expect(missingRows(daemonRows, daemonMachine.provide({ actors } as never))).toEqual([
    '"daemon: water the plants" has no row',
  ]);
});
