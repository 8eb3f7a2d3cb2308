import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeStandings } from '../../../src/dashboard/api/merge-standings.ts';
import {
  choicesIn,
  distanceNow,
  filterRows,
  nameOf,
  nearestOnIndex,
  noFilters,
  orderRows,
} from '../../../src/dashboard/pages/desk/rows.ts';
import type { ConditionView, TaskStanding } from '../../../src/api/contract.ts';

const row = (changes: Partial<TaskStanding> = {}): TaskStanding => ({
  taskId: 'q1',
  userName: 'ann',
  role: 'owner',
  accountName: 'main',
  environment: 'paper',
  state: 'IDLE.watching',
  version: 3,
  symbol: 'BTC-31MAR23-25000-C-USDT',
  side: 'short',
  qty: '0.5',
  holdings: null,
  ending: null,
  stops: [],
  stopProblem: null,
  stuck: null,
  trigger: null,
  accountTrouble: null,
  rollsDone: 0,
  reasons: [],
  createdAtMs: 1,
  updatedAtMs: 1,
  urgency: 'waiting',
  now: 'waiting: index above 25500 does not hold',
  nearest: null,
  nearestShare: null,
  result: null,
  settleCoin: 'USDT',
  halts: [],
  isFresh: true,
  ...changes,
});

const ids = (rows: readonly TaskStanding[]): readonly string[] => rows.map(({ taskId }) => taskId);

describe('the order of the desk', () => {
  it('is what needs a person, what rolls, what waits by how near it is, and then age', () => {
    const rows = [
      row({ taskId: 'old', nearestShare: 0.2, createdAtMs: 1 }),
      row({ taskId: 'unknown' }),
      row({ taskId: 'near', nearestShare: 0.004, createdAtMs: 9 }),
      row({ taskId: 'paused', urgency: 'paused', nearestShare: 0 }),
      row({ taskId: 'rolls', urgency: 'rolling' }),
      row({ taskId: 'failed', urgency: 'attention' }),
    ];
    expect(ids(orderRows(rows))).toEqual(['failed', 'rolls', 'near', 'old', 'unknown', 'paused']);
  });

  it('does not change while prices move within a step', () => {
    const before = [
      row({ taskId: 'a', nearestShare: 0.021, createdAtMs: 1 }),
      row({ taskId: 'b', nearestShare: 0.049, createdAtMs: 2 }),
    ];
    const after = [
      row({ taskId: 'a', nearestShare: 0.049, createdAtMs: 1 }),
      row({ taskId: 'b', nearestShare: 0.021, createdAtMs: 2 }),
    ];
    expect(ids(orderRows(after))).toEqual(ids(orderRows(before)));
    const crossed = [row({ taskId: 'a', nearestShare: 0.03 }), row({ taskId: 'b', nearestShare: 0.019 })];
    expect(ids(orderRows(crossed))).toEqual(['b', 'a']);
  });

  it('is the same in whatever order the rows come', () => {
    const urgency = fc.constantFrom('attention', 'rolling', 'waiting', 'paused', 'queued');
    const any = fc.record({
      urgency,
      nearestShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      createdAtMs: fc.nat(3),
    });
    const list = fc
      .array(any, { maxLength: 12 })
      .map((all) => all.map((each, at) => row({ ...each, taskId: `q${String(at)}` })));
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 12 }), (rows, turn) => {
        const turned = [...rows.slice(turn), ...rows.slice(0, turn)];
        expect(ids(orderRows(turned))).toEqual(ids(orderRows(rows)));
      }),
    );
  });
});

