/**
 * Limits of accounts: what begins never exceeds them. It adds up for itself what rolls hold reserved and what they came to,
 * in the order in which the turns were made, and judges each roll when its first order is decided.
 */
import { add, compare, multiply, subtract, sum, type DecimalString } from '../../../src/domain/money.ts';
import { movesOf, type Move, type Roll, type RollSummary } from '../../../src/domain/roll/roll.ts';
import type { AccountLimits } from '../../../src/domain/rules/account-limits.ts';
import { dayMs, minuteMs } from '../../../src/domain/units.ts';
import type { NewTask, TurnRecord } from '../../../src/ports/journal.ts';
import { clocksApartMs, contextOf } from './stored-turn.ts';

interface Counted {
  readonly atMs: number;
  debit: DecimalString;
  notional: DecimalString;
  /** Still to be sent. */
  unsent: number;
  isUnderWay: boolean;
}

/** Limits as a daemon has read them, from then on. */
interface Read {
  readonly atMs: number;
  readonly limits: AccountLimits;
}

interface Account {
  readonly rolls: Map<string, Counted>;
  ordersMs: number[];
}

interface Turn {
  readonly made: number;
  readonly owner: string;
  readonly record: TurnRecord;
  readonly roll: Roll | null;
  readonly lastRoll: RollSummary | null;
}

export class LimitAudit {
  readonly #violate: (text: string) => void;
  readonly #reads = new Map<string, Read[]>();
  readonly #made = new WeakMap<TurnRecord, number>();
  readonly #tasks = new Map<string, { roll: Roll | null }>();
  readonly #turns: Turn[] = [];
  #count = 0;
  /** Beginnings that were judged. */
  judged = 0;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  created({ taskId }: Pick<NewTask, 'taskId'>): void {
    this.#tasks.set(taskId, { roll: null });
  }

  limitsRead(accountId: string, owner: string, read: Read): void {
    const key = `${owner} ${accountId}`;
    const reads = this.#reads.get(key) ?? [];
    if (JSON.stringify(reads.at(-1)?.limits) !== JSON.stringify(read.limits)) reads.push(read);
    this.#reads.set(key, reads);
  }

  /** A turn was made, to be stored. */
  made(record: TurnRecord): void {
    this.#made.set(record, (this.#count += 1));
  }

  /** It is judged by `check`. */
  committed(record: TurnRecord, owner: string): void {
    const task = this.#tasks.get(record.taskId);
    if (!task) return;
    const { roll, lastRoll } = contextOf(record.snapshotJson);
    if (roll !== null || task.roll !== null)
      this.#turns.push({ made: this.#made.get(record) ?? 0, owner, record, roll, lastRoll });
    task.roll = roll;
  }

  /** Judges everything that was stored. */
  check(): void {
    const accounts = new Map<string, Account>();
    const rolls = new Map<string, Roll | null>();
    this.#turns.sort((a, b) => a.made - b.made);
    for (const turn of this.#turns) {
      const { accountId, taskId } = turn.record;
      const account = accounts.get(accountId) ?? { rolls: new Map(), ordersMs: [] };
      accounts.set(accountId, account);
      const before = rolls.get(taskId) ?? null;
      rolls.set(taskId, turn.roll);
      if (before !== null && before.rollId !== turn.roll?.rollId) end(account, before, turn);
      if (turn.roll !== null) this.#follow(account, turn, turn.roll, before);
    }
  }

