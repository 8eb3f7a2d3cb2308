/**
 * Everything that may go wrong in a simulated world, as data: when, what and how badly. A list of incidents plus a seed
 * is a whole story; leaving incidents out gives a shorter one.
 */
import type { AccountLimits } from '../../src/domain/rules/account-limits.ts';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import type { Chance } from './world/random.ts';
import { streamNames, type StreamName } from './world/streams.ts';

type Timed<Happening> = Happening & {
  /** Since the world began. */
  readonly atMs: number;
};

/** Place of the daemon; nothing happens when it does not run at that moment. */
interface AtDaemon {
  readonly daemon: number;
}

export type Incident = Timed<
  | { readonly kind: 'exchange fault'; readonly rule: FaultRule; readonly forMs: number | null }
  | { readonly kind: 'thin book'; readonly qty: string; readonly forMs: number }
  | { readonly kind: 'no quote'; readonly side: 'bid' | 'ask' | 'both'; readonly forMs: number }
  | { readonly kind: 'exchange restart'; readonly awayMs: number }
  | { readonly kind: 'database away'; readonly forMs: number }
  | ({ readonly kind: 'crash'; readonly afterSteps: number; readonly backAfterMs: number } & AtDaemon)
  | ({ readonly kind: 'stop the world'; readonly afterSteps: number; readonly forMs: number } & AtDaemon)
  | ({ readonly kind: 'clock step'; readonly skewMs: number } & AtDaemon)
  | ({ readonly kind: 'late requests'; readonly count: number; readonly byMs: number } & AtDaemon)
  | ({ readonly kind: 'doubled requests'; readonly count: number } & AtDaemon)
  | ({ readonly kind: 'jumbled stream'; readonly forMs: number } & AtDaemon)
  | ({ readonly kind: 'broken stream'; readonly silentMs: number; readonly awayMs: number } & AtDaemon)
  | ({ readonly kind: 'silent feed'; readonly noticedMs: number; readonly awayMs: number } & AtDaemon)
  /** A stream stays connected and sends nothing: prices are lost meanwhile, messages of accounts come afterwards. */
  | ({ readonly kind: 'stalled stream'; readonly stream: StreamName; readonly forMs: number } & AtDaemon)
  /** What a stream sends within a time comes so much later, and is as old. */
  | ({
      readonly kind: 'stream behind';
      readonly stream: StreamName;
      readonly byMs: number;
      readonly forMs: number;
    } & AtDaemon)
  /** Options that are subscribed to within a time deliver so much later. */
  | ({ readonly kind: 'late subscriptions'; readonly byMs: number; readonly forMs: number } & AtDaemon)
  /** The websocket for orders dies soon after the next one was written. */
  | ({ readonly kind: 'order socket dies'; readonly awayMs: number } & AtDaemon)
  | ({ readonly kind: 'lost commit answers'; readonly count: number } & AtDaemon)
  | ({ readonly kind: 'lost session'; readonly noticedAfterMs: number } & AtDaemon)
  | { readonly kind: 'command'; readonly command: 'pause' | 'resume' }
  /** A person sends the command again and again while a roll is under way. */
  | { readonly kind: 'steps in'; readonly command: 'retry' | 'reopen' | 'acceptFlat'; readonly times: number }
  /** Pauses every task that rolls at that moment, so many times; one that has closed nothing is broken off. */
  | { readonly kind: 'pauses rolls'; readonly times: number }
  /** A person wants a trade of the task at this place, whatever its rules say. */
  | { readonly kind: 'asks for a trade'; readonly trade: 'rollNow' | 'closeNow'; readonly task: number }
  /** A person gives the task at this place other rules, drawn from this seed. */
  | { readonly kind: 'edits'; readonly seed: number; readonly task: number }
  /** People answer every question that stands at that moment, so many times, to this question or to one that is not theirs. */
  | {
      readonly kind: 'answers';
      readonly answer: 'approve' | 'decline';
      readonly times: number;
      readonly id: 'of the question' | 'none' | 'wrong';
    }
  /** The owner closes the nth open leg of a structure by hand, or half of it; of an option that one task alone holds. */
  | { readonly kind: 'owner closes a leg'; readonly nth: number; readonly share: 'all' | 'half' }
  /** Trading is halted, of an account or everywhere, and resumed later; `null`: it stays halted. */
  | {
      readonly kind: 'halts';
      /** Place of the account; `null` for all. */
      readonly account: number | null;
      /** At once, or when the first task there is in such a state. */
      readonly when: 'at once' | 'leg 1' | 'leg 2' | 'question';
      readonly forMs: number | null;
      /** The notice of it, or of its end, gets lost. */
      readonly isUnnoticed: boolean;
      /** Every daemon is killed after so many steps more. */
      readonly killsAfterSteps: number | null;
    }
  | { readonly kind: 'limits change'; readonly account: number; readonly limits: AccountLimits }
  /** Every other strike cannot be opened. */
  | { readonly kind: 'strikes refuse'; readonly retCode: number; readonly forMs: number }
