/** Chance, seeded: every decision of a simulated world comes from here, so that a seed is a whole story. */
import { normalFrom, randomStream } from '../../../src/exchange/paper/random.ts';

export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomStream(seed);
  }

  /** A stream of its own, so that what one part of the world draws does not shift the others. */
  fork(salt: number): Chance {
    return new Chance(Math.floor(this.#next() * 4_294_967_296) ^ salt);
  }

  happens(probability: number): boolean {
    return this.#next() < probability;
  }

  /** From `low` up to `high`. */
  between(low: number, high: number): number {
    return low + this.#next() * (high - low);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  normal(): number {
    return normalFrom(this.#next);
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.whole(0, choices.length - 1)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
}
