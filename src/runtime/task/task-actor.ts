/**
 * One task as an XState actor with its recorder. Owns the mailbox (one stimulus a turn, never two), the turn's record
 * for the journal, and the write-ahead gate. A task in which nothing is under way can be passivated: it keeps the text
 * of its snapshot but no machine until an event is sent to it. The host decides which events are sent, and what becomes
 * of a task that was lost.
 */
import { createActor, StateMachine, type Actor, type InspectionEvent } from 'xstate';
import type { OrderEvent, RollEvent } from '../../domain/roll/events.ts';
import type { MarketReading, Stamp } from '../../domain/orders/outcomes.ts';
import { workingOrderIn, type TaskSnapshot, type WorkingOrder } from '../../domain/roll/holdings.ts';
import type { OrderOutcome } from '../../domain/orders/order-progress.ts';
import type { OrderContext } from '../../domain/orders/order-work.ts';
import type { AccountStanding } from '../../domain/rules/account-limits.ts';
import { firstLegOf, isUneven } from '../../domain/roll/both-held.ts';
import { readingNeeds } from '../../domain/roll/planning.ts';
import { legOfLinkId } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { wantedChecks } from '../../domain/roll/wanted-checks.ts';
import type { OrderTag, RollTag } from '../../domain/roll/task-phase.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Inspection, StandingActor } from '../../ports/inspection.ts';
import type { Journal, StoredTask, TurnRecord } from '../../ports/journal.ts';
import type { FeeRates } from '../../domain/market/fee-rates.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { Admission } from './admission.ts';
import { hostEffects, type Stopping } from './effect.ts';
import type { ProvidedRollMachine } from './effects.ts';
import type { RollMachines } from './roll-machines.ts';
import { stateName } from '../../domain/state-name.ts';
import { phaseOf, tagsOf } from './state-tags.ts';
import { checkedSnapshot, readSnapshot, type RestoredSnapshot } from './stored-snapshot.ts';
import { Turn } from './turn.ts';
import { consequencesOf } from './turn-consequences.ts';

/** What the tasks of an account share. */
export interface TaskSurroundings {
  readonly machines: RollMachines;
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly calendar?: EventCalendarReader | undefined;
  readonly journal: Journal;
  readonly admission: Admission;
  readonly inspection?: Inspection | undefined;
  /** What limits the account at this moment; `null` where nothing does. Default: nothing ever. */
  readonly standing?: (atMs: number) => AccountStanding | null;
  /** Whether trading is halted in the account. Default: never. */
  readonly isHalted?: () => boolean;
  /** The account's own fee rates for a base coin. Default: they are not known. */
  readonly feesOf?: (baseCoin: string) => FeeRates | null;
  readonly host: TaskListener;
}

/** Is called after a task's turns, and when it falls quiet or is lost. */
export interface TaskListener {
  /** Called after every turn, whether it is committed yet or not. */
  turnTaken(task: TaskActor, turn: FinishedTurn): void;
  /** Called when nothing is under way in the task any more and all is committed: it may be passivated. */
  fellQuiet(task: TaskActor): void;
  /** Called when a commit of the task failed or its machine broke. The task is stopped already. */
  lost(task: TaskActor, error: unknown): void;
}

export interface FinishedTurn {
  readonly turn: Turn;
  /** `null` when the stimulus changed nothing and left no record. */
  readonly record: TurnRecord | null;
  /** The task's context before the turn. */
  readonly before: RollContext;
}

/** The machine of an order that is being worked, in its present state. */
export interface WorkedOrder {
  readonly context: OrderContext;
  /** What the chart of the order says of its state. */
  hasTag(tag: OrderTag): boolean;
}

type Unstamped<Event> = Event extends Stamp ? Omit<Event, keyof Stamp> : never;
export type TaskEvent = Unstamped<RollEvent>;
export type TaskOrderEvent = Unstamped<OrderEvent>;

