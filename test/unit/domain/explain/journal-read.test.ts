/** What people read of a journal: a sentence for each step, and the parts of each roll, of a journal that a daemon wrote. */
import { describe, expect, it } from 'vitest';
import {
  rollsIn,
  timingOfEnded,
  type RollTiming,
  type RollTurn,
} from '../../../../src/domain/explain/roll-timing.ts';
import { eventNameIn, stepText } from '../../../../src/domain/explain/step-text.ts';
import type { RollContext } from '../../../../src/domain/roll/roll-context.ts';
import type { RollSummary } from '../../../../src/domain/roll/roll.ts';
import { journalIn } from '../../../support/replayed.ts';

const rows = journalIn('test/fixtures/journals/roll-by-delta.jsonl');
const contexts = rows.map(
  ({ snapshotJson }) => (JSON.parse(snapshotJson) as { context: RollContext }).context,
);
const turns = rows.flatMap(({ version, state, eventJson }, place): RollTurn[] => {
  const context = contexts[place];
  const before = contexts[place - 1]?.roll ?? null;
  if (!context || (context.roll === null && before === null)) return [];
  const atMs = (JSON.parse(eventJson) as { atMs?: number; output?: { atMs?: number } }).atMs ?? version;
  const { lastRoll } = context;
  const hasEnded =
    before !== null && before.rollId !== context.roll?.rollId && lastRoll?.rollId === before.rollId;
  return [{ version, atMs, state, roll: context.roll, lastRoll: hasEnded ? lastRoll : null }];
});
const at = (version: number): RollTurn => turns.find((turn) => turn.version === version) as RollTurn;

/** Those that have ended, and the one that is under way. */
function rollTimings(given: readonly RollTurn[]): readonly RollTiming[] {
  const { ended, underWay } = rollsIn(given);
  return [...ended.map(timingOfEnded), ...(underWay ? [underWay] : [])];
}

describe('a roll', () => {
  it('is planning, leg 1, the interval between the legs, and leg 2', () => {
    const [timing, ...others] = rollTimings(turns);
    expect(others).toEqual([]);
    expect(timing?.phases.map(({ kind }) => kind)).toEqual(['planning', 'leg1', 'interval', 'leg2']);
    expect(timing).toMatchObject({
      fromVersion: 2,
      toVersion: 24,
      fromSymbol: 'BTC-31MAR23-26500-C-USDT',
      toSymbol: 'BTC-31MAR23-29000-C-USDT',
      outcome: 'rolled',
      netCredit: '-360',
      indexPrice: '25997.38',
    });
    const phases = timing?.phases ?? [];
    for (const [place, { toMs }] of phases.entries())
      expect(toMs).toBe(place === phases.length - 1 ? at(24).atMs : phases[place + 1]?.fromMs);
  });

  it('that is under way has no end, and is in its interval while nothing is ordered', () => {
    const [timing] = rollTimings(turns.filter(({ version }) => version <= 15));
    expect(timing).toMatchObject({ toVersion: null, outcome: null, netCredit: null });
    expect(timing?.phases.at(-1)).toEqual({ kind: 'interval', fromMs: at(15).atMs, toMs: null });
  });

  it('of several rounds comes to its legs again', () => {
    const again = [4, 15, 17, 3, 15, 17].map((version, place) => ({
      ...at(version),
      version: place,
      atMs: place,
    }));
    expect(rollTimings(again)[0]?.phases.map(({ kind }) => kind)).toEqual([
      'leg1',
      'interval',
      'leg2',
      'leg1',
      'interval',
      'leg2',
    ]);
  });

  it('that was refused before it ordered anything is left out once it has ended', () => {
    const refused = [at(2), { ...at(24), version: 3, lastRoll: null }];
    expect(rollTimings(refused)).toEqual([]);
    expect(rollTimings(refused.slice(0, 1))).toHaveLength(1);
  });

  it('that ordered in vain has ended with nothing', () => {
    const vain = [at(2), at(3), { ...at(24), lastRoll: null }];
    expect(rollTimings(vain)[0]).toMatchObject({ outcome: 'nothing', netCredit: null, toVersion: 24 });
  });

  it('says how it ended', () => {
    const ended = (changes: Partial<RollSummary>) =>
      rollTimings([
        at(2),
        at(3),
        { ...at(24), lastRoll: { ...(at(24).lastRoll as RollSummary), ...changes } },
      ])[0];
    expect(ended({ toSymbol: null })?.outcome).toBe('closed');
    expect(ended({ compensated: true })?.outcome).toBe('wentBack');
    expect(ended({ isFlat: true })?.outcome).toBe('leftFlat');
  });

  it('whose leg is split over two options when it is ended stays in the context, and has ended', () => {
    const { roll } = at(17);
    const lastRoll = { ...(at(24).lastRoll as RollSummary), isFlat: true };
    const over = { ...at(24), state: 'COMPLETED', roll, lastRoll };
    const split = rollTimings([at(2), at(3), at(17), over, { ...over, version: 25, atMs: at(24).atMs + 9 }]);
    expect(split).toMatchObject([{ outcome: 'leftFlat', toVersion: 24 }]);
    expect(split[0]?.phases.at(-1)?.toMs).toBe(at(24).atMs);
  });

  it('that follows another in the same turn begins where that ends', () => {
    const roll = { ...(at(2).roll as NonNullable<RollTurn['roll']>), rollId: 'next' };
    const both = rollTimings([at(2), at(3), { ...at(24), roll, state: 'ROLL_INITIATED.planning' }]);
    expect(both.map(({ rollId, toVersion }) => [rollId, toVersion])).toEqual([
      ['dc25vkcxtq-v1', 24],
      ['next', null],
    ]);
  });
});

