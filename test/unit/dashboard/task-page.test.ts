/** The page of a task: what its charts are drawn from, and what it lets a person do. Pure functions of the page, without a browser. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type {
  JournalStepView,
  PayoffCurve,
  PriceHistory,
  RollTiming,
  TaskPage,
} from '../../../src/api/contract.ts';
import { archivedRange, firstStored } from '../../../src/dashboard/format/sealed.ts';
import { grouped, joined, olderPage } from '../../../src/dashboard/pages/task/journal-groups.ts';
import {
  nearest,
  resultAt,
  scaleOf,
  spread,
  ticksOf,
} from '../../../src/dashboard/pages/task/payoff-shape.ts';
import { rollMarks, slotsOf, strikeAt, withPrice } from '../../../src/dashboard/pages/task/price-shape.ts';
import {
  durationOf,
  betweenMs,
  intervalMs,
  partsOf,
  spanText,
  sumsOf,
} from '../../../src/dashboard/pages/task/roll-bars.ts';
import { actionsOf } from '../../../src/dashboard/pages/task/task-words.ts';

const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';
const roll = (changes: Partial<RollTiming> = {}): RollTiming => ({
  rollId: 'task-v1',
  phases: [
    { kind: 'planning', fromMs: 1_000, toMs: 1_200 },
    { kind: 'leg1', fromMs: 1_200, toMs: 3_000 },
    { kind: 'interval', fromMs: 3_000, toMs: 3_400 },
    { kind: 'leg2', fromMs: 3_400, toMs: 5_000 },
  ],
  fromVersion: 2,
  toVersion: 24,
  fromSymbol: call24,
  toSymbol: call25,
  indexPrice: '23500',
  outcome: 'rolled',
  netCredit: '-90',
  fee: '4',
  ...changes,
});

describe('a roll as a bar', () => {
  it('has every part in its order, wide enough to be seen, all together the whole', () => {
    const parts = partsOf(roll(), 9_999);
    expect(parts.map(({ kind, ms }) => [kind, ms])).toEqual([
      ['planning', 200],
      ['leg1', 1_800],
      ['interval', 400],
      ['leg2', 1_600],
    ]);
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    const fast = partsOf(
      {
        phases: [
          { kind: 'interval', fromMs: 0, toMs: 1 },
          { kind: 'leg2', fromMs: 1, toMs: 60_000 },
        ],
      },
      0,
    );
    expect(fast[0]?.share).toBeGreaterThan(0.03);
  });

  it('grows while it lasts', () => {
    const under = roll({ outcome: null, phases: [{ kind: 'interval', fromMs: 3_000, toMs: null }] });
    expect(partsOf(under, 8_000)).toEqual([{ kind: 'interval', ms: 5_000, share: 1, lasts: true }]);
    expect([intervalMs(under, 8_000), durationOf(under, 8_000)]).toEqual([5_000, 5_000]);
    // The page's clock may be behind the exchange's.
    expect(partsOf(under, 2_000)[0]?.ms).toBe(0);
  });

  it('says how long the interval was, and what the chain has come to', () => {
    expect([intervalMs(roll(), 0), betweenMs(roll(), 0)]).toEqual([400, 2_000]);
    const phases = [
      { kind: 'leg2', fromMs: 0, toMs: 900 },
      { kind: 'interval', fromMs: 900, toMs: 1_000 },
      { kind: 'leg1', fromMs: 1_000, toMs: 1_600 },
    ] as const;
    expect(betweenMs(roll({ phases, openedFirst: true }), 0)).toBe(700);
    expect(
      sumsOf([roll(), roll({ netCredit: '150.5', fee: '0.5' }), roll({ netCredit: null, fee: null })]),
    ).toEqual([-94, 56, 56]);
  });

  it.each([
    [350, '0.35s'],
    [12_400, '12s'],
    [200_000, '3m 20s'],
    [7_500_000, '2h 5m'],
  ])('writes %i ms as %s', (ms, text) => expect(spanText(ms, 'en')).toBe(text));
});

describe('the price chart', () => {
  const history: PriceHistory = {
    coin: 'BTC',
    barMs: 1_000,
    bars: [
      [0, '10', '11', '9', '10'],
      [1_000, '10', '10', '10', '10'],
      [5_000, '12', '12', '12', '12'],
    ],
    stale: [{ fromMs: 1_500, toMs: 4_900 }],
  };

  it('gives a silence the room that it took, shaded', () => {
    expect(
      slotsOf(history, 5_500).map(({ atMs, bar, isStale }) => [atMs, bar?.close ?? null, isStale]),
    ).toEqual([
      [0, 10, false],
      [1_000, 10, true],
      [2_000, null, true],
      [3_000, null, true],
      [4_000, null, true],
      [5_000, 12, false],
    ]);
  });

  it('goes on into a silence that lasts, and never draws more of it than fits', () => {
    const lasting = { ...history, stale: [{ fromMs: 5_900, toMs: null }] };
    const slots = slotsOf(lasting, 9_500);
    expect(slots.slice(-3).map(({ atMs, isStale }) => [atMs, isStale])).toEqual([
      [7_000, true],
      [8_000, true],
      [9_000, true],
    ]);
    expect(slotsOf(lasting, 10_000_000).length).toBeLessThan(140);
  });

  it('has times that rise, whatever the history is', () => {
    const bars = fc.uniqueArray(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(bars, fc.integer({ min: 0, max: 4_000 }), (starts, staleFrom) => {
        const rising = [...starts]
          .sort((a, b) => a - b)
          .map((at) => [at * 1_000, '1', '1', '1', '1'] as const);
        const slots = slotsOf(
          { coin: 'X', barMs: 1_000, bars: rising, stale: [{ fromMs: staleFrom * 1_000, toMs: null }] },
          5_000_000,
        );
        const times = slots.map(({ atMs }) => atMs);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      }),
    );
  });

  it('takes a live price into the newest bar, or begins another; an old one changes nothing', () => {
    const last = { atMs: 5_000, open: 12, high: 12, low: 12, close: 12 };
    expect(withPrice(last, 14, { atMs: 5_900, barMs: 1_000 })).toEqual({ ...last, high: 14, close: 14 });
    expect(withPrice(last, 9, { atMs: 6_000, barMs: 1_000 })).toEqual({
      atMs: 6_000,
      open: 9,
      high: 9,
      low: 9,
      close: 9,
    });
    expect(withPrice(last, 9, { atMs: 4_999, barMs: 1_000 })).toBeNull();
    expect(withPrice(null, 9, { atMs: 4_999, barMs: 1_000 })?.atMs).toBe(4_000);
  });

  it('moves the held strike with each roll, and shows none between the legs', () => {
    const at = strikeAt([roll()], call25);
    expect([0, 1_100, 2_000, 3_200, 3_500, 6_000].map(at)).toEqual([
      24_000,
      24_000,
      24_000,
      null,
      null,
      25_000,
    ]);
    expect(strikeAt([roll({ outcome: 'nothing', toSymbol: null })], call24)(3_200)).toBe(24_000);
    expect(strikeAt([roll({ fromSymbol: `${call24} + ${call25}` })], null)(0)).toBeNull();
    expect(rollMarks([roll(), roll({ outcome: 'nothing' }), roll({ outcome: null })])).toEqual([
      { atMs: 1_000, isUnderWay: false },
      { atMs: 1_000, isUnderWay: true },
    ]);
  });
});

describe('the payoff', () => {
  it('has round ticks within its stretch, no more than fit', () => {
    expect(ticksOf(-120, 260, 6)).toEqual([-100, 0, 100, 200]);
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000, max: 10_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        (from, span) => {
          const ticks = ticksOf(from, from + span, 6);
          expect(ticks.length).toBeLessThanOrEqual(7);
          for (const tick of ticks) expect(tick >= from - 1e-6 && tick <= from + span + 1e-6).toBe(true);
        },
      ),
    );
  });

  test('labels stand apart, in their order, within the picture', () => {
    const some = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(some, (places) => {
        const moved = spread(places, 15, [10, 290]);
        const order = places
          .map((at, place) => ({ at, to: moved[place] ?? 0 }))
          .sort((a, b) => a.at - b.at || a.to - b.to);
        for (const [place, { to }] of order.entries()) {
          expect(to >= 10 - 1e-9 && to <= 290 + 1e-9).toBe(true);
          if (place > 0) expect(to - (order[place - 1]?.to ?? 0)).toBeGreaterThanOrEqual(15 - 1e-9);
        }
      }),
    );
  });

  it('reads a curve straight between two prices, and nothing beyond them', () => {
    const curve: PayoffCurve = {
      kind: 'before',
      text: '',
      atMs: null,
      results: ['10', '10', '-20'],
      breakEvens: [],
    };
    const view = { prices: ['100', '200', '300'] };
    expect([100, 200, 250, 300, 301, 99].map((price) => resultAt(view, curve, price))).toEqual([
      10,
      10,
      -5,
      -20,
      null,
      null,
    ]);
    expect(nearest([100, 200, 300], 260)).toBe(2);
    const scale = scaleOf([100, 300], [0, 50]);
    expect([scale.at(200), scale.of(25)]).toEqual([25, 200]);
  });
});

describe('the journal', () => {
  const step = (version: number, rollId: string | null = null): JournalStepView => ({
    version,
    atMs: version,
    path: '',
    event: 'PRICE',
    eventJson: '{}',
    state: '',
    orderState: null,
    rollId,
    text: '',
  });

  it('joins pages that were read apart, each step once', () => {
    const pages = [{ steps: [step(3), step(4)] }, { steps: [step(1), step(2), step(3)] }];
    expect(joined(pages).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  it('puts the steps of a roll together with the one that ends it, newest first', () => {
    const steps = [step(1), step(2, 'a'), step(3, 'a'), step(4), step(5), step(6, 'b')];
    expect(grouped(steps).map(({ rollId, steps: of }) => [rollId, of.map(({ version }) => version)])).toEqual(
      [
        ['b', [6]],
        [null, [5]],
        ['a', [4, 3, 2]],
        [null, [1]],
      ],
    );
  });

  it('asks for the page below what it has, down to the first version', () => {
    expect(olderPage([step(250)], 100, 1)).toEqual({ from: 150, limit: 100 });
    expect(olderPage([step(31)], 100, 1)).toEqual({ from: 1, limit: 30 });
    expect(olderPage([step(1)], 100, 1)).toBeNull();
  });

  it('asks for nothing that is archived, and says what is', () => {
    const part = { sealedAtMs: 0, place: '/archive/a/v1-v9' };
    const sealed = [
      { ...part, fromVersion: 1, toVersion: 9 },
      { ...part, fromVersion: 10, toVersion: 20, place: '/archive/a/v10-v20' },
    ];
    expect(firstStored(sealed)).toBe(21);
    expect(olderPage([step(31)], 100, firstStored(sealed))).toEqual({ from: 21, limit: 10 });
    expect(olderPage([step(21)], 100, firstStored(sealed))).toBeNull();
    expect(archivedRange(sealed)).toEqual({ from: 1, to: 20, place: '/archive/a/v10-v20' });
    expect([archivedRange([]), firstStored([])]).toEqual([null, 1]);
  });
});

describe('what can be done with a task', () => {
  const task = (changes: Partial<TaskPage>): TaskPage =>
    ({
      state: 'IDLE.watching',
      holdings: [{ symbol: call24 }],
      waysOut: [],
      urgency: 'waiting',
      ...changes,
    }) as TaskPage;
  const way = (kind: string, isPossible = true) =>
    ({ kind, isPossible, text: '' }) as TaskPage['waysOut'][number];

  it('that waits: trade, pause, edit, remove', () =>
    expect(actionsOf(task({ waysOut: [way('remove')] }))).toEqual({
      trades: ['rollNow', 'closeNow'],
      plain: ['pause', 'remove'],
      canEdit: true,
      canAnswer: false,
      canMark: false,
    }));

  it('that is paused: no second pause, but resume', () =>
    expect(actionsOf(task({ state: 'PAUSED', waysOut: [way('resume'), way('remove')] })).plain).toEqual([
      'resume',
      'remove',
    ]));

  it('that rolls: nothing is traded by hand or edited; only what its state allows', () =>
    expect(
      actionsOf(
        task({
          state: 'LEG2_OPENING.backingOff',
          waysOut: [way('retry'), way('reopen', false), way('acceptFlat')],
        }),
      ),
    ).toEqual({
      trades: [],
      plain: ['pause', 'retry', 'acceptFlat'],
      canEdit: false,
      canAnswer: false,
      canMark: false,
    }));

  it('whose order is lost: what became of it may be said as soon as that counts', () => {
    const lost = { state: 'LEG2_OPENING.opening', waysOut: [way('filled', false), way('notPlaced', false)] };
    expect(actionsOf(task(lost)).canMark).toBe(false);
    expect(actionsOf(task({ ...lost, waysOut: [way('filled', false), way('notPlaced')] })).canMark).toBe(
      true,
    );
  });

  it('that needs a person: no pause', () =>
    expect(actionsOf(task({ state: 'FAILED', waysOut: [way('retry')] })).plain).toEqual(['retry']));

  it('that asks first: an answer', () =>
    expect(
      actionsOf(task({ state: 'IDLE.awaitingApproval', waysOut: [way('approve'), way('decline')] }))
        .canAnswer,
    ).toBe(true));

  it.each(['COMPLETED', 'QUEUED'])('that is %s: nothing', (state) =>
    expect(actionsOf(task({ state, waysOut: [way('remove')] }))).toMatchObject({
      trades: [],
      plain: [],
      canEdit: false,
    }),
  );

  it('that waits for a delivery: no trade', () =>
    expect(actionsOf(task({ state: 'IDLE.awaitingSettlement' })).trades).toEqual([]));
});
