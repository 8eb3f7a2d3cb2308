/**
 * Which slices a daemon should take and give back, so that all are held, by daemons that can serve them, and evenly. It is
 * pure arithmetic on data that all daemons see alike: each computes the whole distribution and does its own part of it. A
 * slice moves only to a daemon that holds two fewer, or that can serve what the holder cannot, so the moves come to an end.
 */

export interface Member {
  /** Identifies the daemon; the order of numbers breaks ties. */
  readonly number: number;
  /** It failed lately and manages no account: no slice is moved to it for balance alone. */
  readonly isDoubtful: boolean;
}

export interface Slice {
  readonly shard: number;
  readonly isFree: boolean;
  /** The daemon that holds it; null when it is free, or held by an unknown session. */
  readonly holder: number | null;
  /** Daemons that failed to manage an account of this slice. */
  readonly failedBy: readonly number[];
  /** Those of them that do not try it again yet. */
  readonly avoidedBy: readonly number[];
}

export interface Share {
  /** Free slices to take. */
  readonly take: readonly number[];
  /** Slices that other daemons should hold, the most urgent first. */
  readonly movable: readonly number[];
  /** How many of `movable` to give back at most. */
  readonly surplus: number;
}

export interface ShareInput {
  /** The daemon that asks. */
  readonly ownNumber: number;
  readonly members: readonly Member[];
  readonly slices: readonly Slice[];
  /** Free slices that another daemon should have taken and did not: any daemon that can serve them takes them. */
  readonly overdue?: ReadonlySet<number>;
}

/** What the daemon `ownNumber` should take and may give back. */
export function fairShare({ ownNumber, members, slices, overdue = new Set() }: ShareInput): Share {
  const table = new Distribution(members, slices);
  const handed = table.handOver().filter(({ from }) => from === ownNumber);
  const given = table.giveOut();
  const moved = table.even().filter(({ from }) => from === ownNumber);
  const isMember = members.some(({ number }) => number === ownNumber);
  const take = slices
    .filter(({ isFree }) => isFree && isMember)
    .filter(
      (slice) =>
        given.get(slice.shard) === ownNumber ||
        (overdue.has(slice.shard) && !slice.failedBy.includes(ownNumber)),
    )
    .map(({ shard }) => shard);
  const receivers = new Set(moved.map(({ to }) => to));
  const others = slices.filter(
    ({ holder, avoidedBy, shard }) =>
      holder === ownNumber &&
      !handed.some((one) => one.shard === shard) &&
      [...receivers].some((to) => !avoidedBy.includes(to)),
  );
  return {
    take,
    movable: [...handed.map(({ shard }) => shard), ...others.map(({ shard }) => shard)],
    surplus: handed.length + moved.length,
  };
}

interface Move {
  readonly shard: number;
  readonly from: number;
  readonly to: number;
}

class Distribution {
  readonly #members: readonly Member[];
  readonly #slices: readonly Slice[];
  readonly #loads: Map<number, number>;
  readonly #moved = new Set<number>();

  constructor(members: readonly Member[], slices: readonly Slice[]) {
    this.#members = members;
    this.#slices = slices;
    this.#loads = new Map(members.map(({ number }) => [number, 0]));
    for (const { holder } of slices) if (holder !== null) this.#add(holder, 1);
  }

  /** Moves slices that their holder cannot serve to a daemon that has not tried yet, or that may try again. */
  handOver(): Move[] {
    return this.#slices.flatMap(({ shard, holder, failedBy, avoidedBy }) => {
      if (holder === null || !failedBy.includes(holder)) return [];
      const able = this.#able(failedBy);
      const again = this.#members.filter(isNot([...avoidedBy, holder]));
      const to = this.#leastLoaded(able.length > 0 ? able : again);
      return to === null ? [] : [this.#move(shard, holder, to)];
    });
  }

  /** Which daemon should take which free slice. A slice that no daemon could serve is held, and tried, all the same. */
  giveOut(): ReadonlyMap<number, number> {
    const given = new Map<number, number>();
    for (const { shard, failedBy, avoidedBy, isFree } of this.#slices) {
      if (!isFree) continue;
      const choices = [this.#able(failedBy), this.#members.filter(isNot(avoidedBy)), this.#members];
      const to = this.#leastLoaded(choices.find(({ length }) => length > 0) ?? []);
      if (to === null) continue;
      given.set(shard, to);
      this.#add(to, 1);
    }
    return given;
  }

  /** Moves slices from the daemons that hold most to those that hold least, until no two differ by more than one. */
  even(): Move[] {
    const moves: Move[] = [];
    for (let move = this.#nextMove(); move !== null; move = this.#nextMove())
      moves.push(this.#move(move.shard, move.from, move.to));
    return moves;
  }

  #nextMove(): Move | null {
    const byLoad = [...this.#members].sort((a, b) => this.#load(a) - this.#load(b) || a.number - b.number);
    for (const to of byLoad.filter(({ isDoubtful }) => !isDoubtful)) {
      for (const from of byLoad.toReversed()) {
        if (this.#load(from) - this.#load(to) < 2) break;
        const slice = this.#slices.find(
          ({ shard, holder, avoidedBy }) =>
            holder === from.number && !this.#moved.has(shard) && !avoidedBy.includes(to.number),
        );
        if (slice) return { shard: slice.shard, from: from.number, to: to.number };
      }
    }
    return null;
  }

  #move(shard: number, from: number, to: number): Move {
    this.#moved.add(shard);
    this.#add(from, -1);
    this.#add(to, 1);
    return { shard, from, to };
  }

  /** Members that have not failed at it, without the doubtful ones if there are others. */
  #able(failedBy: readonly number[]): readonly Member[] {
    const able = this.#members.filter(isNot(failedBy));
    const sure = able.filter(({ isDoubtful }) => !isDoubtful);
    return sure.length > 0 ? sure : able;
  }

  #leastLoaded(members: readonly Member[]): number | null {
    const [least] = [...members].sort((a, b) => this.#load(a) - this.#load(b) || a.number - b.number);
    return least?.number ?? null;
  }

  #load({ number }: Member): number {
    return this.#loads.get(number) ?? 0;
  }

  #add(number: number, change: number): void {
    this.#loads.set(number, (this.#loads.get(number) ?? 0) + change);
  }
}

const isNot =
  (numbers: readonly number[]) =>
  ({ number }: Member): boolean =>
    !numbers.includes(number);