>;

type Happening = Incident extends infer I ? (I extends Incident ? Omit<I, 'atMs'> : never) : never;

/** A name for the count of faults. */
export const nameOf = (incident: Incident): string => {
  if (incident.kind !== 'exchange fault') return incident.kind;
  const { kind, match } = incident.rule;
  return match?.way === undefined ? kind : `${kind} by ${match.way}`;
};

/** One code of each class (docs/exchange.md#errors), and one that is in no table. */
const rejectCodes = [
  10000, 10001, 10002, 10005, 10006, 10016, 10027, 30035, 30208, 40004, 110003, 110007, 110022, 110063,
  110079, 110094, 110125, 987654,
] as const;
/** Each belongs to one contract alone. */
const symbolCodes = [10029, 30228, 110023, 110063, 110074, 110094] as const;
const rejectReasons = ['EC_Others', 'EC_InvalidSymbolStatus', 'EC_NoEnoughQtyToFill'] as const;
const httpStatuses = [429, 500, 502, 503, 504] as const;
const legs = ['close-', 'open-', ''] as const;

const exchangeFaults: readonly ((chance: Chance) => FaultRule)[] = [
  (chance) => ({ kind: 'loseRequest', how: chance.pick(['silence', 'reset']) }),
  (chance) => ({ kind: 'loseAnswer', how: chance.pick(['silence', 'reset']) }),
  (chance) => ({ kind: 'httpError', status: chance.pick(httpStatuses) }),
  () => ({ kind: 'malformedAnswer' }),
  (chance) => ({ kind: 'reject', retCode: chance.pick(rejectCodes) }),
  (chance) => ({ kind: 'reject', retCode: 10006, times: chance.whole(2, 8) }),
  (chance) => ({ kind: 'rejectLater', reason: chance.pick(rejectReasons) }),
  (chance) => ({ kind: 'delayEvents', ms: chance.whole(200, 6_000) }),
  (chance) => ({ kind: 'delayEffect', ms: chance.whole(100, 4_000) }),
  () => ({ kind: 'noFill' }),
  (chance) => ({ kind: 'partialFill', qty: chance.pick(['0.01', '0.02', '0.05', '0.1']) }),
  () => ({ kind: 'duplicateFilled' }),
  () => ({ kind: 'lateCancel' }),
];

function exchangeFault(chance: Chance): Happening {
  const rule = chance.pick(exchangeFaults)(chance);
  const prefix = chance.pick(legs);
  const match = prefix === '' ? {} : { match: { linkIdPrefix: prefix } };
  return { kind: 'exchange fault', rule: { times: chance.whole(1, 2), ...rule, ...match }, forMs: null };
}

const daemonOf = (chance: Chance): AtDaemon => ({ daemon: chance.whole(0, 1) });

