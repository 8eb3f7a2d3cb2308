/**
 * The trigger book wakes exactly the tasks a price hits, nearest level first and each once, whatever was armed,
 * re-armed and disarmed before: a list that is searched from end to end must give the same answer.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../../src/domain/rules/triggers.ts';
import { TriggerBook, type SourcedWatch } from '../../../src/runtime/triggers/trigger-book.ts';

interface Of {
  readonly source?: string;
  readonly field?: Field;
}
const watch = (
  direction: 'rising' | 'falling',
  level: string,
  { source = 'BTC', field = 'index' }: Of = {},
): SourcedWatch => ({ source, field, direction, level });
const rising = (level: string) => [watch('rising', level)];
const falling = (level: string) => [watch('falling', level)];
const moment = (level: string) => watch('rising', level, { source: 'clock', field: 'clock' });

const tasks = 8;
const coins = ['BTC', 'ETH'];
const coinOf = (task: number): string => coins[task % coins.length] ?? '';
const task = fc.nat({ max: tasks - 1 });
const level = fc.integer({ min: 1, max: 12 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('arm' as const), task, level, isRising: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('disarm' as const), task }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('price' as const), coin: fc.nat({ max: 1 }), price: level }),
    },
  ),
  { maxLength: 60 },
);

/** Every waiting task in one list. */
class PlainBook {
  readonly waiting = new Map<number, { level: number; isRising: boolean }>();

  wake(coin: string, price: number): { task: number; level: number }[] {
    const hit = [...this.waiting]
      .filter(
        ([id, { level: at, isRising }]) => coinOf(id) === coin && (isRising ? at <= price : at >= price),
      )
      .map(([id, { level: at, isRising }]) => ({ task: id, level: at, isRising }));
    for (const { task: id } of hit) this.waiting.delete(id);
    return [
      ...hit.filter(({ isRising }) => isRising).sort((a, b) => a.level - b.level),
      ...hit.filter(({ isRising }) => !isRising).sort((a, b) => b.level - a.level),
    ];
  }
}

