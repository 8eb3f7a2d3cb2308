/** A task whose stored state cannot be read is shown as such, and keeps no list from being shown. */
import { expect, test } from 'vitest';
import { nowOf, storedStateOf } from '../../../src/application/stored-state.ts';
import { urgencyOf } from '../../../src/application/survey-tasks.ts';
import { formOf } from '../../../src/application/task-spec.ts';
import { viewOf } from '../../../src/application/task-view.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { TaskRow } from '../../../src/ports/task-reading.ts';
import { storedTask } from '../runtime/memory-store.ts';

const stored = storedTask('k7m2p9qx4d');
const { context } = JSON.parse(stored.snapshotJson) as {
  context: { spec: unknown } & Record<string, unknown>;
};

const rowWith = (snapshotJson: string): TaskRow =>
  ({
    ...stored,
    snapshotJson,
    spec: context.spec,
    userName: 'ann',
    role: 'owner',
    accountName: 'main',
    environment: 'paper',
    trouble: null,
    createdAtMs: 1,
    updatedAtMs: 2,
  }) as unknown as TaskRow;

const broken = [
  '{"status":"act',
  'null',
  '[]',
  '{"context":null}',
  ...Object.keys(context)
    .filter((key) => !['wish', 'undelivered'].includes(key))
    .map((key) =>
      JSON.stringify({ ...JSON.parse(stored.snapshotJson), context: { ...context, [key]: undefined } }),
    ),
];

test.each(broken)('of %s no reading throws, and the task needs a person', (snapshotJson) => {
  const row = rowWith(snapshotJson);
  const view = viewOf(row, bybitRules);
  expect(view).toMatchObject({
    symbol: 'BTC-31MAR23-24000-C-USDT',
    side: null,
    holdings: null,
    rollsDone: 0,
  });
  expect(urgencyOf(view)).toBe('attention');
  expect(nowOf(row, storedStateOf(row))).toBe('it is set aside, what is stored of it cannot be read');
  expect(formOf(row, bybitRules)).toMatchObject({ symbol: 'BTC-31MAR23-24000-C-USDT' });
});

test('one that can be read waits for its trigger', () => {
  const row = rowWith(stored.snapshotJson);
  expect(urgencyOf(viewOf(row, bybitRules))).toBe('waiting');
  expect(storedStateOf(row)).not.toBeNull();
});
