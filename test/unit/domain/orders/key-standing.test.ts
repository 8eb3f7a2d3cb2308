/** What is found of an API key, and which alerts are due from one look at it to the next. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertText } from '../../../../src/domain/explain/alert-text.ts';
import { keyFindingText } from '../../../../src/domain/explain/key-text.ts';
import { isRefusing, judgeKey, type KeyFacts } from '../../../../src/domain/orders/key-facts.ts';
import { lookAtKey, type KeyStanding } from '../../../../src/domain/orders/key-standing.ts';
import { dayMs, hourMs } from '../../../../src/domain/units.ts';
import { soundKey } from '../../../support/key-checks.ts';

const nowMs = Date.UTC(2026, 10, 1);
const good: KeyFacts = { ...soundKey, atMs: nowMs, clock: { aheadMs: 20, refused: null } };
const codesOf = (changes: Partial<KeyFacts>): string[] =>
  judgeKey({ ...good, ...changes }).map(({ code }) => code);

describe('A key', () => {
  it.each([
    ['as it should be', {}, [], []],
    ['of portfolio margin', { marginMode: 'portfolio' }, [], []],
    ['that may withdraw', { mayWithdraw: true }, ['keyMayWithdraw'], []],
    ['that only reads', { isReadOnly: true }, ['keyReadOnly'], []],
    ['without options', { mayTradeOptions: false }, ['keyWithoutOptions'], []],
    ['of a classic account', { isUnified: false }, ['accountNotUnified'], []],
    ['of isolated margin', { marginMode: 'isolated' }, ['marginIsolated'], []],
    ['that has ended', { expiresAtMs: nowMs }, ['keyExpired'], []],
    ['that ends in two weeks', { expiresAtMs: nowMs + 14 * dayMs }, [], ['keyExpires']],
    ['that ends later', { expiresAtMs: nowMs + 15 * dayMs }, [], []],
    ['that is bound to no address', { isBoundToAddress: false }, [], ['keyUnbound']],
    ['on a computer whose clock is off', { clock: { aheadMs: -1_001, refused: null } }, [], ['clockOff']],
    ['whose time was refused', { clock: { aheadMs: 5, refused: '10002' } }, ['timeRefused'], []],
    ['of which nothing is said', { isReadOnly: null, mayWithdraw: null, marginMode: null }, [], ['notSaid']],
  ] as const)('%s is judged by what the exchange says', (_, changes, refusing, warnings) => {
    const findings = judgeKey({ ...good, ...changes });
    expect(findings.filter(isRefusing).map(({ code }) => code)).toEqual(refusing);
    expect(findings.filter((finding) => !isRefusing(finding)).map(({ code }) => code)).toEqual(warnings);
  });

  it('that must not be used is explained by what it is and how to make it right', () => {
    const [finding] = judgeKey({ ...good, mayWithdraw: true });
    expect(finding && keyFindingText(finding)).toEqual({
      found: 'a key that may withdraw money',
      fix: expect.stringMatching(
        /edit the key at the exchange and take the right to withdraw away/,
      ) as string,
    });
  });

  it('shows everything that is wrong at once', () => {
    expect(codesOf({ mayWithdraw: true, isReadOnly: true, isBoundToAddress: false })).toEqual([
      'keyMayWithdraw',
      'keyReadOnly',
      'keyUnbound',
    ]);
  });
});

/** One look after the other, each with what the one before left. */
function looks(facts: readonly KeyFacts[]) {
  let standing: KeyStanding | null = null;
  return facts.map((each) => {
    const news = lookAtKey(standing, each, 'ann/main');
    // It is stored as JSON in between.
    standing = JSON.parse(JSON.stringify(news.standing)) as KeyStanding;
    return news.alerts.map((alert) => `${alert.severity}: ${alertText(alert)}`);
  });
}

describe('A key that ends', () => {
  const endsAtMs = nowMs + 30 * dayMs;
  const at = (daysAhead: number): KeyFacts => ({
    ...good,
    atMs: endsAtMs - daysAhead * dayMs,
    expiresAtMs: endsAtMs,
  });

  it('is alerted 14, 7, 3 and 1 days ahead, louder each time', () => {
    const said = looks([20, 14, 13.9, 7, 5, 3, 2, 1, 0.5].map(at));
    expect(said.map(([alert = '']) => alert.split(':')[0])).toEqual([
      '',
      'info',
      '',
      'warning',
      '',
      'critical',
      '',
      'critical',
      '',
    ]);
    expect(said[3]?.[0]).toMatch(
      /warning: The API key of account ann\/main ends within 7 days, on 2026-12-01: then none of its tasks can trade\. Make a new one/,
    );
  });

  it('is alerted once for each of these days, whenever it is looked at, and never for two at once', () => {
    const times = fc.array(fc.integer({ min: 1, max: 20 * 24 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, (hours) => {
        const inOrder = hours.toSorted((a, b) => b - a);
        const said = looks(inOrder.map((hour) => at(hour / 24)));
        expect(said.every((alerts) => alerts.length <= 1)).toBe(true);
        const days = said.flat().map((text) => /within (a day|\d+)/.exec(text)?.[1]);
        expect(new Set(days).size).toBe(days.length);
        const least = Math.min(...hours) / 24;
        const due = [1, 3, 7, 14].find((each) => least <= each);
        expect(days.at(-1)).toBe(due === undefined ? undefined : due === 1 ? 'a day' : String(due));
      }),
    );
  });

  it('counts in days said by the exchange are one end, and a renewed key begins anew', () => {
    const drifting = [14, 13.5, 13].map((days) => ({ ...at(days), expiresAtMs: endsAtMs + 20 * hourMs }));
    expect(looks([at(13.8), ...drifting]).flat()).toHaveLength(1);
    const renewed = { ...at(2), expiresAtMs: endsAtMs + 60 * dayMs };
    const later = { ...renewed, atMs: endsAtMs + 50 * dayMs };
    expect(looks([at(3), renewed, later]).map((alerts) => alerts.length)).toEqual([1, 0, 1]);
  });
});

describe('A key that changes', () => {
  it('is alerted once when it must not be used any more, and once when that is over', () => {
    const said = looks([good, { ...good, mayWithdraw: true }, { ...good, mayWithdraw: true }, good, good]);
    expect(said).toEqual([
      [],
      [
        expect.stringMatching(
          /^critical: Account ann\/main has a key that may withdraw money\. It should have one without/,
        ),
      ],
      [],
      ['info: Account ann/main no longer has a key that may withdraw money.'],
      [],
    ]);
  });

  it('is not forgotten while the exchange does not answer', () => {
    const silent = { ...good, isReadOnly: null, mayWithdraw: null, mayTradeOptions: null, marginMode: null };
    const said = looks([{ ...good, isReadOnly: true }, silent, { ...good, isReadOnly: true }, good]);
    expect(said.map((alerts) => alerts.length)).toEqual([1, 0, 0, 1]);
  });

  it('is not blamed for the clock of a computer', () => {
    expect(lookAtKey(null, { ...good, clock: { aheadMs: 9_000, refused: null } }, 'a')).toMatchObject({
      standing: { findings: [] },
      alerts: [],
    });
  });
});
