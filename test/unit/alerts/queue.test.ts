/** The order of one channel, how long it waits after failures, and what its user's clock shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGivenUp, obeyed, usualBackOff, waitMsAfter } from '../../../src/alerts/back-off.ts';
import { ChannelQueue } from '../../../src/alerts/channel-queue.ts';
import { isSilent } from '../../../src/alerts/quiet-hours.ts';
import { withLocalTimes } from '../../../src/domain/explain/local-times.ts';
import type { DueDelivery } from '../../../src/ports/deliveries.ts';

const delivery = (id: number, lane: string): DueDelivery => ({
  deliveryId: String(id),
  messageId: String(id),
  channelId: '1',
  lane,
  tries: 0,
  ageMs: 0,
  hasAccess: true,
  severity: 'info',
  code: 'x',
  figures: {},
  isSilent: false,
  quietHours: null,
  timeZone: 'UTC',
  atMs: 0,
  accountId: '1',
  accountName: 'main',
  taskId: lane,
  kind: 'webhook',
  address: null,
});

describe('The queue of a channel', () => {
  it('begins each delivery once, one of a lane at a time and in its order, whatever fails and is loaded again', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('load' as const), count: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ do: fc.constant('begin' as const) }),
      fc.record({ do: fc.constantFrom('deliver' as const, 'postpone' as const), at: fc.nat(5) }),
      fc.record({ do: fc.constant('unload' as const) }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 30 }),
        fc.array(action, { maxLength: 200 }),
        (lanes, actions) => {
          /** What is stored, oldest first. */
          let stored = lanes.map((lane, id) => delivery(id, String(lane)));
          const queue = new ChannelQueue('1');
          const active: DueDelivery[] = [];
          const done: DueDelivery[] = [];
          const end = (one: DueDelivery): void => {
            stored = stored.filter(({ deliveryId }) => deliveryId !== one.deliveryId);
            done.push(one);
            queue.end(one, { hasFailed: false });
          };
          for (const step of actions) {
            if (step.do === 'load') queue.accept(stored.slice(0, step.count), step.count);
            if (step.do === 'unload') queue.unload();
            if (step.do === 'begin') {
              const begun = queue.begin(0);
              if (begun === null) continue;
              expect(active.map(({ lane }) => lane)).not.toContain(begun.lane);
              expect(stored.find(({ lane }) => lane === begun.lane)).toBe(begun);
              active.push(begun);
            }
            if (step.do === 'deliver' || step.do === 'postpone') {
              const [one] = active.splice(step.at % Math.max(1, active.length), 1);
              if (one && step.do === 'deliver') end(one);
              if (one && step.do === 'postpone') queue.postpone(one);
            }
          }
          for (const one of active) end(one);
          for (let guard = 0; stored.length > 0 && guard < 1_000; guard += 1) {
            queue.accept(stored, 1_000);
            for (let begun = queue.begin(0); begun !== null; begun = queue.begin(0)) end(begun);
          }
          expect(stored).toEqual([]);
          for (const lane of new Set(lanes.map(String))) {
            const ids = done.filter((one) => one.lane === lane).map(({ deliveryId }) => Number(deliveryId));
            expect(ids).toEqual([...ids].sort((a, b) => a - b));
          }
        },
      ),
    );
  });

  it('pauses after a failure, and tries with few when it is over', () => {
    const queue = new ChannelQueue('1');
    queue.accept(
      Array.from({ length: 20 }, (_, id) => delivery(id, String(id))),
      50,
    );
    const first = queue.begin(0);
    queue.noteFailure();
    queue.unload();
    queue.pauseUntil(1_000);
    if (first) queue.postpone(first);
    expect(queue.size).toBe(0);
    queue.accept(
      Array.from({ length: 20 }, (_, id) => delivery(id, String(id))),
      50,
    );
    expect(queue.size).toBe(4);
    expect(queue.begin(999)).toBeNull();
    const probe = queue.begin(1_000);
    expect(probe?.deliveryId).toBe('0');
    if (probe) queue.end(probe, { hasFailed: false });
    expect(queue.works).toBe(true);
  });
});

