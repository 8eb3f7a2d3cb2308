/**
 * What is known of an account without asking for it: positions, margin, stops, and what the exchange said of the orders that may come
 * next; told by its stream and read again now and then while a decision is near. Nothing is kept while the stream is down, or
 * where it tells nothing: then each answer is asked for. Who needs one says how old it may be.
 */
import type { CheckedOrder, PreCheck } from '../../../domain/market/pre-check.ts';
import type { Fill, Margin, OrderReport, Position } from '../../../domain/market/order.ts';
import type { StandingStop } from '../../../domain/market/stops.ts';
import type { LocalTime } from '../time/local-time.ts';
import { KeptAnswer } from './kept-answer.ts';
import { KeptChecks } from './kept-checks.ts';
import { KeptPositions, type NumberedPosition } from './kept-positions.ts';

export interface AccountReads {
  positions(): Promise<readonly NumberedPosition[]>;
  margin(): Promise<Margin>;
  stops(): Promise<readonly StandingStop[]>;
  preCheck(order: CheckedOrder): Promise<PreCheck>;
}

/** While a decision is near, what is older is read again. A wallet tells no change of prices, so its margin grows old soon. */
const readAgainMs = { margin: 2_500, positions: 30_000, stops: 30_000 };
const lookEveryMs = 1_000;
/** Reports of one trade come together. */
const lookAfterChangeMs = 200;

export class KeptAccount {
  readonly #local: LocalTime;
  readonly #positions: KeptPositions;
  readonly #margin: KeptAnswer<Margin>;
  readonly #stops: KeptAnswer<readonly StandingStop[]>;
  readonly #checks: KeptChecks;
  readonly #askToCheck: AccountReads['preCheck'];
  #isLive = false;
  #stopLooking: (() => void) | null = null;
  #looksSoon = false;

  constructor(reads: AccountReads, local: LocalTime) {
    this.#local = local;
    this.#positions = new KeptPositions(() => reads.positions(), local);
    this.#margin = new KeptAnswer(() => reads.margin(), local);
    this.#stops = new KeptAnswer(() => reads.stops(), local);
    this.#askToCheck = (order) => reads.preCheck(order);
    this.#checks = new KeptChecks(this.#askToCheck, local);
  }

  /** @param ageMaxMs 0: the exchange is asked @throws what asking rejects with */
  positions(ageMaxMs: number): Promise<readonly Position[]> {
    return this.#isLive && ageMaxMs > 0 ? this.#positions.read(ageMaxMs) : this.#positions.ask();
  }

  /** As `positions`. */
  margin(ageMaxMs: number): Promise<Margin> {
    return this.#isLive && ageMaxMs > 0 ? this.#margin.read(ageMaxMs) : this.#margin.ask();
  }

  /** As `positions`. */
  stops(ageMaxMs: number): Promise<readonly StandingStop[]> {
    return this.#isLive && ageMaxMs > 0 ? this.#stops.read(ageMaxMs) : this.#stops.ask();
  }

  /** As `positions`. */
  preCheck(order: CheckedOrder, ageMaxMs: number): Promise<PreCheck> {
    return this.#isLive && ageMaxMs > 0 ? this.#checks.read(order, ageMaxMs) : this.#askToCheck(order);
  }

  /** From now on everything is kept young, or not any more. */
  prepare(isNear: boolean): void {
    if (isNear === (this.#stopLooking !== null)) return;
    this.#stopLooking?.();
    this.#stopLooking = null;
    this.#looksSoon = false;
    if (isNear) this.#look();
  }

  /** The stream is live: what it tells from now on is all there is. */
  live(): void {
    this.forget();
    this.#isLive = true;
  }

  /** The stream is down. */
  forget(): void {
    this.#isLive = false;
    this.#positions.forget();
    this.#margin.forget();
    this.#stops.forget();
    this.#checks.forget();
  }

  order(report: OrderReport): void {
    this.#positions.order(report);
    this.#moved();
  }

  fill(fill: Fill, seq: number | null): void {
    this.#positions.fill(fill, seq);
    this.#moved();
  }

  position(row: NumberedPosition): void {
    this.#positions.position(row);
    this.#moved();
  }

  wallet(margin: Margin): void {
    this.#margin.told(margin);
    this.#moved();
  }

  /** A stop was put, moved or taken away, or has fired. */
  stopChanged(): void {
    this.#stops.forget();
  }

  /** The margin that another order would leave is another one. */
  #moved(): void {
    this.#checks.forget();
    if (this.#stopLooking === null || this.#looksSoon) return;
    this.#stopLooking();
    this.#looksSoon = true;
    this.#stopLooking = this.#local.after(lookAfterChangeMs, () => this.#look());
  }

  /** One that fails is asked again with the next look, or by who needs it. */
  #look(): void {
    this.#looksSoon = false;
    const kept = { positions: this.#positions, margin: this.#margin, stops: this.#stops };
    for (const name of ['positions', 'margin', 'stops'] as const)
      if (this.#isLive && kept[name].ageMs > readAgainMs[name]) void kept[name].ask().catch(() => undefined);
    if (this.#isLive) this.#checks.renew();
    this.#stopLooking = this.#local.after(lookEveryMs, () => this.#look());
  }
}
