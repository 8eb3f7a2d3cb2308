/** Rows that cannot be read, and tasks that break: one task is set aside with an alert, and nothing else stops. */
import { expect, test } from 'vitest';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { SupervisorFixture, rollUnderWay } from './supervisor-fixture.ts';
import { storedTask } from './memory-store.ts';

type Snapshot = Record<string, unknown> & { context: Record<string, unknown> };
const changed = (stored: StoredTask, change: (snapshot: Snapshot) => unknown): StoredTask => {
  const snapshot = JSON.parse(stored.snapshotJson) as Snapshot;
  return { ...stored, snapshotJson: JSON.stringify(change(snapshot) ?? snapshot) };
};
const without = (key: string) => (snapshot: Snapshot) => void Reflect.deleteProperty(snapshot.context, key);
const context = (changes: object) => (snapshot: Snapshot) => void Object.assign(snapshot.context, changes);

const poisons: readonly (readonly [string, (stored: StoredTask) => StoredTask])[] = [
  ['text that is no JSON', (stored) => ({ ...stored, snapshotJson: '{"status":"active","cont' })],
  ['a number', (stored) => ({ ...stored, snapshotJson: '4711' })],
  ['an empty object', (stored) => ({ ...stored, snapshotJson: '{}' })],
  ['another state than the row', (stored) => ({ ...stored, state: 'IDLE.coolingDown' })],
  [
    'a state that no chart has',
    (stored) =>
      changed({ ...stored, state: 'IDLE.dreaming' }, (it) => ({ ...it, value: { IDLE: 'dreaming' } })),
  ],
  ['a version of the machine that this program lacks', (stored) => ({ ...stored, machine: '99' })],
  ['no context', (stored) => changed(stored, (it) => ({ ...it, context: null }))],
  ...Object.keys((JSON.parse(storedTask('x').snapshotJson) as Snapshot).context)
    // What is not there is as good as null, false or nothing there.
    .filter((key) => !['wish', 'undelivered'].includes(key))
    .map((key) => [`no ${key}`, (stored: StoredTask) => changed(stored, without(key))] as const),
  ['rules of another shape', (stored) => changed(stored, context({ rules: [{ trigger: { kind: 'any' } }] }))],
  [
    'a trigger that holds nothing',
    (stored) =>
      changed(
        stored,
        context({ rules: [{ trigger: { kind: 'any', of: 7 }, restsUntilMs: 0, rollsDone: 0 }] }),
      ),
  ],
];

test.each(poisons)('a row with %s sets one task aside, and its neighbours roll', async (_, poison) => {
  const fixture = new SupervisorFixture();
  fixture.store.keep(
    storedTask('before'),
    poison(storedTask('poisoned')),
    storedTask('zlast', { trigger: 23600 }),
  );
  await fixture.during(fixture.supervisor.claim());
  expect(fixture.supervisor.taskCount).toBe(2);
  expect(fixture.book.alerts).toHaveLength(1);
  expect(fixture.book.alerts[0]).toMatch(
    /^critical: Task poisoned of account 1 is set aside, nothing watches it: /,
  );
  await fixture.tick('23500');
  expect(fixture.links).toEqual(['close-before-v2', 'open-before-v2']);

  // Nothing is said again while it is tried, and it goes on once the row is right.
  await fixture.clock.advance(200_000);
  expect(fixture.book.alerts).toHaveLength(1);
  fixture.store.keep({ ...storedTask('poisoned', { trigger: 99_000 }), version: 7 });
  await fixture.clock.advance(60_000);
  expect(fixture.supervisor.standing(9).map(({ root }) => root)).toContain('poisoned');
  expect(fixture.book.alerts.slice(1)).toEqual(['info: Task poisoned of account 1 is managed again.']);
});

test('a poisoned row of a roll under way holds up neither the account nor the rolls beside it', async () => {
  const fixture = new SupervisorFixture();
  const poisoned = changed(await rollUnderWay('poisoned'), without('roll'));
  fixture.store.keep(poisoned, await rollUnderWay('sound'), storedTask('waits'));
  await fixture.during(fixture.supervisor.claim());
  expect(fixture.supervisor.taskCount).toBe(2);
  expect(fixture.supervisor.rollsUnderWay().map(({ taskId }) => taskId)).toEqual(['sound']);
  expect(fixture.book.alerts.join()).toContain('Task poisoned of account 1 is set aside');
});

test('a task that breaks with every price is set aside after five times, and no price is lost to the others', async () => {
  const fixture = new SupervisorFixture();
  // Sound to look at: what it wants cannot be computed when it is due.
  const breaks = changed(storedTask('breaks'), (it) => {
    const { spec } = it.context as { spec: { rules: object[] } };
    for (const rule of spec.rules) Reflect.deleteProperty(rule, 'guards');
  });
  fixture.store.keep(breaks, storedTask('sound'));
  await fixture.during(fixture.supervisor.claim());
  for (let at = 0; at < 8; at += 1) {
    await fixture.tick('23500');
    await fixture.clock.advance(1_000);
  }
  expect(fixture.links).toEqual(['close-sound-v2', 'open-sound-v2']);
  expect(fixture.book.alerts.filter((alert) => alert.includes('set aside'))).toHaveLength(1);
});
