/** What may happen to a task, whatever the market, its owner and the exchange do: the events for walks over its chart. */
import { said } from '../support/texts.ts';
import type { Position } from '../../src/domain/market/order.ts';
import { isZero } from '../../src/domain/money.ts';
import { hasClosed, hasRest, isNaked, leftToClose, leftToOpen, movesOf } from '../../src/domain/roll/roll.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { nowMs, held as sampleHeld } from '../unit/domain/samples.ts';
import { done, type Walk } from './chart.ts';
import { optionNamed, readSpec } from '../support/options.ts';
import { call24, call25, call26 } from './leg2-fixture.ts';
import { openFirstWalks } from './roll-walk-open-first.ts';
import { askingWalks } from './roll-walk-asking.ts';
import {
  expiryMs,
  halt,
  machine,
  outcome,
  reading,
  seenTwice,
  settlement,
  stamp,
} from './roll-walk-fixture.ts';

const readers = ['ROLL_INITIATED.planning', 'LEG1_CLOSED.checkpoint', 'LEG2_OPENING.replanning'];
const alarms = [
  'IDLE.confirming',
  'IDLE.coolingDown',
  'IDLE.awaitingSettlement',
  'ROLL_INITIATED.backingOff',
  'LEG2_OPENING.backingOff',
];

function events({ held, roll }: RollContext) {
  const position = (changes: Partial<Position>): Position => ({
    symbol: held.symbol,
    side: held.side,
    qty: roll ? leftToClose(roll) : held.qty,
    averagePrice: '900',
    ...changes,
  });
  const readings = [
    reading([position({})]),
    reading([position({})], { silent: [call25] }),
    reading([position({})], { silent: [call24, call25] }),
    // The index that the exchange gives no longer fulfils the trigger.
    reading([position({})], { index: '20000' }),
    reading([position({ side: 'Buy' })]),
    reading([]),
    // The first of two lists, late enough after a fill to count as evidence.
    reading([], { atMs: nowMs + 30_000 }),
    { kind: 'failed', cause: said('timeout'), ...stamp },
    reading([], { atMs: expiryMs }),
    reading([position({})], { symbols: [call24, call26] }),
    // The second list, which also shows another position than the task expects.
    ...[[position({ side: 'Buy' })], [position({ qty: '0.1' })], []].map((seen) =>
      reading(seen, { atMs: nowMs + 60_000 }),
    ),
  ];
  const closed = [
    outcome(roll ? leftToClose(roll) : '0', { result: 'filled' }),
    outcome('0.1'),
    outcome('0'),
  ];
  const opened = [
    outcome(roll ? leftToOpen(roll) : '0', { result: 'filled' }),
    outcome('0.05'),
    outcome('0'),
  ];
  return [
    { type: 'PRICE', readings: { index: '23600' }, ...stamp },
    { type: 'PRICE', readings: { index: '23000' }, ...stamp },
    { type: 'PRICE', readings: { index: '23520' }, ...stamp },
    { type: 'PRICE', readings: { index: '23600' }, ...stamp, atMs: nowMs + 10_000 },
    { type: 'PRICE', readings: { index: '23600', delta: '0.3' }, ...stamp },
    { type: 'PRICE', readings: { index: '23600', delta: '0.5' }, ...stamp, atMs: nowMs + 2_000 },
    { type: 'PRICES_STALE', ...stamp },
    { type: 'EXPIRED', ...stamp },
    { type: 'POSITION_SEEN', side: held.side, qty: '0.1', ...seenTwice },
    { type: 'POSITION_SEEN', side: held.side, qty: '9', ...seenTwice },
    { type: 'POSITION_SEEN', side: null, qty: '0', ...seenTwice },
    done('0.roll.IDLE.settling', { kind: 'read', value: { settlement: null }, ...stamp }),
    done('0.roll.IDLE.settling', { kind: 'read', value: { settlement }, ...stamp }),
    done('0.roll.IDLE.settling', { kind: 'read', value: { settlement: null }, ...stamp, atMs: expiryMs }),
    ...['0', '0.3'].map((qty) =>
      done('0.roll.IDLE.settling', {
        kind: 'read',
        value: { settlement: null, undelivered: { qty, status: null } },
        ...stamp,
        atMs: expiryMs * 2,
      }),
    ),
    ...['PAUSE', 'RESUME', 'RETRY', 'REOPEN', 'ACCEPT_FLAT'].map((type) => ({
      type,
      commandId: 'c',
      ...stamp,
    })),
    { type: 'TRADE_NOW', trade: { kind: 'closeNow' }, commandId: 'c', ...stamp },
    { type: 'TRADE_NOW', trade: { kind: 'rollNow', rule: null }, commandId: 'c', ...stamp },
    ...[held.symbol, call26].map((symbol) => ({
      type: 'EDITED',
      qty: held.qty,
      commandId: 'c',
      askedBy: 'operator',
      ...stamp,
      spec: readSpec({ symbol, trigger: 29000, target: 1000 }),
    })),
    ...['APPROVE', 'DECLINE'].map((type) => ({ type, approvalId: null, commandId: 'c', ...stamp })),
    { type: 'MARKED_FILLED', linkId: 'x', qty: '0', price: '0', fee: '0', commandId: 'c', ...stamp },
    { type: 'MARKED_NOT_PLACED', linkId: 'x', commandId: 'c', ...stamp },
    { type: 'REMOVED', commandId: 'c', askedBy: 'operator', ...stamp },
    { type: 'REMINDED', ...stamp, atMs: nowMs + 20 * 60_000 },
    {
      type: 'ANSWER_NOT_UNDERSTOOD',
      linkId: 'x',
      symbol: held.symbol,
      cause: said('answered 9'),
      atMs: nowMs,
    },
    {
      type: 'ORDER_UNRESOLVED',
      linkId: 'x',
      symbol: held.symbol,
      forMs: 60_000,
      reason: { code: 'neverFound', figures: { causes: [] } },
    },
    ...alarms.map((state) => done(`0.roll.${state}`, stamp)),
    // When what has to hold for a while has held for so long.
    done('0.roll.IDLE.confirming', { ...stamp, atMs: nowMs + 10_000 }),
    ...readers.flatMap((state) => readings.map((answer) => done(`0.roll.${state}`, answer))),
    ...[...closed, outcome('0', { refusal: 'account' }), outcome('0', { refusal: 'price' })].map((answer) =>
      done('leg 1', answer),
    ),
    ...opened.map((answer) => done('leg 2', answer)),
  ];
}

