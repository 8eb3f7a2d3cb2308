/**
 * How the daemon stands at the moment of a scrape: one reading of what its parts know already, shown as gauges, and as counters where
 * a part counts for itself. What cannot be known now is left out, so that no old value stands for it.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type {
  ExchangeStanding,
  JournalStanding,
  OutboxBacklog,
  PoolStanding,
  RuntimeStanding,
  ShardsStanding,
  WatcherCounts,
} from '../../ports/system.ts';

/** What is known at one moment; `null` of a part that is not open yet. */
export interface Reading {
  readonly version: string;
  readonly mode: string;
  readonly isReady: boolean;
  readonly journal: JournalStanding | null;
  readonly runtime: RuntimeStanding | null;
  readonly exchange: ExchangeStanding | null;
  readonly shards: ShardsStanding | null;
  readonly pool: PoolStanding | null;
  readonly watchers: WatcherCounts | null;
  /** `null` also when the database has not answered in time. */
  readonly outbox: OutboxBacklog | null;
  /** Exchange time. */
  readonly atMs: number;
}

type Labels = Readonly<Record<string, string>>;
type Value = readonly [labels: Labels, value: number];

interface Shown {
  /** After `rollkeeper_`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** `null` when it is not known. */
  readonly values: (reading: Reading) => readonly Value[] | null;
}

const only = (value: number | null | undefined): readonly Value[] | null =>
  value === null || value === undefined ? null : [[{}, value]];
const yes = (is: boolean): number => (is ? 1 : 0);
const seconds = (ms: number): number => ms / 1_000;

const gauges: readonly Shown[] = [
  {
    name: 'build_info',
    help: 'Always 1: version of the program, and what it trades on',
    labelNames: ['version', 'mode'],
    values: ({ version, mode }) => [[{ version, mode }, 1]],
  },
  {
    name: 'ready',
    help: '1 while the daemon does its work, as /readyz says; 0 while it does not',
    values: ({ isReady }) => only(yes(isReady)),
  },
  { name: 'tasks', help: 'Tasks that this daemon manages', values: ({ runtime }) => only(runtime?.tasks) },
  {
    name: 'accounts',
    help: 'Accounts that this daemon manages',
    values: ({ runtime }) => only(runtime?.accounts),
  },
  {
    name: 'rolls_under_way',
    help: 'Rolls under way, by the part that they are in; other stands still without anything missing',
    labelNames: ['phase'],
    values: ({ runtime }) =>
      runtime && Object.entries(runtime.rolls.parts).map(([phase, count]) => [{ phase }, count]),
  },
  {
    name: 'half_rolled_tasks',
    help: 'Tasks of which a leg is closed and not opened again; those that wait for a person, too',
    values: ({ runtime }) => only(runtime?.rolls.halfRolled.count),
  },
  {
    name: 'half_rolled_oldest_seconds',
    help: 'For how long the oldest of them has been so; 0 while there is none',
    values: ({ runtime }) => only(runtime && seconds(runtime.rolls.halfRolled.oldestMs)),
  },
  {
    name: 'doubled_tasks',
    help: 'Tasks of which a leg is opened first and the old option not closed yet; those that wait for a person, too',
    values: ({ runtime }) => only(runtime?.rolls.doubled.count),
  },
  {
    name: 'doubled_oldest_seconds',
    help: 'For how long the oldest of them has been so; 0 while there is none',
    values: ({ runtime }) => only(runtime && seconds(runtime.rolls.doubled.oldestMs)),
  },
  {
    name: 'failed_tasks',
    help: 'Tasks in FAILED: they stand still until a person decides',
    values: ({ runtime }) => only(runtime?.rolls.failed),
  },
  {
    name: 'unknown_outcomes',
    help: 'Orders that are looked up, because it is not known what became of them',
    values: ({ runtime }) => only(runtime?.rolls.unknownOutcomes.count),
  },
  {
    name: 'unknown_outcome_oldest_seconds',
    help: 'For how long the oldest of them has been unknown; 0 while there is none',
    values: ({ runtime }) => only(runtime && seconds(runtime.rolls.unknownOutcomes.oldestMs)),
  },
  {
    name: 'admission_waiting_tasks',
    help: 'Tasks that wait to read the market and order',
    values: ({ runtime }) => only(runtime?.waitingForAdmission),
  },
  {
    name: 'index_live',
    help: '1 while prices of the coin come, 0 while triggers on them cannot fire',
    labelNames: ['coin'],
    values: ({ runtime }) => runtime && runtime.coins.map(({ coin, isLive }) => [{ coin }, yes(isLive)]),
  },
  {
    name: 'index_age_seconds',
    help: 'How old the last price of the coin is; absent before the first',
    labelNames: ['coin'],
    values: ({ runtime }) =>
      runtime &&
      runtime.coins.flatMap(({ coin, ageMs }): Value[] =>
        ageMs === null ? [] : [[{ coin }, seconds(ageMs)]],
      ),
  },
  {
    name: 'streams',
    help: 'Websockets to the exchange that are wanted: prices, options, account and orders (one of each account)',
    labelNames: ['stream'],
    values: ({ exchange }) => exchange && exchange.streams.map(({ stream, wanted }) => [{ stream }, wanted]),
  },
  {
    name: 'streams_down',
    help: 'Those of them that deliver nothing',
    labelNames: ['stream'],
    values: ({ exchange }) => exchange && exchange.streams.map(({ stream, down }) => [{ stream }, down]),
  },
  {
    name: 'rate_limit_room_ratio',
    help: 'Share of a rate limit that is free, by our own count; of a limit that each account has, the least; 0 while the exchange bars this address',
    labelNames: ['limit'],
    values: ({ exchange }) => exchange && exchange.limits.map(({ limit, room }) => [{ limit }, room]),
  },
  {
    name: 'rate_limit_waiting_requests',
    help: 'Requests that wait for room within a rate limit',
    labelNames: ['limit'],
    values: ({ exchange }) => exchange && exchange.limits.map(({ limit, waiting }) => [{ limit }, waiting]),
  },
  {
    name: 'journal_up',
    help: '1 while turns can be stored; while it is 0 no order is sent',
    values: ({ journal }) => only(journal && yes(journal.healthy)),
  },
  {
    name: 'journal_waiting_turns',
    help: 'Turns that wait to be stored',
    values: ({ journal }) => only(journal?.waiting),
  },
  {
    name: 'journal_lag_seconds',
    help: 'How long the oldest of them has waited; 0 while none does',
    values: ({ journal }) => only(journal && seconds(journal.lagMs)),
  },
  {
    name: 'shards_held',
    help: 'Slices of the accounts that this daemon holds',
    values: ({ shards }) => only(shards?.held),
  },
  {
    name: 'shards_unowned',
    help: 'Slices with accounts that no daemon holds, as this daemon has seen at several looks in a row',
    values: ({ shards }) => only(shards?.unowned),
  },
  {
    name: 'outbox_up',
    help: '1 when the database has said how many alerts wait, 0 when it could not be asked',
    values: ({ outbox }) => only(yes(outbox !== null)),
  },
  {
    name: 'outbox_waiting_deliveries',
    help: 'Alerts that wait for a channel, one for each, in the whole database; 10,000 at most are counted',
    values: ({ outbox }) => only(outbox?.waiting),
  },
  {
    name: 'outbox_oldest_seconds',
    help: 'Age of the oldest alert that is not delivered, in the whole database; 0 while none is',
    values: ({ outbox, atMs }) => only(outbox && seconds(outboxAgeMs(outbox, atMs))),
  },
  {
    name: 'outbox_dead_deliveries',
    help: 'Alerts that were given up at a channel, in the whole database',
    values: ({ outbox }) => only(outbox?.dead),
  },
  {
    name: 'database_pool_connections',
    help: 'Connections to the database for reads and short writes',
    labelNames: ['state'],
    values: ({ pool }) =>
      pool && [
        [{ state: 'busy' }, pool.busy],
        [{ state: 'idle' }, pool.idle],
      ],
  },
  {
    name: 'database_pool_waiting_queries',
    help: 'Queries that wait for such a connection',
    values: ({ pool }) => only(pool?.waiting),
  },
  {
    name: 'live_subscribers',
    help: 'Open streams of live events',
    values: ({ watchers }) => only(watchers?.subscribers),
  },
];

