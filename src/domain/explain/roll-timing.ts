/**
 * When each part of a roll was: planning, leg 1, the interval between the legs, leg 2. Of a roll that is under way it is made of
 * the turns of a journal; one that has ended is stored with its parts when the turn that ends it is written. Pure.
 */
import type { DecimalString } from '../money.ts';
import {
  hasClosed,
  hasOpened,
  movesOf,
  type MoveSummary,
  type Roll,
  type RollSummary,
} from '../roll/roll.ts';
import { isUneven } from '../roll/both-held.ts';
import { partOfRoll, type RollPart } from './state-text.ts';

/** What a task knows of its rolls. */
export interface RollsOfTask {
  /** One that has ended goes on standing here where its leg is split over two options. */
  readonly roll: Roll | null;
  /** The last one that has ended and has traded something. */
  readonly lastRoll: RollSummary | null;
}

/** A turn of a journal, as far as its rolls are concerned. */
export interface RollTurn extends RollsOfTask {
  readonly version: number;
  /** Exchange time of the turn. */
  readonly atMs: number;
  /** Into which it led. */
  readonly state: string;
}

export interface RollPhase {
  /** `interval`: one leg is traded, the other one is not ordered. */
  readonly kind: RollPart;
  readonly fromMs: number;
  /** `null` while it lasts. */
  readonly toMs: number | null;
}

export interface RollTiming {
  readonly rollId: string;
  /** Without gaps; a phase comes again where a roll has several rounds. */
  readonly phases: readonly RollPhase[];
  /** Versions of the journal from its lock to its end; `null` while it lasts. */
  readonly fromVersion: number;
  readonly toVersion: number | null;
  /** Several legs of a structure joined by ` + `. */
  readonly fromSymbol: string;
  /** `null` while nothing is chosen, and when nothing is opened. */
  readonly toSymbol: string | null;
  /** Index price that it began at. */
  readonly indexPrice: DecimalString;
  /** `nothing`: it ended with nothing traded; `null` while it lasts. */
  readonly outcome: 'rolled' | 'closed' | 'wentBack' | 'leftFlat' | 'nothing' | null;
  /** As of the ledger; `null` while it lasts, and when nothing was traded. */
  readonly netCredit: DecimalString | null;
  readonly fee: DecimalString | null;
  /** It opens the new option before it closes the old one: between the legs both are held. */
  readonly openedFirst?: true;
}

/** A roll that has ended, as the turn that ended it knows it. */
export type EndedRoll = Pick<RollTiming, 'rollId' | 'fromSymbol' | 'toSymbol' | 'indexPrice'> & {
  /** Version that it was locked at: its first turn made the next one. */
  readonly lockedVersion: number;
  readonly outcome: NonNullable<RollTiming['outcome']>;
  /** What the ledger has of it; `null` when nothing was traded. */
  readonly summary: RollSummary | null;
};

/** The same with its parts, as it is stored. */
export type TimedRoll = Omit<EndedRoll, 'lockedVersion'> & {
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Exchange time of the turn that ended it. */
  readonly endedAtMs: number;
  /** Each lasts until the next begins, the last one until the end. */
  readonly phases: readonly Omit<RollPhase, 'toMs'>[];
};

const rollUnderWay = ({ roll, lastRoll }: RollsOfTask): Roll | null =>
  roll !== null && roll.rollId !== lastRoll?.rollId ? roll : null;

/** In which part of a roll a turn leads; `null` where none is under way. */
export function partOfTurn(state: string, context: RollsOfTask): RollPart | null {
  const roll = rollUnderWay(context);
  return roll && partOfRoll(state, { isBetween: isUneven(roll) });
}

/** The roll that a turn has ended; `null` for most turns. */
export function endedRollOf(before: RollsOfTask, after: RollsOfTask): EndedRoll | null {
  const roll = rollUnderWay(before);
  if (roll === null || rollUnderWay(after)?.rollId === roll.rollId) return null;
  const summary = after.lastRoll?.rollId === roll.rollId ? after.lastRoll : null;
  const { rollId, lockedVersion, indexPrice } = roll;
  return {
    rollId,
    lockedVersion,
    indexPrice,
    ...symbolsOf(roll, summary),
    outcome: rollOutcome(roll, summary),
    summary,
  };
}