/** Two visits of a state are the same visit when nothing differs that decides what comes next. */
const facts = ({
  rules,
  plan,
  roll,
  pauseWanted,
  wish,
  heldSince,
  wakeAtMs,
  missingSinceMs,
}: RollContext) => [
  rules.map(({ restsUntilMs }) => restsUntilMs > nowMs),
  missingSinceMs !== null,
  plan?.kind === 'unread' ? 'refused' : plan?.kind,
  pauseWanted,
  wish,
  heldSince,
  wakeAtMs > nowMs,
  roll && [isZero(roll.closed.executedQty), isZero(roll.opened.executedQty), hasRest(roll), isNaked(roll)],
  roll && [roll.compensating, roll.isBrokenOff, roll.isHalted, Math.min(roll.failedTries, 1)],
];

const task = (changes: object): Walk => {
  const rule = 'rules' in changes ? {} : { trigger: 23500, target: 1000 };
  const spec = readSpec({ symbol: call24, ...rule, ...changes });
  return { machine, input: { taskId: 'task000001', spec, held: sampleHeld }, events, facts };
};

const put22 = 'BTC-31MAR23-22000-P-USDT';

/** What happens to the legs of a structure between rolls. */
const strangle: Walk = {
  machine,
  input: {
    taskId: 'task000001',
    spec: readSpec({ legs: [call24, put22], trigger: { index: { above: 90_000 } }, target: 'close' }),
    held: { ...sampleHeld, leg: 'call' },
    others: [{ ...sampleHeld, ...optionNamed(put22), leg: 'put' }],
  },
  events: () => [
    { type: 'EXPIRED', ...stamp },
    { type: 'POSITION_SEEN', symbol: put22, side: null, qty: '0', ...seenTwice },
    ...[stamp, { ...stamp, atMs: expiryMs }].map((at) =>
      done('0.roll.IDLE.settling', { kind: 'read', value: { settlement }, ...at }),
    ),
  ],
  facts: ({ held, others = [] }) => [held, ...others].map(({ qty }) => isZero(qty)),
};