const kinds: readonly { readonly weight: number; readonly draw: (chance: Chance) => Happening }[] = [
  { weight: 14, draw: exchangeFault },
  {
    weight: 3,
    draw: (chance) => ({
      kind: 'exchange fault',
      rule: { kind: 'staleReads', ms: chance.whole(300, 5_000), times: 'always' },
      forMs: chance.whole(1_000, 15_000),
    }),
  },
  {
    weight: 1,
    draw: (chance) => ({ kind: 'thin book', qty: '0.03', forMs: chance.whole(2_000, 20_000) }),
  },
  {
    weight: 1,
    draw: (chance) => ({
      kind: 'no quote',
      side: chance.pick(['bid', 'ask', 'both']),
      forMs: chance.whole(1_000, 20_000),
    }),
  },
  { weight: 1, draw: (chance) => ({ kind: 'exchange restart', awayMs: chance.whole(100, 8_000) }) },
  { weight: 2, draw: (chance) => ({ kind: 'database away', forMs: chance.whole(50, 12_000) }) },
  {
    weight: 6,
    draw: (chance) => ({
      kind: 'crash',
      ...daemonOf(chance),
      afterSteps: chance.whole(0, 80),
      backAfterMs: chance.whole(50, 6_000),
    }),
  },
  {
    weight: 2,
    draw: (chance) => ({
      kind: 'stop the world',
      ...daemonOf(chance),
      afterSteps: chance.whole(0, 80),
      forMs: chance.whole(100, 40_000),
    }),
  },
  {
    weight: 2,
    draw: (chance) => ({ kind: 'clock step', ...daemonOf(chance), skewMs: chance.whole(-900, 900) }),
  },
  {
    weight: 2,
    draw: (chance) => ({
      kind: 'late requests',
      ...daemonOf(chance),
      count: chance.whole(1, 3),
      byMs: chance.whole(500, 6_000),
    }),
  },
  {
    weight: 2,
    draw: (chance) => ({ kind: 'doubled requests', ...daemonOf(chance), count: chance.whole(1, 3) }),
  },
  {
    weight: 2,
    draw: (chance) => ({ kind: 'jumbled stream', ...daemonOf(chance), forMs: chance.whole(1_000, 20_000) }),
  },
  {
    weight: 3,
    draw: (chance) => ({
      kind: 'broken stream',
      ...daemonOf(chance),
      silentMs: chance.pick([0, 0, 15_000]),
      awayMs: chance.whole(50, 5_000),
    }),
  },
  {
    weight: 1,
    draw: (chance) => ({
      kind: 'silent feed',
      ...daemonOf(chance),
      noticedMs: chance.whole(0, 10_000),
      awayMs: chance.whole(100, 5_000),
    }),
  },
  {
    weight: 2,
    draw: (chance) => ({ kind: 'lost commit answers', ...daemonOf(chance), count: chance.whole(1, 3) }),
  },
  {
    weight: 2,
    draw: (chance) => ({ kind: 'lost session', ...daemonOf(chance), noticedAfterMs: chance.whole(0, 8_000) }),
  },
  { weight: 1, draw: (chance) => ({ kind: 'command', command: chance.pick(['pause', 'resume']) }) },
  {
    weight: 2,
    draw: (chance) => ({
      kind: 'steps in',
      command: chance.pick(['retry', 'retry', 'retry', 'reopen', 'reopen', 'reopen', 'acceptFlat']),
      times: chance.whole(1, 20),
    }),
  },
  {
    weight: 2,
    draw: (chance) => ({
      kind: 'strikes refuse',
      retCode: chance.pick(symbolCodes),
      forMs: chance.whole(5_000, 40_000),
    }),
  },
];

const bag = kinds.flatMap(({ weight, draw }) => Array.from({ length: weight }, () => draw));

/** What people ask for beside pauses. */
const requests: readonly ((chance: Chance) => Happening)[] = [
  (chance) => ({ kind: 'pauses rolls', times: chance.whole(1, 6) }),
  (chance) => ({ kind: 'pauses rolls', times: chance.whole(6, 20) }),
  ...[1, 2, 3].map(() => (chance: Chance): Happening => ({
    kind: 'asks for a trade',
    trade: 'rollNow',
    task: chance.whole(0, 5),
  })),
  (chance) => ({ kind: 'asks for a trade', trade: 'closeNow', task: chance.whole(0, 5) }),
  (chance) => ({ kind: 'edits', seed: chance.whole(0, 1_000_000), task: chance.whole(0, 5) }),
  (chance) => ({ kind: 'edits', seed: chance.whole(0, 1_000_000), task: chance.whole(0, 5) }),
];

/** So many incidents, spread over the given time, earliest first. */
export const drawIncidents = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(bag, chance, { count, withinMs });

/** So many requests of people, spread over the given time, earliest first. */
export const drawRequests = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(requests, chance, { count, withinMs });

