/** Every state of every roll chart has words of its own for people, and a part of the roll; no word is left over. */
import { expect, test } from 'vitest';
import { partOfRoll, stateWords } from '../../src/domain/explain/state-text.ts';
import { rollVersions } from '../../machines/roll.versions.ts';
import { statesOf } from './chart.ts';

test('the states that people read of are those of the charts', () => {
  const states = new Set(Object.values(rollVersions).flatMap((machine) => statesOf(machine)));
  expect(Object.keys(stateWords).sort()).toEqual([...states].sort());
});

test('whatever is no order is the interval while something is missing', () => {
  expect(partOfRoll('FAILED', { isBetween: true })).toBe('interval');
  expect(partOfRoll('ROLL_INITIATED.planning', { isBetween: true })).toBe('interval');
  expect(partOfRoll('LEG2_OPENING.opening', { isBetween: true })).toBe('leg2');
  expect(partOfRoll('FAILED', { isBetween: false })).toBe('other');
});
