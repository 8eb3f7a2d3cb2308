/**
 * Compares what the journal says with what the exchange did, and names every difference. Pure functions over rows, so
 * that a test can show each check a history in which it must find something. Per task it finds:
 *
 * - **duplicate order**: the orders of one leg executed more than the roll had to move; or a link id was executed twice;
 *   or two orders of one leg were alive at the same time.
 * - **lost roll**: a locked roll that neither ended nor waits in FAILED with an alert; one that ended with another
 *   quantity closed or opened than the exchange executed; one that was given up although something was executed.
 * - **naked**: something is closed and not opened again, or open twice, and the outbox held no alert about it. The first commit of each
 *   naked interval must bring an alert.
 * - **stray order**: an order that reached the exchange before a committed turn had decided on it.
 * - **journal gap**: versions that do not count 1, 2, 3 … up to the task's own.
 *
 * And per account **position mismatch**: it holds something else than its tasks manage.
 */
import { add, compare, isPositive, isZero, sum, type DecimalString } from '../../src/domain/money.ts';
import type { HeldPosition } from '../../src/domain/market/held-option.ts';
import { isDoubled } from '../../src/domain/roll/both-held.ts';
import { isNaked, movesOf, type Roll, type RollSummary } from '../../src/domain/roll/roll.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { legOf } from '../support/link-ids.ts';

/** An order as the exchange's books have it. */
export interface BookedOrder {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: string;
  readonly status: string;
  readonly executedQty: DecimalString;
  readonly acceptedAtMs: number;
  /** When it was filled, cancelled or rejected, once it was. */
  readonly updatedAtMs: number;
}

/** What of a task's context the checks need. */
export type CheckedContext = Pick<RollContext, 'held' | 'others' | 'roll' | 'lastRoll'>;

export interface Commit {
  readonly version: number;
  readonly atMs: number;
  readonly state: string;
  readonly context: CheckedContext;
}

export interface TaskHistory {
  readonly taskId: string;
  /** The task row's own. */
  readonly version: number;
  /** In order of versions. */
  readonly commits: readonly Commit[];
  readonly alerts: readonly { readonly version: number; readonly text: string }[];
  /** Everything under a link id of this task, in order of acceptance. */
  readonly orders: readonly BookedOrder[];
}

export type ViolationKind =
  'duplicate order' | 'lost roll' | 'naked' | 'stray order' | 'journal gap' | 'position mismatch';

export interface Violation {
  readonly kind: ViolationKind;
  /** The task, or the account whose positions differ. */
  readonly of: string;
  readonly text: string;
}

export type RollEnd = 'rolled' | 'given up' | 'waiting' | 'lost';

export interface RollTrace {
  readonly rollId: string;
  /** As the last commit has it. */
  readonly roll: Roll;
  readonly end: RollEnd;
  /** By its summary, once it has rolled. */
  readonly rolledQty: DecimalString | null;
}

export function checkTask(history: TaskHistory): { rolls: readonly RollTrace[]; violations: Violation[] } {
  const rolls = tracesOf(history);
  const found = [
    ...journalGaps(history),
    ...nakedIntervals(history),
    ...strayOrders(history, rolls),
    ...rolls.flatMap((trace) => [...duplicateOrders(history, trace), ...losses(history, trace)]),
  ];
  return { rolls, violations: found.map((violation) => ({ ...violation, of: history.taskId })) };
}

type Finding = Omit<Violation, 'of'>;

/** Every roll the journal ever locked, and how it ended. */
export function tracesOf({ commits, alerts }: TaskHistory): RollTrace[] {
  const last = new Map<string, Roll>();
  const summaries = new Map<string, DecimalString>();
  for (const { context } of commits) {
    if (context.roll) last.set(context.roll.rollId, context.roll);
    if (context.lastRoll) summaries.set(context.lastRoll.rollId, rolledQtyOf(context.lastRoll));
  }
  const now = commits.at(-1);
  const hasAlert = alerts.some(({ version }) => version === failedSince(commits));
  return [...last].map(([rollId, roll]) => {
    const rolledQty = summaries.get(rollId) ?? null;
    const isOpen = now?.context.roll?.rollId === rollId;
    if (!isOpen) return { rollId, roll, rolledQty, end: rolledQty === null ? 'given up' : 'rolled' };
    const waits = (now.state.startsWith('FAILED') || now.state.startsWith('COMPLETED')) && hasAlert;
    return { rollId, roll, rolledQty, end: waits ? 'waiting' : 'lost' };
  });
}

