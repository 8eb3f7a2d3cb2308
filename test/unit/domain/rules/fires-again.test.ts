/** A roll that leaves the leg where it is of which its condition speaks changes nothing for that condition. */
import { describe, expect, test } from 'vitest';
import { conditionsHeldAgain } from '../../../../src/domain/rules/fires-again.ts';
import type { LegChoice } from '../../../../src/domain/rules/rule.ts';
import type { Target } from '../../../../src/domain/rules/targets.ts';
import { readTrigger } from '../../../support/structures.ts';

const step: Target = { strike: { kind: 'steps', steps: 2 }, expiry: { kind: 'same' } };
const toDelta = (delta: string): Target => ({ strike: { kind: 'delta', delta }, expiry: { kind: 'same' } });
const outInTime: Target = { strike: { kind: 'same' }, expiry: { kind: 'nearest', days: 45 } };

const holdsAgain = (written: unknown, target: Target, legs?: LegChoice): boolean =>
  conditionsHeldAgain(readTrigger(written), { target, follow: 'strike', legs }).length > 0;

const delta = { above: 0.3 };
describe('a condition of a leg', () => {
  test.each<[string, unknown, Target, LegChoice | undefined, boolean]>([
    ['that is rolled', { leg: 'call', delta }, step, ['call'], false],
    ['that is rolled with all', { leg: 'call', delta }, step, undefined, false],
    ['that is not rolled', { leg: 'call', delta }, step, ['put'], true],
    ['that may be on the rolled side', { leg: 'call', delta }, step, 'tested', false],
    ['that is rolled to its own level', { leg: 'call', delta }, toDelta('0.3'), ['call'], true],
    ['that is tested and rolled', { leg: 'tested', delta }, step, 'tested', false],
    ['that is tested while the other is rolled by steps', { leg: 'tested', delta }, step, 'untested', true],
    [
      'that is tested while the other goes to that delta',
      { leg: 'tested', delta },
      toDelta('0.30'),
      'untested',
      false,
    ],
    [
      'that is tested while the other goes beyond',
      { leg: 'tested', delta },
      toDelta('0.35'),
      'untested',
      true,
    ],
    [
      'that is tested, by profit',
      { leg: 'tested', profit: { below: '-100%' } },
      toDelta('0.3'),
      'untested',
      false,
    ],
    ['that is tested, by its mark', { leg: 'tested', optionMark: { above: 9 } }, step, 'untested', true],
    [
      'that is untested while the tested is rolled',
      { leg: 'untested', delta: { below: 0.1 } },
      step,
      'tested',
      true,
    ],
    [
      'that is untested and gets a higher delta',
      { leg: 'untested', delta: { below: 0.1 } },
      toDelta('0.16'),
      'untested',
      false,
    ],
    [
      'whose time is not that of the rolled one',
      { leg: 'call', daysToExpiry: { below: 21 } },
      outInTime,
      ['put'],
      true,
    ],
  ])('%s', (_, written, target, legs, expected) => {
    expect(holdsAgain(written, target, legs)).toBe(expected);
  });

  test('an untested side that moves on in time with every roll does not come to rest', () => {
    const target: Target = { ...toDelta('0.3'), expiry: { kind: 'next', rung: 'weekly' } };
    expect(holdsAgain({ leg: 'tested', delta }, target, 'untested')).toBe(true);
  });
});

test('of all legs, the one that is delivered first is left when one side is rolled', () => {
  const days = { daysToExpiry: { below: 21 } };
  expect(holdsAgain(days, outInTime)).toBe(false);
  expect(holdsAgain(days, outInTime, 'untested')).toBe(true);
  expect(holdsAgain(days, outInTime, ['near call'])).toBe(false);
});

test('the underlying moves as ever, whichever legs are rolled', () => {
  for (const legs of [undefined, 'tested', ['put']] as const) {
    expect(holdsAgain({ index: { above: 23_500 } }, step, legs)).toBe(false);
    expect(holdsAgain({ realisedVolatility: { above: '60%' } }, step, legs)).toBe(true);
    expect(holdsAgain({ every: 'Friday at 07:30' }, step, legs)).toBe(false);
    expect(holdsAgain({ profit: { above: '50%' } }, step, legs)).toBe(false);
  }
});
