/**
 * Every released version of the machines decides as it did: the corpus replays byte for byte, whatever the sentences are
 * that are made of what it decided, and takes every transition and every action of the charts.
 */
import { describe, expect, test, vi } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { rollVersions } from '../../machines/roll.versions.ts';
import type { rollMachine } from '../../machines/roll.machine.ts';
import { inert, Replay } from '../../src/replay/replay.ts';
import { orderAlone } from './order-walk.ts';
import { corpusFile, coverageOf, noCoverage, readCorpus, wantedOf } from '../corpus/corpus.ts';

/** Whatever is said, it is said otherwise. */
const nonsense = vi.hoisted(
  () => (original: object) =>
    Object.fromEntries(
      Object.entries(original).map(([name, value]) => [
        name,
        typeof value === 'function' ? () => `nonsense ${name}` : value,
      ]),
    ),
);
vi.mock(import('../../src/domain/explain/reason-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/alert-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/answer-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/guard-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/leg2-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/standing-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/target-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/trigger-text.ts'), async (load) => nonsense(await load()) as never);
vi.mock(import('../../src/domain/explain/duration-text.ts'), async (load) => nonsense(await load()) as never);

const cases = rollVersions.flatMap((roll): [string, string, AnyStateMachine][] => [
  ['roll', roll.version ?? '', roll],
  ['order', roll.version ?? '', orderAlone],
]);

describe.each(cases)('the corpus of %s, version %s', (name, version, machine) => {
  const journals = readCorpus(corpusFile(name, version));
  const machines = new Map([[version, inert(machine) as typeof rollMachine]]);

  test('replays byte for byte, with every sentence replaced by nonsense', () => {
    for (const [at, rows] of journals.entries()) {
      const replay = new Replay({ machines });
      replay.feed(rows);
      replay.stop();
      expect({ at, ...replay.result.mismatch }).toEqual({ at });
    }
  });

  test('takes every transition and every action', () => {
    const coverage = noCoverage();
    const inspect = coverageOf(machine.id, coverage);
    for (const rows of journals) {
      const replay = new Replay({ machines, inspect });
      replay.feed(rows);
      replay.stop();
    }
    const wanted = wantedOf(machine);
    const missing = (kind: 'transitions' | 'actions') =>
      [...wanted[kind]].filter((each) => !coverage[kind].has(each));
    expect({ transitions: missing('transitions'), actions: missing('actions') }).toEqual({
      transitions: [],
      actions: [],
    });
  });

  test('notices a decision that is another one than it was', () => {
    const [rows = []] = journals.filter((each) => each.length > 2);
    const changed = rows.map((row, at) =>
      at === 1 ? { ...row, snapshotJson: row.snapshotJson.replace('"context":{', '"context":{"x":1,') } : row,
    );
    const replay = new Replay({ machines });
    replay.feed(changed);
    replay.stop();
    expect(replay.result.mismatch).toMatchObject({ version: 2 });
  });
});
