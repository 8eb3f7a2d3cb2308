/**
 * One task as an XState actor with its recorder. Owns the mailbox (one stimulus a turn, never two), the turn's record
 * for the journal, and the write-ahead gate. A task in which nothing is under way can be passivated: it keeps the text of
 * its snapshot and no machine, until something is sent to it. Which events come, and what becomes of a task that was
 * lost, is its host's business.
 */
import { createActor, StateMachine, type Actor, type InspectionEvent } from 'xstate';
import type { OrderEvent, RollEvent } from '../../domain/roll/events.ts';
import type { Stamp } from '../../domain/orders/outcomes.ts';
import { workingOrderIn, type TaskSnapshot, type WorkingOrder } from '../../domain/roll/holdings.ts';
import type { OrderContext } from '../../domain/orders/order-work.ts';
import { isNaked } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import type { OrderTag, RollTag } from '../../domain/roll/task-phase.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Inspection, StandingActor } from '../../ports/inspection.ts';
import type { Journal, StoredTask, TurnRecord } from '../../ports/journal.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { Admission } from './admission.ts';
import { hostEffects, type Stopping } from './effect.ts';
import type { ProvidedRollMachine } from './effects.ts';
import type { RollMachines } from './roll-machines.ts';
import { stateName } from './state-name.ts';
import { phaseOf, tagsOf } from './state-tags.ts';
import { Turn } from './turn.ts';

/** What the tasks of an account share. */
export interface TaskSurroundings {
  readonly machines: RollMachines;
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly admission: Admission;
  readonly inspection?: Inspection | undefined;
  readonly host: TaskListener;
}

/** Receives what becomes of tasks. */
export interface TaskListener {
  /** After every turn, committed or not yet. */
  turnTaken(task: TaskActor, turn: FinishedTurn): void;
  /** Nothing is under way in it any more and everything is committed: it may be passivated. */
  fellQuiet(task: TaskActor): void;
  /** It can no longer be kept here: its commit failed or its machine broke. It is already stopped. */
  lost(task: TaskActor, error: unknown): void;
}

export interface FinishedTurn {
  readonly turn: Turn;
  /** `null` when the stimulus changed nothing and left no record. */
  readonly record: TurnRecord | null;
}

/** The machine of an order that is being worked, as it stands. */
export interface WorkedOrder {
  readonly context: OrderContext;
  hasTag(tag: OrderTag): boolean;
}

type Unstamped<Event> = Event extends Stamp ? Omit<Event, keyof Stamp> : never;
export type TaskEvent = Unstamped<RollEvent>;
export type TaskOrderEvent = Unstamped<OrderEvent>;

type Stimulate = (actor: Actor<ProvidedRollMachine>, stamp: Stamp) => void;

/** What can be read off a persisted snapshot, and off a live one alike. */
interface RestoredSnapshot {
  readonly status: string;
  readonly context: RollContext;
  readonly children: object;
}

/** One task of one account, from the moment it is brought back until it is dropped. */
export class TaskActor {
  readonly accountId: string;
  readonly taskId: string;
  readonly #surroundings: TaskSurroundings;
  /** The version that the task began with, until it is moved to another. */
  readonly #machine: ProvidedRollMachine;
  /** `null` while the task is passivated. */
  #actor: Actor<ProvidedRollMachine> | null = null;
  /** Read off the text; while the task is passivated, for those who ask before `passivate` was called. */
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

  /** @throws Terminal when this program does not have the version that made the snapshot */
  constructor(stored: StoredTask, surroundings: TaskSurroundings) {
    this.#surroundings = surroundings;
    this.#machine = surroundings.machines.of(stored.machine);
    this.accountId = stored.accountId;
    this.taskId = stored.taskId;
    this.#version = stored.version;
    this.#state = stored.state;
    this.#snapshotJson = stored.snapshotJson;
    this.#restored = readSnapshot(stored.snapshotJson);
  }