/** Over all legs. */
const rolledQtyOf = ({ qty, others = [] }: RollSummary): DecimalString =>
  sum([qty, ...others.map((other) => other.qty)]);
const qtyOf = (roll: Roll): DecimalString => sum(movesOf(roll).map(({ qty }) => qty));
const tallied = (roll: Roll, what: 'closed' | 'opened'): DecimalString =>
  sum(movesOf(roll).map((move) => move[what].executedQty));

/** The version that brought the task into the state it has now. */
function failedSince(commits: readonly Commit[]): number | undefined {
  const state = commits.at(-1)?.state;
  const before = commits.findLastIndex((commit) => commit.state !== state);
  return commits[before + 1]?.version;
}

const executed = (orders: readonly BookedOrder[]): DecimalString =>
  sum(orders.map(({ executedQty }) => executedQty));
const ordersOf = ({ orders }: TaskHistory, leg: 'close' | 'open', rollId: string): readonly BookedOrder[] =>
  orders.filter(({ linkId }) => legOf(linkId) === `${leg}-${rollId}`);

function duplicateOrders(history: TaskHistory, { rollId, roll }: RollTrace): Finding[] {
  return (['close', 'open'] as const).flatMap((leg) => {
    const orders = ordersOf(history, leg, rollId);
    return [...beyondLegs(orders, `${leg}-${rollId}`, roll), ...repeated(orders), ...overlaps(orders)];
  });
}

/** All together, and of a structure option by option. */
function beyondLegs(orders: readonly BookedOrder[], leg: string, roll: Roll): Finding[] {
  const all = beyond(orders, leg, qtyOf(roll));
  if (roll.others === undefined) return all;
  const isOpening = leg.startsWith('open-') && !roll.compensating;
  return movesOf(roll).reduce((found, { fromSymbol, toSymbol, qty }) => {
    const symbol = isOpening ? toSymbol : fromSymbol;
    const inIt = orders.filter((order) => order.symbol === symbol);
    return [...found, ...beyond(inIt, `${leg} in ${symbol ?? ''}`, qty)];
  }, all);
}

function beyond(orders: readonly BookedOrder[], leg: string, qty: DecimalString): Finding[] {
  const total = executed(orders);
  if (compare(total, qty) <= 0) return [];
  return [{ kind: 'duplicate order', text: `${leg} executed ${total} in all, the roll moves ${qty}` }];
}

function repeated(orders: readonly BookedOrder[]): Finding[] {
  const filled = orders.filter(({ executedQty }) => isPositive(executedQty)).map(({ linkId }) => linkId);
  return filled
    .filter((linkId, at) => filled.indexOf(linkId) !== at)
    .map((linkId) => ({ kind: 'duplicate order', text: `${linkId} was executed as two orders` }));
}

const finalStatuses = new Set(['Filled', 'Cancelled', 'Rejected']);
const endOf = ({ status, updatedAtMs }: BookedOrder): number =>
  finalStatuses.has(status) ? updatedAtMs : Infinity;

function overlaps(orders: readonly BookedOrder[]): Finding[] {
  return orders.slice(1).flatMap((order, at): Finding[] => {
    const alive = orders.slice(0, at + 1).find((earlier) => endOf(earlier) > order.acceptedAtMs);
    if (!alive) return [];
    const text = `${order.linkId} was placed while ${alive.linkId} was still alive`;
    return [{ kind: 'duplicate order', text }];
  });
}

function losses(history: TaskHistory, { rollId, roll, end, rolledQty }: RollTrace): Finding[] {
  const closed = executed(ordersOf(history, 'close', rollId));
  const opened = executed(ordersOf(history, 'open', rollId));
  const books = `the exchange closed ${closed} and opened ${opened} of ${qtyOf(roll)}`;
  const lost = (what: string): Finding[] => [{ kind: 'lost roll', text: `roll ${rollId} ${what}: ${books}` }];
  switch (end) {
    case 'lost':
      return lost('never ended');
    case 'given up':
      return isZero(closed) && isZero(opened) ? [] : lost('was given up although something was executed');
    case 'waiting':
      return compare(closed, tallied(roll, 'closed')) === 0 && compare(opened, tallied(roll, 'opened')) === 0
        ? []
        : lost(`waits with ${tallied(roll, 'closed')} closed and ${tallied(roll, 'opened')} opened`);
    case 'rolled': {
      const isWhole = compare(closed, opened) === 0 && compare(opened, rolledQty ?? '0') === 0;
      const isAll = roll.compensating || compare(closed, qtyOf(roll)) === 0;
      return isWhole && isAll ? [] : lost(`ended with ${rolledQty ?? 'nothing'} rolled`);
    }
  }
}