describe('the filters of the desk', () => {
  const rows = [
    row({ taskId: 'q1' }),
    row({ taskId: 'q2', symbol: 'ETH-31MAR23-1800-P-USDT', accountName: 'income' }),
    row({ taskId: 'q3', userName: 'bob', urgency: 'paused', now: 'paused by its owner' }),
  ];

  it('let through what every one of them lets through', () => {
    expect(ids(filterRows(rows, noFilters))).toEqual(['q1', 'q2', 'q3']);
    expect(ids(filterRows(rows, { ...noFilters, coin: 'ETH' }))).toEqual(['q2']);
    expect(ids(filterRows(rows, { ...noFilters, account: 'bob/main' }))).toEqual(['q3']);
    expect(ids(filterRows(rows, { ...noFilters, state: 'paused', coin: 'ETH' }))).toEqual([]);
  });

  it('find every word of a text, in any case and any order', () => {
    expect(ids(filterRows(rows, { ...noFilters, text: '25000 ann' }))).toEqual(['q1']);
    expect(ids(filterRows(rows, { ...noFilters, text: ' PAUSED by ' }))).toEqual(['q3']);
    expect(ids(filterRows(rows, { ...noFilters, text: 'ann paused' }))).toEqual([]);
  });

  it('offer what is there', () => {
    expect(choicesIn(rows)).toEqual({
      accounts: ['ann/income', 'ann/main', 'bob/main'],
      coins: ['BTC', 'ETH'],
      states: ['waiting', 'paused'],
    });
  });
});

describe('the distance to a trigger', () => {
  const above: ConditionView = {
    text: 'index above 25000',
    kind: 'index',
    level: '25000',
    value: '24000',
    distance: '1000',
    isReached: false,
    heldSinceMs: null,
    toGo: '1000 to go',
  };
  const below = { ...above, text: 'index below 20000', level: '20000', distance: '4000' };

  it('follows the index as it is now, upwards and downwards', () => {
    expect(distanceNow(above, '24750')).toEqual({ direction: 'above', share: 0.01 });
    expect(distanceNow(below, '21000')).toEqual({ direction: 'below', share: 0.05 });
    expect(distanceNow(above, '26000')).toEqual({ direction: 'above', share: 0 });
  });

  it('is as it was answered while no price has come, and for what no price decides', () => {
    expect(distanceNow(above, null)).toEqual({ direction: 'above', share: 0.04 });
    const delta: ConditionView = { ...above, kind: 'delta', level: '0.5', value: '0.4', distance: '0.1' };
    expect(distanceNow(delta, '24750')).toEqual({ direction: 'above', share: 0.2 });
    expect(distanceNow({ ...above, value: null, distance: null }, '24750').share).toBeNull();
  });
});

describe('a task whose daemon has not answered', () => {
  const at = (direction: 'above' | 'below', level: string) =>
    ({ kind: 'index', direction, level, holdMs: 0 }) as const;
  const delta = { kind: 'delta', direction: 'above', level: '0.45', holdMs: 0 } as const;

  it('is measured by the nearest level of the index in its trigger', () => {
    const trigger = {
      kind: 'any',
      of: [delta, { kind: 'all', of: [at('above', '26000'), at('below', '20000')] }, at('above', '25000')],
    } as const;
    expect(nearestOnIndex(trigger, '24000')).toMatchObject({ level: '25000', distance: '1000' });
    expect(nearestOnIndex(trigger, '20100')).toMatchObject({ text: 'index below 20000', distance: '100' });
    expect(nearestOnIndex(trigger, '25000.5')).toMatchObject({ isReached: true, distance: '-0.5' });
    expect(nearestOnIndex(delta, '24000')).toBeNull();
  });
});

describe('the name of a position', () => {
  it('is coin, strikes and the first delivery; of another form it has none', () => {
    expect(nameOf(row())).toEqual({
      coin: 'BTC',
      strikes: [{ strike: '25000', kind: 'call' }],
      expiryMs: Date.UTC(2023, 2, 31, 8),
    });
    expect(nameOf(row({ symbol: '?' }))).toBeNull();
  });
});

describe('tasks that moved', () => {
  it('are replaced where they stand, new ones added, those that are over taken out', () => {
    const rows = [row({ taskId: 'a' }), row({ taskId: 'b' }), row({ taskId: 'c' })];
    const moved = [
      row({ taskId: 'b', version: 4, now: 'a roll is under way' }),
      row({ taskId: 'c', version: 9, urgency: 'over' }),
      row({ taskId: 'd' }),
    ];
    const merged = mergeStandings(rows, moved);
    expect(ids(merged)).toEqual(['a', 'b', 'd']);
    expect(merged[0]).toBe(rows[0]);
    expect(merged[1]?.now).toBe('a roll is under way');
  });

  it('are never replaced by an older version', () => {
    const rows = [row({ version: 7, now: 'new' })];
    expect(mergeStandings(rows, [row({ version: 6, now: 'old' })])).toEqual(rows);
  });
});
