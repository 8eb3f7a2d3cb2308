/** What the saga relies on of a clock: it never goes back, and an alarm rings once, not before its time, on its own. */
import { expect } from 'vitest';
import type { Clock } from '../../../src/ports/clock.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';
import { dayMs } from '../../../src/domain/units.ts';

export interface ClockFixture extends Closable {
  readonly clock: Clock;
  /** Lets at least so much time pass, and everything happen that is due meanwhile. */
  readonly pass: (durationMs: number) => Promise<void>;
}

/** When an alarm rang, by the clock itself, once for each ring. */
function alarmIn({ clock }: ClockFixture, delayMs: number) {
  const rungAtMs: number[] = [];
  const dueMs = clock.nowMs() + delayMs;
  const cancel = clock.alarm(dueMs, () => rungAtMs.push(clock.nowMs()));
  return { dueMs, rungAtMs, cancel };
}

const cases = {
  'shows whole milliseconds that never go back': async ({ clock, pass }) => {
    const shown: number[] = [];
    for (const durationMs of [0, 1, 0, 7, 20]) {
      shown.push(clock.nowMs());
      await pass(durationMs);
      shown.push(clock.nowMs());
    }
    expect(shown.every(Number.isInteger)).toBe(true);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  },

  'moves on by as much as passes': async ({ clock, pass }) => {
    const beganMs = clock.nowMs();
    await pass(30);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(beganMs + 30);
  },

  'rings an alarm once, as soon as its time is reached, and not before': async (fixture) => {
    const { dueMs, rungAtMs } = alarmIn(fixture, 40);
    await fixture.pass(39);
    if (fixture.clock.nowMs() < dueMs) expect(rungAtMs).toEqual([]);
    await fixture.pass(1);
    expect(rungAtMs).toHaveLength(1);
    expect(rungAtMs[0]).toBeGreaterThanOrEqual(dueMs);
    await fixture.pass(60);
    expect(rungAtMs).toHaveLength(1);
  },

  'never rings inside the call that sets the alarm, be its time now or past': async (fixture) => {
    const alarms = [0, -1, -dayMs].map((delayMs) => alarmIn(fixture, delayMs));
    expect(alarms.map(({ rungAtMs }) => rungAtMs.length)).toEqual([0, 0, 0]);
    await fixture.pass(5);
    expect(alarms.map(({ rungAtMs }) => rungAtMs.length)).toEqual([1, 1, 1]);
  },

  'never rings a cancelled alarm, even one that was due already': async (fixture) => {
    const alarms = [-5, 0, 10].map((delayMs) => alarmIn(fixture, delayMs));
    for (const { cancel } of alarms) cancel();
    for (const { cancel } of alarms) cancel();
    await fixture.pass(40);
    expect(alarms.map(({ rungAtMs }) => rungAtMs.length)).toEqual([0, 0, 0]);
  },

  'lets an alarm be cancelled after it rang, which changes nothing': async (fixture) => {
    const { cancel, rungAtMs } = alarmIn(fixture, 5);
    const other = alarmIn(fixture, 15);
    await fixture.pass(10);
    cancel();
    await fixture.pass(20);
    expect([rungAtMs.length, other.rungAtMs.length]).toEqual([1, 1]);
  },

  'lets an alarm that rings cancel another that is due at the same time': async (fixture) => {
    const { clock, pass } = fixture;
    const rung: string[] = [];
    const dueMs = clock.nowMs() + 10;
    const cancels: (() => void)[] = [];
    for (const [name, other] of [
      ['first', 1],
      ['second', 0],
    ] as const)
      cancels.push(
        clock.alarm(dueMs, () => {
          rung.push(name);
          cancels[other]?.();
        }),
      );
    await pass(30);
    expect(rung).toHaveLength(1);
  },

  'rings what is due earlier first, in whatever order it was set': async (fixture) => {
    const { clock, pass } = fixture;
    const rung: number[] = [];
    const beganMs = clock.nowMs();
    for (const delayMs of [30, 10, 20]) clock.alarm(beganMs + delayMs, () => rung.push(delayMs));
    await pass(50);
    expect(rung).toEqual([10, 20, 30]);
  },

  'rings what is due at the same time in the order in which it was set': async (fixture) => {
    const { clock, pass } = fixture;
    const rung: string[] = [];
    const dueMs = clock.nowMs() + 10;
    for (const name of ['a', 'b', 'c']) clock.alarm(dueMs, () => rung.push(name));
    await pass(30);
    expect(rung).toEqual(['a', 'b', 'c']);
  },

  'takes an alarm that is set while another rings, and does not ring it inside that one': async (fixture) => {
    const { clock, pass } = fixture;
    const rung: string[] = [];
    clock.alarm(clock.nowMs() + 5, () => {
      clock.alarm(clock.nowMs(), () => rung.push('inner'));
      rung.push('outer');
    });
    await pass(30);
    expect(rung).toEqual(['outer', 'inner']);
  },

  'does not ring now what is due in a year': async (fixture) => {
    const far = alarmIn(fixture, 365 * dayMs);
    const near = alarmIn(fixture, 5);
    await fixture.pass(20);
    expect([far.rungAtMs.length, near.rungAtMs.length]).toEqual([0, 1]);
    far.cancel();
  },

  'rings an alarm although a thousand of its neighbours were cancelled': async (fixture) => {
    const kept = alarmIn(fixture, 20);
    for (let at = 0; at < 1_000; at += 1) alarmIn(fixture, 10 + (at % 20)).cancel();
    await fixture.pass(50);
    expect(kept.rungAtMs).toHaveLength(1);
  },
} satisfies Cases<ClockFixture>;

export const describeClock = contractOf('Clock', cases);
