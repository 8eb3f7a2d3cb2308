/**
 * The torture: kills daemons at the planned moments while prices swing and faults are injected around them, lets every
 * roll end, and then compares the exchange's books with the journal. Real Postgres, real processes, real sockets.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, type Audit, type BookFigures } from './audit.ts';
import type { LogLine, TorturedDaemon } from './daemons.ts';
import { injectFault, noFaults, type FaultCounts } from './faults.ts';
import { openInstallation, type Installation } from './installation.ts';
import { planKills, type Fault, type PlannedKill } from './plan.ts';
import { indexAt } from './portfolio.ts';

const priceEveryMs = 100;
const lookEveryMs = 200;
/** A daemon is killed also when the moment does not come in this time. */
const momentMaxMs = 5_000;
const settleMaxMs = 420_000;
const rollsMaxMs = 120_000;
/** After so long without a database, its planned faults cannot be the reason. */
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
  /** As the daemons log them; a daemon killed before the commit of a roll's end has logged it too early. */
  readonly rolls: number;
  readonly counts: FaultCounts;
}

/** The result; the names are those of the JSON line. */
export interface Figures extends FaultCounts, BookFigures {
  readonly kills: number;
  /** Kills of a daemon that managed accounts; the others hit a daemon that was starting or waiting. */
  readonly ownersKilled: number;
  readonly seed: number;
  readonly seconds: number;
  /** Daemons that ended without being killed, while they were running. */
  readonly crashes: number;
}

export interface TortureReport extends Omit<Audit, 'figures'> {
  readonly figures: Figures;
  readonly crashes: readonly string[];
}

/** @throws Error when the installation cannot be opened, or the signal aborts the run */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const startedMs = performance.now();
  const run = new Run(options);
  const installation = await openInstallation(options.seed, (line) => run.receiveLine(line));
  try {
    await Promise.race([run.execute(installation), interruption(options.signal)]);
    await installation.daemons.terminate();
    const { figures, ...findings } = await audit(installation);
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { kills, ownersKilled, counts } = run.progress();
    const { crashes } = installation.daemons;
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
    await installation.close();
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
  readonly #counts = noFaults();
  readonly #faults = new Set<Promise<void>>();
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

  receiveLine({ msg }: LogLine): void {
    if (msg.startsWith('Rolled ')) this.#rolls += 1;
  }

  stop(): void {
    this.#isSwinging = false;
  }

  async execute(installation: Installation): Promise<void> {
    await this.#killAll(installation);
    await this.#settle(installation);
  }

  /** Follows the plan until as many daemons were killed as the options say. */
  async #killAll(installation: Installation): Promise<void> {
    const { kills, seed } = this.#options;
    const swinging = this.#swingPrice(installation);
    const acting = this.#actAsOwners(installation);
    // Twice as many, because a daemon may be dead already when its kill is due.
    for (const planned of planKills(seed, kills * 2)) {
      if (this.#kills >= kills) break;
      await this.#carryOut(installation, planned);
      this.#throwProblem();
      this.#options.onProgress?.(this.progress());
    }
    await Promise.all(this.#faults);
    await this.#rollEnough();
    this.stop();
    await Promise.all([swinging, acting]);
    this.#throwProblem();
  }

  async #rollEnough(): Promise<void> {
    const { rollsMin = 0 } = this.#options;
    const deadlineMs = performance.now() + rollsMaxMs;
    while (this.#rolls < rollsMin && performance.now() < deadlineMs) {
      await sleep(lookEveryMs);
      this.#throwProblem();
    }
  }

  /** Without faults and with a price that stands still, every roll has to end now: three looks in a row must show it. */
  async #settle({ paper, owners }: Installation): Promise<void> {
    await paper.ask('clearFaults');
    const deadlineMs = performance.now() + settleMaxMs;
    for (let settledLooks = 0; settledLooks < 3 && performance.now() < deadlineMs;) {
      await sleep(lookEveryMs);
      this.#throwProblem();
      const settled = await Promise.all(owners.map((owner) => owner.isSettled())).catch(() => [false]);
      settledLooks = settled.every(Boolean) ? settledLooks + 1 : 0;
    }
  }

  async #carryOut(installation: Installation, planned: PlannedKill): Promise<void> {
    const { daemons } = installation;
    for (const { afterMs, fault } of planned.faults) this.#inject(installation, fault, afterMs);
    await sleep(planned.pauseMs);
    let times = 0;
    const isMoment = ({ msg, state }: LogLine): boolean =>
      [msg, state].includes(planned.moment) && (times += 1) === planned.times;
    const logger = (await daemons.next(isMoment, momentMaxMs)) ?? daemons.manager();
    await sleep(planned.delayMs);
    const isVictim = (daemon: TorturedDaemon): boolean => planned.victims === 'all' || daemon === logger;
    for (const victim of daemons.alive.filter(isVictim)) {
      if (victim.isEndExpected || this.#kills >= this.#options.kills) continue;
      this.#kills += 1;
      if (victim.managesAccounts) this.#ownersKilled += 1;
      await daemons.kill(victim);
    }
  }

  #inject(installation: Installation, fault: Fault, afterMs: number): void {
    const injected = sleep(afterMs)
      .then(() => injectFault(installation, fault, this.#counts))
      .catch((error: unknown) => this.#fail(error));
    this.#faults.add(injected);
    void injected.then(() => this.#faults.delete(injected));
  }

  async #swingPrice({ paper }: Installation): Promise<void> {
    while (this.#isSwinging) {
      await paper
        .ask('setIndex', indexAt(performance.now() - this.#startedMs))
        .catch((error: unknown) => this.#fail(error));
      await sleep(priceEveryMs);
    }
  }

  async #actAsOwners({ owners }: Installation): Promise<void> {
    for (let actedMs = performance.now(); this.#isSwinging;) {
      try {
        for (const owner of owners) await owner.act();
        actedMs = performance.now();
      } catch (error) {
        // The plan takes the database away now and then.
        if (performance.now() - actedMs > databaseAwayMaxMs) this.#fail(error);
      }
      await sleep(lookEveryMs);
    }
  }

  #fail(error: unknown): void {
    this.#problem ??= error;
    this.stop();
  }

  #throwProblem(): void {
    if (this.#problem !== null) throw this.#problem as Error;
  }
}
