/** Stores outcomes of attempts, many in one statement: those that arrive while one is stored share the next one. */
import type { DeliveryTurn, Settlement } from '../ports/deliveries.ts';

const settledAtOnceMax = 500;

interface Waiting {
  readonly settlement: Settlement;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Settling {
  readonly #turn: DeliveryTurn;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(turn: DeliveryTurn) {
    this.#turn = turn;
  }

  /** Resolves when it is stored. */
  add(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Never rejects: errors go to those that wait. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, settledAtOnceMax);
      try {
        await this.#turn.settle(some.map(({ settlement }) => settlement));
        for (const { resolve } of some) resolve();
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
