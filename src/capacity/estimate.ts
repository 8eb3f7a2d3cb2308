/**
 * Computes how much one daemon can handle, and which bound is reached first, from what was measured on this machine and what
 * the exchange allows. Measuring is done by `calibrate.ts`.
 */

/** How fast this machine is, each figure measured for a second or two. */
export interface Calibration {
  /** Turns committed a second by many tasks together. */
  readonly durableTurnsPerSecond: number;
  /** Turns committed a second by one task alone, which shows how long a commit takes. */
  readonly turnsPerSecondOfOneTask: number;
  /** Heap of one task that waits for its trigger. */
  readonly bytesPerRestingTask: number;
  /** How much the heap may still grow, bytes. */
  readonly freeHeapBytes: number;
  /** Stored tasks armed a second at a start, not counting the time to read them. */
  readonly tasksArmedPerSecond: number;
}

/** What the exchange allows one address and one account (docs/exchange.md#rate-limits). */
export interface ExchangeLimits {
  readonly requestsPerSecondOfAddress: number;
  readonly createsPerSecondOfAccount: number;
  readonly amendsPerSecondOfAccount: number;
  readonly newConnectionsPerSecond: number;
}

/** A usual roll: two walks of five price steps each, the default of `task-spec.ts`, filled at the last step. */
const stepsOfWalk = 5;
const legs = 2;
export const aRoll = {
  /** From the price to the end of the cooldown: the demo's journal has 186 turns for 7 rolls. */
  turns: 26,
  /** For each leg: positions, margin and chain, an order, and a quote and an amendment for each step. */
  requests: legs * (3 + 1 + 2 * stepsOfWalk),
  creates: legs,
  amends: legs * stepsOfWalk,
} as const;

export interface Bound {
  readonly what: string;
  /** How many rolls a second it allows. */
  readonly rollsPerSecond: number;
  readonly why: string;
}

export interface Capacity {
  /** How many waiting tasks fit into memory. */
  readonly tasksMax: number;
  /** How many accounts can roll at full speed at the same time before the address or this machine is the bound. */
  readonly accountsAtOnce: number;
  /** Lowest first: the first one is reached first. */
  readonly bounds: readonly Bound[];
  readonly secondsToArm: number;
  readonly secondsToConnectThousandAccounts: number;
}

export function estimate(measured: Calibration, limits: ExchangeLimits): Capacity {
  const ofMachine = measured.durableTurnsPerSecond / aRoll.turns;
  const ofAddress = limits.requestsPerSecondOfAddress / aRoll.requests;
  const ofAccount = Math.min(
    limits.createsPerSecondOfAccount / aRoll.creates,
    limits.amendsPerSecondOfAccount / aRoll.amends,
  );
  const bounds: Bound[] = [
    {
      what: 'one account',
      rollsPerSecond: ofAccount,
      why: `${limits.createsPerSecondOfAccount} orders and ${limits.amendsPerSecondOfAccount} amendments a second, ${aRoll.creates} and ${aRoll.amends} a roll`,
    },
    {
      what: 'one IP address',
      rollsPerSecond: ofAddress,
      why: `${limits.requestsPerSecondOfAddress.toFixed(0)} requests a second, ${aRoll.requests} a roll`,
    },
    {
      what: 'this machine',
      rollsPerSecond: ofMachine,
      why: `${measured.durableTurnsPerSecond.toFixed(0)} transitions committed a second, ${aRoll.turns} a roll`,
    },
  ];
  const tasksMax = Math.floor(measured.freeHeapBytes / measured.bytesPerRestingTask);
  return {
    tasksMax,
    accountsAtOnce: Math.max(1, Math.floor(Math.min(ofAddress, ofMachine) / ofAccount)),
    bounds: bounds.sort((a, b) => a.rollsPerSecond - b.rollsPerSecond),
    secondsToArm: tasksMax / measured.tasksArmedPerSecond,
    secondsToConnectThousandAccounts: 1_000 / limits.newConnectionsPerSecond,
  };
}
