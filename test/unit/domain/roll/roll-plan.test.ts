/** The plan of a leg: exactly the order that will be sent, or a refusal whose reason a trader can read. */
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instrument, ListedOption, Position, Quote } from '../../../../src/domain/market/order.ts';
import type { MarketReading } from '../../../../src/domain/orders/outcomes.ts';
import { passedOverMax, planLeg2 } from '../../../../src/domain/roll/leg2-plan.ts';
import { planLeg1 } from '../../../../src/domain/roll/roll-plan.ts';
import type { PlanningTask } from '../../../../src/domain/roll/roll-orders.ts';
import { call24, call25, held, listed, margin, nowMs, priced, roll, tally } from '../samples.ts';
import { readSpec, termsOf } from '../../../support/options.ts';

const call26 = 'BTC-31MAR23-26000-C-USDT';
const task = (changes: Partial<PlanningTask> = {}): PlanningTask => ({
  taskId: 'task000001',
  terms: termsOf(readSpec({ symbol: call24, trigger: 23500, target: 1000 })),
  rollsDone: 0,
  held,
  roll: roll(),
  farthestStrike: '24000',
  rollsOnDay: { day: 0, count: 0 },
  ...changes,
});

const holding = (qty: string, side: Position['side'] = 'Sell', symbol = call24): Position => ({
  symbol,
  side,
  qty,
  averagePrice: '900',
});

type Changes = { instrument?: Partial<Instrument>; quote?: Partial<Quote> | null };
function market(
  { old = {}, next = {} }: { old?: Changes; next?: Changes } = {},
  positions: readonly Position[] = [holding('0.3')],
  chain: readonly ListedOption[] = [listed(call24, old), listed(call25, next), listed(call26)],
): MarketReading {
  return {
    askedAtMs: nowMs,
    chain: priced(chain),
    positions,
    margin,
  };
}

const passedOverIn = (plan: ReturnType<typeof planLeg2>) =>
  (plan.kind === 'order' ? plan.passedOver : []).map(({ symbol, reason }) => ({
    symbol,
    reason: reasonText(reason),
  }));
const reasonOf = (plan: ReturnType<typeof planLeg1>) =>
  plan.kind === 'order' ? 'an order' : `${plan.kind}: ${reasonText(plan.reason)}`;

describe('leg 1', () => {
  test('buys a short back: whole quantity, reduce-only, under an id made of task and locked version', () => {
    expect(planLeg1(task(), market(), nowMs)).toMatchObject({
      kind: 'order',
      toSymbol: call25,
      order: {
        linkId: 'close-task000001-v4',
        symbol: call24,
        side: 'Buy',
        qty: '0.3',
        reduceOnly: true,
        rules: { tickSize: '5', minPrice: '5' },
        positionQtyBefore: '0.3',
        atMs: nowMs,
      },
    });
  });

  test('sells a long', () => {
    const long = task({ held: { ...held, side: 'Buy' } });
    expect(planLeg1(long, market({}, [holding('0.3', 'Buy')]), nowMs)).toMatchObject({
      order: { side: 'Sell' },
    });
  });

  test('closes what is left in a later round, under the next attempt, towards the option that is open already', () => {
    const later = task({
      terms: termsOf(readSpec({ symbol: call24, trigger: 23500, target: 2000 })),
      roll: roll({ toSymbol: call25, closed: tally('0.1'), opened: tally('0.1'), round: 2 }),
    });
    expect(planLeg1(later, market({}, [holding('0.2')]), nowMs)).toMatchObject({
      toSymbol: call25,
      order: { linkId: 'close-task000001-v4-a2', qty: '0.2' },
    });
  });

  test("leaves the rest of an account's position to others", () => {
    expect(planLeg1(task(), market({}, [holding('1')]), nowMs)).toMatchObject({
      order: { qty: '0.3', positionQtyBefore: '1' },
    });
  });

  test.each<[string, MarketReading, string]>([
    ['the position is gone', market({}, []), `gone: no position in ${call24} any more`],
    ['the position is flat', market({}, [holding('0', null)]), `gone: no position in ${call24} any more`],
    [
      'the account holds less',
      market({}, [holding('0.2')]),
      `mismatch: the account holds Sell 0.2 ${call24}, the task manages Sell 0.3`,
    ],
    [
      'the account holds the other side',
      market({}, [holding('0.3', 'Buy')]),
      `mismatch: the account holds Buy 0.3 ${call24}, the task manages Sell 0.3`,
    ],
    [
      'no target is listed',
      market({}, [holding('0.3')], [listed(call24)]),
      'refused: no call is trading +1000 from strike 24000',
    ],
    ['the target has no quote', market({ next: { quote: null } }), `refused: target: no quote for ${call25}`],
    [
      'the target has no bid',
      market({ next: { quote: { bid: null } } }),
      `refused: target: no bid for ${call25}`,
    ],
    ['the old option has no ask', market({ old: { quote: { ask: null } } }), `refused: no ask for ${call24}`],
    [
      'the old quote is stale',
      market({ old: { quote: { atMs: nowMs - 20_000 } } }),
      `refused: quote of ${call24} is 20 s old, at most 15 s is traded on`,
    ],
    [
      'the old option is being delivered',
      market({ old: { instrument: { status: 'Delivering' } } }),
      `refused: ${call24} is Delivering, not Trading`,
    ],
    [
      'the old option is delisted',
      market({}, [holding('0.3')], [listed(call25)]),
      `refused: ${call24} is not listed any more`,
    ],
    [
      'the quantity is too small',
      market({ old: { instrument: { minQty: '0.5' } } }),
      `refused: quantity 0.3 of ${call24} is below the minimum 0.5`,
    ],
  ])('is not sent when %s', (_, reading, reason) => {
    expect(reasonOf(planLeg1(task(), reading, nowMs))).toBe(reason);
  });
});

