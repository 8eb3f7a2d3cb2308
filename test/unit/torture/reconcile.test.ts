import { holdingsOf } from '../../../src/domain/roll/holdings.ts';
import { describe, expect, it } from 'vitest';
import type { Roll, RollSummary } from '../../../src/domain/roll/roll.ts';
import {
  checkPositions,
  checkTask,
  type BookedOrder,
  type Commit,
  type TaskHistory,
} from '../../torture/reconcile.ts';
import { optionNamed } from '../../support/options.ts';

const oldSymbol = 'BTC-31MAR23-24000-C-USDT';
const newSymbol = 'BTC-31MAR23-24500-C-USDT';
const held = {
  ...optionNamed(oldSymbol),
  side: 'Sell' as const,
  qty: '0.3',
  premium: '270',
};

const tally = (attempts: number, executedQty: string) => ({ attempts, executedQty, value: '0', fee: '0' });
const roll = (closed = tally(0, '0'), opened = tally(0, '0')): Roll => ({
  rollId: 't1-v2',
  lockedVersion: 2,
  startedAtMs: 0,
  indexPrice: '24000',
  trigger: { kind: 'index', direction: 'above', level: '24000', holdMs: 0 },
  rules: [0],
  rule: 0,
  asked: null,
  fromSymbol: oldSymbol,
  toSymbol: newSymbol,
  toStrike: '24500',
  toExpiryMs: held.expiryMs,
  closesOnly: false,
  qty: '0.3',
  openQty: '0.3',
  round: 1,
  closed,
  opened,
  failures: 0,
  failedTries: 0,
  refusedOptions: [],
  isBrokenOff: false,
  compensating: false,
  nakedInterval: null,
});
const commit = (version: number, state: string, changes: Partial<Commit['context']> = {}): Commit => ({
  version,
  atMs: version * 1_000,
  state,
  context: { held, roll: null, lastRoll: null, ...changes },
});
const lastRoll = { rollId: 't1-v2', qty: '0.3' } as Commit['context']['lastRoll'];
const order = (linkId: string, changes: Partial<BookedOrder> = {}): BookedOrder => ({
  linkId,
  symbol: linkId.startsWith('close') ? oldSymbol : newSymbol,
  side: linkId.startsWith('close') ? 'Buy' : 'Sell',
  status: 'Filled',
  executedQty: '0.3',
  acceptedAtMs: 1_000,
  updatedAtMs: 2_000,
  ...changes,
});

/** A roll as it should be; each test spoils one thing. */
const goodCommits = [
  commit(1, 'IDLE.watching'),
  commit(2, 'ROLL_INITIATED.planning', { roll: roll() }),
  commit(3, 'ROLL_INITIATED.closingLeg1', { roll: roll(tally(1, '0')) }),
  commit(4, 'LEG1_CLOSED.checkpoint', { roll: roll(tally(1, '0.3')) }),
  commit(5, 'LEG2_OPENING.opening', { roll: roll(tally(1, '0.3'), tally(1, '0')) }),
  commit(6, 'IDLE.coolingDown', { held: { ...held, symbol: newSymbol }, lastRoll }),
];
const good: TaskHistory = {
  taskId: 't1',
  version: 6,
  commits: goodCommits,
  alerts: [
    { version: 4, text: 'Leg 1 closed' },
    { version: 6, text: 'Rolled' },
  ],
  orders: [order('close-t1-v2'), order('open-t1-v2', { acceptedAtMs: 3_000, updatedAtMs: 4_000 })],
};
const spoilt = (changes: Partial<TaskHistory>) => checkTask({ ...good, ...changes }).violations;
/** Cut off after the commit of this version. */
const until = (version: number) => ({ version, commits: goodCommits.slice(0, version) });
const [closing, opening] = good.orders as [BookedOrder, BookedOrder];

describe('a roll that happened once, completely', () => {
  it('has no violation and counts as rolled', () => {
    const { rolls, violations } = checkTask(good);
    expect(violations).toEqual([]);
    expect(rolls.map(({ end }) => end)).toEqual(['rolled']);
  });

  it('may need several orders for a leg, one after the other', () => {
    const twice = tally(2, '0.3');
    const commits = goodCommits.map((row) =>
      row.version === 5 ? { ...row, context: { ...row.context, roll: roll(twice, tally(2, '0')) } } : row,
    );
    const parts = [
      order('close-t1-v2', { executedQty: '0.1', status: 'Cancelled' }),
      order('close-t1-v2-a2', { executedQty: '0.2', acceptedAtMs: 2_500, updatedAtMs: 2_800 }),
      order('open-t1-v2', { executedQty: '0', status: 'Rejected', acceptedAtMs: 3_000, updatedAtMs: 3_100 }),
      order('open-t1-v2-a2', { acceptedAtMs: 3_100, updatedAtMs: 4_000 }),
    ];
    expect(spoilt({ commits, orders: parts })).toEqual([]);
  });
});

