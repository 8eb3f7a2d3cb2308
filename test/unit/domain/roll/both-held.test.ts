/** A roll that opens first: how much of both options is held, what is closed next, and what margin allows. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marginSteps, type LegCost } from '../../../../src/domain/market/margin.ts';
import { add, compare, smaller, subtract, sum } from '../../../../src/domain/money.ts';
import {
  canCloseNew,
  isDoubled,
  leftDoubled,
  noteDoubled,
  withNewLeft,
  withOldLeft,
} from '../../../../src/domain/roll/both-held.ts';
import { keepNew, takeOneGone } from '../../../../src/domain/roll/both-life.ts';
import { holdingsOf } from '../../../../src/domain/roll/holdings.ts';
import type { LegPlan, WouldOpen } from '../../../../src/domain/roll/leg-plan.ts';
import {
  areBearable,
  judgeMargin,
  quantitiesToAsk,
  type MarginFound,
} from '../../../../src/domain/roll/open-first.ts';
import { firstRollContext, type RollContext } from '../../../../src/domain/roll/roll-context.ts';
import { hasRest, isNaked, type Roll } from '../../../../src/domain/roll/roll.ts';
import { examine } from '../../../../src/domain/roll/roll-plan.ts';
import type { AccountStanding } from '../../../../src/domain/rules/account-limits.ts';
import { readSpec, termsOf } from '../../../support/options.ts';
import {
  call24,
  call25,
  execution,
  held,
  listed,
  margin,
  nowMs,
  priced,
  quote,
  roll,
  tally,
} from '../samples.ts';

const opening = (opened: string, closed: string, changes: Partial<Roll> = {}): Roll =>
  roll({
    opensFirst: true,
    toSymbol: call25,
    toStrike: '25000',
    toExpiryMs: held.expiryMs,
    qty: '0.3',
    openQty: '0.3',
    opened: tally(opened),
    closed: tally(closed),
    ...changes,
  });
const task = (underWay: Roll, changes: Partial<RollContext> = {}): RollContext => ({
  ...firstRollContext({
    taskId: 'task000001',
    spec: readSpec({ symbol: call24, trigger: 23_500, target: 1000 }),
    held,
  }),
  roll: underWay,
  ...changes,
});
const heldIn = (context: Pick<RollContext, 'held' | 'roll'>): string =>
  sum(holdingsOf(context).map(({ qty }) => qty));

describe('what is open twice', () => {
  test('is what was opened and the old option not closed for; nothing is ever missing', () => {
    expect(leftDoubled(opening('0', '0'))).toBe('0');
    expect(leftDoubled(opening('0.1', '0'))).toBe('0.1');
    expect(leftDoubled(opening('0.2', '0.1'))).toBe('0.1');
    expect(isDoubled(opening('0.2', '0.2'))).toBe(false);
    expect(hasRest(opening('0.2', '0.2'))).toBe(true);
    expect(isNaked(opening('0.3', '0'))).toBe(false);
  });

  test('of a smaller target goes down to the target with the first part', () => {
    expect(leftDoubled(opening('0.1', '0', { openQty: '0.2' }))).toBe('0.2');
    expect(leftDoubled(opening('0.2', '0', { openQty: '0.2' }))).toBe('0.3');
  });

  test('is the new option on the way back', () => {
    const back = opening('0.2', '0.1', { compensating: true });
    expect(leftDoubled(back)).toBe('0.1');
    expect(holdingsOf({ held, roll: back }).map(({ symbol, qty }) => `${qty} ${symbol}`)).toEqual([
      `0.3 ${call24}`,
      `0.1 ${call25}`,
    ]);
  });

  test('has a time at which it began, which stays until it is over', () => {
    const begun = noteDoubled(opening('0.1', '0'), nowMs);
    expect(begun.doubledInterval?.sinceMs).toBe(nowMs);
    expect(noteDoubled(begun, nowMs + 1).doubledInterval?.sinceMs).toBe(nowMs);
    expect(noteDoubled({ ...begun, closed: tally('0.1') }, nowMs)).not.toHaveProperty('doubledInterval');
  });

  const part = fc.integer({ min: 0, max: 30 }).map((hundredths) => String(hundredths / 100));
  test('is so much that closing it leaves what is to be held, whatever was filled', () => {
    fc.assert(
      fc.property(part, part, part, (openQty, wantedOpened, wantedClosed) => {
        const opened = smaller(wantedOpened, openQty);
        const before = opening(opened, '0', { openQty });
        const closed = smaller(wantedClosed, leftDoubled(before));
        const now = { ...before, closed: tally(closed) };
        const rest = leftDoubled(now);
        expect(compare(subtract(heldIn({ held, roll: now }), rest), openQty)).toBeGreaterThanOrEqual(0);
        expect(compare(add(closed, rest), '0.3')).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('an option that is gone while both are held', () => {
  test('leaves nothing to be closed when it is the old one', () => {
    const { held: left, roll: now } = withOldLeft({ held, roll: opening('0.3', '0.1') }, '0');
    expect([left.qty, now.qty, leftDoubled(now)]).toEqual(['0.1', '0.1', '0']);
    expect(heldIn({ held: left, roll: now })).toBe('0.3');
  });

  test('is as if it had not been opened when it is the new one', () => {
    const { roll: now } = withNewLeft({ held, roll: opening('0.3', '0') }, '0.1');
    expect([now.opened.executedQty, leftDoubled(now)]).toEqual(['0.1', '0.1']);
  });

  test('is booked as its owner changed it', () => {
    const plan: LegPlan = { kind: 'gone', reason: { code: 'positionGone', figures: { symbol: call24 } } };
    const after = takeOneGone(task(opening('0.3', '0'), { plan }));
    expect(after).toMatchObject({ plan: null, ledger: { changedByOwner: '-0.3' } });
  });
});

test('there is no way back once a part of the old option is closed, or the new one has expired', () => {
  expect(canCloseNew(opening('0.3', '0'), nowMs)).toBe(true);
  expect(canCloseNew(opening('0.3', '0.1'), nowMs)).toBe(false);
  expect(canCloseNew(opening('0', '0'), nowMs)).toBe(false);
  expect(canCloseNew(opening('0.3', '0'), held.expiryMs)).toBe(false);
});

test('a person who keeps both manages the new option, and is told what is left of the old one', () => {
  const after = keepNew(task(opening('0.3', '0.1')));
  expect(after).toMatchObject({
    held: { symbol: call25, qty: '0.3' },
    lastRoll: { leftQty: '0.2', openedFirst: true },
    ledger: { changedByOwner: '-0.2' },
  });
});

describe('margin for both options', () => {
  const order = {
    linkId: 'open-task000001-v1',
    symbol: call25,
    side: 'Sell',
    qty: '0.3',
    reduceOnly: false,
    execution,
    rules: { tickSize: '5', minPrice: '5' },
    quote: quote(call25) as WouldOpen['order']['quote'],
    positionQtyBefore: '0',
    atMs: nowMs,
  } as const;
  const wouldOpen: WouldOpen = {
    order,
    legs: 'openFirst',
    minQty: '0.01',
    qtyStep: '0.01',
    maintenanceMax: '0.85',
    initialRate: '0.5',
    maintenanceRate: '0.4',
  };
  const closing = { ...order, linkId: 'close-task000001-v1', symbol: call24, reduceOnly: true } as const;
  const planned = (changes: Partial<WouldOpen> = {}): RollContext =>
    task(roll({ fromSymbol: call24 }), {
      plan: {
        kind: 'order',
        order: closing,
        toSymbol: call25,
        toStrike: '25000',
        toExpiryMs: held.expiryMs,
        passedOver: [],
        settles: { rule: 0, qty: '0.3', openQty: '0.3' },
        wouldOpen: { ...wouldOpen, ...changes },
      },
    });
  const judged = (found: MarginFound, changes: Partial<WouldOpen> = {}) =>
    judgeMargin(planned(changes), { kind: 'read', value: found, atMs: nowMs, version: 1 }).plan;
  const rates = { initialRate: '1.1', maintenanceRate: '0.9' };

  test('is asked for the whole, then for parts of it that leave no rest too small', () => {
    const asked = (qty: string, minQty = '0.01', qtyStep = '0.01') =>
      quantitiesToAsk({
        order: { ...order, qty, price: '900' } as never,
        minQty,
        qtyStep,
        maintenanceMax: '1',
      });
    expect(asked('0.3')).toEqual(['0.3', '0.15', '0.07', '0.01']);
    expect(asked('0.01')).toEqual(['0.01']);
    expect(asked('0.2', '0.1', '0.1')).toEqual(['0.2', '0.1']);
    expect(asked('0.15', '0.1', '0.01')).toEqual(['0.15']);
  });

  test('is enough below the whole balance and within the guard', () => {
    expect(areBearable({ initialRate: '0.99', maintenanceRate: '0.85' }, '0.85')).toBe(true);
    expect(areBearable({ initialRate: '1', maintenanceRate: '0.1' }, '0.85')).toBe(false);
    expect(areBearable({ initialRate: '0.5', maintenanceRate: '0.86' }, '0.85')).toBe(false);
  });

  test('lets the part that fits be opened first', () => {
    expect(judged({ kind: 'fits', qty: '0.15' })).toMatchObject({
      order: { symbol: call25, qty: '0.15', reduceOnly: false },
      settles: { opensFirst: true },
    });
    expect(judged({ kind: 'fits', qty: '0.15' })).not.toHaveProperty('wouldOpen');
  });

  test('refuses the roll with the figures, or does what is done otherwise', () => {
    const tooMuch: MarginFound = { kind: 'tooMuch', qty: '0.01', cause: null, rates };
    expect(judged(tooMuch)).toMatchObject({ kind: 'refused', reason: { code: 'noMarginForBoth' } });
    const otherwise: LegPlan = { kind: 'refused', reason: { code: 'legsGone', figures: {} } };
    expect(judged(tooMuch, { otherwise })).toBe(otherwise);
  });

  describe('leaves the limits of the account to be judged again', () => {
    const use = { rolls: 1, debit: '0', notional: '7000', orders: 2, index: '23500' };
    const standing = (orders: number): AccountStanding => ({
      limits: { ordersPerMinute: 4 },
      used: { rolls: 0, debit: '0', notional: '0', ordersMs: Array.from({ length: orders }, () => nowMs) },
    });
    const judgedWith = (found: MarginFound, orders: number, otherwise?: LegPlan) => {
      const before = planned(otherwise ? { otherwise } : {});
      const { plan } = before;
      if (plan?.kind !== 'order') throw new Error('the plan is an order');
      const limited = { ...plan, settles: { rule: 0, qty: '0.3', openQty: '0.3', use } };
      const value = { ...found, account: standing(orders) };
      return judgeMargin({ ...before, plan: limited }, { kind: 'read', value, atMs: nowMs, version: 1 }).plan;
    };
    const noMore = { kind: 'refused', reason: { code: 'account.ordersPerMinute' } };

    test('when it fits', () => {
      expect(judgedWith({ kind: 'fits', qty: '0.3' }, 2)).toMatchObject({ settles: { use } });
      expect(judgedWith({ kind: 'fits', qty: '0.3' }, 3)).toMatchObject(noMore);
    });

    test('when a part fits, whose rest takes two orders more', () => {
      expect(judgedWith({ kind: 'fits', qty: '0.15' }, 0)).toMatchObject({ settles: { use: { orders: 4 } } });
      expect(judgedWith({ kind: 'fits', qty: '0.15' }, 1)).toMatchObject(noMore);
    });

    test('when it closes first instead', () => {
      const instead = judgedWith({ kind: 'fits', qty: '0.3' }, 0);
      if (!instead) throw new Error('there is a plan');
      const tooMuch = { kind: 'tooMuch', qty: '0.01', cause: null, rates } as const;
      expect(judgedWith(tooMuch, 2, instead)).toBe(instead);
      expect(judgedWith(tooMuch, 3, instead)).toMatchObject(noMore);
    });
  });

  test('is estimated where the exchange checks nothing, and refused where that lacks a figure', () => {
    const notOffered: MarginFound = { kind: 'notOffered' };
    expect(judged(notOffered)).toMatchObject({ order: { symbol: call25, qty: '0.3' } });
    expect(judged(notOffered, { initialRate: '1.2' })).toMatchObject({
      reason: { code: 'noMarginForBoth', figures: { rates: { initialRate: '1.2' } } },
    });
    expect(judged(notOffered, { maintenanceRate: '0.86' })).toMatchObject({
      reason: { code: 'noMarginForBoth', figures: { rates: { maintenanceRate: '0.86' } } },
    });
    expect(judged(notOffered, { initialRate: null })).toMatchObject({
      reason: { code: 'marginForBothUnknown', figures: { symbol: call25, baseCoin: 'BTC' } },
    });
  });

  test('that could not be asked for is an outage like any other', () => {
    const said = { code: 'said', figures: { words: 'timeout', exchangeCode: '' } } as const;
    const answer = { kind: 'failed', cause: said, atMs: nowMs, version: 1 } as const;
    expect(judgeMargin(planned(), answer).plan).toMatchObject({ kind: 'unread' });
  });

  test('between the legs is that of both, where the new option is opened first', () => {
    const leg = (side: 'Buy' | 'Sell'): LegCost => ({
      side,
      qty: '1',
      price: '0',
      fee: '0',
      shortMargin: { initial: '1000', maintenance: '500' },
    });
    const legs = { baseCoin: 'BTC', closings: [leg('Buy')], openings: [leg('Sell')] };
    const account = { ...margin, balance: '10000', initial: '1000', maintenance: '500' };
    expect(marginSteps(account, legs).between.initialRate).toBe('0');
    expect(marginSteps(account, { ...legs, opensFirst: true }).between.initialRate).toBe('0.2');
    expect(marginSteps(account, { ...legs, opensFirst: true }).after.initialRate).toBe('0.1');
  });
});

describe('guards of a roll that opens first', () => {
  const guards = {
    netCredit: { min: -130 },
    debit: { max: 200 },
    spread: { max: '9%' },
    maintenanceMargin: { max: '50%' },
  };
  const judged = (legs: string) => {
    const spec = readSpec({ symbol: call24, trigger: 23_500, target: 1000, execution: { legs }, guards });
    const rolled = roll({ fromSymbol: call24, qty: '0.3', openQty: '0.3' });
    const tasks = { taskId: 'task000001', terms: termsOf(spec), rollsDone: 0, held, roll: rolled };
    const positions = [{ symbol: call24, side: 'Sell', qty: '0.3', averagePrice: '900' }] as const;
    const chain = priced([
      listed(call24, { quote: { bid: '990', ask: '1010' } }),
      listed(call25, { quote: { bid: '590', ask: '610', mark: '600' } }),
    ]);
    const planning = { ...tasks, farthestStrike: '24000', rollsOnDay: { day: 0, count: 0 } };
    return examine(planning, { askedAtMs: nowMs, chain, positions, margin }, nowMs);
  };

  test('count the same money as those of one that closes first; only both together ask for another margin', () => {
    const [first, last] = [judged('openFirst'), judged('closeFirst')];
    const money = (found: typeof first) => found.verdicts.filter(({ code }) => code !== 'maintenanceMargin');
    expect(money(first)).toEqual(money(last));
    // 0.3 at a bid of 590, less 0.3 at an ask of 1010.
    expect(money(first)).toContainEqual({
      code: 'netCredit',
      passes: true,
      figures: { netCredit: '-126', netCreditMin: '-130' },
    });
    const orders = ({ closings, openings }: typeof first) =>
      [...closings, ...openings].map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`);
    expect(orders(first)).toEqual(orders(last));
    const steps = (found: typeof first) =>
      found.verdicts.flatMap((each) => (each.code === 'maintenanceMargin' ? [each.figures.step] : []));
    expect(steps(first)).toEqual(['before']);
    expect(steps(last)).toEqual(['before', 'between', 'after']);
  });
});
