/** What the exchange announces of maintenance, as far as it concerns options. */
import { expect, test } from 'vitest';
import { readMaintenance } from '../../../src/exchange/bybit/rest/system-status.ts';
import type { RestChannel } from '../../../src/exchange/bybit/rest/rest.ts';

type Read = RestChannel['read'];

const answering = (list: unknown): Pick<RestChannel, 'read'> => {
  const read: Read = (_, shape) => Promise.resolve({ result: shape.parse({ list }), timeMs: null });
  return { read };
};

const row = {
  id: '4d95b2a0',
  title: 'Options\u001b[31m upgrade',
  state: 'scheduled',
  begin: '1751596902000',
  end: '1751597011000',
  href: '',
  serviceTypes: [2, 3],
  product: [1, 3],
  uidSuffix: [],
  maintainType: 1,
  env: 1,
};

test('What concerns options or names no product counts; what is over, concerns others or cannot be read does not', async () => {
  const list = [
    row,
    { ...row, title: 'everything', state: 'ongoing', product: [], begin: '', end: 'soon' },
    { ...row, title: 'spot', product: [2] },
    { ...row, title: 'over', state: 'completed' },
    'nonsense',
    null,
  ];
  expect(await readMaintenance(answering(list))).toEqual([
    { title: 'Options upgrade', state: 'scheduled', beginMs: 1_751_596_902_000, endMs: 1_751_597_011_000 },
    { title: 'everything', state: 'ongoing', beginMs: null, endMs: null },
  ]);
});
