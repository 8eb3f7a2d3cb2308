/**
 * Counts and times what happens: turns, orders, rolls, admissions, requests to the exchange and to the API. It implements the
 * observers' ports and only adds numbers; what a moment looks like is read at each scrape (standing.ts). No label has values without
 * a bound: no task, no account, no user, no option.
 */
import { Counter, Histogram, type Registry } from 'prom-client';
import { rollOutcome } from '../../domain/explain/roll-timing.ts';
import { stateWords } from '../../domain/explain/state-text.ts';
import { legOfLinkId } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import {
  requestResults,
  requestWays,
  type AnsweredRequest,
  type ApiObserver,
  type ExchangeObserver,
  type ObservedRequest,
  type ObservedTurn,
  type RuntimeObserver,
} from '../../ports/observer.ts';

/** From a thousandth of a second: waits for the database, for room, for the exchange. */
const quickSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a tenth of a second to hours: parts of rolls. */
const rollSeconds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600];

const rollResults = {
  rolled: 'rolled',
  closed: 'closed',
  wentBack: 'went_back',
  leftFlat: 'left_flat',
  nothing: 'nothing',
} as const;

const legs = { close: '1', open: '2' } as const;
const orderResults = ['filled', 'partial', 'unfilled', 'rejected'] as const;
const phases = ['planning', 'leg1', 'interval', 'leg2'] as const;
const kinds = ['create', 'amend', 'cancel', 'read'] as const;
const severities = ['info', 'warning', 'critical'] as const;

export class CountedEvents implements RuntimeObserver, ExchangeObserver, ApiObserver {
  readonly #transitions;
  readonly #alerts;
  readonly #commits;
  readonly #lost;
  readonly #orders;
  readonly #rolls;
  readonly #phases;
  readonly #betweenLegs;
  readonly #admissions;
  readonly #unwatched;
  readonly #requests;
  readonly #orderCommands;
  readonly #requestWaits;
  readonly #requestTimes;
  readonly #apiRequests;

