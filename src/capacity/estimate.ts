/**
 * From what was measured on this machine, and from what the exchange allows, to what one daemon carries and which bound
 * is met first. Pure arithmetic; measuring is calibrate.ts's.
 */

/** What this machine does, each measured for a second or so. */
export interface Calibration {
  /** Turns committed a second by many tasks together. */
  readonly durableTurnsPerSecond: number;
  /** Turns committed a second by one task alone: how long a commit takes. */
  readonly turnsPerSecondOfOneTask: number;
  /** Heap of one task that waits for its trigger. */
  readonly bytesPerRestingTask: number;
  /** How long the process may still grow, bytes. */
  readonly freeHeapBytes: number;
  /** Stored tasks armed a second at a start, reading them not counted. */
  readonly tasksArmedPerSecond: number;
}

/** What the exchange allows one address and one account (docs/exchange.md#rate-limits). */
export interface ExchangeLimits {
  readonly requestsPerSecondOfAddress: number;
  readonly createsPerSecondOfAccount: number;
  readonly amendsPerSecondOfAccount: number;
  readonly newConnectionsPerSecond: number;
}

/** A roll as it usually goes: two walks of five price steps each (task-spec.ts), filled at the last one. */
const stepsOfWalk = 5;
const legs = 2;
export const aRoll = {
  /** From the price to the end of its cooldown: what the demo's journal has, 186 turns for 7 rolls. */
  turns: 26,
  /** For each leg a look at positions, margin and chain, an order, and a quote and an amendment for each step. */
  requests: legs * (3 + 1 + 2 * stepsOfWalk),
  creates: legs,
  amends: legs * stepsOfWalk,
} as const;

export interface Bound {
  readonly what: string;
  /** Rolls a second that it allows. */
  readonly rollsPerSecond: number;
  readonly why: string;
}

export interface Capacity {
  /** Waiting tasks, by memory. */
  readonly tasksMax: number;
  /** Accounts that roll at their own full speed at the same moment before the address or this machine binds. */
  readonly accountsAtOnce: number;
  /** Lowest first: the first one binds. */
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
