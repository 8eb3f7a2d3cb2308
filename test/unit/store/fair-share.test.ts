/** Shares come to rest with every slice held and nobody above his share, wherever they start and whoever moves first. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balance } from '../../../src/store/fair-share.ts';

/** Slices by holder; whoever is not in the array is free. Each daemon looks around in turn, until nothing moves. */
class Table {
  readonly held: number[];
  free: number;
  moves = 0;

  constructor(held: readonly number[], free: number) {
    this.held = [...held];
    this.free = free;
  }

  get slices(): number {
    return this.held.reduce((sum, each) => sum + each, this.free);
  }

  /** @returns whether something moved */
  look(daemon: number): boolean {
    const held = this.held[daemon] ?? 0;
    const { room, surplus } = balance(this.slices, this.held.length, held);
    const taken = Math.min(room, this.free);
    this.held[daemon] = held + taken - surplus;
    this.free += surplus - taken;
    this.moves += taken + surplus;
    return taken + surplus > 0;
  }

  settle(order: readonly number[]): number {
    for (let round = 1; ; round += 1) {
      const moved = order.map((daemon) => this.look(daemon));
      if (!moved.includes(true)) return round;
    }
  }
}

const inOrder = (daemons: number): number[] => Array.from({ length: daemons }, (_, at) => at);

describe.each(Array.from({ length: 10 }, (_, at) => at + 1))('among %i daemons', (daemons) => {
  test.each([
    [
      'the first holds all',
      (slices: number) => new Table([slices, ...Array<number>(daemons - 1).fill(0)], 0),
    ],
    ['nobody holds any', (slices: number) => new Table(Array<number>(daemons).fill(0), slices)],
  ])('1 to 64 slices are all held and fairly, where %s', (_, start) => {
    for (let slices = 1; slices <= 64; slices += 1) {
      const table = start(slices);
      table.settle(inOrder(daemons));
      expect(table.free, `${slices} slices`).toBe(0);
      expect(Math.max(...table.held), `${slices} slices`).toBeLessThanOrEqual(Math.ceil(slices / daemons));
      expect(table.moves, `${slices} slices`).toBeLessThanOrEqual(2 * slices);
    }
  });
});

test('whatever they hold and whoever looks first, they come to rest in a few looks, and then nothing moves', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 10 }),
      fc.nat({ max: 20 }),
      fc.nat(),
      (held, free, seed) => {
        const table = new Table(held, free);
        const order = inOrder(held.length).sort((a, b) => ((a + seed) % 7) - ((b + seed) % 7));
        expect(table.settle(order)).toBeLessThanOrEqual(4);
        expect(table.free).toBe(0);
        expect(Math.max(...table.held)).toBeLessThanOrEqual(Math.ceil(table.slices / held.length));
        const { moves } = table;
        table.settle([...order].reverse());
        expect(table.moves).toBe(moves);
      },
    ),
  );
});
