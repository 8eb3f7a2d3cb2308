/**
 * What all tasks of a caller have brought: by day of the caller's zone, by coin, and in all. Money is in settle coins, exactly
 * as the exchange executed and charged it; settle coins are never added to one another.
 */
import { subtract, sum, type DecimalString } from '../domain/money.ts';
import type { Ledger, TaskSettlement } from '../domain/roll/ledger.ts';
import { dayMs } from '../domain/units.ts';
import { localMs, momentOf } from '../domain/zones.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { storedStateOf } from './stored-state.ts';

/** Received less paid by rolls, closes and deliveries, and the fees of these. */
export interface Earned {
  readonly settleCoin: string;
  readonly rolls: number;
  readonly deliveries: number;
  /** Before fees. */
  readonly net: DecimalString;
  readonly fees: DecimalString;
}

export interface DayEarned extends Earned {
  /** `2026-11-30`, in the zone of the report. */
  readonly day: string;
}

export interface CoinEarned {
  readonly baseCoin: string;
  readonly settleCoin: string;
  readonly tasks: number;
  /** Of everything closed or delivered, against what it was opened at; before fees, since the tasks were added. */
  readonly realised: DecimalString;
  readonly fees: DecimalString;
  /** Received less paid less fees, since the tasks were added. */
  readonly cashFlow: DecimalString;
}

export interface ProfitReport {
  readonly zone: string;
  readonly daysAsked: number;
  /** Newest first; days without anything are left out. */
  readonly days: readonly DayEarned[];
  /** Of the days that are looked at, by settle coin. */
  readonly total: readonly Earned[];
  /** Of all tasks that there are, also those that are over, whenever it was. */
  readonly coins: readonly CoinEarned[];
}

export interface ProfitQuestion {
  /** How many days, with today. */
  readonly days: number;
  /** Of the IANA database. */
  readonly zone: string;
  /** How long to wait for a daemon to say what time it is at the exchange; without one the computer's is taken. */
  readonly waitMs: number;
}

export async function showProfit(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'rules' | 'advice'>,
  { days, zone, waitMs }: ProfitQuestion,
): Promise<ProfitReport> {
  const scope = scopeOf(caller);
  const rows = await ports.tasks.listTasks({}, scope);
  const [first] = rows;
  const look = first ? await ports.advice.look(first.accountId, waitMs) : null;
  const nowMs = look?.kind === 'look' ? look.look.atMs : Date.now();
  const sinceMs = momentOf(Math.floor(localMs(nowMs, zone) / dayMs) * dayMs - (days - 1) * dayMs, zone);
  const rolls = await ports.tasks.rollsSince(sinceMs, scope);
  const ledgers = rows.flatMap((row) => {
    const stored = storedStateOf(row);
    return stored ? [{ ledger: stored.context.ledger, held: stored.context.held }] : [];
  });
  const events = [
    ...rolls.map(({ roll }): Event => {
      const settleCoin = ports.rules.readSymbol(roll.fromSymbol)?.settleCoin ?? '?';
      return { atMs: roll.endedAtMs, settleCoin, net: roll.netCredit, fees: roll.fee, isRoll: true };
    }),
    ...ledgers.flatMap(({ ledger, held }) =>
      settlementsOf(ledger)
        .filter(({ atMs }) => atMs >= sinceMs)
        .map(({ atMs, payout, fee }): Event => ({
          atMs,
          settleCoin: held.settleCoin,
          net: payout,
          fees: fee,
          isRoll: false,
        })),
    ),
  ];
  return {
    zone,
    daysAsked: days,
    days: grouped(events, ({ atMs, settleCoin }) => `${dayOf(atMs, zone)} ${settleCoin}`)
      .map((group) => ({ day: dayOf(group[0].atMs, zone), ...earnedIn(group) }))
      .sort((a, b) => b.day.localeCompare(a.day) || a.settleCoin.localeCompare(b.settleCoin)),
    total: grouped(events, ({ settleCoin }) => settleCoin).map(earnedIn),
    coins: coinsOf(ledgers),
  };
}

interface Event {
  readonly atMs: number;
  readonly settleCoin: string;
  readonly net: DecimalString;
  readonly fees: DecimalString;
  readonly isRoll: boolean;
}

type Group<T> = readonly [T, ...T[]];

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

const dayOf = (atMs: number, zone: string): string =>
  new Date(localMs(atMs, zone)).toISOString().slice(0, 10);

const earnedIn = (events: Group<Event>): Earned => ({
  settleCoin: events[0].settleCoin,
  rolls: events.filter(({ isRoll }) => isRoll).length,
  deliveries: events.filter(({ isRoll }) => !isRoll).length,
  net: sum(events.map(({ net }) => net)),
  fees: sum(events.map(({ fees }) => fees)),
});

const settlementsOf = ({ settlement, settlements }: Ledger): readonly TaskSettlement[] =>
  settlements ?? (settlement === null ? [] : [settlement]);

interface HeldLedger {
  readonly ledger: Ledger;
  readonly held: { readonly baseCoin: string; readonly settleCoin: string };
}

const coinsOf = (ledgers: readonly HeldLedger[]): CoinEarned[] =>
  grouped(ledgers, ({ held }) => `${held.baseCoin} ${held.settleCoin}`)
    .map((group) => ({
      baseCoin: group[0].held.baseCoin,
      settleCoin: group[0].held.settleCoin,
      tasks: group.length,
      realised: sum(group.map(({ ledger }) => ledger.realised)),
      fees: sum(group.map(({ ledger }) => ledger.fees)),
      cashFlow: sum(
        group.map(({ ledger }) => subtract(subtract(ledger.credits, ledger.debits), ledger.fees)),
      ),
    }))
    .sort((a, b) => a.baseCoin.localeCompare(b.baseCoin) || a.settleCoin.localeCompare(b.settleCoin));

/** What is left after fees. */
export const afterFees = ({ net, fees }: Pick<Earned, 'net' | 'fees'>): DecimalString => subtract(net, fees);