function nakedIntervals({ commits, alerts }: TaskHistory): Finding[] {
  const alerted = new Set(alerts.map(({ version }) => version));
  return commits.flatMap((commit, at): Finding[] => {
    const begins = isExposed(commit) && !isExposedAt(commits, at - 1);
    if (!begins || alerted.has(commit.version)) return [];
    const text = `${commit.state} was committed as version ${commit.version} without an alert`;
    return [{ kind: 'naked', text }];
  });
}

const isExposedAt = (commits: readonly Commit[], at: number): boolean => {
  const commit = commits[at];
  return commit !== undefined && isExposed(commit);
};
/** Between the legs, by the state's name or by the quantities: neither is trusted to agree with the other. */
const isExposed = ({ state, context }: Commit): boolean =>
  /^(LEG1_CLOSED|LEG2_OPENING|LEG1_CLOSING)/.test(state) ||
  isDoubled(context.roll) ||
  // The legs of a structure are closed one after the other, which is reported when all are.
  (context.others === undefined && isNaked(context.roll));

/** The commit that the write-ahead gate waits for counts the attempt, so an order without a counted attempt left too early. */
function strayOrders({ orders }: TaskHistory, rolls: readonly RollTrace[]): Finding[] {
  return orders.flatMap(({ linkId }): Finding[] => {
    const attempt = Number(/-a(\d+)$/.exec(linkId)?.[1] ?? '1');
    const trace = rolls.find(({ rollId }) => legOf(linkId).endsWith(`-${rollId}`));
    const tally = linkId.startsWith('close-') ? 'closed' : 'opened';
    const attempts = trace ? movesOf(trace.roll).reduce((total, move) => total + move[tally].attempts, 0) : 0;
    if (attempt <= attempts) return [];
    return [{ kind: 'stray order', text: `${linkId} is at the exchange and was decided in no commit` }];
  });
}

function journalGaps({ version, commits }: TaskHistory): Finding[] {
  const gaps = commits.flatMap((commit, at): Finding[] => {
    const expected = (commits[at - 1]?.version ?? 0) + 1;
    if (commit.version === expected) return [];
    return [{ kind: 'journal gap', text: `version ${expected} is missing, ${commit.version} follows` }];
  });
  const newest = commits.at(-1)?.version ?? 0;
  if (newest === version) return gaps;
  return [...gaps, { kind: 'journal gap', text: `the task is at ${version}, its journal at ${newest}` }];
}

/** @param managed what the tasks of this account manage, and what it opened with where no task manages it */
export function checkPositions(
  account: string,
  positions: readonly HeldPosition[],
  managed: readonly HeldPosition[],
): Violation[] {
  const held = bySymbol(positions);
  const expected = bySymbol(managed);
  const symbols = [...new Set([...held.keys(), ...expected.keys()])].sort();
  return symbols.flatMap((symbol): Violation[] => {
    const [here, there] = [held.get(symbol) ?? 'nothing', expected.get(symbol) ?? 'nothing'];
    if (here === there) return [];
    const text = `the exchange holds ${here} ${symbol}, its tasks manage ${there}`;
    return [{ kind: 'position mismatch', of: account, text }];
  });
}

/** `Sell 0.3` by symbol; for a symbol held on both sides `Sell 0.3 and Buy 0.1`. */
function bySymbol(positions: readonly HeldPosition[]): Map<string, string> {
  const totals = new Map<string, Map<string, DecimalString>>();
  for (const { symbol, side, qty } of positions) {
    const sides = totals.get(symbol) ?? new Map<string, DecimalString>();
    totals.set(symbol, sides.set(side, add(sides.get(side) ?? '0', qty)));
  }
  const textOf = (sides: Map<string, DecimalString>): string =>
    [...sides].map(([side, qty]) => `${side} ${qty}`).join(' and ');
  return new Map([...totals].map(([symbol, sides]) => [symbol, textOf(sides)]));
}