test('nothing is closed for a target that could not be opened within the slippage allowed', () => {
  const wide = market({ next: { quote: { bid: '400', mark: '1000' } } });
  expect(reasonOf(planLeg1(task(), wide, nowMs))).toBe(
    `refused: target: bid 400 of ${call25} is beyond 950, the most that slippage allows from mark 1000`,
  );
  const resting = {
    ...task(),
    terms: { ...task().terms, execution: { ...task().terms.execution, style: 'rest' as const } },
  };
  expect(reasonOf(planLeg1(resting, wide, nowMs))).toBe('an order');
});

describe('a guard', () => {
  const asking = (guards: object, changes: Partial<PlanningTask> = {}) =>
    task({ terms: termsOf(readSpec({ symbol: call24, trigger: 23500, target: 1000, guards })), ...changes });
  const costly = market({ next: { quote: { bid: '890', ask: '930', mark: '910' } } });

  test('forbids a roll before anything is closed, with the figures', () => {
    const wantsCredit = asking({ netCredit: { min: 0 } });
    expect(reasonOf(planLeg1(wantsCredit, costly, nowMs))).toBe('refused: net credit -36 is below 0');
    const wantsTight = asking({ spread: { max: '3%' } });
    expect(reasonOf(planLeg1(wantsTight, costly, nowMs))).toBe(
      `refused: spread 4.4 % of ${call25} (890 to 930) is above 3 %`,
    );
    expect(reasonOf(planLeg1(asking({ debit: { max: 36 } }), costly, nowMs))).toBe('an order');
  });

  test('does not keep a roll that has begun from its end', () => {
    const begun = roll({ toSymbol: call25, closed: tally('0.1'), opened: tally('0.1'), round: 2 });
    const rest = asking({ netCredit: { min: 0 } }, { roll: begun });
    expect(reasonOf(planLeg1(rest, { ...costly, positions: [holding('0.2')] }, nowMs))).toBe('an order');
    const naked = asking(
      { netCredit: { min: 0 } },
      { roll: roll({ toSymbol: call25, closed: tally('0.3') }) },
    );
    expect(reasonOf(planLeg2(naked, costly, nowMs))).toBe('an order');
  });
});

