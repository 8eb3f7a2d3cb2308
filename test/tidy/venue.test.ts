import { describe, expect, it } from 'vitest';
import { venueRule } from './rules/venue.ts';
import { codeIn, findAll } from './source.ts';

/** The machine of a stream is one adapter's own. */
const adapters = ['machines/stream.machine.ts'];
const rooms = ['src/domain/', 'src/ports/', 'src/application/', 'src/runtime/', 'machines/'];
const venueFree = codeIn('src', 'machines').filter(
  ({ path }) => rooms.some((room) => path.startsWith(room)) && !adapters.includes(path),
);
const complaints = (text: string) => findAll(venueRule, [{ path: 'src/domain/a.ts', text }]);

describe('the exchange', () => {
  it('is not known in domain, ports, application, runtime and machines', () => {
    expect(findAll(venueRule, venueFree)).toEqual([]);
    expect(venueFree.length).toBeGreaterThan(60);
  });

  it.each([
    ["import { a } from '../exchange/bybit/a.ts';", 'names an exchange'],
    ['/** As Bybit says. */', 'names an exchange'],
    ["const example = 'BTC-31MAR23-26000-C-USDT';", 'writes an option symbol out'],
    ["const months = ['JAN', 'FEB'];", 'reads the months'],
    [String.raw`const shape = /^([A-Z]+)-(\w+)-(\d+)-([CP])$/;`, 'reads the type'],
    ["const coin = symbol.endsWith('-USDT') ? 'b' : 'c';", 'names a settle coin'],
  ])('is noticed in %s', (text, expected) => {
    expect(complaints(text)).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it.each([
    "const step = '-1000';",
    'const marked = { mark: 1 };',
    '// May and March are months like others.',
  ])('is not seen in %s', (text) => expect(complaints(text)).toEqual([]));
});
