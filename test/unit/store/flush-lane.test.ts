/** Which turns of a task share a flush, and which wait for which. */
import { expect, test } from 'vitest';
import { FlushLane } from '../../../src/store/journal/flush-lane.ts';
import { silentLog } from '../../../src/store/log.ts';
import { turnOf } from '../../contract/suites/records.ts';

interface Alarm {
  readonly ring: () => void;
  isCancelled: boolean;
}

/** Flushes are answered, and alarms ring, when the test says so. */
class LaneFixture {
  readonly flushes: string[][] = [];
  readonly stored: string[] = [];
  readonly alarms: Alarm[] = [];
  #answer: () => void = () => undefined;
  readonly #lane = new FlushLane({
    writer: {
      flush: (turns) =>
        new Promise((resolve) => {
          this.flushes.push(turns.map(({ writer }) => writer));
          this.#answer = () => resolve(turns.map(() => null));
        }),
      drop: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    log: silentLog,
    rowsMax: 100,
    after: (_, ring) => {
      const alarm: Alarm = { ring, isCancelled: false };
      this.alarms.push(alarm);
      return () => {
        alarm.isCancelled = true;
      };
    },
  });

  /** @param turns by version, e.g. `1 2?`: those with a question mark may wait */
  put(turns: string): void {
    for (const turn of turns.split(' ')) {
      const version = Number.parseInt(turn, 10);
      const mayWait = turn.endsWith('?') ? ({ mayWait: true } as const) : {};
      const record = turnOf({ accountId: '1', taskId: 'task' }, version, mayWait);
      const settle = (error: Error | null): void => {
        if (error === null) this.stored.push(String(version));
      };
      this.#lane.put({ record, writer: String(version), fence: 1, settle });
    }
  }

  async answer(): Promise<void> {
    this.#answer();
    await settled();
  }

  /** The alarms that were not cancelled. */
  ring(): void {
    for (const alarm of this.alarms.splice(0)) if (!alarm.isCancelled) alarm.ring();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('turns that may wait are stored with the one that follows and may not', async () => {
  const fixture = new LaneFixture();
  fixture.put('1? 2?');
  await settled();
  expect(fixture.flushes).toEqual([]);
  fixture.put('3');
  await settled();
  expect(fixture.flushes).toEqual([['1', '2', '3']]);
  await fixture.answer();
  expect(fixture.stored).toEqual(['1', '2', '3']);
});

test('turns that may wait wait as long as the first of them, however many follow', async () => {
  const fixture = new LaneFixture();
  fixture.put('1? 2?');
  await settled();
  fixture.put('3?');
  expect(fixture.alarms).toHaveLength(1);
  fixture.ring();
  await settled();
  expect(fixture.flushes).toEqual([['1', '2', '3']]);
});

test('a turn that is waited for is not held up by one behind it that may wait', async () => {
  const fixture = new LaneFixture();
  fixture.put('1');
  await settled();
  fixture.put('2 3?');
  await fixture.answer();
  expect(fixture.flushes).toEqual([['1'], ['2', '3']]);
});

test('what may wait behind a flush is kept for its time also after that', async () => {
  const fixture = new LaneFixture();
  fixture.put('1');
  await settled();
  fixture.put('2?');
  await fixture.answer();
  expect(fixture.flushes).toEqual([['1']]);
  fixture.ring();
  await settled();
  expect(fixture.flushes).toEqual([['1'], ['2']]);
});