/** So many halts, spread over the given time, earliest first. The last may stay. */
export function drawHalts(chance: Chance, count: number, withinMs: number): readonly Incident[] {
  const halts = drawFrom(
    [
      () => ({
        kind: 'halts',
        account: chance.pick([0, 0, 1, 2, null]),
        when: chance.pick(['at once', 'leg 1', 'leg 1', 'leg 2', 'question']),
        forMs: chance.pick([chance.whole(20, 2_000), chance.whole(500, 12_000), chance.whole(500, 30_000)]),
        isUnnoticed: chance.happens(0.2),
        killsAfterSteps: chance.happens(0.3) ? chance.whole(0, 40) : null,
      }),
    ],
    chance,
    { count, withinMs },
  );
  const stays = chance.happens(0.3);
  return halts.map((halt, at) =>
    stays && at === halts.length - 1 && halt.kind === 'halts' ? { ...halt, forMs: null } : halt,
  );
}

/** So many changes of limits, spread over the given time, earliest first. */
export const drawLimitChanges = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(
    [() => ({ kind: 'limits change', account: chance.whole(0, 2), limits: drawLimits(chance) })],
    chance,
    { count, withinMs },
  );

/** Each of them in some accounts only. */
export const drawLimits = (chance: Chance): AccountLimits => ({
  rollsPerDay: chance.happens(0.4) ? chance.whole(1, 20) : null,
  netDebitPerDay: chance.happens(0.4) ? String(chance.pick([50, 500, 2_000, 20_000])) : null,
  notionalOpenedPerDay: chance.happens(0.4) ? String(chance.pick([10_000, 100_000, 1_000_000])) : null,
  ordersPerMinute: chance.happens(0.4) ? chance.whole(2, 40) : null,
});

/** So many answers to questions, spread over the given time, earliest first. */
export const drawAnswers = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(
    [
      () => ({
        kind: 'answers',
        answer: chance.pick(['approve', 'approve', 'approve', 'decline']),
        times: chance.pick([1, 1, 1, 2, 3]),
        id: chance.pick(['of the question', 'of the question', 'none', 'wrong']),
      }),
    ],
    chance,
    { count, withinMs },
  );

const streamFaults: readonly ((chance: Chance) => Happening)[] = [
  (chance) => ({
    kind: 'stalled stream',
    ...daemonOf(chance),
    stream: chance.pick(streamNames),
    forMs: chance.whole(500, 9_000),
  }),
  (chance) => ({
    kind: 'stream behind',
    ...daemonOf(chance),
    stream: chance.pick(streamNames),
    byMs: chance.whole(300, 8_000),
    forMs: chance.whole(2_000, 20_000),
  }),
  (chance) => ({
    kind: 'late subscriptions',
    ...daemonOf(chance),
    byMs: chance.whole(1_000, 8_000),
    forMs: chance.whole(5_000, 60_000),
  }),
  (chance) => ({ kind: 'order socket dies', ...daemonOf(chance), awayMs: chance.whole(50, 10_000) }),
  ...(['loseAnswer', 'loseRequest'] as const).map((kind) => (chance: Chance): Happening => {
    const prefix = chance.pick(legs);
    const match = { way: 'websocket', ...(prefix !== '' && { linkIdPrefix: prefix }) } as const;
    return { kind: 'exchange fault', rule: { kind, times: chance.whole(1, 2), match }, forMs: null };
  }),
];

/** So many faults of streams and of orders by websocket, spread over the given time, earliest first. */
export const drawStreamFaults = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(streamFaults, chance, { count, withinMs });

/** So many closings of legs by their owner, spread over the given time, earliest first. */
export const drawHands = (chance: Chance, count: number, withinMs: number): readonly Incident[] =>
  drawFrom(
    [
      () => ({
        kind: 'owner closes a leg',
        nth: chance.whole(0, 7),
        share: chance.pick(['all', 'all', 'half']),
      }),
    ],
    chance,
    { count, withinMs },
  );

const drawFrom = (
  draws: readonly ((chance: Chance) => Happening)[],
  chance: Chance,
  { count, withinMs }: { readonly count: number; readonly withinMs: number },
): readonly Incident[] =>
  inOrder(
    Array.from({ length: count }, () => ({
      ...chance.pick(draws)(chance),
      atMs: chance.whole(500, withinMs),
    })),
  );

/** Earliest first. */
export const inOrder = (incidents: readonly Incident[]): readonly Incident[] =>
  [...incidents].sort((a, b) => a.atMs - b.atMs);