const put21 = 'BTC-31MAR23-21000-P-USDT';

/** What happens to the orders of a structure that is rolled: filled, in part, or not at all. */
function eventsOfLegs({ held, others = [], roll, rollsDone }: RollContext) {
  if (rollsDone > 0) return [];
  const moves = roll ? movesOf(roll) : [];
  const positions = [held, ...others].flatMap(({ symbol, side, qty }, place): Position[] => {
    const move = moves[place];
    const left = move ? leftToClose(move) : qty;
    return isZero(left) ? [] : [{ symbol, side, qty: left, averagePrice: '900' }];
  });
  const symbols = [call24, call25, put21, put22];
  const answer = reading(positions, { symbols });
  const opening = roll?.compensating ? held.symbol : (roll?.toSymbol ?? held.symbol);
  return [
    { type: 'PRICE', readings: { index: '23600' }, ...stamp },
    { type: 'REOPEN', commandId: 'c', ...stamp },
    ...(roll?.nakedInterval ? [{ type: 'HALTED', halt, ...stamp }] : []),
    ...(roll?.nakedInterval ? [{ type: 'REMINDED', ...stamp, atMs: nowMs + 20 * 60_000 }] : []),
    ...readers.map((state) => done(`0.roll.${state}`, answer)),
    ...['ROLL_INITIATED.backingOff', 'LEG2_OPENING.backingOff'].map((state) =>
      done(`0.roll.${state}`, stamp),
    ),
    ...(roll ? [leftToClose(roll), '0.1', '0'] : []).map((qty) =>
      done('leg 1', outcome(qty, { symbol: held.symbol, ...(isZero(qty) ? {} : { result: 'filled' }) })),
    ),
    ...(roll ? [leftToOpen(roll), '0'] : []).map((qty) =>
      done('leg 2', outcome(qty, { symbol: opening, ...(isZero(qty) ? {} : { result: 'filled' }) })),
    ),
  ];
}

const factsOfLegs = ({ held, roll, plan, wish, rollsDone }: RollContext): readonly unknown[] => [
  held.leg,
  plan?.kind,
  wish,
  rollsDone,
  roll && [roll.compensating, roll.isHalted, Math.min(roll.failedTries, 1)],
  roll && movesOf(roll).map((move) => [isZero(leftToClose(move)), isZero(move.opened.executedQty)]),
];

const strangleOf = (target: string) => ({
  taskId: 'task000001',
  spec: readSpec({
    legs: [call24, put22],
    trigger: { index: { above: 23_500 } },
    target,
    leg2: { fallback: 'reopenLeg1', attempts: 1 },
  }),
  held: { ...sampleHeld, leg: 'call' },
  others: [{ ...sampleHeld, ...optionNamed(put22), leg: 'put' }],
});

const rolledStrangle: Walk = {
  machine,
  input: strangleOf('1 step away'),
  events: eventsOfLegs,
  facts: factsOfLegs,
};

/** The owner closes the second leg of a structure while it is being closed; the reminder comes when one leg is closed. */
const closedStrangle: Walk = {
  machine,
  input: strangleOf('close'),
  events: (context: RollContext) => {
    const { roll } = context;
    const isHalf = roll !== null && hasClosed(roll);
    const missing = isHalf ? [30_000, 60_000].map((afterMs) => reading([], { atMs: nowMs + afterMs })) : [];
    return [
      ...eventsOfLegs(context).filter(({ type }) => type !== 'REOPEN'),
      ...missing.map((answer) => done('0.roll.ROLL_INITIATED.planning', answer)),
    ];
  },
  facts: (context: RollContext) => [factsOfLegs(context), context.missingSinceMs !== null],
};

/** What becomes of the holding that covers a call, between rolls. */
const coveredCall: Walk = {
  ...strangle,
  input: {
    taskId: 'task000001',
    spec: readSpec({
      legs: [call24, { watch: 'BTC' }],
      trigger: { index: { above: 90_000 } },
      target: 'close',
    }),
    held: sampleHeld,
  },
  events: () => ['0.1', '0.3'].map((qty) => ({ type: 'HOLDING_SEEN', symbol: 'BTC', qty, ...stamp })),
  facts: (context: Pick<RollContext, 'seenCover'>) => [context.seenCover?.isCovered],
};

