/** What may happen to a roll that opens first, while both options are held above all: the events for walks over its part of the chart. */
import type { AnyEventObject } from 'xstate';
import { said } from '../support/texts.ts';
import { readSpec } from '../support/options.ts';
import { isPositive, isZero } from '../../src/domain/money.ts';
import { hasRest, isTraded, type Roll } from '../../src/domain/roll/roll.ts';
import {
  closingOption,
  isDoubled,
  leftDoubled,
  leftToOpenFirst,
  newPart,
  oldRest,
} from '../../src/domain/roll/both-held.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import type { Position } from '../../src/domain/market/order.ts';
import { held as sampleHeld, nowMs } from '../unit/domain/samples.ts';
import { done, type Walk } from './chart.ts';
import { call24, call25 } from './leg2-fixture.ts';
import { expiryMs, halt, machine, outcome, reading, settlement, stamp } from './roll-walk-fixture.ts';

const position = (symbol: string, qty: string): Position => ({
  symbol,
  side: 'Sell',
  qty,
  averagePrice: '900',
});

function positionsOf({ held, roll }: RollContext): Position[] {
  const parts = roll ? [oldRest(held, roll), newPart(held, roll)] : [held];
  return parts.filter(({ qty }) => isPositive(qty)).map(({ symbol, qty }) => position(symbol, qty));
}

function readingsOf(context: RollContext): object[] {
  const all = positionsOf(context);
  // Two lists that lack one of the options prove that it is gone.
  const lacking = [call24, call25].flatMap((symbol) =>
    [30_000, 60_000].map((afterMs) =>
      reading(
        all.filter((each) => each.symbol !== symbol),
        { atMs: nowMs + afterMs },
      ),
    ),
  );
  return [
    reading(all),
    reading(all, { silent: [call24] }),
    reading(all, { atMs: expiryMs }),
    { kind: 'failed', cause: said('timeout'), ...stamp },
    ...lacking,
  ];
}

const margins = [
  { kind: 'fits', qty: '0.3' },
  { kind: 'tooMuch', qty: '0.01', cause: null, rates: { initialRate: '1.1', maintenanceRate: '0.9' } },
  { kind: 'notOffered' },
].map((value) => ({ kind: 'read', value, ...stamp }));

/** What comes next by itself, until both options are held. */
function opening(context: RollContext): readonly AnyEventObject[] {
  const { roll, plan } = context;
  const isAsked = plan?.kind === 'order' && plan.wouldOpen !== undefined;
  const whole = roll === null ? '0' : leftToOpenFirst(roll);
  return [
    { type: 'PRICE', readings: { index: '23600' }, ...stamp },
    done('0.roll.ROLL_INITIATED.planning', reading(positionsOf(context))),
    ...margins.map((answer) => done('0.roll.ROLL_INITIATED.checking', answer)),
    done('0.roll.ROLL_INITIATED.backingOff', stamp),
    ...[whole, '0.1', '0'].map((qty) => done('leg 2', outcomeOf(qty, call25))),
    ...(isAsked ? [{ type: 'HALTED', halt, ...stamp }] : []),
    ...(roll && isTraded(roll) ? [{ type: 'ACCEPT_FLAT', commandId: 'c', ...stamp }] : []),
  ];
}

const outcomeOf = (qty: string, symbol: string) =>
  outcome(qty, { symbol, ...(isZero(qty) ? {} : { result: 'filled' }) });

function closing(context: RollContext, roll: Roll): readonly AnyEventObject[] {
  const { symbol } = closingOption(context.held, roll);
  const delivered = [null, { ...settlement, atMs: expiryMs }].map((found) => ({
    kind: 'read',
    value: { settlement: found },
    ...stamp,
    atMs: expiryMs,
  }));
  return [
    ...readingsOf(context).map((answer) => done('0.roll.LEG1_CLOSING.planning', answer)),
    done('0.roll.LEG1_CLOSING.backingOff', stamp),
    ...[leftDoubled(roll), '0.05', '0'].map((qty) => done('leg 1', outcomeOf(qty, symbol))),
    ...['RETRY', 'REOPEN', 'ACCEPT_FLAT'].map((type) => ({ type, commandId: 'c', ...stamp })),
    { type: 'REMINDED', ...stamp, atMs: nowMs + 20 * 60_000 },
    ...delivered.map((answer) => done('0.roll.LEG1_CLOSING.settling', answer)),
  ];
}

function events(context: RollContext): readonly AnyEventObject[] {
  const { roll, rollsDone } = context;
  if (rollsDone > 0) return [];
  return roll !== null && isDoubled(roll) ? closing(context, roll) : opening(context);
}

const facts = ({
  roll,
  plan,
  wish,
  rollsDone,
  missingSinceMs,
  wakeAtMs,
}: RollContext): readonly unknown[] => [
  plan?.kind === 'unread' ? 'refused' : plan?.kind,
  plan?.kind === 'order' && plan.wouldOpen !== undefined,
  wish,
  rollsDone,
  missingSinceMs !== null,
  wakeAtMs > nowMs,
  roll && [roll.opensFirst, roll.compensating, roll.isBrokenOff, Math.min(roll.failedTries, 1)],
  roll && isZero(leftToOpenFirst(roll)),
  roll && [isDoubled(roll), hasRest(roll), isZero(roll.closed.executedQty), isZero(roll.opened.executedQty)],
];

const openingFirst = (leg2: object): Walk => ({
  machine,
  input: {
    taskId: 'task000001',
    spec: readSpec({
      symbol: call24,
      trigger: 23500,
      target: 1000,
      execution: { legs: 'openFirst' },
      leg2,
    }),
    held: sampleHeld,
  },
  events,
  facts,
});

export const openFirstWalks: readonly Walk[] = [
  openingFirst({ fallback: 'reopenLeg1', attempts: 1 }),
  openingFirst({ fallback: 'stayFlat', attempts: 1 }),
];
