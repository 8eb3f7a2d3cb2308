/** The saga of one task: watch, plan, close the old option, open the next one, and never guess that an order filled. */
import * as saga from '../src/domain/roll/roll-context.ts';
import * as leg2 from '../src/domain/roll/leg2.ts';
import { rollSetup } from './roll.setup.ts';

export const rollMachine = rollSetup.createMachine({
  id: 'roll',
  version: '1',
  context: ({ input }) => saga.firstRollContext(input),
  initial: 'IDLE',
  on: {
    ORDER_UNRESOLVED: { actions: 'tell that an order is unresolved' },
    PAUSE: { guard: 'task is rolling', actions: ['remember the pause', 'say that it pauses after the roll'] },
    RESUME: { guard: 'pause is wanted', actions: ['forget the pause', 'say that it was resumed'] },
    RETRY: { guard: 'task is rolling', actions: 'take the wish' },
    REOPEN: { guard: 'task is rolling', actions: 'take the wish' },
    ACCEPT_FLAT: { guard: 'task is rolling', actions: 'take the wish' },
    EDITED: { guard: 'edit is possible', actions: 'take the new spec' },
    REMOVED: { guard: 'no roll is under way', target: '.COMPLETED', actions: 'end the management' },
    ANSWER_NOT_UNDERSTOOD: {
      guard: 'answer is news',
      actions: ['note the answer', 'tell the answer', 'note that it was told'],
    },
  },
  states: {
    IDLE: {
      tags: ['waiting', 'idle', 'between rolls'],
      initial: 'watching',
      on: {
        PAUSE: { target: 'PAUSED', actions: ['forget what held', 'say that it was paused'] },
        EXPIRED: '.settling',
        POSITION_SEEN: [
          {
            guard: 'owner has closed it',
            target: 'COMPLETED',
            actions: ['tell that its owner closed it', 'let go of what is gone'],
          },
          { guard: 'owner has reduced it', actions: ['tell that it was changed', 'take over what is there'] },
          { guard: 'there is more of it', actions: ['tell that there is more', 'note that there is more'] },
        ],
      },
      states: {
        watching: {
          tags: ['armed', 'settles'],
          on: {
            PRICE: [
              {
                guard: 'trigger holds',
                target: '#roll.ROLL_INITIATED',
                actions: ['note what holds', { type: 'lock the roll', params: ({ event }) => event }],
              },
              { guard: 'trigger holds soon', target: 'confirming', actions: 'note what holds' },
              { guard: 'what has to go on holding changed', actions: 'note what holds' },
            ],
            PRICES_STALE: { guard: 'something has to go on holding', actions: 'forget what held' },
          },
        },
        confirming: {
          tags: ['armed', 'confirming', 'settles'],
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: {
              target: '#roll.ROLL_INITIATED',
              actions: { type: 'lock the roll', params: ({ event }) => event.output },
            },
          },
          on: {
            PRICE: [
              {
                guard: 'trigger holds',
                target: '#roll.ROLL_INITIATED',
                actions: ['note what holds', { type: 'lock the roll', params: ({ event }) => event }],
              },
              { guard: 'due time changed', target: 'confirming', reenter: true, actions: 'note what holds' },
              { guard: 'trigger holds soon' },
              { target: 'watching', actions: ['note that it did not last', 'note what holds'] },
            ],
            PRICES_STALE: { target: 'watching', actions: ['note that it did not last', 'forget what held'] },
            EDITED: { guard: 'edit is possible', target: 'watching', actions: 'take the new spec' },
          },
        },
        coolingDown: {
          tags: 'settles',
          invoke: { src: 'alarm', input: ({ context }) => ({ atMs: context.wakeAtMs }), onDone: 'watching' },
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
            { guard: 'settlement is known', target: '#roll.COMPLETED', actions: 'tell of the delivery' },
            { guard: 'settlement never comes', target: '#roll.COMPLETED', actions: 'tell of the delivery' },
            { guard: 'option has not expired', target: 'rollEnded', actions: 'note that it has not expired' },
            { guard: 'delay is to be told', target: 'awaitingSettlement', actions: 'tell of the delay' },
            { target: 'awaitingSettlement' },
          ],
        },
        awaitingSettlement: {
          invoke: { src: 'alarm', input: ({ context }) => ({ atMs: context.wakeAtMs }), onDone: 'settling' },
          on: { EXPIRED: {}, POSITION_SEEN: {} },
        },
        rollEnded: {
          always: [
            {
              guard: 'rolls are used up',
              target: '#roll.COMPLETED',
              actions: 'tell that the rolls are used up',
            },
            { guard: 'pause is wanted', target: '#roll.PAUSED', actions: ['forget the pause', 'cool down'] },
            { target: 'coolingDown', actions: 'cool down' },
          ],
        },
      },
    },
    ROLL_INITIATED: {
      tags: 'rolling',
      initial: 'planning',
      states: {
        planning: {
          always: { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying' },
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg1Question(context),
            onDone: {
              target: 'judging',
              actions: { type: 'plan leg 1', params: ({ event }) => event.output },
            },
          },
        },
        judging: {
          always: [
            { guard: 'plan stands', target: 'closingLeg1', actions: 'freeze the closing order' },
            { guard: 'position is to be looked at again', target: 'backingOff', actions: 'note why not' },
            { guard: 'nothing is closed yet', target: 'refused' },
            {
              guard: 'position was to be closed and is gone',
              target: '#roll.COMPLETED',
              actions: ['book what was closed', 'tell the result'],
            },
            {
              guard: 'position is gone',
              target: '#roll.IDLE.rollEnded',
              actions: ['move to the new option', 'tell the result'],
            },
            { guard: 'position is not ours', target: '#roll.FAILED' },
            { target: 'backingOff', actions: ['note why not', 'tell that leg 1 has a rest'] },
          ],
        },
        refused: {
          always: [
            {
              guard: 'option has expired',
              target: '#roll.IDLE.settling',
              actions: ['note why not', 'give the roll up'],
            },
            {
              guard: 'position is smaller',
              target: '#roll.IDLE.rollEnded',
              actions: ['note why not', 'tell that it is smaller', 'take what is left', 'give the roll up'],
            },
            {
              guard: 'position is gone or turned',
              target: '#roll.COMPLETED',
              actions: [
                'note why not',
                'tell that the position is gone',
                'let go of what is gone',
                'give the roll up',
              ],
            },
            {
              guard: 'refusal is to be told',
              target: '#roll.IDLE.rollEnded',
              actions: ['note why not', 'tell why not', 'note that it was told', 'give the roll up'],
            },
            { target: '#roll.IDLE.rollEnded', actions: ['note why not', 'give the roll up'] },
          ],
        },
        closingLeg1: {
          invoke: {
            id: 'leg 1',
            src: 'work order',
            input: ({ context }) => saga.orderOf(context),
            onDone: {
              target: 'counting',
              actions: { type: 'count what was closed', params: ({ event }) => event.output },
            },
          },
        },
        counting: {
          always: [
            {
              guard: 'something is closed and not reopened',
              target: '#roll.LEG1_CLOSED',
              actions: 'tell that the old leg is closed',
            },
            {
              guard: 'position is closed',
              target: '#roll.COMPLETED',
              actions: ['book what was closed', 'tell the result'],
            },
            { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying', actions: 'note why not' },
            { guard: 'a new price may do', target: 'backingOff', actions: 'note why not' },
            { guard: 'nothing is closed yet', target: 'refused' },
            { target: 'backingOff', actions: ['note why not', 'tell that leg 1 has a rest'] },
          ],
        },
        backingOff: {
          entry: 'count the failure and back off',
          always: { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying' },
          invoke: { src: 'alarm', input: ({ context }) => ({ atMs: context.wakeAtMs }), onDone: 'planning' },
        },
      },
    },
    LEG1_CLOSED: {
      tags: 'rolling',
      initial: 'checkpoint',
      states: {
        checkpoint: {
          always: { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying' },
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg2Question(context),
            onDone: {
              target: '#roll.LEG2_OPENING.judging',
              actions: { type: 'plan leg 2', params: ({ event }) => event.output },
            },
          },
        },
      },
    },
    LEG2_OPENING: {
      tags: 'rolling',
      initial: 'judging',
      invoke: { id: 'reminder', src: 'reminder', input: ({ context }) => leg2.reminderOf(context) },
      on: { REMINDED: { guard: 'reminder is due', actions: ['tell how leg 2 stands', 'note the reminder'] } },
      states: {
        judging: {
          always: [
            {
              guard: 'plan goes elsewhere',
              target: 'opening',
              actions: ['tell the news of leg 2', 'note what was told', 'freeze the opening order'],
            },
            { guard: 'plan stands', target: 'opening', actions: 'freeze the opening order' },
            { guard: 'options have expired', target: '#roll.FAILED' },
            { target: 'failing' },
          ],
        },
        opening: {
          invoke: {
            id: 'leg 2',
            src: 'work order',
            input: ({ context }) => saga.orderOf(context),
            onDone: {
              target: 'counting',
              actions: { type: 'count what was opened', params: ({ event }) => event.output },
            },
          },
        },
        counting: {
          always: [
            { guard: 'new leg is complete', target: 'complete' },
            { guard: 'a person has decided', target: 'obeying', actions: 'note why not' },
            { target: 'failing' },
          ],
        },
        obeying: {
          always: [
            {
              guard: 'flat is accepted',
              target: '#roll.COMPLETED',
              actions: ['tell what is left', 'end the roll where it stands'],
            },
            { guard: 'old option is wanted', target: 'replanning', actions: 'turn back to the old option' },
            { guard: 'something is closed and not reopened', target: 'replanning', actions: 'try afresh' },
            { target: '#roll.ROLL_INITIATED.planning', actions: 'try afresh' },
          ],
        },
        complete: {
          always: [
            {
              guard: 'old leg has a rest',
              target: '#roll.ROLL_INITIATED.planning',
              actions: 'start the next round',
            },
            { target: '#roll.IDLE.rollEnded', actions: ['move to the new option', 'tell the result'] },
          ],
        },
        failing: {
          entry: ['note why not', 'count the failure and back off'],
          always: [
            {
              guard: 'fallback is to reopen leg 1',
              target: 'backingOff',
              actions: ['turn back to the old option', 'tell that it goes back'],
            },
            { guard: 'fallback is to stay flat', target: 'stayingFlat', actions: 'tell that it stays flat' },
            {
              guard: 'leg 2 has news',
              target: 'backingOff',
              actions: ['tell the news of leg 2', 'note what was told'],
            },
            { target: 'backingOff' },
          ],
        },
        stayingFlat: {
          always: [
            { guard: 'task is flat', target: '#roll.COMPLETED', actions: 'end the roll where it stands' },
            { target: '#roll.FAILED' },
          ],
        },
        backingOff: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: {
            src: 'alarm',
            input: ({ context }) => ({ atMs: context.wakeAtMs }),
            onDone: 'replanning',
          },
        },
        replanning: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: {
            src: 'read market',
            input: ({ context }) => saga.leg2Question(context),
            onDone: {
              target: 'judging',
              actions: { type: 'plan leg 2', params: ({ event }) => event.output },
            },
          },
        },
      },
    },
    PAUSED: {
      tags: ['waiting', 'between rolls', 'settles'],
      on: {
        EXPIRED: { target: 'IDLE.settling', actions: 'remember the pause' },
        POSITION_SEEN: [
          {
            guard: 'owner has closed it',
            target: 'COMPLETED',
            actions: ['tell that its owner closed it', 'let go of what is gone'],
          },
          { guard: 'owner has reduced it', actions: ['tell that it was changed', 'take over what is there'] },
          { guard: 'there is more of it', actions: ['tell that there is more', 'note that there is more'] },
        ],
        PAUSE: { actions: 'say that it was paused' },
        RESUME: [
          { guard: 'cooldown is not over', target: 'IDLE.coolingDown', actions: 'say that it was resumed' },
          { target: 'IDLE', actions: 'say that it was resumed' },
        ],
      },
    },
    FAILED: {
      tags: ['waiting', 'failed'],
      entry: ['note why not', 'tell that a human is needed', 'note what was told'],
      invoke: { id: 'reminder', src: 'reminder', input: ({ context }) => leg2.reminderOf(context) },
      on: {
        REMINDED: {
          guard: 'a human must be reminded',
          actions: ['tell that a human is still needed', 'note the reminder'],
        },
        RETRY: [
          {
            guard: 'something is closed and not reopened',
            target: 'LEG1_CLOSED',
            actions: ['start counting afresh', 'say that it tries again'],
          },
          { target: 'ROLL_INITIATED', actions: 'say that it tries again' },
        ],
        REOPEN: [
          {
            guard: 'nothing is open at the new option',
            target: 'LEG1_CLOSED',
            actions: ['turn back to the old option', 'say that it goes back'],
          },
          { actions: 'say why it cannot go back' },
        ],
        ACCEPT_FLAT: {
          target: 'COMPLETED',
          actions: ['end the roll where it stands', 'say that it stays flat'],
        },
        PAUSE: {},
        RESUME: {},
      },
    },
    COMPLETED: { type: 'final', tags: 'over' },
  },
});