const counters: readonly Shown[] = [
  {
    name: 'ticks_total',
    help: 'Frames with prices of a coin',
    labelNames: ['coin'],
    values: ({ runtime }) => runtime && runtime.coins.map(({ coin, ticks }) => [{ coin }, ticks]),
  },
  {
    name: 'option_ticks_total',
    help: 'Frames with prices of options that triggers look at',
    values: ({ runtime }) => only(runtime?.optionTicks),
  },
  {
    name: 'wakes_total',
    help: 'How often a price or the time has woken a task',
    values: ({ runtime }) => only(runtime?.wakes),
  },
  {
    name: 'stream_connections_total',
    help: 'Websockets to the exchange that were opened',
    values: ({ exchange }) => only(exchange?.connections),
  },
  {
    name: 'malformed_frames_total',
    help: 'Frames of the exchange that could not be read',
    values: ({ exchange }) => only(exchange?.malformedFrames),
  },
  {
    name: 'live_subscribers_dropped_total',
    help: 'Subscribers of live events that were dropped because they did not read',
    values: ({ watchers }) => only(watchers?.dropped),
  },
];

/** An alert that is not divided among channels yet waits, too. */
function outboxAgeMs({ oldestMs, unplannedSinceMs }: OutboxBacklog, atMs: number): number {
  return Math.max(oldestMs, unplannedSinceMs === null ? 0 : atMs - unplannedSinceMs);
}

export class StandingMetrics {
  readonly #shown: readonly {
    readonly values: Shown['values'];
    readonly show: (values: readonly Value[] | null) => void;
  }[];

  constructor(registry: Registry) {
    const config = ({ name, help, labelNames = [] }: Shown) => ({
      name: `rollkeeper_${name}`,
      help,
      labelNames,
      registers: [registry],
    });
    this.#shown = [
      ...gauges.map((shown) => {
        const gauge = new Gauge(config(shown));
        return {
          values: shown.values,
          show: showing(gauge, ([labels, value]) => gauge.set(labels, value)),
        };
      }),
      ...counters.map((shown) => {
        const counter = new Counter(config(shown));
        return {
          values: shown.values,
          show: showing(counter, ([labels, value]) => counter.inc(labels, value)),
        };
      }),
    ];
  }

  /** Replaces what was shown by this reading. */
  show(reading: Reading): void {
    for (const { values, show } of this.#shown) show(values(reading));
  }
}

/** A metric without labels is 0 after a reset, which is not the same as unknown. */
function showing(
  metric: { reset(): void; remove(labels: object): void },
  set: (value: Value) => void,
): (values: readonly Value[] | null) => void {
  return (values) => {
    metric.reset();
    if (values === null) metric.remove({});
    for (const value of values ?? []) set(value);
  };
}