type Stimulate = (actor: Actor<ProvidedRollMachine>, stamp: Stamp) => void;

/** One task of one account, from its restoring until it is dropped. */
export class TaskActor {
  readonly accountId: string;
  readonly taskId: string;
  readonly #surroundings: TaskSurroundings;
  /** The version that made the stored snapshot. */
  readonly #machine: ProvidedRollMachine;
  /** `null` while the task is passivated. */
  #actor: Actor<ProvidedRollMachine> | null = null;
  /** Parsed from the text, and kept until the task is activated or `passivate` is called. */
  #restored: RestoredSnapshot | null;
  readonly #mailbox: (() => void)[] = [];
  #version: number;
  #state: string;
  #snapshotJson: string;
  #turn: Turn | null = null;
  #delivering = false;
  #stopped = false;
  #uncommitted = 0;
  #idle: (() => void)[] = [];

  /** @throws Terminal when this program does not have the version that made the snapshot, or cannot read it */
  constructor(stored: StoredTask, surroundings: TaskSurroundings) {
    this.#surroundings = surroundings;
    this.#machine = surroundings.machines.of(stored.machine);
    this.accountId = stored.accountId;
    this.taskId = stored.taskId;
    this.#version = stored.version;
    this.#state = stored.state;
    this.#snapshotJson = stored.snapshotJson;
    this.#restored = checkedSnapshot(stored, this.#machine);
  }

