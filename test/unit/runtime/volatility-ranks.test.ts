/** The rank of implied volatility: of a day of samples at least, spoiled by no single figure, and kept over restarts. */
import { describe, expect, test } from 'vitest';
import { VolatilityRanks, MemoryVolatilityBook } from '../../../src/runtime/triggers/volatility-ranks.ts';
import { symbol } from './memory-store.ts';
import { TasksFixture } from './tasks-fixture.ts';

const quarterMs = 900_000;
const another = 'BTC-31MAR23-26000-C-USDT';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Figures every seven and a half minutes, so that each sample has one before it that agrees. */
function feed(ranks: VolatilityRanks, values: readonly string[], { fromMs = 0, of = symbol } = {}): void {
  for (const [place, value] of values.entries()) {
    ranks.note(of, { value, atMs: fromMs + place * quarterMs });
    ranks.note(of, { value, atMs: fromMs + place * quarterMs + quarterMs / 2 });
  }
}

async function watched(book = new MemoryVolatilityBook()): Promise<VolatilityRanks> {
  const ranks = new VolatilityRanks(book);
  ranks.want('a', symbol);
  await turn();
  return ranks;
}

const steady = (count: number, ends: readonly string[]): string[] => [
  ...ends,
  ...Array.from({ length: count - ends.length }, () => '0.55'),
];

describe('the rank', () => {
  test('is the place between the lowest and the highest, once a day was seen', async () => {
    const ranks = await watched();
    feed(ranks, steady(95, ['0.5', '0.6']));
    expect(ranks.rankOf(symbol, '0.55')).toBeNull();
    feed(ranks, ['0.55'], { fromMs: 95 * quarterMs });
    expect(['0.5', '0.55', '0.6', '0.65'].map((value) => ranks.rankOf(symbol, value))).toEqual([
      '0',
      '0.5',
      '1',
      '1.5',
    ]);
  });

  test('is not spoiled by one wrong figure', async () => {
    const ranks = await watched();
    feed(ranks, steady(120, ['0.5', '0.6']));
    ranks.note(symbol, { value: '6', atMs: 500 * quarterMs });
    ranks.note(symbol, { value: '0.55', atMs: 501 * quarterMs });
    expect(ranks.rankOf(symbol, '0.55')).toBe('0.5');
  });

  test('goes on from what was stored before a restart', async () => {
    const book = new MemoryVolatilityBook();
    feed(await watched(book), steady(96, ['0.5', '0.6']));
    expect((await watched(book)).rankOf(symbol, '0.575')).toBe('0.75');
  });

  test('of an option that no task looks at is not kept', async () => {
    const ranks = await watched();
    ranks.leave('a');
    feed(ranks, steady(96, ['0.5', '0.6']));
    expect(ranks.rankOf(symbol, '0.55')).toBeNull();
  });

  test('is kept while any task looks at the option, and no longer', async () => {
    const ranks = await watched();
    ranks.want('b', symbol);
    feed(ranks, steady(96, ['0.5', '0.6']));
    ranks.leave('a');
    expect(ranks.rankOf(symbol, '0.55')).toBe('0.5');
    ranks.want('b', another);
    expect(ranks.rankOf(symbol, '0.55')).toBeNull();
  });

  test('stays when its task looks at one more option, and goes when it looks at that one alone', async () => {
    const ranks = await watched();
    feed(ranks, steady(96, ['0.5', '0.6']));
    ranks.want('a', symbol, another);
    await turn();
    feed(ranks, steady(96, ['0.5', '0.6']), { of: another });
    expect([symbol, another].map((each) => ranks.rankOf(each, '0.55'))).toEqual(['0.5', '0.5']);
    ranks.want('a', another);
    expect([symbol, another].map((each) => ranks.rankOf(each, '0.55'))).toEqual([null, '0.5']);
    ranks.want('a');
    expect(ranks.rankOf(another, '0.55')).toBeNull();
  });

  test('of a volatility that never moved is not known', async () => {
    const ranks = await watched();
    feed(ranks, steady(96, []));
    expect(ranks.rankOf(symbol, '0.55')).toBeNull();
  });
});

test('a task rolls at its rank, with the volatility that made it in its readings', async () => {
  const fixture = new TasksFixture();
  const task = fixture.add('a', { trigger: { impliedVolatilityRank: { above: '80%' } } });
  const shown = { delta: '0.3', theta: '-1', optionMark: '900', optionIndex: '23000' };
  for (let half = 0; half < 200; half += 1) {
    const volatility = half < 4 ? '0.5' : half < 8 ? '0.525' : half < 12 ? '0.55' : '0.51';
    fixture.ticker(symbol, { ...shown, volatility });
    await fixture.clock.advance(quarterMs / 2);
  }
  expect(task.state).toBe('IDLE.watching');
  expect(fixture.router.readingsFor(task.context)).not.toHaveProperty('volatilityRank');
  fixture.ticker(symbol, { ...shown, volatility: '0.535' });
  expect(task.state).toBe('IDLE.watching');
  expect(fixture.router.readingsFor(task.context).volatilityRank).toBe('0.7');
  fixture.ticker(symbol, { ...shown, volatility: '0.54' });
  expect(task.context.triggered?.readings).toEqual({ volatility: '0.54', volatilityRank: '0.8' });
  await fixture.clock.advance(1_000);
  expect(task.context.rollsDone).toBe(1);
});
