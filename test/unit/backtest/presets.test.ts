/** Each preset of one option (of others: structure-presets.test.ts) does what it says, for a call and for the put at the same distance on the other side. */
import { describe, expect, test } from 'vitest';
import type { BacktestResult } from '../../../src/backtest/backtest.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/domain/units.ts';
import { readPresets } from '../../../src/files/preset-files.ts';
import { optionNamed } from '../../support/options.ts';
import {
  alongLines,
  expiriesListedAt,
  hourOf,
  mirrored,
  nearestExpiry,
  play,
  startMs,
  strikesListed,
  valueAt,
  walked,
  type Corner,
  type Scene,
} from './preset-scene.ts';

/** A call so far above 25 000, and the put as far below it; prices that the one lives through, and their mirror image. */
const sides = ['call', 'put'] as const;
type Side = (typeof sides)[number];
const symbolOf = (side: Side, distance: number, expiry: string): string =>
  side === 'call' ? `BTC-${expiry}-${25_000 + distance}-C-USDT` : `BTC-${expiry}-${25_000 - distance}-P-USDT`;
const pricesOf = (side: Side, corners: readonly Corner[]) =>
  alongLines(...(side === 'call' ? corners : mirrored(corners)));

interface Played extends Omit<Scene, 'symbol' | 'prices'> {
  readonly distance: number;
  readonly expiry: string;
  readonly path: readonly Corner[];
}
const playSide = (side: Side, { distance, expiry, path, ...scene }: Played): Promise<BacktestResult> =>
  play({ ...scene, symbol: symbolOf(side, distance, expiry), prices: pricesOf(side, path) });

type Roll = BacktestResult['rolls'][number];
const into = ({ toSymbol }: Roll) => optionNamed(toSymbol ?? '');
const from = ({ fromSymbol }: Roll) => optionNamed(fromSymbol);
/** How far the strike has moved away from spot. */
const movedOut = (roll: Roll): number =>
  (Number(into(roll).strike) - Number(from(roll).strike)) * (from(roll).optionType === 'call' ? 1 : -1) + 0;
const oneOf = ({ rolls }: BacktestResult): Roll => {
  const [roll, ...others] = rolls;
  if (!roll || others.length > 0) throw new Error(`one roll, not ${rolls.length}`);
  return roll;
};
const deltaAt = (symbol: string | null, { startedAtMs, indexPrice }: Roll): number =>
  valueAt(symbol ?? '', startedAtMs, Number(indexPrice)).delta;

/** By how much another listed strike would have come nearer to the delta at the price at which the roll began. */
function missed(roll: Roll, wanted: number): number {
  const { startedAtMs, indexPrice, toSymbol } = roll;
  const [coin, expiry, , ...rest] = (toSymbol ?? '').split('-');
  const missOf = (strike: number | string): number =>
    Math.abs(deltaAt([coin, expiry, strike, ...rest].join('-'), roll) - wanted);
  const listed = strikesListed(into(roll).expiryMs, startedAtMs, Number(indexPrice));
  return missOf(into(roll).strike) - Math.min(...listed.map(missOf));
}

const flat: readonly Corner[] = [
  [0, 25_000],
  [60, 25_000],
];
/** The market goes as far as to a strike at a distance of 5 000. */
const towards: readonly Corner[] = [
  [0, 25_000],
  [20, 30_000],
];
/** For a distance of 3 000. */
const halfWay = towards.slice(0, 1).concat([[13, 28_250]]);

