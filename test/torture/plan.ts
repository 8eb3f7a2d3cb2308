/**
 * What will be done to the daemon, decided by a seed before anything begins: at which moment it dies, who dies, and
 * what happens to database, sockets and requests meanwhile. Every harm ends by itself and stays within what the
 * exchange is known to do (a request is late by less than its window of 5 s, a look-up lags by seconds).
 */
import type { FaultRule, StreamName } from '../../src/exchange/paper/faults.ts';
import { randomStream } from '../../src/exchange/paper/random.ts';

/** What a daemon has just said when the clock of its death starts. The middle of a roll is where it hurts. */
export const moments = [
  'ROLL_INITIATED.planning',
  'ROLL_INITIATED.closingLeg1',
  'ROLL_INITIATED.closingLeg1',
  'LEG1_CLOSED.checkpoint',
  'LEG2_OPENING.opening',
  'LEG2_OPENING.opening',
  'IDLE.coolingDown',
  'account is managed',
] as const;
export type Moment = (typeof moments)[number];

export type Harm =
  | { readonly kind: 'postgres'; readonly signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL' }
  /** Bytes between the daemon and its database are lost one way or both, then the connection is cut. */
  | {
      readonly kind: 'database wire';
      readonly mode: 'cut' | 'mute answers' | 'stalled';
      readonly forMs: number;
    }
  | { readonly kind: 'exchange sockets'; readonly stream: StreamName; readonly forMs: number }
  | { readonly kind: 'exchange restart' }
  /** The daemon stands still, another takes over and may prove its orders absent, and then it wakes up. */
  | { readonly kind: 'freeze'; readonly forMs: number }
  /** Each of the rules strikes once; together they are one misfortune. */
  | { readonly kind: 'fault'; readonly rules: readonly FaultRule[]; readonly forMs: number };

export interface Blow {
  /** So long nobody is killed: an order whose request was lost needs 10 s in one life to be proved absent. */
  readonly lullMs: number;
  readonly moment: Moment;
  /** How often it comes before it counts. */
  readonly times: number;
  /** From the moment to the kill. */
  readonly delayMs: number;
  /** The daemon that said it, or every daemon there is. */
  readonly victims: 'one' | 'all';
  readonly harms: readonly { readonly afterMs: number; readonly harm: Harm }[];
}

const faultForMs = 6_000;
const lullMs = 12_000;
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
  /** Mostly the first instants, where the races are; now and then anywhere in the length of a roll. */
  hotMs(): number {
    return this.chance(0.3) ? this.upTo(2_000) : Math.floor(this.#next() ** 2 * 250);
  }
}

/** The same seed gives the same blows. The first ten hold every kind of harm. */
export function planBlows(seed: number, count: number): Blow[] {
  const dice = new Dice(seed);
  return Array.from({ length: count }, (_, at) => ({
    lullMs: at % 6 === 5 ? lullMs : 0,
    moment: dice.one(moments),
    times: 1 + dice.upTo(4),
    delayMs: dice.hotMs(),
    victims: dice.chance(0.15) ? ('all' as const) : ('one' as const),
    harms: harmsOf(dice, at).map((harm) => ({ afterMs: dice.upTo(1_500), harm })),
  }));
}

function harmsOf(dice: Dice, at: number): Harm[] {
  const harms: Harm[] = [faultOf(dice), faultOf(dice)];
  if (at % 2 === 0) harms.push(socketsOf(dice));
  if (at % 3 === 1) harms.push(wireOf(dice));
  if (at % 6 === 3) harms.push({ kind: 'postgres', signal: dice.one(['SIGINT', 'SIGQUIT', 'SIGKILL']) });
  if (at % 10 === 6) harms.push({ kind: 'freeze', forMs: 2_500 + dice.upTo(9_500) });
  if (at % 10 === 8) harms.push({ kind: 'exchange restart' });
  return harms;
}

const socketsOf = (dice: Dice): Harm => ({
  kind: 'exchange sockets',
  stream: dice.one(['linear', 'option', 'private', 'private', 'all'] as const),
  forMs: dice.chance(0.5) ? 0 : 1_000 + dice.upTo(2_000),
});

const wireOf = (dice: Dice): Harm => ({
  kind: 'database wire',
  mode: dice.one(['cut', 'mute answers', 'stalled'] as const),
  forMs: 200 + dice.upTo(1_300),
});

function faultOf(dice: Dice): Harm {
  const leg = { linkIdPrefix: dice.one(['close-', 'open-'] as const) };
  const request = { endpoint: dice.one(endpoints) };
  const how = dice.one(['silence', 'reset'] as const);
  const rules: readonly FaultRule[] = [
    { kind: 'loseRequest', how, match: request },
    { kind: 'loseAnswer', how, match: request },
    { kind: 'loseAnswer', how, match: { ...leg, endpoint: '/v5/order/create' } },
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
  // The order that everybody thinks lost, and that reaches the book when nobody waits for it any more.
  const lateOrder: readonly FaultRule[] = [
    { kind: 'loseAnswer', how, match: { ...leg, endpoint: '/v5/order/create' } },
    { kind: 'delayEffect', ms: 1_000 + dice.upTo(lateEffectMaxMs - 1_000), match: leg },
  ];
  return { kind: 'fault', rules: dice.chance(0.2) ? lateOrder : [dice.one(rules)], forMs: faultForMs };
}
