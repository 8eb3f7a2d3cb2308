/**
 * The charts hold together: every state can be reached, every transition is taken, every word that is defined is used and the other way round, no
 * timer is set that a restart would lose, and what is stored as text comes back as the same task.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { createMachine, type AnyStateMachine } from 'xstate';
import { daemonMachine } from '../../machines/daemon.machine.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { streamMachine } from '../../machines/stream.machine.ts';
import {
  done,
  failed,
  reached,
  roundTrips,
  statesOf,
  taken,
  transitionsOf,
  wordsOf,
  type Walk,
} from './chart.ts';
import { orderWalks } from './order-walk.ts';
import { rollWalks } from './roll-walk.ts';

const invoked = [
  'booting',
  'claiming',
  'running.serving',
  'running.lookingAround',
  'recovering.abandoning',
  'recovering.waiting',
  'draining',
  'stopping',
].map((state) => `0.daemon.${state}`);
const daemonWalk: Walk = {
  machine: daemonMachine,
  events: () => [
    { type: 'TERMINATE' },
    { type: 'OWNERSHIP_LOST' },
    ...invoked.flatMap((id) => [done(id), failed(id, new Error('failed'))]),
  ],
};

const settings = {
  withheldMaxMs: 1,
  stepMaxMs: 1,
  staleMaxMs: 1,
  steadyAfterMs: 1,
  backOffFirstMs: 1,
  backOffCapMs: 4,
};
const streamEvents = [
  'OPEN',
  'CLOSE',
  'SOCKET_OPENED',
  'SOCKET_CLOSED',
  'LOGGED_IN',
  'LOGIN_REFUSED',
  'TOPICS_ADDED',
  'SUBSCRIBED',
  'SUBSCRIPTION_REFUSED',
  'WENT_SILENT',
  'FLOWS_AGAIN',
  'HEARTBEAT_MISSED',
  'WITHHELD',
  'GRANTED',
].map((type) => ({ type, reason: 'said so' }));
const streamAlarms = [
  'connecting takes too long',
  'login takes too long',
  'subscribing takes too long',
  'connection is steady',
  'silent for too long',
  'wait before connecting again',
  'withheld for too long',
];
const streamWalks = [true, false].map((needsLogin): Walk => ({
  machine: streamMachine,
  input: { ...settings, needsLogin },
  events: () => [
    ...streamEvents,
    ...streamAlarms.map((id) => done(id)),
    ...['socket', 'wait before connecting again'].map((id) => failed(id, new Error('torn'))),
  ],
}));

describe('every state can be reached', () => {
  test.each<[string, AnyStateMachine, readonly Walk[]]>([
    ['roll', rollMachine, rollWalks],
    ['order', orderMachine, orderWalks],
    ['daemon', daemonMachine, [daemonWalk]],
    ['stream', streamMachine, streamWalks],
  ])('of the %s machine', { timeout: 600_000 }, (_, machine, walks) => {
    const known = new Set(reached(...walks));
    const neverReached = statesOf(machine).filter((state) => !known.has(state));
    expect(neverReached).toEqual([]);
    expect(known.size).toBeGreaterThanOrEqual(statesOf(machine).length);
  });
});

describe('every transition is taken', () => {
  const coverage: { machine: string; transitions: number; taken: number }[] = [];
  afterAll(() => console.table(coverage));

  test.each<[string, AnyStateMachine, readonly Walk[]]>([
    ['roll', rollMachine, rollWalks],
    ['order', orderMachine, orderWalks],
    ['daemon', daemonMachine, [daemonWalk]],
    ['stream', streamMachine, streamWalks],
  ])('of the %s machine', { timeout: 600_000 }, (name, machine, walks) => {
    const known = taken(...walks);
    const drawn = transitionsOf(machine);
    const neverTaken = drawn.filter((transition) => !known.has(transition));
    coverage.push({ machine: name, transitions: drawn.length, taken: drawn.length - neverTaken.length });
    expect(neverTaken).toEqual([]);
  });

  test('and one that nothing leads to would be named', () => {
    const machine = createMachine({
      initial: 'here',
      states: { here: { on: { GO: 'there' } }, there: { on: { BACK: 'here' } } },
    });
    const known = taken({ machine, events: () => [{ type: 'GO' }] });
    expect(transitionsOf(machine).filter((transition) => !known.has(transition))).toEqual(['there: BACK 1']);
  });
});

const charts: [string, AnyStateMachine][] = [
  ['roll', rollMachine],
  ['order', orderMachine],
  ['stream', streamMachine],
  ['daemon', daemonMachine],
];

describe.each(charts)('the %s chart', (_, machine) => {
  const words = wordsOf(machine.config);
  const known = (kind: 'guards' | 'actions' | 'actors') => Object.keys(machine.implementations[kind]).sort();

  test.each(['guards', 'actions', 'actors'] as const)('uses all its %s, and no others', (kind) => {
    expect([...words[kind]].sort()).toEqual(known(kind));
  });

  test('sets no timer that a restart would lose', () => {
    expect([...words.after]).toEqual([]);
  });
});

describe('stored as text and brought back', () => {
  test.each<[string, Walk]>([
    ...rollWalks.map((walk, at): [string, Walk] => [`task ${at + 1}`, walk]),
    ...orderWalks.map((walk, at): [string, Walk] => [`order ${at + 1}`, walk]),
  ])('%s is the same in every place it can get to', { timeout: 600_000 }, (_, walk) => {
    for (const { before, after } of roundTrips(walk)) {
      expect(JSON.stringify(after)).toBe(JSON.stringify(before));
      const { context } = before as { context?: unknown };
      expect(JSON.parse(JSON.stringify(context))).toStrictEqual(context);
    }
  });
});
