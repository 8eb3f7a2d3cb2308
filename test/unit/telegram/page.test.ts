/** Pages of the bot: styles as ranges, names that do nothing, messages that Telegram takes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bold, fitted, foreign, page, plainPage, pre, split } from '../../../src/telegram/page.ts';
import { readCommand, readVisit } from '../../../src/telegram/visit.ts';
import { columns, rounded, signed, tableWidth, wrapped } from '../../../src/telegram/texts/table.ts';

describe('a page', () => {
  test('has its styles where its text is, in every part it is split into', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.string({ unit: 'grapheme', maxLength: 900 })), { maxLength: 14 }),
        (parts) => {
          const whole = page(parts.map(([isBold, text]) => (isBold ? bold(text) : `${text}\n`)));
          for (const { text, ranges } of split(whole)) {
            expect(text.length).toBeLessThanOrEqual(4_096);
            expect(text).not.toMatch(/[\uD800-\uDBFF]$/);
            for (const { offset, length } of ranges) {
              expect(offset).toBeGreaterThanOrEqual(0);
              expect(length).toBeGreaterThan(0);
              expect(offset + length).toBeLessThanOrEqual(text.length);
            }
          }
        },
      ),
    );
  });

  test('that is too long for one message keeps its buttons under the last, or under the first alone', () => {
    const buttons = [[{ text: 'Go', data: 'x' }]];
    const long = plainPage('line of text\n'.repeat(1_000), buttons);
    expect(split(long).map((part) => part.buttons.length)).toEqual([0, 0, 0, 1]);
    expect(fitted(long).buttons).toEqual(buttons);
    expect(fitted(long).text.length).toBeLessThanOrEqual(4_096);
  });

  test('loses no word when it is split', () => {
    const words = Array.from({ length: 3_000 }, (_, at) => `word${at}`);
    const parts = split(page([pre(words.join('\n'))]));
    expect(
      parts
        .map(({ text }) => text)
        .join('\n')
        .split('\n'),
    ).toEqual(words);
  });
});

test('a foreign name mentions nobody, links nowhere, commands nothing and stays on its line', () => {
  const shown = foreign('@everyone /halt #tag https://t.me/x evil.com\n\u202Eabc\u0000\u0007<b>', 200);
  expect(shown).not.toMatch(/@|(^|\s)[/#]\w|:\/\/|\w\.com|\n|\u202E|\u0000/);
  expect(shown).toContain('<b>');
});

describe('a table', () => {
  test('is no wider than a phone', () => {
    const cell = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 })), { minLength: 1 }),
        (rows) => {
          for (const line of columns(rows.map((row) => row.map((text) => text.replaceAll(/\s/g, 'x')))).split(
            '\n',
          ))
            expect(line.length).toBeLessThanOrEqual(tableWidth);
        },
      ),
    );
  });

  test('wraps sentences and says when something is left out', () => {
    const text = wrapped('a '.repeat(200), { linesMax: 2 });
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toMatch(/…$/);
  });

  test('shows money with a sign and as many digits as help', () => {
    expect([signed('12.346'), signed('-0.00123'), signed('0'), rounded('1000')]).toEqual([
      '+12.35',
      '0',
      '0',
      '1000',
    ]);
  });
});

describe('an update', () => {
  const from = { id: 5, is_bot: false, first_name: 'Ann' };
  const chat = { id: 5, type: 'private' };

  test('of another shape, of a bot or of nobody is left out', () => {
    fc.assert(
      fc.property(fc.anything(), (update) => {
        expect(() => readVisit(update, '7')).not.toThrow();
      }),
    );
    const message = { message_id: 1, chat, text: '/status' };
    expect(readVisit({ update_id: 1, message }, '7')).toBeNull();
    expect(
      readVisit({ update_id: 1, message: { ...message, from: { ...from, is_bot: true } } }, '7'),
    ).toBeNull();
    expect(readVisit({ update_id: 1, edited_message: { ...message, from } }, '7')).toBeNull();
    expect(readVisit({ update_id: 1, message: { ...message, from } }, '7')?.place).toEqual({
      chatId: '5',
      personId: '5',
    });
  });

  test.each([
    ['/task abc', { name: 'task', rest: 'abc' }],
    ['/TASK@MyBot  abc def', { name: 'task', rest: 'abc def' }],
    ['/task@other abc', 'for another'],
    ['task', null],
    ['/', null],
    ['/task\nabc', { name: 'task', rest: 'abc' }],
  ])('with %j is read as the command %j', (text, command) => {
    expect(readCommand(text, 'mybot')).toEqual(command);
  });
});
