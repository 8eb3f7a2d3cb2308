/** A calendar of events that cannot be read is alerted for the accounts whose tasks ask for it, once and again every day. */
import { expect, test } from 'vitest';
import { dayMs, minuteMs } from '../../../src/domain/units.ts';
import { storedTask } from './memory-store.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';

const asking = { guards: { notDuring: 'events' } };
type State = NonNullable<SupervisorFixture['calendar']>;

async function begin(calendar: State | null, changes: object = asking) {
  const fixture = new SupervisorFixture(calendar);
  fixture.store.keep(storedTask('a', changes));
  await fixture.during(fixture.supervisor.claim());
  const passes = async (ms: number): Promise<void> => {
    await fixture.clock.advance(ms);
    await fixture.during(fixture.supervisor.claim());
  };
  return { fixture, passes, alerts: fixture.book.alerts, book: fixture.book };
}

test('that is not known is critical after five minutes, told again a day later, and when it is read', async () => {
  const calendar: State = { known: null, trouble: null };
  const { fixture, passes, book } = await begin(calendar);
  calendar.trouble = { sinceMs: fixture.clock.nowMs(), problem: 'example.com: answered with status 500' };
  await passes(4 * minuteMs);
  expect(book.alerts).toEqual([]);
  await passes(minuteMs);
  await passes(minuteMs);
  expect(book.alerts).toEqual([
    expect.stringMatching(
      /^critical: Account .*: the calendar of events cannot be read, for 5 min.* now: example\.com: answered with status 500\. Tasks with notDuring: events do not trade until it can be read\.$/,
    ),
  ]);
  await passes(dayMs);
  expect(book.alerts).toHaveLength(2);
  calendar.trouble = null;
  calendar.known = { asOfMs: fixture.clock.nowMs(), events: [] };
  await passes(0);
  await passes(dayMs);
  expect(book.alerts.slice(2)).toEqual([
    expect.stringMatching(/^info: Account .*: the calendar of events can be read again\.$/),
  ]);
});

test('that is stale is a warning that says as of when it is', async () => {
  const asOfMs = Date.UTC(2023, 2, 1, 12);
  const calendar: State = { known: { asOfMs, events: [] }, trouble: { sinceMs: 0, problem: 'gone' } };
  const { passes, book } = await begin(calendar);
  await passes(minuteMs);
  expect(book.alerts).toEqual([
    expect.stringMatching(/^warning: .*: gone\. What it said on 2023-03-01 12:00 UTC goes on to be used\.$/),
  ]);
});

test('that the daemon lacks is told, too: another daemon may have had one', async () => {
  const { passes, book } = await begin(null);
  await passes(6 * minuteMs);
  expect(book.alerts).toEqual([expect.stringMatching(/^critical: .*: the daemon has none\./)]);
});

test('is nothing to an account whose tasks do not ask for it', async () => {
  const calendar: State = { known: null, trouble: { sinceMs: 0, problem: 'gone' } };
  const { passes, book } = await begin(calendar, {});
  await passes(dayMs);
  expect(book.alerts).toEqual([]);
});

test('is alerted later when the alert cannot be stored', async () => {
  const calendar: State = { known: null, trouble: { sinceMs: 0, problem: 'gone' } };
  const fixture = new SupervisorFixture(calendar);
  fixture.store.keep(storedTask('a', asking));
  await fixture.during(fixture.supervisor.claim());
  fixture.book.failing = 1;
  await fixture.during(fixture.supervisor.claim());
  expect(fixture.book.alerts).toEqual([]);
  await fixture.clock.advance(2 * minuteMs);
  await fixture.during(fixture.supervisor.claim());
  expect(fixture.book.alerts).toHaveLength(1);
});