describe('a roll of a structure', () => {
  const put = 'BTC-31MAR23-22000-P-USDT';
  const newPut = 'BTC-31MAR23-21500-P-USDT';
  const { fromSymbol, toSymbol, qty, openQty } = roll();
  const moves = (closed: string, opened: string): Roll => {
    const done = {
      closed: tally(closed === '0' ? 0 : 1, closed),
      opened: tally(opened === '0' ? 0 : 1, opened),
    };
    const others = [{ ...roll(), qty, openQty, fromSymbol: put, toSymbol: newPut, ...done }];
    return { ...roll(tally(1, closed), tally(opened === '0' ? 0 : 1, opened)), fromSymbol, toSymbol, others };
  };
  const others = [{ ...held, symbol: put }];
  const rolled = { ...lastRoll, others: [{ qty: '0.3' }] } as unknown as RollSummary;
  const commits = [
    commit(1, 'IDLE.watching', { others }),
    commit(2, 'ROLL_INITIATED.planning', { others, roll: moves('0', '0') }),
    commit(3, 'ROLL_INITIATED.closingLeg1', { others, roll: moves('0', '0') }),
    commit(4, 'LEG1_CLOSED.checkpoint', { others, roll: moves('0.3', '0') }),
    commit(5, 'LEG2_OPENING.opening', { others, roll: moves('0.3', '0.3') }),
    commit(6, 'IDLE.coolingDown', { others, lastRoll: rolled }),
  ];
  const times = { acceptedAtMs: 4_000, updatedAtMs: 4_500 };
  const orders = [
    order('close-t1-v2'),
    order('close-t1-v2-a2', { symbol: put, acceptedAtMs: 2_500, updatedAtMs: 2_600 }),
    order('open-t1-v2', { acceptedAtMs: 3_000, updatedAtMs: 3_500 }),
    order('open-t1-v2-a2', { symbol: newPut, ...times }),
  ];
  const [first, second, third] = orders as [BookedOrder, BookedOrder, BookedOrder];

  it('has an order for each leg, closed and opened', () => {
    expect(spoilt({ commits, orders })).toEqual([]);
  });

  it('is lost when a leg is not opened', () => {
    expect(spoilt({ commits, orders: [first, second, third] }).map(({ kind }) => kind)).toEqual([
      'lost roll',
    ]);
  });

  it('is a duplicate when one leg is opened twice, and another not at all', () => {
    const twice = order('open-t1-v2-a2', times);
    expect(spoilt({ commits, orders: [first, second, third, twice] })).toContainEqual({
      kind: 'duplicate order',
      of: 't1',
      text: `open-t1-v2 in ${newSymbol} executed 0.6 in all, the roll moves 0.3`,
    });
  });
});

describe('a duplicate order is found', () => {
  it('when a leg executes more than the roll moves', () => {
    expect(spoilt({ orders: [closing, { ...opening, executedQty: '0.6' }] })).toContainEqual({
      kind: 'duplicate order',
      of: 't1',
      text: 'open-t1-v2 executed 0.6 in all, the roll moves 0.3',
    });
  });

  it('when a link id is executed twice, even within the quantity', () => {
    const halves = [1_000, 3_000].map((acceptedAtMs) =>
      order('close-t1-v2', { executedQty: '0.15', acceptedAtMs, updatedAtMs: acceptedAtMs + 1 }),
    );
    expect(spoilt({ orders: [...halves, opening] })).toContainEqual({
      kind: 'duplicate order',
      of: 't1',
      text: 'close-t1-v2 was executed as two orders',
    });
  });

  it.each(['Cancelled', 'New'])('when a leg has a second order while its first (%s) is alive', (status) => {
    const first = { ...closing, executedQty: '0', status, updatedAtMs: 9_000 };
    const second = order('close-t1-v2-a2', { acceptedAtMs: 8_999 });
    expect(spoilt({ orders: [first, second, opening] })).toContainEqual({
      kind: 'duplicate order',
      of: 't1',
      text: 'close-t1-v2-a2 was placed while close-t1-v2 was still alive',
    });
  });
});

