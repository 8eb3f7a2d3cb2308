import { describe, expect, it } from 'vitest';
import { en } from '../../../src/dashboard/messages/en.ts';
import { ru } from '../../../src/dashboard/messages/ru.ts';

type Said = { readonly path: string; readonly text: string };

/** Every message with samples for what it names. */
function everything(messages: object, path = ''): readonly Said[] {
  return Object.entries(messages).flatMap(([name, value]: [string, unknown]): readonly Said[] => {
    const here = `${path}.${name}`;
    if (typeof value === 'string') return [{ path: here, text: value }];
    if (typeof value === 'object' && value !== null) return everything(value, here);
    return [];
  });
}

/** Words of a task's spec, which are the same in every language. */
const ofSpecs = ['.newTask.strikeHint', '.newTask.expiryHint'];

describe('the messages', () => {
  it('say the same things in both languages, and nothing twice the same by oversight', () => {
    const english = everything(en);
    const russian = new Map(everything(ru).map(({ path, text }) => [path, text]));
    expect([...russian.keys()].sort()).toEqual(english.map(({ path }) => path).sort());
    for (const { path } of english) expect(russian.get(path)?.trim(), path).not.toBe('');
    const words = english.filter(({ text }) => /[a-z]{4,}/.test(text.replace(/rollkeeper|Rollkeeper/g, '')));
    const left = words.filter(({ path, text }) => russian.get(path) === text).map(({ path }) => path);
    expect(left.filter((path) => !ofSpecs.includes(path))).toEqual([]);
  });

  it('count as their language counts', () => {
    expect([1, 2, 5, 1_024].map((n) => en.desk.daysLeft(n))).toEqual([
      '1 day',
      '2 days',
      '5 days',
      '1,024 days',
    ]);
    expect([1, 2, 5, 11, 21, 22].map((n) => ru.desk.daysLeft(n))).toEqual([
      '1 день',
      '2 дня',
      '5 дней',
      '11 дней',
      '21 день',
      '22 дня',
    ]);
  });
});
