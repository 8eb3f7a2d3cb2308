/**
 * An account's option positions, read once and kept by its stream. A position is pushed with each of its fills but after it, and
 * lists lag behind both; so nothing that is kept is used while something is known to be executed that no position shows yet.
 * Fills and positions carry one sequence number for each option (Bybit docs: v5/websocket/private/position, `seq`).
 */
import { add, compare, type DecimalString } from '../../../domain/money.ts';
import type { Fill, OrderReport, Position } from '../../../domain/market/order.ts';
import { listsLagMs } from '../../../domain/roll/position-evidence.ts';
import { Changes } from './changes.ts';
import type { LocalTime } from '../time/local-time.ts';

/** A position, and up to which of the exchange's steps it shows what was traded; `null` when the row does not say. */
export interface NumberedPosition {
  readonly position: Position;
  readonly seq: number | null;
}

interface Row extends NumberedPosition {
  /** When the stream told it, local time; `null` when it was read. */
  readonly toldMs: number | null;
}

/** What was executed of one order, as it says itself, and as its fills say. */
interface Executed {
  reported: DecimalString;
  reportedMs: number;
  filled: DecimalString;
}

/** How long a position that is known to be coming is waited for before the exchange is asked. */
const pushWithinMs = 25;
/** Of orders and fills the newest are known: far more than can be of interest at one time. */
const knownMax = 1_000;

export class KeptPositions {
  readonly #ask: () => Promise<readonly NumberedPosition[]>;
  readonly #local: LocalTime;
  /** `null` until they were read on the present connection. */
  #rows: Map<string, Row> | null = null;
  #askedMs = 0;
  #connections = 0;
  /** By option: the newest fill that its position does not show. */
  readonly #unseen = new Map<string, { readonly seq: number; readonly toldMs: number }>();
  readonly #fillIds = new Set<string>();
  readonly #orders = new Map<string, Executed>();
  readonly #changes: Changes;

  constructor(ask: () => Promise<readonly NumberedPosition[]>, local: LocalTime) {
    this.#ask = ask;
    this.#local = local;
    this.#changes = new Changes(local);
  }

  /** Since they were read from the exchange, ms; `Infinity` when nothing is kept. */
  get ageMs(): number {
    return this.#rows === null ? Infinity : this.#local.nowMs() - this.#askedMs;
  }

  /** Those that are open. @throws what asking rejects with */
  async read(ageMaxMs: number): Promise<readonly Position[]> {
    const untilMs = this.#local.nowMs() + pushWithinMs;
    while (this.#rows !== null && this.ageMs <= ageMaxMs) {
      if (!this.#isBehind()) return openOf(this.#rows.values());
      if (!(await this.#changes.before(untilMs))) break;
    }
    return this.ask();
  }

  /** Asks in any case. What the stream has told shortly before, or tells meanwhile, is newer than the answer. */
  async ask(): Promise<readonly Position[]> {
    const connection = this.#connections;
    const askedMs = this.#local.nowMs();
    const rows = await this.#ask();
    if (connection === this.#connections) this.#take(rows, askedMs);
    return openOf(rows);
  }

  /** The stream has told a position; an older one than is known changes nothing. */
  position({ position, seq }: NumberedPosition): void {
    const { symbol } = position;
    const known = this.#rows?.get(symbol);
    if (known && isOlder(seq, known.seq)) return;
    this.#rows?.set(symbol, { position, seq, toldMs: this.#local.nowMs() });
    if ((this.#unseen.get(symbol)?.seq ?? Infinity) <= (seq ?? -1)) this.#unseen.delete(symbol);
    this.#changes.happened();
  }

  /** @param seq of the fill; without one, only a list that was asked for long after shows it */
  fill({ execId, linkId, symbol, qty }: Fill, seq: number | null): void {
    if (this.#fillIds.has(execId)) return;
    this.#fillIds.add(execId);
    forgetOldest(this.#fillIds);
    if (linkId !== '') {
      const order = this.#order(linkId);
      order.filled = add(order.filled, qty);
    }
    const shown = this.#rows?.get(symbol)?.seq ?? null;
    if (seq === null || shown === null || shown < seq) {
      const newest = Math.max(this.#unseen.get(symbol)?.seq ?? 0, seq ?? Infinity);
      this.#unseen.set(symbol, { seq: newest, toldMs: this.#local.nowMs() });
    }
    this.#changes.happened();
  }

  /** An order may tell what was executed before its fills do. */
  order({ linkId, executedQty }: OrderReport): void {
    if (linkId === '') return;
    const order = this.#order(linkId);
    if (compare(executedQty, order.reported) <= 0) return;
    order.reported = executedQty;
    order.reportedMs = this.#local.nowMs();
  }

  /** The stream is down: what is kept is worth nothing. */
  forget(): void {
    this.#connections += 1;
    this.#rows = null;
    this.#unseen.clear();
    this.#orders.clear();
    this.#changes.happened();
  }

  #take(answer: readonly NumberedPosition[], askedMs: number): void {
    const rows = new Map<string, Row>(answer.map((row) => [row.position.symbol, { ...row, toldMs: null }]));
    for (const [symbol, known] of this.#rows ?? []) {
      const read = rows.get(symbol);
      const isNewer = known.toldMs !== null && known.toldMs > askedMs - listsLagMs;
      if (isNewer || (read && isOlder(read.seq, known.seq))) rows.set(symbol, known);
    }
    this.#rows = rows;
    this.#askedMs = askedMs;
    // What was told so long before is in the list, whether or not it was told in full.
    for (const order of this.#orders.values())
      if (order.reportedMs < askedMs - listsLagMs) order.filled = order.reported;
    for (const [symbol, { toldMs }] of this.#unseen)
      if (toldMs < askedMs - listsLagMs) this.#unseen.delete(symbol);
  }

  #isBehind(): boolean {
    if (this.#unseen.size > 0) return true;
    for (const { reported, filled } of this.#orders.values()) if (compare(reported, filled) > 0) return true;
    return false;
  }

  #order(linkId: string): Executed {
    const known = this.#orders.get(linkId);
    if (known) return known;
    const order: Executed = { reported: '0', reportedMs: 0, filled: '0' };
    this.#orders.set(linkId, order);
    forgetOldest(this.#orders);
    return order;
  }
}

const isOlder = (seq: number | null, than: number | null): boolean =>
  seq !== null && than !== null && seq < than;

const openOf = (rows: Iterable<NumberedPosition>): readonly Position[] =>
  [...rows].flatMap(({ position }) => (position.side === null ? [] : position));

function forgetOldest(known: Set<string> | Map<string, unknown>): void {
  for (const key of known.keys()) {
    if (known.size <= knownMax) return;
    known.delete(key);
  }
}
