/** The saga of one task: watch, plan, close the old option, open the next one, and never guess that an order filled. */
import { firstRollContext } from '../src/domain/roll/roll-context.ts';
import { inputs as of, rollSetup } from './roll.setup.ts';

export const rollMachine = rollSetup.createMachine({
  id: 'roll',
  version: '1',
  context: ({ input }) => firstRollContext(input),
  initial: 'IDLE',
  on: {
    ORDER_UNRESOLVED: { actions: 'alert order unresolved' },
    PAUSE: [
      { guard: 'roll can be broken off', actions: 'break the roll off' },
      { guard: 'task is rolling', actions: ['remember the pause', 'answer pauses after roll'] },
    ],
    RESUME: { guard: 'pause is wanted', actions: ['forget the pause', 'answer resumed'] },
    HALTED: { guard: 'roll can be halted', actions: 'halt the roll' },
    HALT_LIFTED: { guard: 'roll is halted', actions: 'let the roll go on' },
    LIMITS_CHANGED: { guard: 'a limit is waited for', actions: 'end the rests' },
    RETRY: { guard: 'task is rolling', actions: 'take the wish' },
    REOPEN: { guard: 'task is rolling', actions: 'take the wish' },
    ACCEPT_FLAT: { guard: 'task is rolling', actions: 'take the wish' },
    APPROVE: { actions: 'answer that nothing waits for it' },
    DECLINE: { actions: 'answer that nothing waits for it' },
    MARKED_FILLED: { guard: 'task is rolling', actions: "take the owner's word" },
    MARKED_NOT_PLACED: { guard: 'task is rolling', actions: "take the owner's word" },
    EDITED: { guard: 'edit is possible', actions: 'take the new spec' },
    TRADE_NOW: { guard: 'trade is possible', target: '.ROLL_INITIATED', actions: 'begin the trade' },
    POSITION_SEEN: [
      { guard: 'owner closed a leg', actions: 'drop what its owner closed' },
      { guard: 'owner closed position', target: '.COMPLETED', actions: 'drop what its owner closed' },
      { guard: 'owner reduced position', actions: ['alert changed by owner', 'take seen position'] },
      { guard: 'position has grown', actions: ['alert growth', 'note growth'] },
    ],
    STOPS_SEEN: { guard: 'stops are news', actions: 'note the stops' },
    HOLDING_SEEN: { guard: 'cover is news', actions: 'note the cover' },
    REMOVED: { guard: 'no roll is under way', target: '.COMPLETED', actions: 'end the management' },
    ANSWER_NOT_UNDERSTOOD: { guard: 'answer is news', actions: 'report the answer' },
  },
  states: {
    IDLE: {
      tags: ['waiting', 'idle', 'between rolls'],
      initial: 'watching',
      on: {
        PAUSE: { target: '#roll.PAUSED', actions: ['forget holding', 'answer paused'] },
        EXPIRED: '.settling',
      },
      states: {
        watching: {
          tags: ['armed', 'settles'],
          on: {
            PRICE: [
              { guard: 'an alert is due', actions: ['alert the rules', 'note holding'] },
              { guard: 'a trade is due', target: '#roll.ROLL_INITIATED', actions: 'lock the roll' },
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
            input: of.wake,
            onDone: [
              { guard: 'a trade is due at', target: '#roll.ROLL_INITIATED', actions: 'lock the roll' },
              { target: 'watching' },
            ],
          },
          on: {
            PRICE: [
              { guard: 'an alert is due', target: 'confirming', reenter: true, actions: 'alert and note' },
              { guard: 'a trade is due', target: '#roll.ROLL_INITIATED', actions: 'lock the roll' },
              { guard: 'due time changed', target: 'confirming', reenter: true, actions: 'note holding' },
              { guard: 'a rule is due soon' },
              { target: 'watching', actions: ['note trigger did not last', 'note holding'] },
            ],
            PRICES_STALE: { target: 'watching', actions: ['note trigger did not last', 'forget holding'] },
            EDITED: { guard: 'edit is possible', target: 'watching', actions: 'take the new spec' },
          },
        },
        awaitingApproval: {
          tags: ['armed', 'asking', 'settles'],
          exit: 'end the question',
          invoke: {
            src: 'alarm',
            input: of.wake,
            onDone: [
              { guard: 'rolls unanswered', target: '#roll.ROLL_INITIATED', actions: 'lock what was asked' },
              { guard: 'time is over', target: 'rollEnded' },
              { guard: 'another trade is due at', target: '#roll.ROLL_INITIATED', actions: 'lock the roll' },
              { target: 'awaitingApproval', reenter: true, actions: 'note waiting' },
            ],
          },
          on: {
            PRICE: [
              { guard: 'another trade is due', target: '#roll.ROLL_INITIATED', actions: 'lock the roll' },
              { guard: 'an alert is due', actions: 'alert the rules' },
              { guard: 'wait changed', target: 'awaitingApproval', reenter: true, actions: 'note waiting' },
            ],
            PRICES_STALE: { guard: 'a condition is holding', actions: 'forget holding' },
            APPROVE: { guard: 'answer fits', target: '#roll.ROLL_INITIATED', actions: 'lock what was asked' },
            DECLINE: { guard: 'answer fits', target: 'rollEnded' },
            HALTED: 'rollEnded',
            EDITED: { guard: 'edit is possible', target: 'watching', actions: 'take the new spec' },
          },
        },
        coolingDown: {
          tags: 'settles',
          invoke: { src: 'alarm', input: of.wake, onDone: 'watching' },
          on: {
            LIMITS_CHANGED: { guard: 'a limit is waited for', target: 'watching', actions: 'end the rests' },
            EDITED: { guard: 'edit is possible', target: 'coolingDown', reenter: true, actions: 'rest anew' },
          },
        },
        settling: {
          invoke: {
            src: 'read settlement',
            input: of.delivery,
            onDone: { target: 'settlementRead', actions: 'book the settlement' },
          },
          on: { EXPIRED: {}, POSITION_SEEN: {} },
        },
        settlementRead: {
          always: [
            { guard: 'another leg is delivered', target: 'settling', actions: 'alert delivery' },
            { guard: 'other legs are held', target: 'rollEnded', actions: 'alert delivery' },
            { guard: 'delivery is settled', target: '#roll.COMPLETED', actions: 'alert delivery' },
            { guard: 'option has not expired', target: 'rollEnded', actions: 'note not expired' },
            { guard: 'delay must be reported', target: 'awaitingSettlement', actions: 'alert delay' },
            { target: 'awaitingSettlement' },
          ],
        },
        awaitingSettlement: {
          invoke: { src: 'alarm', input: of.wake, onDone: 'settling' },
          on: { EXPIRED: {}, POSITION_SEEN: {} },
        },
        rollEnded: {
          always: [
            { guard: 'nothing is held', target: '#roll.COMPLETED' },
            { guard: 'rolls are used up', target: '#roll.COMPLETED', actions: 'alert rolls used up' },
            { guard: 'pause is wanted', target: '#roll.PAUSED', actions: ['forget the pause', 'cool down'] },
            { guard: 'all rules rest', target: 'coolingDown', actions: 'cool down' },
            { target: 'watching' },
          ],
        },
      },
    },
    ROLL_INITIATED: {
      tags: 'rolling',
      initial: 'planning',
      on: { REMINDED: { guard: 'reminder is due', actions: 'remind of leg 2' } },
      states: {
        planning: {
          always: [
            { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying' },
            { guard: 'roll is broken off', target: '#roll.IDLE.rollEnded', actions: 'give the roll up' },
            { guard: 'halted structure goes back', target: 'backingOff' },
            { guard: 'halt has to be waited out', target: 'halted' },
          ],
          invoke: { src: 'read market', input: of.old, onDone: { target: 'judging', actions: 'plan leg 1' } },
        },
        halted: { tags: 'halted', always: { guard: 'roll may go on', target: 'planning' } },
        judging: {
          always: [
            { guard: 'margin must be asked', target: 'checking' },
            { guard: 'a person is asked first', target: '#roll.IDLE.awaitingApproval', actions: 'ask first' },
            { guard: 'plan opens first', target: 'openingLeg2', actions: 'freeze the opening order' },
            { guard: 'plan stands', target: 'closingLeg1', actions: 'freeze the closing order' },
            { guard: 'position must be reread', target: 'backingOff', actions: 'note refusal' },
            { guard: 'nothing is traded yet', target: 'refused' },
            { guard: 'position to close is gone', target: '#roll.IDLE.rollEnded', actions: 'end the close' },
            { guard: 'position is gone', target: '#roll.IDLE.rollEnded', actions: 'end the roll' },
            { guard: 'leg to close is gone', target: 'counting', actions: 'drop the lost leg' },
            { guard: 'position is not ours', target: '#roll.FAILED' },
            { target: 'backingOff', actions: ['note refusal', 'alert leg 1 incomplete'] },
          ],
        },
        checking: {
          always: { guard: 'plan is overtaken', target: 'planning' },
          invoke: { src: 'check margin', input: of.need, onDone: { target: 'judging', actions: 'weigh it' } },
        },
        refused: {
          entry: 'note refusal',
          always: [
            { guard: 'option has expired', target: '#roll.IDLE.settling', actions: 'give the roll up' },
            { guard: 'position is smaller', target: '#roll.IDLE.rollEnded', actions: 'take what is left' },
            { guard: 'position is lost', target: '#roll.IDLE.rollEnded', actions: 'drop what is gone' },
            { guard: 'refusal is news', target: '#roll.IDLE.rollEnded', actions: 'report the refusal' },
            { target: '#roll.IDLE.rollEnded', actions: 'give the roll up' },
          ],
        },
        closingLeg1: { invoke: { id: 'leg 1', src: 'work order', input: of.order, onDone: 'counting' } },
        openingLeg2: { invoke: { id: 'leg 2', src: 'work order', input: of.order, onDone: 'counting' } },
        counting: {
          entry: 'count the order',
          always: [
            { guard: 'leg 1 can follow', target: '#roll.LEG1_CLOSING', actions: 'alert leg 2 opened' },
            { guard: 'another leg is to be closed', target: 'planning', actions: 'begin the next leg' },
            { guard: 'leg 2 can begin', target: '#roll.LEG1_CLOSED', actions: 'alert leg 1 closed' },
            { guard: 'position is closed', target: '#roll.IDLE.rollEnded', actions: 'end the close' },
            { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying', actions: 'note refusal' },
            { guard: 'roll is broken off', target: '#roll.IDLE.rollEnded', actions: 'give the roll up' },
            { guard: 'a new price may help', target: 'backingOff', actions: 'note refusal' },
            { guard: 'nothing is traded yet', target: 'refused' },
            { target: 'backingOff', actions: ['note refusal', 'alert leg 1 incomplete'] },
          ],
        },
        backingOff: {
          entry: 'count the failure and back off',
          always: [
            { guard: 'a person has decided', target: '#roll.LEG2_OPENING.obeying' },
            { guard: 'roll is broken off', target: '#roll.IDLE.rollEnded', actions: 'give the roll up' },
            { guard: 'turns back', target: '#roll.LEG2_OPENING.backingOff', actions: 'report and turn back' },
          ],
          invoke: [
            { src: 'alarm', input: of.wake, onDone: 'planning' },
            { src: 'reminder', input: of.reminder },
          ],
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
            input: of.new,
            onDone: { target: '#roll.LEG2_OPENING.judging', actions: 'plan leg 2' },
          },
        },
      },
    },
    LEG2_OPENING: {
      tags: 'rolling',
      initial: 'judging',
      invoke: { id: 'reminder', src: 'reminder', input: of.reminder },
      on: { REMINDED: { guard: 'reminder is due', actions: 'remind of leg 2' } },
      states: {
        judging: {
          always: [
            { guard: 'rest is stopped out', target: '#roll.IDLE.rollEnded', actions: 'end the stopped roll' },
            { guard: 'plan has another target', target: 'opening', actions: 'report and freeze' },
            { guard: 'plan stands', target: 'opening', actions: 'freeze the opening order' },
            { guard: 'options have expired', target: '#roll.FAILED' },
            { target: 'failing' },
          ],
        },
        opening: { invoke: { id: 'leg 2', src: 'work order', input: of.order, onDone: 'counting' } },
        counting: {
          entry: 'count the order',
          always: [
            { guard: 'another leg is to be opened', target: 'replanning', actions: 'begin the next leg' },
            { guard: 'new leg is complete', target: 'complete' },
            { guard: 'a person has decided', target: 'obeying', actions: 'note refusal' },
            { target: 'failing' },
          ],
        },
        obeying: {
          always: [
            { guard: 'both are accepted', target: '#roll.LEG1_CLOSING.obeying' },
            { guard: 'flat is accepted', target: '#roll.COMPLETED', actions: 'leave it as it is' },
            { guard: 'old option is wanted back', target: 'replanning', actions: 'turn back' },
            { guard: 'leg 2 can begin', target: 'replanning', actions: 'try again' },
            { target: '#roll.ROLL_INITIATED.planning', actions: 'try again' },
          ],
        },
        complete: {
          always: [
            { guard: 'leg 1 has a rest', target: '#roll.ROLL_INITIATED.planning', actions: 'start a round' },
            { target: '#roll.IDLE.rollEnded', actions: 'end the roll' },
          ],
        },
        failing: {
          entry: ['note refusal', 'count the failure and back off'],
          always: [
            { guard: 'must go back', target: 'backingOff', actions: 'report and turn back' },
            { guard: 'fallback is to stay flat', target: 'stayingFlat', actions: 'alert stays flat' },
            { guard: 'leg 2 has news', target: 'backingOff', actions: 'report leg 2 news' },
            { target: 'backingOff' },
          ],
        },
        stayingFlat: {
          always: [
            { guard: 'task is flat', target: '#roll.IDLE.rollEnded', actions: 'end the roll as it stands' },
            { target: '#roll.FAILED' },
          ],
        },
        backingOff: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: { src: 'alarm', input: of.wake, onDone: 'replanning' },
        },
        replanning: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: { src: 'read market', input: of.new, onDone: { target: 'judging', actions: 'plan leg 2' } },
        },
      },
    },
    LEG1_CLOSING: {
      tags: 'rolling',
      initial: 'planning',
      invoke: { id: 'reminder', src: 'reminder', input: of.reminder },
      on: { REMINDED: { guard: 'reminder is due', actions: 'remind of leg 1' } },
      states: {
        planning: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: { src: 'read market', input: of.rest, onDone: { target: 'judging', actions: 'plan rest' } },
        },
        judging: {
          always: [
            { guard: 'plan stands', target: 'closing', actions: 'freeze the closing order' },
            { guard: 'old option is delivered', target: 'settling' },
            { guard: 'one option is gone', target: 'counting', actions: 'take what is gone' },
            { guard: 'new option is lost', target: '#roll.FAILED' },
            { target: 'failing' },
          ],
        },
        closing: { invoke: { id: 'leg 1', src: 'work order', input: of.order, onDone: 'counting' } },
        settling: {
          invoke: {
            src: 'read settlement',
            input: of.oldDelivery,
            onDone: { target: 'counting', actions: 'book the old delivery' },
          },
        },
        counting: {
          entry: 'count the order',
          always: [
            { guard: 'roll is undone', target: '#roll.IDLE.rollEnded', actions: 'give the roll up' },
            { guard: 'even with a rest', target: '#roll.ROLL_INITIATED.planning', actions: 'start a round' },
            { guard: 'even and whole', target: '#roll.IDLE.rollEnded', actions: 'end the roll' },
            { guard: 'a person has decided', target: 'obeying', actions: 'note refusal' },
            { target: 'failing' },
          ],
        },
        obeying: {
          always: [
            { guard: 'both are accepted', target: '#roll.IDLE.rollEnded', actions: 'keep the new option' },
            { guard: 'old option is wanted back', target: 'planning', actions: 'turn back' },
            { target: 'planning', actions: 'try again' },
          ],
        },
        failing: {
          entry: ['note refusal', 'count the failure and back off'],
          always: [
            { guard: 'must go back', target: 'backingOff', actions: 'report and close again' },
            { guard: 'fallback is to stay flat', target: '#roll.FAILED' },
            { target: 'backingOff', actions: 'report leg 1 news' },
          ],
        },
        backingOff: {
          always: { guard: 'a person has decided', target: 'obeying' },
          invoke: { src: 'alarm', input: of.wake, onDone: 'planning' },
        },
      },
    },
    PAUSED: {
      tags: ['waiting', 'between rolls', 'settles'],
      on: {
        EXPIRED: { target: '#roll.IDLE.settling', actions: 'remember the pause' },
        TRADE_NOW: { guard: 'trade is possible', target: 'ROLL_INITIATED', actions: 'trade in the pause' },
        PAUSE: { actions: 'answer paused' },
        RESUME: [
          { guard: 'cooldown is not over', target: '#roll.IDLE.coolingDown', actions: 'resume later' },
          { target: '#roll.IDLE', actions: 'answer resumed' },
        ],
      },
    },
    FAILED: {
      tags: ['waiting', 'failed'],
      entry: ['note refusal', 'alert person needed', 'mark news alerted'],
      invoke: { id: 'reminder', src: 'reminder', input: of.reminder },
      on: {
        REMINDED: { guard: 'decision reminder is due', actions: 'remind of the decision' },
        RETRY: [
          { guard: 'leg 2 can begin', target: 'LEG1_CLOSED', actions: ['start again', 'answer retries'] },
          { guard: 'leg 1 can follow', target: 'LEG1_CLOSING', actions: ['start again', 'answer retries'] },
          { target: 'ROLL_INITIATED', actions: 'answer retries' },
        ],
        REOPEN: [
          { guard: 'old option can be reopened', target: 'LEG1_CLOSED', actions: 'answer and turn back' },
          { guard: 'new option can be closed', target: 'LEG1_CLOSING', actions: 'answer and close again' },
          { actions: 'answer why not reopened' },
        ],
        ACCEPT_FLAT: [
          { guard: 'new option can be kept', target: 'IDLE.rollEnded', actions: 'answer and keep it' },
          { target: 'COMPLETED', actions: ['end the roll as it stands', 'answer stays flat'] },
        ],
        PAUSE: {},
        RESUME: {},
      },
    },
    COMPLETED: { type: 'final', tags: 'over' },
  },
});
