/**
 * The torture: kills daemons at the planned moments while prices swing and everything around breaks, lets it settle,
 * and then compares the exchange's books with the journal. Real Postgres, real processes, real sockets.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './daemons.ts';
import { inflict, noHarms, type HarmCounts } from './harms.ts';
import { planBlows, type Blow } from './plan.ts';
import { indexAt } from './portfolio.ts';
import { reckon, type BookFigures, type Reckoning } from './reckoning.ts';
import { setStage, type Stage } from './stage.ts';

const priceEveryMs = 100;
const tendEveryMs = 200;
/** A moment that does not come is not waited for. */
const momentMaxMs = 5_000;
const settleMaxMs = 420_000;
const rollsMaxMs = 120_000;
/** How long nobody may reach the database before something else must be wrong. */
const databaseAwayMaxMs = 60_000;

export interface TortureOptions {
  readonly kills: number;
  /** After the last kill prices go on moving until so many rolls were seen: all kills may fall into one takeover. */
  readonly rollsMin?: number;
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly kills: number;
  readonly ownersKilled: number;
  /** As the daemons say; one killed before the commit of a roll's end has said it too early. */
  readonly rolls: number;
  readonly counts: HarmCounts;
}

/** What is stated in the end; the names are those of the JSON line. */
export interface Figures extends HarmCounts, BookFigures {
  readonly kills: number;
  /** Kills of a daemon that had accounts in its care; the others hit one that was starting or waiting. */
  readonly ownersKilled: number;
  readonly seed: number;
  readonly seconds: number;
  /** Daemons that ended without being killed, while they were running. */
  readonly crashes: number;
}

export interface TortureReport extends Omit<Reckoning, 'figures'> {
  readonly figures: Figures;
  readonly crashes: readonly string[];
}

/** @throws Error when the stage cannot be set, or the signal tells to stop */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const startedMs = performance.now();
  const run = new Run(options);
  const stage = await setStage(options.seed, (line) => run.heard(line));
  try {
    await Promise.race([run.toTheEnd(stage), interruption(options.signal)]);
    await stage.daemons.terminate();
    const { figures, ...findings } = await reckon(stage);
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { kills, ownersKilled, counts } = run.progress();
    const { crashes } = stage.daemons;
    return {
      figures: {
        kills,
        ownersKilled,
        ...figures,
        ...counts,
        crashes: crashes.length,
        seed: options.seed,
        seconds,
      },
      crashes,
      ...findings,
    };
  } finally {
    run.stop();
    await stage.close();
  }
}

function interruption(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

class Run {
  readonly #options: TortureOptions;
  readonly #counts = noHarms();
  readonly #harms = new Set<Promise<void>>();
  readonly #startedMs = performance.now();
  #kills = 0;
  #ownersKilled = 0;
  #rolls = 0;
  #isSwinging = true;
  #problem: unknown = null;

  constructor(options: TortureOptions) {
    this.#options = options;
  }

  progress(): Progress {
    return {
      kills: this.#kills,
      ownersKilled: this.#ownersKilled,
      rolls: this.#rolls,
      counts: { ...this.#counts },
    };
  }

  heard({ msg }: LogLine): void {
    if (msg.startsWith('Rolled ')) this.#rolls += 1;
  }

  stop(): void {
    this.#isSwinging = false;
  }

  async toTheEnd(stage: Stage): Promise<void> {
    await this.#kill(stage);
    await this.#settle(stage);
  }

  /** Every blow of the plan, until as many daemons are dead as were asked for. */
  async #kill(stage: Stage): Promise<void> {
    const { kills, seed } = this.#options;
    const swinging = this.#swing(stage);
    const tending = this.#tend(stage);
    // Twice as many, because a blow may find its victim dead already.
    for (const blow of planBlows(seed, kills * 2)) {
      if (this.#kills >= kills) break;
      await this.#strike(stage, blow);
      this.#goOn();
      this.#options.onProgress?.(this.progress());
    }
    await Promise.all(this.#harms);
    await this.#rollEnough();
    this.stop();
    await Promise.all([swinging, tending]);
    this.#goOn();
  }

  async #rollEnough(): Promise<void> {
    const { rollsMin = 0 } = this.#options;
    const deadlineMs = performance.now() + rollsMaxMs;
    while (this.#rolls < rollsMin && performance.now() < deadlineMs) {
      await sleep(tendEveryMs);
      this.#goOn();
    }
  }

  /** Nothing breaks any more and the price stands still: every roll has to come to its end now. */
  async #settle({ paper, hands }: Stage): Promise<void> {
    await paper.ask('clearFaults');
    const deadlineMs = performance.now() + settleMaxMs;
    for (let restful = 0; restful < 3 && performance.now() < deadlineMs;) {
      await sleep(tendEveryMs);
      this.#goOn();
      const rests = await Promise.all(hands.map((hand) => hand.isAtRest())).catch(() => [false]);
      restful = rests.every(Boolean) ? restful + 1 : 0;
    }
  }

  async #strike(stage: Stage, blow: Blow): Promise<void> {
    const { daemons } = stage;
    const { lullMs, moment, delayMs, victims, harms } = blow;
    for (const { afterMs, harm } of harms) this.#inflict(stage, harm, afterMs);
    await sleep(lullMs);
    let times = 0;
    const isMoment = ({ msg, state }: LogLine): boolean =>
      [msg, state].includes(moment) && (times += 1) === blow.times;
    const speaker = (await daemons.next(isMoment, momentMaxMs)) ?? daemons.owner();
    await sleep(delayMs);
    const doomed = victims === 'all' ? daemons.alive : daemons.alive.filter((who) => who === speaker);
    for (const victim of doomed) {
      if (victim.isDoomed || this.#kills >= this.#options.kills) continue;
      this.#kills += 1;
      if (victim.isOwner) this.#ownersKilled += 1;
      await daemons.kill(victim);
    }
  }

  #inflict(stage: Stage, harm: Blow['harms'][number]['harm'], afterMs: number): void {
    const inflicted = sleep(afterMs)
      .then(() => inflict(stage, harm, this.#counts))
      .catch((error: unknown) => this.#fail(error));
    this.#harms.add(inflicted);
    void inflicted.then(() => this.#harms.delete(inflicted));
  }

  async #swing({ paper }: Stage): Promise<void> {
    while (this.#isSwinging) {
      await paper
        .ask('setIndex', indexAt(performance.now() - this.#startedMs))
        .catch((error: unknown) => this.#fail(error));
      await sleep(priceEveryMs);
    }
  }

  async #tend({ hands }: Stage): Promise<void> {
    for (let tendedMs = performance.now(); this.#isSwinging;) {
      try {
        for (const hand of hands) await hand.tend();
        tendedMs = performance.now();
      } catch (error) {
        // The database is down just now, as planned.
        if (performance.now() - tendedMs > databaseAwayMaxMs) this.#fail(error);
      }
      await sleep(tendEveryMs);
    }
  }

  #fail(error: unknown): void {
    this.#problem ??= error;
    this.stop();
  }

  #goOn(): void {
    if (this.#problem !== null) throw this.#problem as Error;
  }
}