describe('leg 2', () => {
  const closed = roll({ toSymbol: call25, closed: tally('0.3') });

  test('opens on the held side exactly what was closed and is not open yet', () => {
    expect(planLeg2(task({ roll: closed }), market(), nowMs)).toMatchObject({
      toSymbol: call25,
      order: {
        linkId: 'open-task000001-v4',
        symbol: call25,
        side: 'Sell',
        qty: '0.3',
        reduceOnly: false,
        positionQtyBefore: '0',
      },
    });
    const part = { ...closed, opened: tally('0.1') };
    expect(planLeg2(task({ roll: part }), market({}, [holding('0.1', 'Sell', call25)]), nowMs)).toMatchObject(
      {
        order: { linkId: 'open-task000001-v4-a2', qty: '0.2', positionQtyBefore: '0.1' },
      },
    );
  });

  test('stays where something is open already, whatever becomes of it', () => {
    const delisted = market({ next: { instrument: { status: 'Closed' } } });
    const part = task({ roll: { ...closed, opened: tally('0.1') } });
    expect(reasonOf(planLeg2(part, delisted, nowMs))).toBe(`refused: ${call25} is Closed, not Trading`);
    expect(reasonOf(planLeg2(part, market({}, [], [listed(call26)]), nowMs))).toBe(
      `refused: ${call25} is not listed any more`,
    );
  });

  test('goes back to the old option when the roll is taken back', () => {
    const back = task({ roll: { ...closed, compensating: true } });
    expect(planLeg2(back, market(), nowMs)).toMatchObject({
      toSymbol: call24,
      order: { symbol: call24, side: 'Sell', qty: '0.3', reduceOnly: false },
    });
  });

  test.each<[string, MarketReading, string]>([
    ['has no quote', market({ next: { quote: null } }), `no quote for ${call25}`],
    ['has no bid', market({ next: { quote: { bid: null } } }), `no bid for ${call25}`],
    [
      'is quoted too long ago',
      market({ next: { quote: { atMs: nowMs - 20_000 } } }),
      `quote of ${call25} is 20 s old, at most 15 s is traded on`,
    ],
    [
      'stopped trading',
      market({ next: { instrument: { status: 'Delivering' } } }),
      `${call25} is Delivering, not Trading`,
    ],
    ['was delisted', market({}, [], [listed(call24), listed(call26)]), `${call25} is not listed any more`],
    [
      'does not take the quantity',
      market({ next: { instrument: { minQty: '1' } } }),
      `quantity 0.3 of ${call25} is below the minimum 1`,
    ],
    [
      'is held the other way',
      market({}, [holding('0.2', 'Buy', call25)]),
      `the account holds Buy 0.2 ${call25}, which an order to Sell would close`,
    ],
  ])('takes the next strike when the wanted one %s, and keeps the reason', (_, reading, reason) => {
    const plan = planLeg2(task({ roll: closed }), reading, nowMs);
    expect(plan).toMatchObject({ toSymbol: call26, order: { symbol: call26, qty: '0.3' } });
    expect(passedOverIn(plan)).toEqual([{ symbol: call25, reason }]);
  });

  test('waits at its bound for a far touch beyond its slippage, and after a try in vain takes a strike in reach', () => {
    const wide = market({ next: { quote: { bid: '400', mark: '1000' } } });
    const tried = { ...closed, failedTries: 1 };
    expect(planLeg2(task({ roll: closed }), wide, nowMs)).toMatchObject({ toSymbol: call25 });
    const plan = planLeg2(task({ roll: tried }), wide, nowMs);
    expect(plan).toMatchObject({ toSymbol: call26 });
    expect(passedOverIn(plan)).toEqual([
      {
        symbol: call25,
        reason: `bid 400 of ${call25} is beyond 950, the most that slippage allows from mark 1000`,
      },
    ]);
    const allWide = [call25, call26].map((symbol) => listed(symbol, { quote: { bid: '400', mark: '1000' } }));
    expect(planLeg2(task({ roll: tried }), market({}, [], allWide), nowMs)).toMatchObject({
      toSymbol: call25,
    });
  });

  test('comes back to the wanted strike as soon as it can be traded', () => {
    expect(planLeg2(task({ roll: closed }), market(), nowMs)).toMatchObject({
      toSymbol: call25,
      passedOver: [],
    });
  });

  test('never takes the held strike, nor one the wrong way, when nothing else can be traded', () => {
    const call23 = 'BTC-31MAR23-23000-C-USDT';
    const chain = [listed(call23), listed(call24), listed(call25, { quote: null })];
    expect(reasonOf(planLeg2(task({ roll: closed }), market({}, [], chain), nowMs))).toBe(
      `refused: no quote for ${call25}`,
    );
  });

  test('takes the first target in rank order that can be traded, whatever cannot', () => {
    const strikes = [24_000, 24_500, 25_000, 25_500, 26_000, 27_000];
    const ranked = [25_000, 25_500, 26_000, 27_000, 24_500];
    fc.assert(
      fc.property(fc.subarray(strikes), (silent) => {
        const chain = strikes.map((strike) =>
          listed(`BTC-31MAR23-${strike}-C-USDT`, silent.includes(strike) ? { quote: null } : {}),
        );
        const plan = planLeg2(task({ roll: closed }), market({}, [], chain), nowMs);
        const expected = ranked.find((strike) => !silent.includes(strike));
        expect(plan.kind === 'order' ? plan.toSymbol : null).toBe(
          expected === undefined ? null : `BTC-31MAR23-${expected}-C-USDT`,
        );
        if (plan.kind === 'order') expect(plan.passedOver.length).toBeLessThanOrEqual(passedOverMax);
      }),
    );
  });

  test('names at most three of many reasons', () => {
    const strikes = [25_000, 26_000, 27_000, 28_000, 29_000];
    const chain = strikes.map((strike) => listed(`BTC-31MAR23-${strike}-C-USDT`, { quote: null }));
    expect(reasonOf(planLeg2(task({ roll: closed }), market({}, [], chain), nowMs))).toBe(
      `refused: no quote for ${call25}; no quote for ${call26}; no quote for BTC-31MAR23-27000-C-USDT; and 2 more that cannot be opened`,
    );
  });

  test.each([
    ['as they are listed', [listed(call25)]],
    ['when nothing is listed any more', []],
  ])('is given up for a person to look at once the options have expired: %s', (_, chain) => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const at = (atMs: number) => planLeg2(task({ roll: closed }), market({}, [], chain), atMs).kind;
    expect([at(expiryMs - 1), at(expiryMs)]).toEqual(['refused', 'expired']);
  });
});