/** Trading is halted, and resumed, while an option is rolled of which a part may be closed. */
const haltedTask: Walk = {
  ...task({}),
  events: (context: RollContext) => {
    const { held, roll } = context;
    const qty = roll ? leftToClose(roll) : held.qty;
    const seen = reading([{ symbol: held.symbol, side: held.side, qty, averagePrice: '900' }]);
    return [
      { type: 'PRICE', readings: { index: '23600' }, ...stamp },
      { type: 'HALTED', halt, ...stamp },
      { type: 'HALT_LIFTED', ...stamp },
      ...readers.map((state) => done(`0.roll.${state}`, seen)),
      done('0.roll.ROLL_INITIATED.backingOff', stamp),
      ...['0.1', '0'].map((closed) => done('leg 1', outcome(closed))),
      ...(roll ? [done('leg 2', outcome(leftToOpen(roll), { result: 'filled' }))] : []),
    ];
  },
};

/** The account may roll nothing more on this day, until its limits are changed. */
const limitedTask: Walk = {
  ...task({
    rules: [
      { when: { index: { above: 23_550 } }, then: 'alert' },
      { when: { index: { above: 23_500 } }, then: { roll: 1000 } },
    ],
  }),
  events: ({ held }: RollContext) => [
    ...['23600', '23520'].map((index) => ({ type: 'PRICE', readings: { index }, ...stamp })),
    { type: 'LIMITS_CHANGED', ...stamp },
    done('0.roll.ROLL_INITIATED.planning', reading([{ ...held, averagePrice: '900' }], { isLimited: true })),
  ],
};

/** A stop stands at the exchange, and fires when a part of the option is closed. */
const stoppedTask: Walk = {
  ...task({}),
  events: ({ held, roll, rollsDone }: RollContext) => {
    const { symbol, side, qty } = held;
    if (rollsDone > 0) return [];
    const left = roll ? leftToClose(roll) : qty;
    const fired = { symbol, kind: 'stopLoss', side: 'Buy', qty: left, value: '300', fee: '0.1', atMs: nowMs };
    const stops = [{ symbol, kind: 'stopLoss', qty, mark: '1500' }];
    return [
      { type: 'STOPS_SEEN', stops, emergency: null, problem: null, ...stamp },
      { type: 'PRICE', readings: { index: '23600' }, ...stamp },
      done('0.roll.ROLL_INITIATED.planning', reading([{ symbol, side, qty: left, averagePrice: '900' }])),
      done('0.roll.LEG1_CLOSED.checkpoint', reading([], { stopFills: [fired] })),
      done('leg 1', outcome('0.1')),
    ];
  },
};

/** Tasks that differ in what decides their way. */
export const rollWalks: readonly Walk[] = [
  strangle,
  coveredCall,
  haltedTask,
  limitedTask,
  task({}),
  task({ trigger: { index: { above: 23500, for: '5s' } } }),
  task({ leg2: { fallback: 'reopenLeg1', attempts: 1 }, guards: { rolls: { max: 1 } } }),
  task({ leg2: { fallback: 'stayFlat', attempts: 1 } }),
  task({ target: 'close' }),
  task({ guards: { netCredit: { min: 100_000 }, whenRefused: 'skip' } }),
  task({
    trigger: { any: [{ index: { above: 23500, for: '5s' } }, { index: { above: 23550, for: '1s' } }] },
  }),
  task({ trigger: { all: [{ index: { above: 23500, for: '5s' } }, { delta: { above: 0.4 } }] } }),
  task({ rules: [{ when: { index: { above: 23_500 } }, then: { reduce: 'half' } }] }),
  task({
    rules: [
      { when: { index: { above: 23_510, for: '1s' } }, then: 'alert' },
      { when: { index: { above: 23_590 } }, then: { roll: 1000 }, guards: { netCredit: { min: 100_000 } } },
    ],
  }),
  rolledStrangle,
  closedStrangle,
  ...askingWalks,
  ...openFirstWalks,
  stoppedTask,
];
