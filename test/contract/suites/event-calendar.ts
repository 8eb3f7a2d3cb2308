/**
 * What is relied on of the operator's calendar: it is read at once and again, what it said stays known when it cannot be
 * read, and what is wrong is said for as long as it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EventCalendarReader } from '../../../src/ports/event-calendar.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface EventCalendarFixture extends Closable {
  /** Begins to read; it reads again every few milliseconds. */
  readonly open: () => EventCalendarReader;
  /** What it finds from now on: events of one hour, or nothing that can be read. */
  readonly say: (events: readonly { readonly from: string; readonly name: string }[] | 'no calendar') => void;
  /** The clock of the reader. */
  readonly clock: { atMs: number };
  /** Text that must never be shown. */
  readonly secret: string | null;
}

const cpi = { from: '20261210T133000Z', name: 'CPI' };
const fomc = { from: '20261216T190000Z', name: 'FOMC' };
const asKnown = ({ from, name }: typeof cpi) => {
  const fromMs = Date.parse(from.replace(/(....)(..)(.....)(..)(..)Z/, '$1-$2-$3:$4:$5Z'));
  return { fromMs, toMs: fromMs + 3_600_000, name };
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

const cases = {
  'is read at once, as of the time of the reader': async ({ open, say, clock }) => {
    say([cpi, fomc]);
    const reader = open();
    expect(reader.known()).toBeNull();
    await until(() => reader.known() !== null);
    expect(reader.known()).toEqual({ asOfMs: clock.atMs, events: [asKnown(cpi), asKnown(fomc)] });
    expect(reader.trouble()).toBeNull();
  },

  'is read again, and then says what is new': async ({ open, say }) => {
    say([cpi]);
    const reader = open();
    await until(() => reader.known() !== null);
    say([fomc]);
    await until(() => reader.known()?.events[0]?.name === 'FOMC');
    expect(reader.known()?.events).toEqual([asKnown(fomc)]);
  },

  'without events is known, and has none': async ({ open, say }) => {
    say([]);
    const reader = open();
    await until(() => reader.known() !== null);
    expect(reader.known()?.events).toEqual([]);
  },

  'that cannot be read is not known, says why and since when, and is read once it can be': async (
    fixture,
  ) => {
    const { open, say, clock } = fixture;
    say('no calendar');
    const reader = open();
    await until(() => reader.trouble() !== null);
    const sinceMs = clock.atMs;
    clock.atMs += 60_000;
    await sleep(100);
    expect(reader.known()).toBeNull();
    expect(reader.trouble()).toMatchObject({ sinceMs });
    say([cpi]);
    await until(() => reader.trouble() === null);
    expect(reader.known()).toEqual({ asOfMs: clock.atMs, events: [asKnown(cpi)] });
  },

  'that can no longer be read stays known as of its time, and says since when': async (fixture) => {
    const { open, say, clock } = fixture;
    say([cpi]);
    const reader = open();
    await until(() => reader.known() !== null);
    const asOfMs = clock.atMs;
    say('no calendar');
    clock.atMs += 60_000;
    await until(() => reader.trouble() !== null);
    const { sinceMs } = reader.trouble() ?? { sinceMs: 0 };
    expect(reader.known()).toMatchObject({ events: [asKnown(cpi)], failsSinceMs: sinceMs });
    expect([asOfMs, clock.atMs]).toContain(reader.known()?.asOfMs);
  },

  'names what cannot be read, and no secret': async ({ open, say, secret }) => {
    say('no calendar');
    const reader = open();
    await until(() => reader.trouble() !== null);
    const { problem } = reader.trouble() ?? { problem: '' };
    expect(problem).toMatch(/events\.|127\.0\.0\.1/);
    if (secret !== null) expect(problem).not.toContain(secret);
  },
} satisfies Cases<EventCalendarFixture>;

export const describeEventCalendarReader = contractOf('EventCalendarReader', cases);
