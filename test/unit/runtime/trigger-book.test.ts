/**
 * The trigger book wakes exactly the tasks a price hits, nearest level first and each once, whatever was armed,
 * re-armed and disarmed before: a list that is searched from end to end must give the same answer.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WakeLevel } from '../../../src/domain/triggers.ts';
import { TriggerBook } from '../../../src/runtime/trigger-book.ts';

const rising = (level: string): WakeLevel => ({ direction: 'rising', level });
const falling = (level: string): WakeLevel => ({ direction: 'falling', level });

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
  test('wakes whom a search through everybody would find, in the order of their levels', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [book, plain] = [new TriggerBook(), new PlainBook()];
        for (const step of list) {
          if (step.do === 'arm') {
            book.arm(`${step.task}`, coinOf(step.task), {
              direction: step.isRising ? 'rising' : 'falling',
              level: `${step.level}`,
            });
            plain.waiting.set(step.task, { level: step.level, isRising: step.isRising });
          } else if (step.do === 'disarm') {
            book.disarm(`${step.task}`);
            plain.waiting.delete(step.task);
          } else {
            const levels = new Map([...plain.waiting].map(([id, waiting]) => [`${id}`, waiting.level]));
            const expected = plain.wake(coins[step.coin] ?? '', step.price);
            const woken = book.wake(coins[step.coin] ?? '', `${step.price}`);
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
    book.arm('up', 'BTC', rising('25500'));
    book.arm('down', 'BTC', falling('25500.00'));
    expect(book.wake('BTC', '25500.0')).toEqual(['up', 'down']);
  });

  test('wakes a task once, until it is armed again', () => {
    const book = new TriggerBook();
    book.arm('a', 'BTC', rising('100'));
    expect(book.wake('BTC', '100')).toEqual(['a']);
    expect(book.wake('BTC', '100')).toEqual([]);
    book.arm('a', 'BTC', rising('100'));
    expect(book.wake('BTC', '100')).toEqual(['a']);
  });

  test('compares numbers, not digits', () => {
    const book = new TriggerBook();
    book.arm('a', 'BTC', rising('9000'));
    book.arm('b', 'BTC', rising('10000'));
    expect(book.wake('BTC', '9500.5')).toEqual(['a']);
  });

  test('of a coin nobody waits for wakes nobody', () => {
    const book = new TriggerBook();
    book.arm('a', 'BTC', rising('100'));
    expect(book.wake('ETH', '1000')).toEqual([]);
  });
});

describe('a task that waits for something else now', () => {
  test('is not woken by what it waited for before', () => {
    const book = new TriggerBook();
    book.arm('a', 'BTC', rising('100'));
    book.arm('a', 'BTC', rising('200'));
    expect(book.wake('BTC', '150')).toEqual([]);
    expect(book.wake('BTC', '200')).toEqual(['a']);
    expect(book.size).toBe(0);
  });

  test('may turn round', () => {
    const book = new TriggerBook();
    book.arm('a', 'BTC', rising('100'));
    book.arm('a', 'BTC', falling('100'));
    expect(book.wake('BTC', '101')).toEqual([]);
    expect(book.wake('BTC', '99')).toEqual(['a']);
  });
});

test('arming and disarming for ever keeps the book as small as what waits in it', () => {
  const book = new TriggerBook();
  book.arm('patient', 'BTC', rising('30000'));
  for (let round = 0; round < 5_000; round += 1) {
    book.arm('restless', 'BTC', rising(String(31_000 + round)));
    book.disarm('restless');
  }
  expect(book.entries).toBeLessThan(200);
  expect(book.wake('BTC', '40000')).toEqual(['patient']);
});