describe('The wait after failures', () => {
  it('doubles, is shortened by half at most, ends at a quarter of an hour, and never falls short of what was asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const whole = Math.min(900_000, 1_000 * 2 ** Math.min(40, failures - 1));
          const waitMs = waitMsAfter(failures, usualBackOff, chance);
          expect(waitMs).toBeGreaterThanOrEqual(Math.floor(whole / 2));
          expect(waitMs).toBeLessThanOrEqual(whole);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_600_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (askedMs, chance) => {
          expect(obeyed(askedMs, chance)).toBeGreaterThanOrEqual(askedMs);
          expect(obeyed(askedMs, chance)).toBeLessThanOrEqual(askedMs + 250);
        },
      ),
    );
    expect(obeyed(1e12, 0)).toBe(3_600_000);
  });

  it('ends after forty attempts, or after six hours with five of them', () => {
    const hoursMs = 6 * 3_600_000;
    expect(isGivenUp({ tries: 39, ageMs: 0 }, usualBackOff)).toBe(false);
    expect(isGivenUp({ tries: 40, ageMs: 0 }, usualBackOff)).toBe(true);
    expect(isGivenUp({ tries: 4, ageMs: 10 * hoursMs }, usualBackOff)).toBe(false);
    expect(isGivenUp({ tries: 5, ageMs: hoursMs }, usualBackOff)).toBe(true);
  });
});

describe('Quiet hours', () => {
  const at = (clock: string): number => Date.parse(`2026-07-01T${clock}:00Z`);
  const quiet = (
    from: string,
    until: string,
    timeZone: string,
    severity: 'warning' | 'critical',
    nowMs: number,
  ) => isSilent({ isSilent: false, quietHours: { from, until }, timeZone, severity }, nowMs);

  it('are those of the user, may span midnight, and never silence what is critical', () => {
    expect(quiet('22:00', '07:00', 'Europe/Berlin', 'warning', at('20:00'))).toBe(true);
    expect(quiet('22:00', '07:00', 'Europe/Berlin', 'warning', at('19:59'))).toBe(false);
    expect(quiet('22:00', '07:00', 'Europe/Berlin', 'warning', at('04:59'))).toBe(true);
    expect(quiet('22:00', '07:00', 'Europe/Berlin', 'warning', at('05:00'))).toBe(false);
    expect(quiet('12:00', '13:00', 'UTC', 'warning', at('12:30'))).toBe(true);
    expect(quiet('12:00', '13:00', 'UTC', 'warning', at('13:00'))).toBe(false);
    expect(quiet('22:00', '07:00', 'Europe/Berlin', 'critical', at('20:00'))).toBe(false);
  });
});

describe('Times in a text', () => {
  it('are said in the zone of the reader, with what it is ahead of UTC', () => {
    const say = (text: string, zone = 'Europe/Berlin'): string => withLocalTimes(text, zone);
    expect(say('since 2026-11-30 14:05 UTC.')).toBe('since 2026-11-30 15:05 UTC+1.');
    expect(say('at 2026-07-01 23:30:15 UTC')).toBe('at 2026-07-02 01:30:15 UTC+2');
    expect(
      say(
        '2026-11-30 14:05 is within CPI, 2026-11-30 13:00 to 15:00 UTC (calendar of events as of 2026-11-29 10:00)',
      ),
    ).toBe(
      '2026-11-30 15:05 is within CPI, 2026-11-30 14:00 to 2026-11-30 16:00 UTC+1 (calendar of events as of 2026-11-29 11:00)',
    );
    expect(say('2026-01-01 00:00 UTC', 'America/St_Johns')).toBe('2025-12-31 20:30 UTC-3:30');
    expect(say('2026-11-30 14:05 UTC', 'UTC')).toBe('2026-11-30 14:05 UTC');
    expect(say('9999-99-99 99:99 UTC and BTC-30NOV26-100000-C')).toBe(
      '9999-99-99 99:99 UTC and BTC-30NOV26-100000-C',
    );
  });
});
