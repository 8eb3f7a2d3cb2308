/** When each part of a roll was, made of the turns of a journal: planning, leg 1, the interval between the legs, leg 2. Pure. */
import type { DecimalString } from '../money.ts';
import {
  hasClosed,
  hasOpened,
  isNaked,
  movesOf,
  type MoveSummary,
  type Roll,
  type RollSummary,
} from '../roll/roll.ts';
import { partOfRoll, type RollPart } from './state-text.ts';

/** A turn in which a roll was under way, or the one after it. */
export interface RollTurn {
  readonly version: number;
  /** Exchange time of the turn. */
  readonly atMs: number;
  /** Into which it led. */
  readonly state: string;
  /** `null` when none is under way any more. */
  readonly roll: Roll | null;
  /** What the roll of the turn before has come to, where it has ended and has traded something. */
  readonly lastRoll: RollSummary | null;
}

export interface RollPhase {
  /** `interval`: the old leg is closed, the new one is not ordered. */
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
}

/** Those that sent an order or are under way, oldest first. @param turns in order of versions */
export function rollTimings(turns: readonly RollTurn[]): readonly RollTiming[] {
  return rollsIn(turns).flatMap(({ rows, end }) => {
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return [];
    const timing = timingOf(rows as [UnderWay, ...UnderWay[]], end);
    return end === null || timing.phases.some(({ kind }) => kind === 'leg1' || kind === 'leg2')
      ? [timing]
      : [];
  });
}

interface UnderWay extends RollTurn {
  readonly roll: Roll;
}

interface TurnsOfRoll {
  readonly rows: readonly UnderWay[];
  /** The turn that ended it; `null` while it lasts. */
  readonly end: RollTurn | null;
}

function rollsIn(turns: readonly RollTurn[]): readonly TurnsOfRoll[] {
  const rolls: { rows: UnderWay[]; end: RollTurn | null }[] = [];
  for (const turn of turns) {
    const { roll } = turn;
    const current = rolls.at(-1);
    const isSame = current?.end === null && current.rows[0]?.roll.rollId === roll?.rollId;
    if (current && current.end === null && !isSame) current.end = turn;
    if (roll === null) continue;
    if (isSame) current.rows.push({ ...turn, roll });
    else rolls.push({ rows: [{ ...turn, roll }], end: null });
  }
  return rolls;
}

function timingOf(rows: readonly [UnderWay, ...UnderWay[]], end: RollTurn | null): RollTiming {
  const [first] = rows;
  const { roll } = rows.at(-1) ?? first;
  const summary = end?.lastRoll ?? null;
  const phases: { kind: RollPart; fromMs: number; toMs: number | null }[] = [];
  for (const row of rows) {
    const kind = partOfRoll(row.state, { isNaked: isNaked(row.roll) });
    const current = phases.at(-1);
    if (current?.kind === kind) continue;
    if (current) current.toMs = row.atMs;
    phases.push({ kind, fromMs: row.atMs, toMs: null });
  }
  const open = phases.at(-1);
  if (open && end) open.toMs = end.atMs;
  return {
    rollId: roll.rollId,
    phases,
    fromVersion: first.version,
    toVersion: end?.version ?? null,
    fromSymbol: summary ? joined(movesIn(summary), 'fromSymbol') : joined(movesOf(roll), 'fromSymbol'),
    toSymbol: (summary ? joined(movesIn(summary), 'toSymbol') : joined(movesOf(roll), 'toSymbol')) || null,
    indexPrice: roll.indexPrice,
    outcome: end && rollOutcome(roll, summary),
    netCredit: summary?.netCredit ?? null,
    fee: summary?.fee ?? null,
  };
}

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