describe('a step', () => {
  const textAt = (version: number): string => {
    const row = rows.find((each) => each.version === version);
    const before = rows.find((each) => each.version === version - 1);
    return stepText({ ...(row as NonNullable<typeof row>), stateBefore: before?.state ?? null });
  };

  it.each([
    [1, 'taken over: short 0.5 BTC-31MAR23-26500-C-USDT; watching'],
    [2, 'index 25997.38, delta 0.4616; a roll is being planned'],
    [3, 'the market is read; leg 1 is ordered'],
    [4, 'leg 1: the order is sent, and the exchange takes it'],
    [5, 'leg 1: Buy 0.5 BTC-31MAR23-26500-C-USDT at 1010 is open'],
    [6, 'leg 1: time for the next price'],
    [7, 'leg 1: the quote is read: bid 1010, ask 1020'],
    [8, 'leg 1: the price is changed, and the exchange takes it'],
    [14, 'leg 1: 0.5 BTC-31MAR23-26500-C-USDT filled at 1020, fee 3.8999'],
    [
      15,
      'leg 1: Buy 0.5 BTC-31MAR23-26500-C-USDT at 1020 is filled, 0.5 filled at 1020; leg 1 is closed, leg 2 is being planned',
    ],
    [25, 'the wait is over; watching'],
  ])('of version %i reads: %s', (version, text) => expect(textAt(version)).toBe(text));

  const said = (event: object): string =>
    stepText({ path: '', eventJson: JSON.stringify(event), state: 'PAUSED', stateBefore: 'PAUSED' });

  it('names what went wrong', () => {
    const cause = { code: 'said', figures: { words: 'no margin', exchangeCode: '110007' } };
    expect(said({ type: 'xstate.done.actor.0.order.submitting', output: { kind: 'refused', cause } })).toBe(
      'the order is sent, and refused: no margin',
    );
    expect(said({ type: 'xstate.done.actor.0.roll.X.planning', output: { kind: 'failed', cause } })).toBe(
      'the market is read in vain: no margin',
    );
  });

  it('of a later version, which is not known here, is called by its name', () => {
    expect(said({ type: 'TELEPORTED', readings: 3 })).toBe('TELEPORTED');
    expect(said({ type: 'PRICE' })).toBe('prices');
    expect(said({ type: 'FILL_REPORTED' })).toBe('a fill is reported');
    expect(eventNameIn('{"type":"xstate.done.actor.0.roll.IDLE.coolingDown"}')).toBe('coolingDown done');
  });
});