  #follow(account: Account, turn: Turn, roll: Roll, before: Roll | null): void {
    const { atMs } = turn.record;
    const old = before?.rollId === roll.rollId ? before : null;
    const { reserved } = roll;
    if (reserved && reserved.atMs !== old?.reserved?.atMs) {
      account.rolls.delete(roll.rollId);
      this.#judge(account, turn, roll);
      const opens = !roll.closesOnly;
      const counted: Counted = {
        atMs: reserved.atMs,
        debit: reserved.debit,
        notional: notionalOf(roll),
        unsent: 0,
        isUnderWay: true,
      };
      if (opens) account.rolls.set(roll.rollId, counted);
    }
    const counted = account.rolls.get(roll.rollId);
    if (counted) counted.unsent = unsentOf(roll);
    for (let sent = attempts(old); sent < attempts(roll); sent += 1) account.ordersMs.push(atMs);
  }

  #judge(account: Account, { owner, record }: Turn, roll: Roll): void {
    const { accountId, taskId, atMs } = record;
    const { reserved } = roll;
    const reads = this.#reads.get(`${owner} ${accountId}`) ?? [];
    const possible = reads.filter(
      (read, at) =>
        read.atMs <= atMs + clocksApartMs && (reads[at + 1]?.atMs ?? Infinity) >= atMs - clocksApartMs,
    );
    if (!reserved || possible.length === 0) return;
    this.judged += 1;
    account.ordersMs = account.ordersMs.filter((sentMs) => sentMs > atMs - minuteMs);
    const today = [...account.rolls.values()].filter((one) => dayOf(one.atMs) === dayOf(reserved.atMs));
    const late = [...account.rolls.values()].filter((one) => one.isUnderWay && one.atMs > atMs - minuteMs);
    const opened = roll.closesOnly ? '0' : '1';
    const taken = {
      rollsPerDay: add(String(today.length), opened),
      netDebitPerDay: add(sum(today.map(({ debit }) => debit)), reserved.debit),
      notionalOpenedPerDay: add(sum(today.map(({ notional }) => notional)), notionalOf(roll)),
      ordersPerMinute: String(
        account.ordersMs.length + late.reduce((total, { unsent }) => total + unsent, 0) + ordersOf(roll),
      ),
    };
    for (const name of [
      'rollsPerDay',
      'netDebitPerDay',
      'notionalOpenedPerDay',
      'ordersPerMinute',
    ] as const) {
      if (roll.closesOnly && name !== 'ordersPerMinute') continue;
      const allowed = possible.map(({ limits }) => limits[name] ?? null);
      if (allowed.some((limit) => limit === null || compare(taken[name], String(limit)) <= 0)) continue;
      this.#violate(
        `task ${taskId} begins ${roll.rollId} with ${taken[name]} of at most ${allowed.join(' or ')} ${name} in account ${accountId}`,
      );
    }
  }
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);

const attempts = (roll: Roll | null): number =>
  roll === null
    ? 0
    : movesOf(roll).reduce((all, move) => all + move.closed.attempts + move.opened.attempts, 0);

/** What it is to open, at the index price at which that was decided. */
const notionalOf = (roll: Roll): DecimalString =>
  roll.closesOnly
    ? '0'
    : sum(movesOf(roll).map(({ openQty }) => multiply(openQty, roll.reserved?.index ?? '0')));

/** Of one leg of the roll: it closes, and opens where it is not to close alone. */
const isMoved = ({ qty }: Move): boolean => compare(qty, '0') > 0;
const ordersOf = (roll: Roll): number =>
  movesOf(roll).filter(isMoved).length +
  (roll.closesOnly ? 0 : movesOf(roll).filter(({ openQty }) => compare(openQty, '0') > 0).length);

/** Those of its legs that have not been begun. */
const unsentOf = (roll: Roll): number => Math.max(0, ordersOf(roll) - attempts(roll));

/** A roll that has closed nothing counts no more; any other by what it came to. */
function end(account: Account, { rollId, reserved, closesOnly }: Roll, { lastRoll }: Turn): void {
  const counted = account.rolls.get(rollId);
  if (!counted || closesOnly) return void account.rolls.delete(rollId);
  if (lastRoll?.rollId !== rollId) return void account.rolls.delete(rollId);
  const moves = [lastRoll, ...(lastRoll.others ?? [])];
  const net = sum(
    moves.map(({ side, closed, opened }) =>
      side === 'Sell' ? subtract(opened.value, closed.value) : subtract(closed.value, opened.value),
    ),
  );
  counted.debit = compare(net, '0') < 0 ? multiply(net, '-1') : '0';
  counted.notional = sum(moves.map(({ opened }) => multiply(opened.executedQty, reserved?.index ?? '0')));
  counted.unsent = 0;
  counted.isUnderWay = false;
}
