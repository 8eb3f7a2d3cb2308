/** When a person may change what a task says, and what of the task stays as it is when its spec changes. */
import { describe, expect, test } from 'vitest';
import { canBeEdited, takeSpec } from '../../../../src/domain/roll/editing.ts';
import type { RollEvent } from '../../../../src/domain/roll/events.ts';
import { firstRollContext, type RollContext } from '../../../../src/domain/roll/roll-context.ts';
import { holdingsNamed, readSpec } from '../../../support/options.ts';
import { call24, call25, nowMs, roll } from '../samples.ts';

const written = { symbol: call24, trigger: 23_500, target: 1000, guards: { cooldown: '1h' } };

function task(changes: Partial<RollContext> = {}): RollContext {
  const spec = readSpec(written);
  const first = firstRollContext({ taskId: 'a', spec, ...holdingsNamed(spec, { side: 'Sell', qty: '0.3' }) });
  return { ...first, ...changes };
}

const edited = (
  changes: object = {},
  { qty = '0.3', atMs = nowMs } = {},
): Extract<RollEvent, { type: 'EDITED' }> =>
  ({ type: 'EDITED', spec: readSpec({ ...written, ...changes }), qty, atMs }) as never;

describe('a task', () => {
  test('can be edited until the very moment of its delivery', () => {
    const { expiryMs } = task().held;
    expect(canBeEdited(task(), edited({}, { atMs: expiryMs - 1 }))).toBe(true);
    expect(canBeEdited(task(), edited({}, { atMs: expiryMs }))).toBe(false);
  });

  test('cannot be edited during a roll, nor to be about another option', () => {
    expect(canBeEdited(task({ roll: roll() }), edited())).toBe(false);
    expect(canBeEdited(task(), edited({ symbol: call25 }))).toBe(false);
  });
});

describe('a task that is edited', () => {
  const hourMs = 3_600_000;
  const resting = (restsUntilMs: number, name?: string) => {
    const first = task();
    const [rule] = first.spec.rules;
    const spec = name === undefined || !rule ? first.spec : { ...first.spec, rules: [{ ...rule, name }] };
    return { ...first, spec, rules: first.rules.map((state) => ({ ...state, restsUntilMs, rollsDone: 2 })) };
  };

  test('keeps what its rule has done and what is left of its rest, but rests no longer than the new cooldown', () => {
    const soon = nowMs + hourMs / 2;
    expect(takeSpec(resting(soon), edited()).rules).toMatchObject([{ restsUntilMs: soon, rollsDone: 2 }]);
    const shorter = { guards: { cooldown: '10m' } };
    expect(takeSpec(resting(soon), edited(shorter)).rules).toMatchObject([
      { restsUntilMs: nowMs + hourMs / 6 },
    ]);
    expect(takeSpec(resting(soon, 'another'), edited()).rules).toMatchObject([
      { restsUntilMs: 0, rollsDone: 0 },
    ]);
  });

  test('books another quantity as a change by its owner, from that moment', () => {
    const before = task({ heldAsOfMs: nowMs - 1 });
    expect(takeSpec(before, edited({}, { qty: '0.3' }))).toMatchObject({
      heldAsOfMs: nowMs - 1,
      ledger: { changedByOwner: '0' },
    });
    expect(takeSpec(before, edited({}, { qty: '0.2' }))).toMatchObject({
      heldAsOfMs: nowMs,
      held: { qty: '0.2' },
      ledger: { changedByOwner: '-0.1' },
    });
  });
});
