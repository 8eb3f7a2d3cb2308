/**
 * Decides when to believe a time that lies far from the estimate of the exchange's clock: not on one answer, and not while
 * other readings contradict it. Such a time is a **claim**. It is believed when enough readings agree on it, over enough
 * local time, and dropped as soon as a reading confirms the estimate. The earliest time they agree on is believed, because
 * every reading is a lower bound. While frames arrive, answers alone are not enough: one host that reports a wrong time
 * must not outvote the streams, and when the clock has really moved the next frame shows it.
 */
export interface ClockRules {
  /** A step of at most this, ms, is believed at once. */
  readonly stepMaxMs: number;
  /** How many readings have to agree on a larger step, the first included. */
  readonly agreeingMin: number;
  /** Local time that has to pass from the first of these readings to the last, ms. */
  readonly agreeingForMs: number;
  /** Local time before the exchange is asked again while a claim is open, ms. */
  readonly askAgainMs: number;
  /** Whether the exchange's date is today's; a tape has its own. */
  readonly isToday: boolean;
}

/** For the real exchange: its clock never jumps, but this computer may have slept. */
export const todaysClock: ClockRules = {
  stepMaxMs: 5_000,
  agreeingMin: 3,
  agreeingForMs: 1_000,
  askAgainMs: 300,
  isToday: true,
};

/**
 * For the paper exchange, wherever it runs: a tape that is played fast steps by a quarter of a minute within a millisecond,
 * and by hours when its operator moves it; the frames after that agree.
 */
export const tapeClock: ClockRules = {
  stepMaxMs: 120_000,
  agreeingMin: 3,
  agreeingForMs: 0,
  askAgainMs: 60,
  isToday: false,
};

/** A time that the exchange reported. */
export interface ReportedTime {
  readonly exchangeMs: number;
  /** From a frame of a stream; else from the answer to a request. */
  readonly isFrame: boolean;
}

interface TimeReading extends ReportedTime {
  readonly localMs: number;
}

/** While the last frame is younger than this, frames count as arriving. */
const framesComeWithinMs = 5_000;

/** The same time within this span is one reading: an answer is seen twice, when it arrives and when a measurement ends. */
const oneReadingWithinMs = 50;

interface Claim {
  /** The earliest of the readings that agree. */
  readonly atMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly hasFrame: boolean;
  readonly sinceLocalMs: number;
  readonly lastLocalMs: number;
}

export class ClockClaim {
  readonly #rules: ClockRules;
  #claim: Claim | null = null;
  #frameAtLocalMs = Number.NEGATIVE_INFINITY;

  constructor(rules: ClockRules) {
    this.#rules = rules;
  }

  get isOpen(): boolean {
    return this.#claim !== null;
  }

  /** The claimed time, `null` when none is. */
  get atMs(): number | null {
    return this.#claim?.atMs ?? null;
  }

  drop(): void {
    this.#claim = null;
  }

  /** A frame with any time arrived. */
  noteFrame(localMs: number): void {
    this.#frameAtLocalMs = localMs;
  }

  /** Adds a reading that is far from the estimate. @returns the time to believe, `null` while not enough readings agree */
  add(reading: TimeReading): number | null {
    const claim = this.#joined(reading);
    this.#claim = claim;
    const { agreeingMin, agreeingForMs } = this.#rules;
    if (claim.count < agreeingMin || claim.lastLocalMs - claim.sinceLocalMs < agreeingForMs) return null;
    if (!claim.hasFrame && reading.localMs - this.#frameAtLocalMs < framesComeWithinMs) return null;
    this.#claim = null;
    return claim.atMs;
  }

  #joined({ exchangeMs, localMs, isFrame }: TimeReading): Claim {
    const claim = this.#claim;
    const fresh = {
      atMs: exchangeMs,
      lastMs: exchangeMs,
      count: 1,
      hasFrame: isFrame,
      sinceLocalMs: localMs,
      lastLocalMs: localMs,
    };
    if (claim === null || !this.#agrees(claim, exchangeMs, localMs)) return fresh;
    const hasFrame = claim.hasFrame || isFrame;
    if (claim.lastMs === exchangeMs && localMs - claim.lastLocalMs < oneReadingWithinMs)
      return { ...claim, hasFrame };
    return {
      ...claim,
      atMs: Math.min(claim.atMs, exchangeMs),
      lastMs: exchangeMs,
      count: claim.count + 1,
      hasFrame,
      lastLocalMs: localMs,
    };
  }

  /** A tape may run at any speed, so a later time never contradicts its claim. */
  #agrees(claim: Claim, exchangeMs: number, localMs: number): boolean {
    const { stepMaxMs, isToday } = this.#rules;
    const latestMs = claim.atMs + localMs - claim.sinceLocalMs + stepMaxMs;
    return exchangeMs >= claim.atMs - stepMaxMs && (!isToday || exchangeMs <= latestMs);
  }
}