describe('a lost roll is found', () => {
  const kinds = (changes: Partial<TaskHistory>) => spoilt(changes).map(({ kind }) => kind);

  it('when it never ends', () => {
    expect(spoilt({ ...until(5), orders: [closing] })).toEqual([
      {
        kind: 'lost roll',
        of: 't1',
        text: 'roll t1-v2 never ended: the exchange closed 0.3 and opened 0 of 0.3',
      },
    ]);
  });

  it('when it waits for a person and no alert was written', () => {
    const failed = commit(6, 'FAILED', { roll: roll(tally(1, '0.3'), tally(1, '0')) });
    const waiting = { version: 6, commits: [...goodCommits.slice(0, 5), failed], orders: [closing] };
    expect(kinds(waiting)).toEqual([]);
    expect(kinds({ ...waiting, alerts: good.alerts.slice(0, 1) })).toEqual(['lost roll']);
  });

  it('when it was given up although its first leg was executed', () => {
    const commits = [...goodCommits.slice(0, 3), commit(4, 'IDLE.coolingDown')];
    expect(kinds({ version: 4, commits, orders: [] })).toEqual([]);
    expect(kinds({ version: 4, commits, orders: [closing] })).toEqual(['lost roll']);
  });

  it('when it ended without its second leg, or with half of it', () => {
    expect(kinds({ orders: [closing] })).toEqual(['lost roll']);
    expect(kinds({ orders: [closing, { ...opening, executedQty: '0.2' }] })).toEqual(['lost roll']);
  });

  it('when the old option was closed in part and the roll says it is done', () => {
    const part = [closing, opening].map((each) => ({ ...each, executedQty: '0.2' }));
    const commits = goodCommits.map((row) =>
      row.version === 6
        ? { ...row, context: { ...row.context, lastRoll: { ...lastRoll, qty: '0.2' } as typeof lastRoll } }
        : row,
    );
    expect(kinds({ commits, orders: part })).toEqual(['lost roll']);
  });
});

describe('a naked interval is found', () => {
  it('when the commit that begins it brings no alert', () => {
    expect(spoilt({ alerts: good.alerts.slice(1) })).toEqual([
      { kind: 'naked', of: 't1', text: 'LEG1_CLOSED.checkpoint was committed as version 4 without an alert' },
    ]);
  });

  it('by the quantities, when the state hides it', () => {
    const commits = goodCommits.map((row) => (row.version === 4 ? { ...row, state: 'IDLE.watching' } : row));
    expect(spoilt({ commits, alerts: good.alerts.slice(1) })[0]?.kind).toBe('naked');
  });

  it('again, when a second one begins without an alert', () => {
    const commits = [
      ...goodCommits.slice(0, 5),
      commit(6, 'ROLL_INITIATED.planning', { roll: roll(tally(1, '0.1'), tally(1, '0.1')) }),
      commit(7, 'LEG1_CLOSED.checkpoint', { roll: roll(tally(2, '0.3'), tally(1, '0.1')) }),
    ];
    expect(spoilt({ version: 7, commits }).filter(({ kind }) => kind === 'naked')).toHaveLength(1);
  });
});

describe('the journal', () => {
  it('is found to have a gap, and to be behind its task', () => {
    const commits = goodCommits.filter(({ version }) => version !== 3);
    expect(spoilt({ commits })).toContainEqual({
      kind: 'journal gap',
      of: 't1',
      text: 'version 3 is missing, 4 follows',
    });
    expect(spoilt({ version: 7 })).toEqual([
      { kind: 'journal gap', of: 't1', text: 'the task is at 7, its journal at 6' },
    ]);
  });

  it.each(['close-t1-v9', 'close-t1-v2-a2'])('is found not to know the order %s', (linkId) => {
    const stray = order(linkId, { executedQty: '0', acceptedAtMs: 2_500 });
    expect(spoilt({ orders: [...good.orders, stray] }).map(({ kind }) => kind)).toEqual(['stray order']);
  });
});

describe('positions', () => {
  const managed = [held];

  it('match when the account holds what its tasks manage', () => {
    expect(checkPositions('a', [held], managed)).toEqual([]);
    const halfway = roll(tally(1, '0.2'), tally(1, '0.1'));
    const parts = [
      { ...held, qty: '0.1' },
      { ...held, symbol: newSymbol, qty: '0.1' },
    ];
    expect(checkPositions('a', parts, holdingsOf({ held, roll: halfway }))).toEqual([]);
  });

  it.each([
    ['a missing one', [], `the exchange holds nothing ${oldSymbol}, its tasks manage Sell 0.3`],
    [
      'another quantity',
      [{ ...held, qty: '0.6' }],
      `the exchange holds Sell 0.6 ${oldSymbol}, its tasks manage Sell 0.3`,
    ],
    [
      'the wrong side',
      [{ ...held, side: 'Buy' as const }],
      `the exchange holds Buy 0.3 ${oldSymbol}, its tasks manage Sell 0.3`,
    ],
    [
      'something that no task manages',
      [held, { ...held, symbol: newSymbol }],
      `the exchange holds Sell 0.3 ${newSymbol}, its tasks manage nothing`,
    ],
  ])('are found to differ by %s', (_, positions, text) => {
    expect(checkPositions('a', positions, managed)).toEqual([{ kind: 'position mismatch', of: 'a', text }]);
  });
});