  /** Restores the task: effects that were under way start again and can see that they are resumed. */
  start(): void {
    if (this.#restored && hasNothingUnderWay(this.#restored)) return;
    this.#activate();
  }

  /** Drops the machine and the parsed snapshot; does nothing while something is under way. */
  passivate(): void {
    if (!this.#isQuiet()) return;
    this.#actor?.stop();
    this.#actor = null;
    this.#restored = null;
  }

  get isPassivated(): boolean {
    return this.#actor === null;
  }

  /** Sends one event to the task's machine as a turn of its own; does nothing once the task is stopped. */
  send(event: TaskEvent, onTurn?: (finished: FinishedTurn) => void): void {
    this.#deliver((actor, stamp) => actor.send({ ...event, ...stamp }), onTurn);
  }

  /** The order that is being worked, or `null`. */
  get order(): WorkedOrder | null {
    return (this.#actor && ordersOf(this.#actor)[0]?.order) ?? null;
  }

  /** Sends one event to the order that is being worked under this link id, or to every order that is. */
  sendToOrder(event: TaskOrderEvent, linkId?: string): void {
    if (!this.#actor) return;
    for (const { child, order } of ordersOf(this.#actor)) {
      if (linkId !== undefined && order.context.linkId !== linkId) continue;
      this.#deliver((_, stamp) => child.send({ ...event, ...stamp }));
    }
  }

  /** Stops the task for good. Events in the mailbox are dropped; what was committed stays. */
  stop(): void {
    this.#stopped = true;
    this.#mailbox.length = 0;
    this.#actor?.stop();
    this.#surroundings.admission.leave(this.taskId);
  }

  /** The saga's context. For a passivated task it is parsed anew each time. */
  get context(): RollContext {
    return (this.#actor?.getSnapshot() ?? this.#restored ?? readSnapshot(this.#snapshotJson)).context;
  }

  /** The order that is being worked as the last turn's snapshot has it, or `null`. */
  get workingOrder(): WorkingOrder | null {
    return workingOrderIn(JSON.parse(this.#snapshotJson) as TaskSnapshot<RollContext>);
  }

  /** Dotted state value, e.g. `IDLE.watching`. */
  get state(): string {
    return this.#actor ? stateName(this.#actor.getSnapshot().value) : this.#state;
  }

  /** Whether the chart gives this tag to the present state. */
  hasTag(tag: RollTag): boolean {
    return this.#actor ? this.#actor.getSnapshot().hasTag(tag) : tagsOf(this.#machine, this.#state).has(tag);
  }

  /** Whether the machine has ended; a passivated task never has. */
  get isOver(): boolean {
    return this.#actor?.getSnapshot().status === 'done';
  }

  get version(): number {
    return this.#version;
  }

  get standing(): StandingActor {
    const snapshot = this.#actor ? null : readSnapshot(this.#snapshotJson);
    return { root: this.taskId, logic: this.#machine, snapshot, actor: this.#actor };
  }

  /** Resolves when every turn made so far is committed, or was refused. */
  async settled(): Promise<void> {
    if (this.#uncommitted === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #activate(): Actor<ProvidedRollMachine> {
    const actor = createActor(this.#machine, {
      snapshot: this.#restored ?? readSnapshot(this.#snapshotJson),
      inspect: (event: InspectionEvent) => this.#inspect(event),
    } as never);
    this.#restored = null;
    this.#actor = actor;
    actor.on('*', (emitted) => this.#turn?.noteEmitted(emitted));
    actor.subscribe({ error: (error) => this.#lose(error) });
    hostEffects(actor.system, this.#effectHost());
    this.#turn = this.#resumingTurn();
    actor.start();
    this.#turn = null;
    return actor;
  }

  #effectHost() {
    const { account, market, clock, calendar, admission, feesOf } = this.#surroundings;
    const currentTurn = () => this.#turn ?? this.#resumingTurn();
    const needs = () => readingNeeds(this.context);
    const mayRest = () => this.context.spec.rules.some(({ execution }) => execution.style === 'rest');
    return {
      account,
      market,
      clock,
      calendar,
      feesOf: (baseCoin: string) => feesOf?.(baseCoin) ?? null,
      get mayRest() {
        return mayRest();
      },
      get needs() {
        return needs();
      },
      get isResuming() {
        return currentTurn().isResuming;
      },
      admitted: (stopping: Stopping) =>
        admission.enter(this, isUneven(this.context.roll) ? 'naked' : 'usual', stopping),
      committed: () => currentTurn().gate(),
      standing: (atMs: number) => this.#surroundings.standing?.(atMs) ?? null,
      wantedChecks: (reading: MarketReading) => wantedChecks(this.context, reading, clock.nowMs()),
      mayLeave: (linkId: string) => this.#mayLeave(linkId),
      settled: () => this.settled(),
      deliver: (complete: (stamp: Stamp) => void) => this.#deliver((_, stamp) => complete(stamp)),
    };
  }

  /** What was searched for may be there: only the exchange's answer to the same link id says. */
  #mayLeave(linkId: string): boolean {
    const isSearched = (this.order?.context.lookUps ?? 0) > 0;
    const isOfFirst = legOfLinkId(linkId) === firstLegOf(this.context.roll);
    return !this.#surroundings.isHalted?.() || isSearched || !isOfFirst;
  }

  #resumingTurn(): Turn {
    return new Turn(this.#surroundings.clock.nowMs(), { isResuming: true });
  }

  #deliver(stimulate: Stimulate, onTurn?: (finished: FinishedTurn) => void): void {
    if (this.#stopped) return;
    this.#mailbox.push(() => {
      const finished = this.#take(stimulate);
      onTurn?.(finished);
      this.#surroundings.host.turnTaken(this, finished);
    });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) next();
    } catch (error) {
      // Of this task alone: whatever sent the event has others to serve.
      this.#lose(error);
    } finally {
      this.#delivering = false;
    }
    if (this.#isQuiet()) this.#surroundings.host.fellQuiet(this);
  }

  #isQuiet(): boolean {
    if (this.#stopped || this.#delivering || this.#uncommitted > 0) return false;
    return this.#actor === null || hasNothingUnderWay(this.#actor.getSnapshot());
  }

  #take(stimulate: Stimulate): FinishedTurn {
    const actor = this.#actor ?? this.#activate();
    const atMs = this.#surroundings.clock.nowMs();
    const turn = new Turn(atMs);
    this.#turn = turn;
    const { context } = actor.getSnapshot();
    stimulate(actor, { atMs, version: this.#version });
    this.#turn = null;
    const record = this.#stopped ? null : this.#record(actor, turn, { atMs, context });
    if (record) this.#commit(turn, record);
    else turn.settle();
    const { admission } = this.#surroundings;
    if (admission.has(this.taskId) && !isDeciding(actor)) admission.leave(this.taskId);
    return { turn, record, before: context };
  }

  /** @param before the turn: its time, and the context that it found */
  #record(
    actor: Actor<ProvidedRollMachine>,
    turn: Turn,
    { atMs, context }: { readonly atMs: number; readonly context: RollContext },
  ): TurnRecord | null {
    const snapshotJson = JSON.stringify(actor.getPersistedSnapshot());
    if (snapshotJson === this.#snapshotJson || !turn.stimulus) return null;
    const { state } = this;
    const record: TurnRecord = {
      accountId: this.accountId,
      taskId: this.taskId,
      expectedVersion: this.#version,
      atMs,
      path: turn.stimulus.path,
      eventJson: JSON.stringify(turn.stimulus.event),
      state,
      phase: phaseOf(this.#machine, state),
      snapshotJson,
      machine: this.#machine.version ?? '',
      alerts: turn.alerts,
      answers: turn.answers,
      ...consequencesOf(context, actor.getSnapshot().context, { state, atMs }),
      ...(!turn.isAwaited && { mayWait: true }),
    };
    this.#snapshotJson = snapshotJson;
    this.#state = record.state;
    this.#version += 1;
    return record;
  }

  #commit(turn: Turn, record: TurnRecord): void {
    this.#uncommitted += 1;
    this.#surroundings.journal.commit(record).then(
      () => {
        turn.settle();
        this.#settleOne();
      },
      (error: unknown) => {
        this.#lose(error);
        this.#settleOne();
      },
    );
  }

  #settleOne(): void {
    this.#uncommitted -= 1;
    if (this.#uncommitted > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
    if (this.#isQuiet()) this.#surroundings.host.fellQuiet(this);
  }

  #lose(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#surroundings.host.lost(this, error);
  }

  #inspect(event: InspectionEvent): void {
    this.#surroundings.inspection?.see(this.taskId, event);
    if (event.type !== '@xstate.event' || !this.#turn) return;
    const receiver = event.actorRef as unknown as { id: string; logic?: unknown };
    if (!(receiver.logic instanceof StateMachine)) return;
    this.#turn.noteEvent({ path: event.actorRef === this.#actor ? '' : receiver.id, event: event.event });
    if (event.event.type.startsWith(orderEnded))
      this.#turn.noteOrderEnd((event.event as unknown as OrderEnded).output);
  }
}

/** How the type of the event begins by which the machine of an order tells the roll that it has ended. */
const orderEnded = 'xstate.done.actor.leg ';
interface OrderEnded {
  readonly output: OrderOutcome;
}

/** No effect and no order is under way: only an event from outside can change the task. */
const hasNothingUnderWay = ({ status, children }: RestoredSnapshot): boolean =>
  status === 'active' && Object.keys(children).length === 0;

/** The task reads the market, or submits the order that it decided on. */
const isDeciding = (actor: Actor<ProvidedRollMachine>): boolean =>
  Object.values(actor.getSnapshot().children).some((child) => child?.src === 'read market') ||
  ordersOf(actor).some(({ order }) => order.hasTag('submitting'));

interface OrderActor {
  readonly child: { send(event: object): void };
  readonly order: WorkedOrder;
}

function ordersOf(actor: Actor<ProvidedRollMachine>): readonly OrderActor[] {
  return Object.values(actor.getSnapshot().children).flatMap((child) => {
    const order = child?.getSnapshot() as Partial<WorkedOrder> | undefined;
    return child && order?.context?.linkId !== undefined
      ? [{ child: child, order: order as WorkedOrder }]
      : [];
  });
}