  constructor(registry: Registry) {
    const make = new Maker(registry);
    this.#transitions = make.counter(
      'transitions',
      'Turns that changed a task and are stored, by the state they led to',
      ['state'],
    );
    this.#alerts = make.counter('alerts', 'Alerts of tasks that are stored, by severity', ['severity']);
    this.#commits = make.histogram(
      'journal_commit',
      'How long a turn waited until it was durable; the count is how many were stored',
      { buckets: quickSeconds },
    );
    this.#lost = make.counter(
      'tasks_lost',
      'Tasks that went back to what the journal knows, because a turn of them could not be stored',
    );
    this.#orders = make.counter(
      'orders',
      'Orders that ended, by leg (1 closes, 2 opens) and by what came of them',
      ['leg', 'result'],
    );
    this.#rolls = make.counter(
      'rolls',
      'Rolls that ended: rolled, closed (nothing was to be opened), went_back (to the old option), left_flat (closed, and not opened), nothing (nothing was traded)',
      ['result'],
    );
    this.#phases = make.histogram(
      'roll_phase',
      'How long one part of a roll took: planning, leg1, interval (between the orders of the legs), leg2',
      { buckets: rollSeconds, labelNames: ['phase'] },
    );
    this.#betweenLegs = make.histogram(
      'between_legs',
      'Seconds between the legs: how long a position was missing, from the end of the order that closed it until as much was open again',
      { buckets: rollSeconds },
    );
    this.#admissions = make.histogram(
      'admission_wait',
      'How long a task waited until it might read the market and order, because others did',
      { buckets: quickSeconds },
    );
    this.#unwatched = make.histogram(
      'account_unwatched',
      'How long at most no daemon watched an account before this one took it over; a start without daemons before is not counted',
      { buckets: rollSeconds },
    );
    this.#requests = make.counter(
      'exchange_requests',
      'Requests to the exchange, by kind and by what was answered',
      ['kind', 'result'],
    );
    this.#orderCommands = orderCommandsOf(make);
    this.#requestWaits = make.histogram(
      'exchange_request_wait',
      'How long a request waited for room within the rate limits of the exchange',
      { buckets: quickSeconds, labelNames: ['kind'] },
    );
    this.#requestTimes = make.histogram(
      'exchange_request',
      'How long the exchange took to answer, from sending to the answer',
      { buckets: quickSeconds, labelNames: ['kind'] },
    );
    this.#apiRequests = make.counter(
      'api_requests',
      'Requests to the HTTP API that were answered, by route as it is registered',
      ['method', 'route', 'status'],
    );
    this.#beginAtZero();
  }

  turn(turn: ObservedTurn): void {
    const { record, orders, endedPart } = turn;
    const { state, alerts } = record;
    const roll = endedRoll(turn.before, turn.after);
    const missingMs = missingUntil(turn, roll);
    const madeAtMs = performance.now();
    void turn.committed.then(() => {
      this.#commits.observe((performance.now() - madeAtMs) / 1_000);
      this.#transitions.inc({ state });
      for (const { severity } of alerts) this.#alerts.inc({ severity });
      for (const { linkId, result } of orders)
        this.#orders.inc({ leg: legs[legOfLinkId(linkId) ?? 'close'], result });
      if (endedPart !== null && endedPart.part !== 'other')
        this.#phases.observe({ phase: endedPart.part }, endedPart.tookMs / 1_000);
      if (missingMs !== null) this.#betweenLegs.observe(missingMs / 1_000);
      if (roll !== null) this.#rolls.inc({ result: rollResults[roll] });
    });
  }

  lost(): void {
    this.#lost.inc();
  }

  watchedAgain(unwatchedMaxMs: number): void {
    this.#unwatched.observe(unwatchedMaxMs / 1_000);
  }

  admitted(waitedMs: number): void {
    this.#admissions.observe(waitedMs / 1_000);
  }

  request({ kind, way, result, waitedMs, tookMs }: ObservedRequest): void {
    this.#requests.inc({ kind, result });
    if (kind !== 'read' && tookMs !== null) this.#orderCommands.inc({ kind, way });
    this.#requestWaits.observe({ kind }, waitedMs / 1_000);
    if (tookMs !== null) this.#requestTimes.observe({ kind }, tookMs / 1_000);
  }

  answered({ method, route, status }: AnsweredRequest): void {
    // What is registered nowhere may be asked for with any method.
    this.#apiRequests.inc({ method: route === '' ? 'any' : method, route: route || 'none', status });
  }

  /** What was never seen counts from 0, or Prometheus would not see the first one as a change. */
  #beginAtZero(): void {
    for (const state of Object.keys(stateWords)) this.#transitions.inc({ state }, 0);
    for (const severity of severities) this.#alerts.inc({ severity }, 0);
    for (const result of orderResults)
      for (const leg of Object.values(legs)) this.#orders.inc({ leg, result }, 0);
    for (const result of Object.values(rollResults)) this.#rolls.inc({ result }, 0);
    for (const phase of phases) this.#phases.zero({ phase });
    for (const kind of kinds) {
      for (const result of requestResults) this.#requests.inc({ kind, result }, 0);
      this.#requestWaits.zero({ kind });
      this.#requestTimes.zero({ kind });
      if (kind !== 'read') for (const way of requestWays) this.#orderCommands.inc({ kind, way }, 0);
    }
  }
}

/** Makes metrics whose names begin and end as all of ours do. */
class Maker {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name: `rollkeeper_${name}_total`, help, labelNames, registers: this.#registers });
  }

  histogram<Label extends string = never>(
    name: string,
    help: string,
    { buckets, labelNames = [] }: HistogramShape<Label>,
  ): Histogram<Label> {
    const registers = this.#registers;
    return new Histogram({ name: `rollkeeper_${name}_seconds`, help, buckets, labelNames, registers });
  }
}

const orderCommandsOf = (make: Maker): Counter<'kind' | 'way'> =>
  make.counter(
    'order_commands',
    'Commands on orders that left, by kind and by the way they went: websocket, or rest while that is down',
    ['kind', 'way'],
  );

interface HistogramShape<Label extends string> {
  readonly buckets: number[];
  readonly labelNames?: readonly Label[];
}

type RollResult = keyof typeof rollResults;

/** What came of the roll that has ended in the turn; `null` when none has. */
function endedRoll({ roll }: RollContext, after: RollContext): RollResult | null {
  if (roll === null || after.roll?.rollId === roll.rollId) return null;
  const { lastRoll } = after;
  return rollOutcome(roll, lastRoll?.rollId === roll.rollId ? lastRoll : null);
}

/** How long the position had been missing that is open again since the turn; `null` when none is. Exchange time. */
function missingUntil({ before, after, record }: ObservedTurn, ended: RollResult | null): number | null {
  const sinceMs = before.roll?.nakedInterval?.sinceMs ?? null;
  if (sinceMs === null) return null;
  const isOpen = ended === null ? after.roll?.nakedInterval === null : ended !== 'leftFlat';
  return isOpen ? record.atMs - sinceMs : null;
}
