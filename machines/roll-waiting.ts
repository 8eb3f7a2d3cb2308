/** The states of the roll chart between rolls: a task that watches, rests or is paused, and an option that is delivered. */
import { rollSetup } from './roll.setup.ts';

const positionSeen = [
  {
    guard: 'owner closed position',
    target: '#roll.COMPLETED',
    actions: ['alert closed by owner', 'drop the position'],
  },
  { guard: 'owner reduced position', actions: ['alert changed by owner', 'take seen position'] },
  { guard: 'position has grown', actions: ['alert growth', 'note growth'] },
] as const;

export const idleState = rollSetup.createStateConfig({
  tags: ['waiting', 'idle', 'between rolls'],
  initial: 'watching',
  on: {
    PAUSE: { target: '#roll.PAUSED', actions: ['forget holding', 'answer paused'] },
    EXPIRED: '.settling',
    POSITION_SEEN: positionSeen,
    ROLL_NOW: {
      guard: 'trade can be asked for',
      target: '#roll.ROLL_INITIATED',
      actions: ['lock what is asked for', 'answer begins'],
    },
    CLOSE_NOW: {
      guard: 'trade can be asked for',
      target: '#roll.ROLL_INITIATED',
      actions: ['lock what is asked for', 'answer begins'],
    },
  },
  states: {
    watching: {
      tags: ['armed', 'settles'],
      on: {
        PRICE: [
          { guard: 'an alert rule is due', actions: ['alert the rules', 'rest the alert rules'] },
          {
            guard: 'a trade is due',
            target: '#roll.ROLL_INITIATED',
            actions: ['note holding', { type: 'lock the roll', params: ({ event }) => event }],
          },
          { guard: 'a rule is due soon', target: 'confirming', actions: 'note holding' },
          { guard: 'holding changed', actions: 'note holding' },
        ],
        PRICES_STALE: { guard: 'a condition is holding', actions: 'forget holding' },
      },
    },
    confirming: {
      tags: ['armed', 'confirming', 'settles'],
      invoke: {
        src: 'alarm',
        input: ({ context }) => ({ atMs: context.wakeAtMs }),
        onDone: [
          {
            guard: { type: 'a trade is due at', params: ({ event }) => event.output },
            target: '#roll.ROLL_INITIATED',
            actions: { type: 'lock the roll', params: ({ event }) => event.output },
          },
          { target: 'watching' },
        ],
      },
      on: {
        PRICE: [
          { guard: 'an alert rule is due', actions: ['alert the rules', 'rest the alert rules'] },
          {
            guard: 'a trade is due',
            target: '#roll.ROLL_INITIATED',
            actions: ['note holding', { type: 'lock the roll', params: ({ event }) => event }],
          },
          { guard: 'due time changed', target: 'confirming', reenter: true, actions: 'note holding' },
          { guard: 'a rule is due soon' },
          { target: 'watching', actions: ['note trigger did not last', 'note holding'] },
        ],
        PRICES_STALE: { target: 'watching', actions: ['note trigger did not last', 'forget holding'] },
        EDITED: { guard: 'edit is possible', target: 'watching', actions: 'take the new spec' },
      },
    },
    coolingDown: {
      tags: 'settles',
      invoke: { src: 'alarm', input: ({ context }) => ({ atMs: context.wakeAtMs }), onDone: 'watching' },
      on: {
        EDITED: {
          guard: 'edit is possible',
          target: 'coolingDown',
          reenter: true,
          actions: ['take the new spec', { type: 'cool down until', params: ({ event }) => event }],
        },
      },
    },
    settling: {
      invoke: {
        src: 'read settlement',
        input: ({ context: { held } }) => ({ symbol: held.symbol, expiryMs: held.expiryMs }),
        onDone: {
          target: 'settlementRead',
          actions: { type: 'book the settlement', params: ({ event }) => event.output },
        },
      },
      on: { EXPIRED: {}, POSITION_SEEN: {} },
    },
    settlementRead: {
      always: [
        { guard: 'settlement is known', target: '#roll.COMPLETED', actions: 'alert delivery' },
        { guard: 'settlement is missing', target: '#roll.COMPLETED', actions: 'alert delivery' },
        { guard: 'option has not expired', target: 'rollEnded', actions: 'note not expired' },
        { guard: 'delay must be reported', target: 'awaitingSettlement', actions: 'alert delay' },
        { target: 'awaitingSettlement' },
      ],
    },
    awaitingSettlement: {
      invoke: { src: 'alarm', input: ({ context }) => ({ atMs: context.wakeAtMs }), onDone: 'settling' },
      on: { EXPIRED: {}, POSITION_SEEN: {} },
    },
    rollEnded: {
      always: [
        { guard: 'rolls are used up', target: '#roll.COMPLETED', actions: 'alert rolls used up' },
        { guard: 'pause is wanted', target: '#roll.PAUSED', actions: ['forget the pause', 'cool down'] },
        { guard: 'all rules rest', target: 'coolingDown', actions: 'cool down' },
        { target: 'watching' },
      ],
    },
  },
});

export const pausedState = rollSetup.createStateConfig({
  tags: ['waiting', 'between rolls', 'settles'],
  on: {
    EXPIRED: { target: '#roll.IDLE.settling', actions: 'remember the pause' },
    POSITION_SEEN: positionSeen,
    ROLL_NOW: {
      guard: 'trade can be asked for',
      target: '#roll.ROLL_INITIATED',
      actions: ['remember the pause', 'lock what is asked for', 'answer begins'],
    },
    CLOSE_NOW: {
      guard: 'trade can be asked for',
      target: '#roll.ROLL_INITIATED',
      actions: ['remember the pause', 'lock what is asked for', 'answer begins'],
    },
    PAUSE: { actions: 'answer paused' },
    RESUME: [
      {
        guard: 'cooldown is not over',
        target: '#roll.IDLE.coolingDown',
        actions: [{ type: 'cool down until', params: ({ event }) => event }, 'answer resumed'],
      },
      { target: '#roll.IDLE', actions: 'answer resumed' },
    ],
  },
});
