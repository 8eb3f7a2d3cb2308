/**
 * When a time is believed that lies far from the reckoning: not on one answer, and not while others contradict it. A
 * **claim** is such a time; it is believed when so many readings agree upon it, over so much local time, and forgotten as
 * soon as one shows that the reckoning was right. What is believed is the earliest time they agree upon, because every
 * reading is a lower bound. While frames come, answers alone are not enough: what one host says of its time must not outvote
 * the streams, and a clock that really moved is told by the next frame.
 */
export interface ClockRules {
  /** A step no longer than this, ms, is believed at once. */
  readonly stepMaxMs: number;
  /** How many readings have to agree upon a longer one, the first included. */
  readonly agreeingMin: number;
  /** How much local time has to pass from the first of them to the last, ms. */
  readonly agreeingForMs: number;
  /** Local time before the exchange is asked again while a claim is open, ms. */
  readonly askAgainMs: number;
  /** Whether the exchange's date is today's; a tape has its own. */
  readonly isToday: boolean;
}

/** The exchange itself: its clock never jumps, but this computer may have slept. */
export const todaysClock: ClockRules = {
  stepMaxMs: 5_000,
  agreeingMin: 3,
  agreeingForMs: 1_000,
  askAgainMs: 300,
  isToday: true,
};

/**
 * The paper exchange, wherever it runs: a tape that is played fast steps by a quarter of a minute within a millisecond, and
 * whoever moves it by hand by hours; the frames after that agree.
 */
export const tapeClock: ClockRules = {
  stepMaxMs: 120_000,
  agreeingMin: 3,
  agreeingForMs: 0,
  askAgainMs: 60,
  isToday: false,
};

/** The time that a reading tells, and whether a stream told it; the others are answers to what was asked. */
export interface ToldTime {
  readonly exchangeMs: number;
  readonly isFrame: boolean;
}

interface TimeReading extends ToldTime {
  readonly localMs: number;
}

/** The last frame is so recent that another one is due. */
const framesComeWithinMs = 5_000;

/** The same answer, taken once as a frame and once as a measurement, is one reading. */
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

  /** The time that is claimed, `null` when none is. */
  get atMs(): number | null {
    return this.#claim?.atMs ?? null;
  }

  drop(): void {
    this.#claim = null;
  }

  /** A stream told a time, whichever. */
  heardFrame(localMs: number): void {
    this.#frameAtLocalMs = localMs;
  }

  /** One more reading, far from the reckoning. @returns the time to believe, `null` while it is not agreed upon */
  hear(reading: TimeReading): number | null {
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

  /** A tape goes on as fast as it likes, so that no later time speaks against it. */
  #agrees(claim: Claim, exchangeMs: number, localMs: number): boolean {
    const { stepMaxMs, isToday } = this.#rules;
    const latestMs = claim.atMs + localMs - claim.sinceLocalMs + stepMaxMs;
    return exchangeMs >= claim.atMs - stepMaxMs && (!isToday || exchangeMs <= latestMs);
  }
}