  /** Brings the task back: effects that were under way start again, knowing that they are resumed. */
  start(): void {
    if (this.#restored && hasNothingUnderWay(this.#restored)) return;
    this.#activate();
  }

  /** Lets go of the machine if nothing is under way, and of what was read off the text. */
  passivate(): void {
    if (!this.#isQuiet()) return;
    this.#actor?.stop();
    this.#actor = null;
    this.#restored = null;
  }

  get isPassivated(): boolean {
    return this.#actor === null;
  }

  /** Sends one event to the task's machine as a turn of its own. */
  send(event: TaskEvent, onTurn?: (finished: FinishedTurn) => void): void {
    this.#deliver((actor, stamp) => actor.send({ ...event, ...stamp }), onTurn);
  }

  /** The order that is being worked; `null` when none is. */
  get order(): WorkedOrder | null {
    return (this.#actor && ordersOf(this.#actor)[0]?.order) ?? null;
  }

  /** Sends one event to the order that is being worked under this link id, or to every one. */
  sendToOrder(event: TaskOrderEvent, linkId?: string): void {
    if (!this.#actor) return;
    for (const { child, order } of ordersOf(this.#actor)) {
      if (linkId !== undefined && order.context.linkId !== linkId) continue;
      this.#deliver((_, stamp) => child.send({ ...event, ...stamp }));
    }
  }

  /** For good: what waits in the mailbox is dropped; what was committed stays. */
  stop(): void {
    this.#stopped = true;
    this.#mailbox.length = 0;
    this.#actor?.stop();
    this.#surroundings.admission.leave(this.taskId);
  }

  /** Of a passivated task it is read off the text each time, once `passivate` was called. */
  get context(): RollContext {
    return (this.#actor?.getSnapshot() ?? this.#restored ?? readSnapshot(this.#snapshotJson)).context;
  }

  get workingOrder(): WorkingOrder | null {
    return workingOrderIn(JSON.parse(this.#snapshotJson) as TaskSnapshot<RollContext>);
  }

  /** Dotted state value, e.g. `IDLE.watching`. */
  get state(): string {
    return this.#actor ? stateName(this.#actor.getSnapshot().value) : this.#state;
  }

  /** What the chart says of its state. */
  hasTag(tag: RollTag): boolean {
    return this.#actor ? this.#actor.getSnapshot().hasTag(tag) : tagsOf(this.#machine, this.#state).has(tag);
  }

  /** Its machine has ended, which a passivated one never has. */
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

  /** Resolves when every turn made so far is committed. */
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
    const { account, market, clock, admission } = this.#surroundings;
    const currentTurn = () => this.#turn ?? this.#resumingTurn();
    return {
      account,
      market,
      clock,
      get isResuming() {
        return currentTurn().isResuming;
      },
      admitted: (stopping: Stopping) =>
        admission.enter(this, isNaked(this.context.roll) ? 'naked' : 'usual', stopping),
      committed: () => currentTurn().committed,
      settled: () => this.settled(),
      deliver: (complete: (stamp: Stamp) => void) => this.#deliver((_, stamp) => complete(stamp)),
    };
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
    stimulate(actor, { atMs, version: this.#version });
    this.#turn = null;
    const record = this.#stopped ? null : this.#record(actor, turn, atMs);
    if (record) this.#commit(turn, record);
    else turn.settle();
    const { admission } = this.#surroundings;
    if (admission.has(this.taskId) && !isDeciding(actor)) admission.leave(this.taskId);
    return { turn, record };
  }

  #record(actor: Actor<ProvidedRollMachine>, turn: Turn, atMs: number): TurnRecord | null {
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
  }
}

const readSnapshot = (snapshotJson: string): RestoredSnapshot => JSON.parse(snapshotJson) as RestoredSnapshot;

/** No effect and no order: only an event from outside can move it. */
const hasNothingUnderWay = ({ status, children }: RestoredSnapshot): boolean =>
  status === 'active' && Object.keys(children).length === 0;

/** It reads the market, or hands in the order that came of it. */
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
