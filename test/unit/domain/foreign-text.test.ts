import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignTextLengthMax, pageText, plainText } from '../../../src/domain/foreign-text.ts';

const esc = '\u001b';

describe('a foreign text', () => {
  it.each([
    ['Insufficient margin', 'Insufficient margin'],
    [`${esc}[31mred${esc}[0m alert`, 'red alert'],
    [`${esc}]0;owned\u0007title`, 'title'],
    [`${esc}]8;;http://x.example${esc}\\a link${esc}]8;;${esc}\\`, 'a link'],
    [`${esc}]52;c;cm0gLXJm\u009cclipboard`, 'clipboard'],
    [`unended ${esc}]0;the rest of the line`, 'unended'],
    ['\u009b2J8-bit', '8-bit'],
    [`two\r\nlines\tand a ${esc}c reset`, 'two lines and a reset'],
    ['NUL\u0000 and DEL\u007f', 'NUL and DEL'],
    ['right\u202eto\u2066left\u200b', 'right to left'],
    ['line\u2028separator', 'line separator'],
    ['half \ud83d pair', 'half pair'],
    ['保证金不足 – café 🙂', '保证金不足 – café 🙂'],
    ['   ', ''],
  ])('%j is shown as %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('is never longer than it may be, and says that something is left out', () => {
    expect(plainText('x'.repeat(1_000_000))).toBe(`${'x'.repeat(foreignTextLengthMax - 1)}…`);
    expect(plainText('abcdef', 4)).toBe('abc…');
    expect(plainText('ab🙂cd', 4)).toBe('ab…');
    expect(plainText(' '.repeat(5_000) + 'late')).toBe('…');
  });

  it('has no control character left, whatever it was', () => {
    const nasty = fc.string({ unit: fc.oneof(fc.constantFrom(esc, '[', ']', ';', '\u0007', '\u009b', '\n'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 400 }); // prettier-ignore
    fc.assert(
      fc.property(nasty, (text) => {
        const plain = plainText(text);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(plain.length).toBeLessThanOrEqual(foreignTextLengthMax);
        expect(plainText(plain)).toBe(plain);
      }),
    );
  });
});

describe('a page', () => {
  it.each([
    [
      '<html><head><title>403 Forbidden</title><style>p{color:red}</style></head><body><center><h1>403 Forbidden</h1></center><hr>cloudfront</body></html>',
      '403 Forbidden 403 Forbidden cloudfront',
    ],
    [
      '<script>alert(1)</script><p>Down for&nbsp;maintenance &amp; back at 9</p>',
      'Down for maintenance & back at 9',
    ],
    ['<!-- hidden --><b>shown</b>', 'shown'],
    ['access too frequent', 'access too frequent'],
    ['{"error":"a < b"}', '{"error":"a < b"}'],
    [`<p>${esc}[2Jcleared</p>`, 'cleared'],
    ['<p>cut in the middle <a href="', 'cut in the middle'],
  ])('%j says %j', (body, text) => {
    expect(pageText(body)).toBe(text);
  });

  it('is read in no time, however long or nested', () => {
    for (const body of [
      '<'.repeat(1_000_000),
      '<!--'.repeat(300_000),
      '<script>'.repeat(200_000),
      '&'.repeat(1_000_000),
    ])
      expect(pageText(body).length).toBeLessThanOrEqual(foreignTextLengthMax);
  });
});