describe.each(sides)('for a %s', (side) => {
  test.each([
    [21, 45],
    [14, 60],
  ])(
    'roll-at-21-days: at %i days into the expiry nearest to %i, at its strike',
    async (rollAtDays, intoDays) => {
      const values = { rollAtDays, intoDays };
      const played = { preset: 'roll-at-21-days', distance: 2_000, expiry: '24FEB23', path: flat, values };
      const roll = oneOf(await playSide(side, { ...played, path: flat.slice(0, 1).concat([[45, 25_000]]) }));
      const { expiryMs: heldMs } = from(roll);
      expect(roll.startedAtMs).toBe(heldMs - rollAtDays * dayMs);
      expect(into(roll).expiryMs).toBe(nearestExpiry(roll.startedAtMs, intoDays, heldMs));
      expect(movedOut(roll)).toBe(0);
    },
  );

  test('tested-side: at a delta of 0.30 to one of 0.16, next monthly', async () => {
    const [roll] = (
      await playSide(side, { preset: 'tested-side', distance: 5_000, expiry: '27JAN23', path: towards })
    ).rolls;
    if (!roll) throw new Error('no roll');
    expect(deltaAt(roll.fromSymbol, roll)).toBeGreaterThanOrEqual(0.3);
    expect(deltaAt(roll.fromSymbol, roll)).toBeLessThan(0.32);
    expect(missed(roll, 0.16)).toBeLessThan(0.02);
    expect(into(roll).expiryMs).toBe(Date.UTC(2023, 1, 24, 8));
  });

  test.each([0, 150])(
    'furthest-for-credit: a strike further out that pays %i at the least',
    async (credit) => {
      const played = { preset: 'furthest-for-credit', distance: 4_000, expiry: '27JAN23', path: towards };
      const [roll] = (await playSide(side, { ...played, values: { credit } })).rolls;
      if (!roll) throw new Error('no roll');
      expect(Number(roll.netCredit)).toBeGreaterThanOrEqual(credit);
      // One strike further out it would have paid less: it is no more than what one strike makes.
      expect(Number(roll.netCredit)).toBeLessThan(credit + 250);
      expect(movedOut(roll)).toBeGreaterThan(credit === 0 ? 0 : -1);
    },
  );

  test('furthest-for-credit: nothing is closed where no strike pays', async () => {
    const played = { preset: 'furthest-for-credit', distance: 3_000, expiry: '20JAN23', path: halfWay };
    const { rolls, refusals } = await playSide(side, { ...played, values: { credit: 5_000 } });
    expect(rolls).toEqual([]);
    expect(refusals.some(({ text }) => text.includes('credit'))).toBe(true);
  });

  test('half-profit: closed when half of the premium is earned', async () => {
    const result = await playSide(side, {
      preset: 'half-profit',
      distance: 5_000,
      expiry: '24FEB23',
      path: flat,
    });
    const roll = oneOf(result);
    const entry = valueAt(roll.fromSymbol, startMs, 25_000).mark;
    const now = valueAt(roll.fromSymbol, roll.startedAtMs, Number(roll.indexPrice)).mark;
    expect([roll.toSymbol, result.state]).toEqual([null, 'COMPLETED']);
    expect(now / entry).toBeLessThanOrEqual(0.501);
    expect(now / entry).toBeGreaterThan(0.45);
    expect(roll.startedAtMs).toBeLessThan(from(roll).expiryMs - 21 * dayMs);
  });

  test('half-profit: rolled at 21 days where that has not come', async () => {
    const path: readonly Corner[] = [
      [0, 25_000],
      [45, 29_000],
    ];
    const result = await playSide(side, { preset: 'half-profit', distance: 5_000, expiry: '24FEB23', path });
    const roll = oneOf(result);
    expect(roll.startedAtMs).toBe(from(roll).expiryMs - 21 * dayMs);
    expect(into(roll).expiryMs).toBe(nearestExpiry(roll.startedAtMs, 45, from(roll).expiryMs));
  });

  test.each(['200%', '50%'])('twice-the-credit: at a loss of %s of the premium', async (loss) => {
    const played = { preset: 'twice-the-credit', distance: 4_000, expiry: '27JAN23' };
    const path: readonly Corner[] = [
      [0, 25_000],
      [10, 31_000],
    ];
    const [roll] = (await playSide(side, { ...played, path, values: { loss } })).rolls;
    if (!roll) throw new Error('no roll');
    const entry = valueAt(roll.fromSymbol, startMs, 25_000).mark;
    const now = valueAt(roll.fromSymbol, roll.startedAtMs, Number(roll.indexPrice)).mark;
    expect(now / entry - 1).toBeGreaterThanOrEqual(Number.parseInt(loss) / 100 - 0.01);
    expect(now / entry - 1).toBeLessThan(Number.parseInt(loss) / 100 + 0.1);
    expect(missed(roll, 0.16)).toBeLessThan(0.02);
  });

  test('not-during-events: not in the time given, and at once after it', async () => {
    const played = { preset: 'not-during-events', distance: 5_000, expiry: '27JAN23', path: towards };
    const [free] = (await playSide(side, { ...played, values: { times: '2022-12-24' } })).rolls;
    const day = new Date(free?.startedAtMs ?? 0).toISOString().slice(0, 10);
    const { rolls, refusals } = await playSide(side, { ...played, values: { times: [day] } });
    const waitMs = (rolls[0]?.startedAtMs ?? 0) - (Date.parse(day) + dayMs);
    expect(waitMs).toBeGreaterThanOrEqual(0);
    expect(waitMs).toBeLessThan(10 * minuteMs);
    expect(refusals.some(({ text }) => text.includes(day))).toBe(true);
  });

  test('not-during-events: not at all while the calendar is not known', async () => {
    const path = towards.slice(0, 1).concat([[9, 27_250]]);
    const played = { preset: 'not-during-events', distance: 3_000, expiry: '20JAN23', path };
    await expect(playSide(side, played)).rejects.toThrow('--blackouts');
  });

  test('two-weeks-out: one listed strike away from spot, two weeks after the held expiry', async () => {
    const [roll] = (
      await playSide(side, { preset: 'two-weeks-out', distance: 3_000, expiry: '20JAN23', path: halfWay })
    ).rolls;
    if (!roll) throw new Error('no roll');
    expect(into(roll).expiryMs).toBe(Date.UTC(2023, 1, 3, 8));
    const strikes = strikesListed(into(roll).expiryMs, roll.startedAtMs, Number(roll.indexPrice));
    const places = [roll.fromSymbol, roll.toSymbol ?? ''].map((each) =>
      strikes.indexOf(Number(optionNamed(each).strike)),
    );
    expect(places).not.toContain(-1);
    expect((places[1] ?? 0) - (places[0] ?? 0)).toBe(side === 'call' ? 1 : -1);
  });

  test.each(['1%', '5%'])('small-debit: for a debit of at most %s of spot', async (debit) => {
    const played = { preset: 'small-debit', distance: 3_000, expiry: '20JAN23', path: halfWay };
    const { rolls, refusals } = await playSide(side, {
      ...played,
      values: { debit, expiry: 'same', delta: 0.1 },
    });
    const shares = rolls.map(({ netCredit, indexPrice }) => -Number(netCredit) / (Number(indexPrice) * 0.5));
    expect(Math.max(...shares, 0)).toBeLessThan(Number.parseInt(debit) / 100);
    const isRefused = refusals.some(({ text }) => /debit [\d.]+ is above [\d.]+, 1 % of/.test(text));
    expect(isRefused).toBe(debit === '1%');
    if (debit === '5%') expect(shares[0]).toBeGreaterThan(0.01);
  });

  test('halve-at-second-roll: half of it at the second roll, and no less at the third', async () => {
    const path: readonly Corner[] = [
      [0, 25_000],
      [80, 60_000],
    ];
    const played = { preset: 'halve-at-second-roll', distance: 4_000, expiry: '27JAN23', path };
    const wide = side === 'call' ? path : [...flat.slice(0, 1), [60, 37_000] as const];
    const { rolls } = await playSide(side, { ...played, path: wide });
    expect(rolls.slice(0, 3).map(({ closed, opened }) => [closed.executedQty, opened.executedQty])).toEqual([
      ['0.5', '0.5'],
      ['0.5', '0.25'],
      ['0.25', '0.25'],
    ]);
  });

  test('friday-before-delivery: half an hour before each delivery into the next week', async () => {
    const { rolls } = await playSide(side, {
      preset: 'friday-before-delivery',
      distance: 1_000,
      expiry: '13JAN23',
      path: flat.slice(0, 1).concat([[35, 25_000]]),
    });
    expect(rolls.length).toBe(4);
    for (const roll of rolls) {
      expect(roll.startedAtMs).toBe(from(roll).expiryMs - hourMs / 2);
      expect(into(roll).expiryMs).toBe(from(roll).expiryMs + 7 * dayMs);
      expect(movedOut(roll)).toBe(0);
    }
  });

  test('at-an-hour: every Friday at 07:30 back to its delta', async () => {
    const path: readonly Corner[] = [
      [0, 25_000],
      [12, 26_000],
      [35, 24_000],
    ];
    const { rolls } = await playSide(side, {
      preset: 'at-an-hour',
      distance: 2_000,
      expiry: '13JAN23',
      path,
    });
    expect(rolls.map(({ startedAtMs }) => hourOf(startedAtMs))).toEqual(rolls.map(() => 'Fri 07:30'));
    expect(rolls.length).toBe(5);
    for (const roll of rolls) expect(missed(roll, 0.25)).toBeLessThan(0.02);
    // The market turns: the call goes down again, and the put up.
    expect(rolls.some((roll) => movedOut(roll) < 0)).toBe(true);
  });

  test('at-an-hour: every day at 14:00 where that is said', async () => {
    const { rolls } = await playSide(side, {
      preset: 'at-an-hour',
      distance: 2_000,
      expiry: '27JAN23',
      path: [
        [0, 25_000],
        [4, 28_000],
      ],
      values: { every: 'day at 14:00', expiry: 'same' },
    });
    expect(rolls.map(({ startedAtMs }) => new Date(startedAtMs).toISOString().slice(5, 16))).toEqual([
      '01-02T14:00',
      '01-03T14:00',
      '01-04T14:00',
      '01-05T14:00',
    ]);
  });

  test('high-volatility: with 21 days left for a credit, while volatility is high', async () => {
    const path: readonly Corner[] = [
      [0, 25_000],
      [40, 25_000],
    ];
    const played = { preset: 'high-volatility', distance: 4_000, expiry: '24FEB23', path };
    const roll = oneOf(await playSide(side, { ...played, volatility: 0.8 }));
    expect(roll.startedAtMs).toBe(from(roll).expiryMs - 21 * dayMs);
    expect(into(roll).expiryMs).toBe(nearestExpiry(roll.startedAtMs, 45, from(roll).expiryMs));
    expect(Number(roll.netCredit)).toBeGreaterThanOrEqual(0);
    expect(movedOut(roll)).toBeGreaterThan(0);
    expect((await playSide(side, { ...played, volatility: 0.5 })).rolls).toEqual([]);
  });

  describe('thetagang', () => {
    const target = (roll: Roll): void => {
      const listed = expiriesListedAt(roll.startedAtMs).filter((ms) => ms >= roll.startedAtMs + 45 * dayMs);
      expect(into(roll).expiryMs).toBe(listed[0]);
      expect(deltaAt(roll.toSymbol, roll)).toBeLessThanOrEqual(0.3);
      expect(deltaAt(roll.toSymbol, roll)).toBeGreaterThan(0.22);
      expect(Number(roll.netCredit)).toBeGreaterThanOrEqual(0);
    };
    const played = { preset: 'thetagang', distance: 3_000, expiry: '24FEB23' };

    test('rolls at 90 % profit, into the nearest from 45 days on, at a delta of at most 0.30', async () => {
      const path: readonly Corner[] = [
        [0, 25_000],
        [20, 19_000],
      ];
      const [roll] = (await playSide(side, { ...played, path })).rolls;
      if (!roll) throw new Error('no roll');
      const entry = valueAt(roll.fromSymbol, startMs, 25_000).mark;
      const now = valueAt(roll.fromSymbol, roll.startedAtMs, Number(roll.indexPrice)).mark;
      expect(now / entry).toBeLessThanOrEqual(0.101);
      expect(now / entry).toBeGreaterThan(0.08);
      target(roll);
    });

    test('rolls with 15 days left when it has not lost', async () => {
      const path: readonly Corner[] = [
        [0, 25_000],
        [42, 25_500],
      ];
      const roll = oneOf(await playSide(side, { ...played, path }));
      expect(roll.startedAtMs).toBe(from(roll).expiryMs - 15 * dayMs);
      target(roll);
    });

    test('does not roll with 15 days left at a loss', async () => {
      const path: readonly Corner[] = [
        [0, 25_000],
        [45, 29_500],
      ];
      expect((await playSide(side, { ...played, path })).rolls).toEqual([]);
    });
  });
});

describe('over 90 days of a walk', () => {
  const ofOneOption = readPresets().filter(({ structure }) => structure === undefined);
  const cases = ofOneOption.flatMap(({ name }) =>
    sides.map((side) => [name, side, name === 'friday-before-delivery' ? 2_000 : 5_000] as const),
  );

  test.each(cases)('%s ends a %s in order, and goes its way only', async (preset, side, distance) => {
    const symbol = symbolOf(side, distance, '24FEB23');
    const values = preset === 'not-during-events' ? { times: ['2023-02-14', '2023-03-22'] } : {};
    const { rolls, state, unhedged } = await play({ preset, symbol, values, prices: walked(16, 90) });
    expect(['IDLE.watching', 'COMPLETED']).toContain(state);
    expect(unhedged.every(({ hasEnded }) => hasEnded)).toBe(true);
    const mayTurn = ['at-an-hour', 'thetagang', 'tested-side'].includes(preset);
    for (const roll of rolls.filter(({ toSymbol }) => toSymbol !== null)) {
      expect(into(roll).expiryMs).toBeGreaterThanOrEqual(from(roll).expiryMs);
      if (!mayTurn) expect(movedOut(roll)).toBeGreaterThanOrEqual(0);
    }
  });
});
