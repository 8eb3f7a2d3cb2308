/** Journals of every released version replay for ever; what today's machines would do otherwise is named. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replay, type ReplayedRow } from '../../../src/replay/replay.ts';
import { fillAll, fillPart, stayOpen, TaskFixture } from '../../support/task-fixture.ts';
import { expectReplay, journalIn, rowsOf } from '../../support/replayed.ts';

const folder = 'test/fixtures/journals';
/** Whole journals as they are exported; the corpus beside them has its own test. */
const fixtures = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
const rowsIn = (file: string) => journalIn(`${folder}/${file}`);

describe('a journal on file', () => {
  test('is there for the version that is to be released', () => {
    const versions = new Set(fixtures.flatMap((file) => rowsIn(file).map(({ machine }) => machine)));
    expect([...versions]).toContain('1');
  });

  test.each(fixtures)('%s replays byte for byte', (file) => {
    expectReplay(rowsIn(file)).toReach('IDLE');
  });
});

describe('whatever a fixture plays', () => {
  test.each<[string, object, string]>([
    ['a close', { target: 'close' }, 'COMPLETED'],
    ['a refusal', { guards: { netCredit: { min: 0 } } }, 'IDLE'],
    ['a trigger that must hold', { trigger: { index: { above: 23_500, for: '5s' } } }, 'IDLE'],
  ])('%s replays', async (_, spec, state) => {
    const fixture = new TaskFixture({ spec });
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), stayOpen, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(600_000);
    expectReplay(rowsOf(fixture.created, fixture.journal.records)).toReach(state);
  });
});

describe('a journal that today’s machines would not have written', () => {
  const [file = ''] = fixtures;
  const spoilt = (version: number, change: (row: ReplayedRow) => Partial<ReplayedRow>) =>
    replay(rowsIn(file).map((row) => (row.version === version ? { ...row, ...change(row) } : row))).mismatch;

  test('is named with version, event and first difference', () => {
    const changed = spoilt(5, (row) => ({
      snapshotJson: row.snapshotJson.replace('"rollsDone":0,"rollsOnDay"', '"rollsDone":7,"rollsOnDay"'),
    }));
    expect(changed).toMatchObject({ version: 5, at: 'context.rollsDone', journal: '7', replay: '0' });
    expect(spoilt(5, () => ({ state: 'PAUSED' }))).toMatchObject({
      version: 5,
      at: 'state',
      journal: 'PAUSED',
    });
    expect(spoilt(3, () => ({ path: 'leg 9' }))).toMatchObject({ version: 3, at: 'event' });
    expect(spoilt(3, () => ({ version: 4 }))).toMatchObject({ at: 'version', journal: '4', replay: '3' });
  });

  test('is told apart from one of a version that is not here any more', () => {
    expect(spoilt(1, () => ({ machine: '99' }))?.replay).toBe(
      'this program has no version 99 of the roll machine',
    );
    expect(replay(rowsIn(file).slice(1)).mismatch).toMatchObject({ at: 'version' });
  });
});
