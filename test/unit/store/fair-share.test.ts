/** Moves end with every slice held by a daemon that can serve it, and evenly, whatever the start and the order of daemons. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairShare, type Member, type Slice } from '../../../src/store/ownership/fair-share.ts';

/** Slices by holder, and what each daemon would find if it tried one. Each looks around in turn, until nothing moves. */
class Table {
  readonly holders: (number | null)[];
  readonly failedBy: number[][];
  readonly avoidedBy: number[][];
  readonly #daemons: number;
  readonly #canServe: (daemon: number, shard: number) => boolean;
  moves = 0;

  constructor(
    daemons: number,
    holders: readonly (number | null)[],
    canServe = (_daemon: number, _shard: number) => true,
  ) {
    this.#daemons = daemons;
    this.holders = [...holders];
    this.failedBy = holders.map(() => []);
    this.avoidedBy = holders.map(() => []);
    this.#canServe = canServe;
    for (const [shard, holder] of holders.entries()) if (holder !== null) this.#try(holder, shard);
  }

  /** @returns whether something moved */
  look(daemon: number): boolean {
    const { take, movable, surplus } = fairShare({
      ownNumber: daemon,
      members: this.#members(),
      slices: this.#slices(),
    });
    const give = movable.slice(0, surplus);
    for (const shard of give) this.holders[shard] = null;
    for (const shard of take) this.#try(daemon, shard);
    this.moves += give.length + take.length;
    return give.length + take.length > 0;
  }

  settle(order: readonly number[]): number {
    for (let round = 1; ; round += 1) {
      if (round > 100) throw new Error(`moves do not end: ${JSON.stringify(this.holders)}`);
      const moved = order.map((daemon) => this.look(daemon));
      if (!moved.includes(true)) return round;
    }
  }

  loads(): number[] {
    return inOrder(this.#daemons).map((daemon) => this.holders.filter((holder) => holder === daemon).length);
  }

  /** Ends the time to stay away, except for daemons that hold a slice: they keep trying, and failing. */
  endWaits(): void {
    for (const [shard, away] of this.avoidedBy.entries())
      away.splice(0, away.length, ...away.filter((daemon) => daemon === this.holders[shard]));
  }

  #try(daemon: number, shard: number): void {
    this.holders[shard] = daemon;
    if (this.#canServe(daemon, shard)) return;
    if (!this.failedBy[shard]?.includes(daemon)) this.failedBy[shard]?.push(daemon);
    if (!this.avoidedBy[shard]?.includes(daemon)) this.avoidedBy[shard]?.push(daemon);
  }

  #members(): Member[] {
    return inOrder(this.#daemons).map((number) => ({
      number,
      isDoubtful:
        this.avoidedBy.some((away) => away.includes(number)) &&
        !this.holders.some((holder, shard) => holder === number && !this.failedBy[shard]?.includes(number)),
    }));
  }

  #slices(): Slice[] {
    return this.holders.map((holder, shard) => ({
      shard,
      holder,
      isFree: holder === null,
      failedBy: [...(this.failedBy[shard] ?? [])],
      avoidedBy: [...(this.avoidedBy[shard] ?? [])],
    }));
  }
}

const inOrder = (daemons: number): number[] => Array.from({ length: daemons }, (_, at) => at);
const spread = (loads: readonly number[]): number => Math.max(...loads) - Math.min(...loads);

describe.each(Array.from({ length: 10 }, (_, at) => at + 1))('among %i daemons', (daemons) => {
  test.each([
    ['the first holds all', 0],
    ['no daemon holds any', null],
  ])('1 to 64 slices are all held and evenly, where %s', (_, holder) => {
    for (let slices = 1; slices <= 64; slices += 1) {
      const table = new Table(daemons, Array<number | null>(slices).fill(holder));
      table.settle(inOrder(daemons));
      expect(table.holders, `${slices} slices`).not.toContain(null);
      expect(spread(table.loads()), `${slices} slices`).toBeLessThanOrEqual(1);
      expect(table.moves, `${slices} slices`).toBeLessThanOrEqual(2 * slices);
    }
  });
});

const anyTable = fc.integer({ min: 1, max: 8 }).chain((daemons) =>
  fc.record({
    daemons: fc.constant(daemons),
    holders: fc.array(fc.option(fc.nat({ max: daemons - 1 })), { minLength: 1, maxLength: 40 }),
    seed: fc.nat(),
  }),
);
const shuffled = (daemons: number, seed: number): number[] =>
  inOrder(daemons).sort((a, b) => ((a + seed) % 7) - ((b + seed) % 7));

test('whatever daemons hold and in which order they look, moves end after a few looks', () => {
  fc.assert(
    fc.property(anyTable, ({ daemons, holders, seed }) => {
      const table = new Table(daemons, holders);
      const order = shuffled(daemons, seed);
      expect(table.settle(order)).toBeLessThanOrEqual(4);
      expect(table.holders).not.toContain(null);
      expect(spread(table.loads())).toBeLessThanOrEqual(1);
      const { moves } = table;
      table.settle([...order].reverse());
      expect(table.moves).toBe(moves);
    }),
  );
});

test('whichever daemon cannot serve which slice, every slice ends with a daemon that can, if there is one', () => {
  fc.assert(
    fc.property(anyTable, fc.float({ min: 0, max: 1, noNaN: true }), ({ daemons, holders, seed }, share) => {
      const canServe = (daemon: number, shard: number): boolean =>
        ((daemon * 7_919 + shard * 104_729 + seed) % 1_000) / 1_000 >= share;
      const table = new Table(daemons, holders, canServe);
      table.settle(shuffled(daemons, seed));
      for (const [shard, holder] of table.holders.entries()) {
        const able = inOrder(daemons).filter((daemon) => canServe(daemon, shard));
        expect(holder).not.toBeNull();
        if (able.length > 0) expect(able).toContain(holder);
      }
    }),
  );
});

test('a daemon that can serve nothing ends with nothing, and is tried with its share of them alone', () => {
  const table = new Table(2, Array<number>(8).fill(0), (daemon) => daemon === 0);
  table.settle([0, 1]);
  expect(table.loads()).toEqual([8, 0]);
  expect(table.failedBy.flat()).toHaveLength(4);
});

test('a slice that no daemon can serve stays where it is, is held all the same, and is tried by another after a while', () => {
  const table = new Table(2, [0], () => false);
  table.settle([0, 1]);
  expect(table.holders).toEqual([1]);
  const { moves } = table;
  table.settle([1, 0]);
  expect(table.moves).toBe(moves);
  table.endWaits();
  table.settle([0, 1]);
  expect(table.holders).toEqual([0]);
});

test('a daemon that is alone keeps what it cannot serve', () => {
  const table = new Table(1, [null, null], () => false);
  table.settle([0]);
  expect(table.holders).toEqual([0, 0]);
});

test('a slice that the next daemon does not take is taken by another that can serve it', () => {
  const members = [1, 2].map((number) => ({ number, isDoubtful: false }));
  const slices = [{ shard: 5, isFree: true, holder: null, failedBy: [], avoidedBy: [] }];
  expect(fairShare({ ownNumber: 2, members, slices }).take).toEqual([]);
  expect(fairShare({ ownNumber: 2, members, slices, overdue: new Set([5]) }).take).toEqual([5]);
});
