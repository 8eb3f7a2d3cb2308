/**
 * Volatility as it was: a file of times and at-the-money volatilities, in the shapes of a price file, read beside the
 * prices. A value holds until the next one; before the first, the first.
 */
import { candlesOf, type Candle } from './price-file.ts';

/** A volatility above 500 % a year is none: such a file is in per cent, as volatility indices are published. */
const fractionMax = 5;

export class VolatilityTape {
  readonly #pieces: AsyncGenerator<readonly Candle[], void>;
  readonly #unit: number;
  #piece: readonly Candle[];
  #next = 1;
  #value: number;

  private constructor(
    pieces: AsyncGenerator<readonly Candle[], void>,
    piece: readonly Candle[],
    first: number,
  ) {
    this.#pieces = pieces;
    this.#piece = piece;
    this.#unit = first > fractionMax ? 100 : 1;
    this.#value = first / this.#unit;
  }

  /** @throws BadInput when there is no row, or at the first bad one */
  static async open(path: string): Promise<VolatilityTape> {
    const pieces = candlesOf({ path });
    for (;;) {
      const { value: piece } = await pieces.next();
      const first = piece?.[0];
      if (piece && first) return new VolatilityTape(pieces, piece, first.close);
    }
  }

  /** Fraction a year. */
  get value(): number {
    return this.#value;
  }

  /** Whether `goTo` has anything to do. */
  isDue(atMs: number): boolean {
    const next = this.#piece[this.#next];
    return next ? next.atMs <= atMs : this.#piece.length > 0;
  }

  async goTo(atMs: number): Promise<void> {
    while (this.isDue(atMs)) {
      const next = this.#piece[this.#next];
      if (next) {
        this.#value = next.close / this.#unit;
        this.#next += 1;
      } else await this.#turnPage();
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return();
  }

  /** Pieces without a row are left out; after the last there is nothing more. */
  async #turnPage(): Promise<void> {
    this.#next = 0;
    do {
      const { value: piece, done } = await this.#pieces.next();
      this.#piece = piece ?? [];
      if (done === true) return;
    } while (this.#piece.length === 0);
  }
}
