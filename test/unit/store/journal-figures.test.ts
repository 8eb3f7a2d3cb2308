/** A journal from elsewhere is calculated with when it is replayed: figures that cannot be are refused where it enters. */
import { expect, test } from 'vitest';
import { readJournal, writeJournal } from '../../../src/application/journal-file.ts';

const journalWith = (event: string): string =>
  writeJournal({
    taskId: 'task000001',
    rows: [
      {
        version: 1,
        atMs: 1,
        path: '',
        eventJson: event,
        state: 'IDLE.watching',
        snapshotJson: '{"price":"24000.5"}',
        machine: '1',
        hash: 'ab',
      },
    ],
  });

test.each(['1e600000000', '1e9999999999999999999', 'Infinity', 'NaN', '0x10', '9'.repeat(300)])(
  'a journal in which %s stands for a figure is not read, and the line is named',
  (figure) => {
    const text = journalWith(JSON.stringify({ type: 'PRICE', readings: { index: figure } }));
    expect(() => readJournal(text, 'file')).toThrow(/file:2.*finite/s);
  },
);

test.each(['{"atMs":1e999}', '{"type":'])('nor one with the event %s', (event) => {
  expect(() => readJournal(journalWith(event), 'file')).toThrow(/file:2/);
});

test('words and ids that only begin like figures are no figures', () => {
  const event = JSON.stringify({
    type: 'ORDER',
    linkId: 'close-1e99-v4',
    id: '12e4f',
    text: 'Infinity War',
    qty: '0.3',
  });
  expect(readJournal(journalWith(event), 'file').rows[0]?.eventJson).toBe(event);
});