export interface RollsOfJournal {
  /** Those that have ended and had ordered something, oldest first. */
  readonly ended: readonly TimedRoll[];
  readonly underWay: RollTiming | null;
}

interface Standing {
  readonly first: RollTurn;
  /** The newest turn of it. */
  last: RollTurn;
  readonly phases: { kind: RollPart; fromMs: number }[];
}

/** @param turns in order of versions: all of a journal, or those of one roll */
export function rollsIn(turns: Iterable<RollTurn>): RollsOfJournal {
  const ended: TimedRoll[] = [];
  let standing: Standing | null = null;
  for (const turn of turns) {
    const { state, version, atMs } = turn;
    const end = standing && endedRollOf(standing.last, turn);
    if (standing && end) {
      const { rollId, fromSymbol, toSymbol, indexPrice, outcome, summary } = end;
      const roll = { rollId, fromSymbol, toSymbol, indexPrice, outcome, summary };
      const { first, phases } = standing;
      if (summary !== null || phases.some(isOrdering))
        ended.push({ ...roll, fromVersion: first.version, toVersion: version, endedAtMs: atMs, phases });
      standing = null;
    }
    const kind = partOfTurn(state, turn);
    if (kind === null) continue;
    standing ??= { first: turn, last: turn, phases: [] };
    standing.last = turn;
    if (standing.phases.at(-1)?.kind !== kind) standing.phases.push({ kind, fromMs: atMs });
  }
  return { ended, underWay: standing && timingUnderWay(standing) };
}

const isOrdering = ({ kind }: { readonly kind: RollPart }): boolean => kind === 'leg1' || kind === 'leg2';

function timingUnderWay({ first, last: { roll }, phases }: Standing): RollTiming | null {
  if (roll === null) return null;
  const { rollId, indexPrice } = roll;
  return {
    rollId,
    phases: phases.map((phase, place) => ({ ...phase, toMs: phases[place + 1]?.fromMs ?? null })),
    fromVersion: first.version,
    toVersion: null,
    ...symbolsOf(roll, null),
    indexPrice,
    outcome: null,
    netCredit: null,
    fee: null,
    ...(roll.opensFirst && { openedFirst: true }),
  };
}

/** What is shown of a roll that has ended. */
export function timingOfEnded({ summary, endedAtMs, phases, ...roll }: TimedRoll): RollTiming {
  const { rollId, fromVersion, toVersion, fromSymbol, toSymbol, indexPrice, outcome } = roll;
  return {
    rollId,
    phases: phases.map(({ kind, fromMs }, place) => ({
      kind,
      fromMs,
      toMs: phases[place + 1]?.fromMs ?? endedAtMs,
    })),
    fromVersion,
    toVersion,
    fromSymbol,
    toSymbol,
    indexPrice,
    outcome,
    netCredit: summary?.netCredit ?? null,
    fee: summary?.fee ?? null,
    ...(summary?.openedFirst && { openedFirst: true }),
  };
}

const symbolsOf = (roll: Roll, summary: RollSummary | null): Pick<RollTiming, 'fromSymbol' | 'toSymbol'> => {
  const moves = summary ? movesIn(summary) : movesOf(roll);
  return { fromSymbol: joined(moves, 'fromSymbol'), toSymbol: joined(moves, 'toSymbol') || null };
};

const movesIn = (summary: RollSummary): readonly MoveSummary[] => [summary, ...(summary.others ?? [])];

const joined = <Name extends 'fromSymbol' | 'toSymbol'>(
  moves: readonly Readonly<Record<Name, string | null>>[],
  name: Name,
): string => [...new Set(moves.flatMap((move) => move[name] ?? []))].join(' + ');

/** @param roll as it was last @param summary what it has come to; `null` when it traded nothing */
export function rollOutcome(roll: Roll, summary: RollSummary | null): NonNullable<RollTiming['outcome']> {
  if (summary === null) return hasClosed(roll) || hasOpened(roll) ? 'leftFlat' : 'nothing';
  if (summary.compensated) return 'wentBack';
  if (summary.isFlat) return 'leftFlat';
  return summary.toSymbol === null ? 'closed' : 'rolled';
}
