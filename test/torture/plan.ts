/**
 * The plan of a torture, decided by a seed before anything begins: which daemon is killed at which moment, and what
 * happens to database, sockets and requests meanwhile. Every fault ends by itself and stays within what the exchange is
 * known to do (a request is late by less than its window of 5 s, a look-up lags by seconds).
 */
import type { FaultRule, StreamName } from '../../src/exchange/paper/faults.ts';
import { randomStream } from '../../src/exchange/paper/random.ts';

/** State or message of a log line, from which the delay until the kill is counted. Most are in the middle of a roll. */
export const moments = [
  'ROLL_INITIATED.planning',
  'ROLL_INITIATED.closingLeg1',
  'ROLL_INITIATED.closingLeg1',
  'LEG1_CLOSED.checkpoint',
  'LEG2_OPENING.opening',
  'LEG2_OPENING.opening',
  'ROLL_INITIATED.openingLeg2',
  'LEG1_CLOSING.closing',
  'IDLE.coolingDown',
  'account is managed',
] as const;
export type Moment = (typeof moments)[number];

export type Fault =
  | { readonly kind: 'postgres'; readonly signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL' }
  /** Bytes between the daemon and its database are lost one way or both, then the connection is cut. */
  | {
      readonly kind: 'database wire';
      readonly mode: 'cut' | 'mute answers' | 'stalled';
      readonly forMs: number;
    }
  | { readonly kind: 'exchange sockets'; readonly stream: StreamName; readonly forMs: number }
  | { readonly kind: 'exchange restart' }
  /** The daemon stands still, another one takes over and may prove its orders absent, and then the first continues. */
  | { readonly kind: 'freeze'; readonly forMs: number }
  /** Each rule applies once. */
  | { readonly kind: 'exchange answers'; readonly rules: readonly FaultRule[]; readonly forMs: number };

export interface PlannedKill {
  /** No daemon is killed for so long: proving that an order whose request was lost is absent takes one daemon 10 s. */
  readonly pauseMs: number;
  readonly moment: Moment;
  /** The kill follows this occurrence of the moment, counted from 1. */
  readonly times: number;
  /** From the moment to the kill. */
  readonly delayMs: number;
  /** The daemon that logged the moment, or all daemons. */
  readonly victims: 'one' | 'all';
  readonly faults: readonly { readonly afterMs: number; readonly fault: Fault }[];
}

const faultForMs = 6_000;
const pauseMs = 12_000;
const lateEffectMaxMs = 4_000;
const endpoints = [
  '/v5/order/create',
  '/v5/order/create',
  '/v5/order/cancel',
  '/v5/order/amend',
  '/v5/order/realtime',
  '/v5/execution/list',
  '/v5/position/list',
  '/v5/market/tickers',
] as const;
/** Codes that say nothing, ask for patience, or refuse an order for good (docs/exchange.md#errors). */
const refusals = [10000, 10006, 10016, 110079, 110003, 110007] as const;

class Dice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = randomStream(seed);
  }
  upTo(max: number): number {
    return Math.floor(this.#next() * max);
  }
  one<const T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length)] as T;
  }
  chance(probability: number): boolean {
    return this.#next() < probability;
  }
  /** Mostly within 250 ms, where the races are; sometimes anywhere in the length of a roll. */
  delayMs(): number {
    return this.chance(0.3) ? this.upTo(2_000) : Math.floor(this.#next() ** 2 * 250);
  }
}

/** The same seed gives the same plan. The first ten kills come with every kind of fault. */
export function planKills(seed: number, count: number): PlannedKill[] {
  const dice = new Dice(seed);
  return Array.from({ length: count }, (_, at) => ({
    pauseMs: at % 6 === 5 ? pauseMs : 0,
    moment: dice.one(moments),
    times: 1 + dice.upTo(4),
    delayMs: dice.delayMs(),
    victims: dice.chance(0.15) ? ('all' as const) : ('one' as const),
    faults: faultsOf(dice, at).map((fault) => ({ afterMs: dice.upTo(1_500), fault })),
  }));
}

function faultsOf(dice: Dice, at: number): Fault[] {
  const faults: Fault[] = [answersOf(dice), answersOf(dice)];
  if (at % 2 === 0) faults.push(socketsOf(dice));
  if (at % 3 === 1) faults.push(wireOf(dice));
  if (at % 6 === 3) faults.push({ kind: 'postgres', signal: dice.one(['SIGINT', 'SIGQUIT', 'SIGKILL']) });
  if (at % 10 === 6) faults.push({ kind: 'freeze', forMs: 2_500 + dice.upTo(9_500) });
  if (at % 10 === 8) faults.push({ kind: 'exchange restart' });
  return faults;
}

const socketsOf = (dice: Dice): Fault => ({
  kind: 'exchange sockets',
  stream: dice.one(['linear', 'option', 'private', 'private', 'trade', 'all'] as const),
  forMs: dice.chance(0.5) ? 0 : 1_000 + dice.upTo(2_000),
});

const wireOf = (dice: Dice): Fault => ({
  kind: 'database wire',
  mode: dice.one(['cut', 'mute answers', 'stalled'] as const),
  forMs: 200 + dice.upTo(1_300),
});

function answersOf(dice: Dice): Fault {
  const leg = { linkIdPrefix: dice.one(['close-', 'open-'] as const) };
  const request = { endpoint: dice.one(endpoints) };
  const how = dice.one(['silence', 'reset'] as const);
  const rules: readonly FaultRule[] = [
    { kind: 'loseRequest', how, match: request },
    { kind: 'loseAnswer', how, match: request },
    { kind: 'loseAnswer', how, match: { ...leg, endpoint: '/v5/order/create' } },
    // Of an order that went by websocket: its answer, or half of it, or the connection before it arrives.
    { kind: dice.one(['loseAnswer', 'malformedAnswer']), match: { ...leg, way: 'websocket' } },
    { kind: 'loseRequest', how: 'reset', match: { ...leg, way: 'websocket' } },
    { kind: 'delayAnswer', ms: 500 + dice.upTo(2_000), match: request },
    { kind: 'httpError', status: dice.one([500, 502, 503, 429]), match: request },
    { kind: 'malformedAnswer', match: request },
    { kind: 'reject', retCode: dice.one(refusals), match: { endpoint: '/v5/order/create' } },
    { kind: 'rejectLater', match: leg },
    { kind: 'delayEvents', ms: 200 + dice.upTo(2_500), match: leg },
    { kind: 'delayEffect', ms: 100 + dice.upTo(2_500), match: leg },
    { kind: 'noFill', match: leg },
    { kind: 'partialFill', qty: dice.one(['0.01', '0.1', '0.29']), match: leg },
    { kind: 'duplicateFilled', match: leg },
    { kind: 'lateCancel', match: leg },
    { kind: 'staleReads', ms: 500 + dice.upTo(2_000), match: leg },
  ];
  // An order that seems lost, and reaches the book when its daemon waits for it no longer.
  const lateOrder: readonly FaultRule[] = [
    { kind: 'loseAnswer', how, match: { ...leg, endpoint: '/v5/order/create' } },
    { kind: 'delayEffect', ms: 1_000 + dice.upTo(lateEffectMaxMs - 1_000), match: leg },
  ];
  return {
    kind: 'exchange answers',
    rules: dice.chance(0.2) ? lateOrder : [dice.one(rules)],
    forMs: faultForMs,
  };
}