describe('a price', () => {
  test('wakes the tasks that a search through all of them would find, in the order of their levels', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [book, plain] = [new TriggerBook(), new PlainBook()];
        for (const step of list) {
          if (step.do === 'arm') {
            const direction = step.isRising ? 'rising' : 'falling';
            book.arm(`${step.task}`, [watch(direction, `${step.level}`, { source: coinOf(step.task) })]);
            plain.waiting.set(step.task, { level: step.level, isRising: step.isRising });
          } else if (step.do === 'disarm') {
            book.disarm(`${step.task}`);
            plain.waiting.delete(step.task);
          } else {
            const levels = new Map([...plain.waiting].map(([id, waiting]) => [`${id}`, waiting.level]));
            const expected = plain.wake(coins[step.coin] ?? '', step.price);
            const woken = book.wake(coins[step.coin] ?? '', 'index', `${step.price}`);
            expect([...woken].sort()).toEqual(expected.map(({ task: id }) => `${id}`).sort());
            expect(woken.map((id) => levels.get(id))).toEqual(expected.map(({ level: at }) => at));
          }
          expect(book.size).toBe(plain.waiting.size);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('at exactly the level wakes, whether it comes from below or above', () => {
    const book = new TriggerBook();
    book.arm('up', rising('25500'));
    book.arm('down', falling('25500.00'));
    expect(book.wake('BTC', 'index', '25500.0')).toEqual(['up', 'down']);
  });

  test('wakes a task once, until it is armed again', () => {
    const book = new TriggerBook();
    book.arm('a', rising('100'));
    expect(book.wake('BTC', 'index', '100')).toEqual(['a']);
    expect(book.wake('BTC', 'index', '100')).toEqual([]);
    book.arm('a', rising('100'));
    expect(book.wake('BTC', 'index', '100')).toEqual(['a']);
  });

  test('compares numbers, not digits', () => {
    const book = new TriggerBook();
    book.arm('a', rising('9000'));
    book.arm('b', rising('10000'));
    expect(book.wake('BTC', 'index', '9500.5')).toEqual(['a']);
  });

  test('of a coin that no task waits for wakes none', () => {
    const book = new TriggerBook();
    book.arm('a', rising('100'));
    expect(book.wake('ETH', 'index', '1000')).toEqual([]);
  });
});

describe('a task that waits for something else now', () => {
  test('is not woken by what it waited for before', () => {
    const book = new TriggerBook();
    book.arm('a', rising('100'));
    book.arm('a', rising('200'));
    expect(book.wake('BTC', 'index', '150')).toEqual([]);
    expect(book.wake('BTC', 'index', '200')).toEqual(['a']);
    expect(book.size).toBe(0);
  });

  test('may wait in the other direction', () => {
    const book = new TriggerBook();
    book.arm('a', rising('100'));
    book.arm('a', falling('100'));
    expect(book.wake('BTC', 'index', '101')).toEqual([]);
    expect(book.wake('BTC', 'index', '99')).toEqual(['a']);
  });
});

test('arming and disarming for ever keeps the book as small as what waits in it', () => {
  const book = new TriggerBook();
  book.arm('patient', rising('30000'));
  for (let round = 0; round < 5_000; round += 1) {
    book.arm('restless', rising(String(31_000 + round)));
    book.disarm('restless');
  }
  expect(book.entries).toBeLessThan(200);
  expect(book.wake('BTC', 'index', '40000')).toEqual(['patient']);
});

describe('a task that waits for several levels', () => {
  const several = [
    watch('rising', '25500'),
    watch('rising', '0.45', { source: 'BTC-31MAR23-26000-C-USDT', field: 'delta' }),
    moment('1000'),
  ];

  test.each<[string, Field, string]>([
    ['BTC', 'index', '25500'],
    ['BTC-31MAR23-26000-C-USDT', 'delta', '0.5'],
    ['clock', 'clock', '1000'],
  ])('is woken once by the level that is reached first (%s %s)', (source, field, value) => {
    const book = new TriggerBook();
    book.arm('a', several);
    expect(book.wake(source, field, value)).toEqual(['a']);
    expect(book.size).toBe(0);
    for (const { source, field } of several) expect(book.wake(source, field, '99999')).toEqual([]);
  });

  test('is not woken by another field of the same source, nor by another source of the same field', () => {
    const book = new TriggerBook();
    book.arm('a', several);
    expect(book.wake('BTC', 'last', '99999')).toEqual([]);
    expect(book.wake('BTC-31MAR23-27000-C-USDT', 'delta', '0.9')).toEqual([]);
    expect(book.size).toBe(1);
  });

  test('leaves nothing behind when it waits for something else', () => {
    const book = new TriggerBook();
    for (let round = 0; round < 2_000; round += 1)
      book.arm('a', [watch('rising', `${25_000 + round}`), watch('falling', `${20_000 - round}`)]);
    expect(book.entries).toBeLessThan(400);
    expect(book.wake('BTC', 'index', '26998')).toEqual([]);
    expect(book.wake('BTC', 'index', '26999')).toEqual(['a']);
  });

  test('shows the next moment that a task waits for', () => {
    const book = new TriggerBook();
    expect(book.nearest('clock', 'clock', 'rising')).toBeNull();
    book.arm('late', [moment('2000')]);
    book.arm('soon', [moment('1000')]);
    expect(book.nearest('clock', 'clock', 'rising')).toBe('1000');
    book.disarm('soon');
    expect(book.nearest('clock', 'clock', 'rising')).toBe('2000');
  });
});

test('the nearest tasks are those of a sorted list, whatever was armed and disarmed before', () => {
  const entry = fc.record({ level: fc.integer({ min: 1, max: 500 }), isLeft: fc.boolean() });
  const direction = fc.constantFrom('rising' as const, 'falling' as const);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), direction, fc.nat({ max: 30 }), (entries, way, most) => {
      const book = new TriggerBook();
      for (const [place, { level: at }] of entries.entries())
        book.arm(`t${place}`, [watch(way, String(at)), watch(way, String(at), { source: 'ETH' })]);
      for (const [place, { isLeft }] of entries.entries()) if (isLeft) book.disarm(`t${place}`);
      const levels = entries.filter(({ isLeft }) => !isLeft).map(({ level: at }) => at);
      const sorted = levels.sort((a, b) => (way === 'rising' ? a - b : b - a)).slice(0, most);
      const nearest = book.nearestTasks('BTC', { field: 'index', direction: way }, most);
      expect(nearest.map(({ level: at }) => at.toNumber())).toEqual(sorted);
      expect(new Set(nearest.map(({ taskId }) => taskId)).size).toBe(sorted.length);
    }),
  );
  expect(new TriggerBook().nearestTasks('BTC', { field: 'index', direction: 'rising' }, 5)).toEqual([]);
});
