/**
 * One task as an XState actor with its recorder. Owns the mailbox (one stimulus a turn, never two), the turn's record
 * for the journal, and the write-ahead gate. A task in which nothing is under way is at rest: it keeps the text of its
 * snapshot and no machine, until something is sent to it. Which events come, and what becomes of a task that was lost,
 * is the supervisor's business.
 */
import { createActor, StateMachine, type Actor, type InspectionEvent } from 'xstate';
import type { OrderEvent, RollEvent } from '../../domain/roll/events.ts';
import type { Stamp } from '../../domain/orders/outcomes.ts';
import { workingOrderIn, type TaskSnapshot, type WorkingOrder } from '../../domain/roll/holdings.ts';
import type { OrderContext } from '../../domain/orders/order-work.ts';
import { isNaked } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
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
  /** After every turn, committed or not yet. */
  readonly onTurn: (task: TaskActor, turn: FinishedTurn) => void;
  /** Nothing is under way in it any more and everything is committed: it may rest. */
  readonly onQuiet: (task: TaskActor) => void;
  /** The task can no longer be kept here: its commit failed or its machine broke. It is already stopped. */
  readonly onLost: (task: TaskActor, error: unknown) => void;
}

export interface FinishedTurn {
  readonly turn: Turn;
  /** `null` when the stimulus changed nothing and left no record. */
  readonly record: TurnRecord | null;
}

export interface WorkedOrder {
  /** Dotted state value, e.g. `resolving.waiting`. */
  readonly state: string;
  readonly context: OrderContext;
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

export class TaskActor {
  readonly accountId: string;
  readonly taskId: string;
  readonly #surroundings: TaskSurroundings;
  /** The version that the task began with, until it is moved to another. */
  readonly #machine: ProvidedRollMachine;
  /** `null` while the task is at rest. */
  #actor: Actor<ProvidedRollMachine> | null = null;
  /** Read off the text; while the task is at rest, for those who ask before `rest` was called. */
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

  /** @throws UnknownMachine when this program does not have the version that made the snapshot */
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
    this.#wake();
  }

  /** Lets go of the machine if nothing is under way, and of what was read off the text. */
  rest(): void {
    if (!this.#isQuiet()) return;
    this.#actor?.stop();
    this.#actor = null;
    this.#restored = null;
  }

  get isAtRest(): boolean {
    return this.#actor === null;
  }

  /** Sends one event to the task's machine as a turn of its own. */
  send(event: TaskEvent, onTurn?: (finished: FinishedTurn) => void): void {
    this.#deliver((actor, stamp) => actor.send({ ...event, ...stamp }), onTurn);
  }

  /** The order that is being worked; `null` when none is. */
  get order(): WorkedOrder | null {
    for (const child of Object.values(this.#actor?.getSnapshot().children ?? {})) {
      const snapshot = child?.getSnapshot() as { value?: unknown; context?: OrderContext } | undefined;
      if (snapshot?.context?.linkId !== undefined)
        return { state: stateName(snapshot.value), context: snapshot.context };
    }
    return null;
  }

  /** Sends one event to the order that is being worked under this link id, or to every one. */
  sendToOrder(event: TaskOrderEvent, linkId?: string): void {
    if (!this.#actor) return;
    for (const child of Object.values(this.#actor.getSnapshot().children)) {
      const context = (child?.getSnapshot() as { context?: { linkId?: string } } | undefined)?.context;
      if (!child || context?.linkId === undefined) continue;
      if (linkId !== undefined && context.linkId !== linkId) continue;
      this.#deliver((_, stamp) => (child as { send(event: object): void }).send({ ...event, ...stamp }));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#mailbox.length = 0;
    this.#actor?.stop();
    this.#surroundings.admission.leave(this.taskId);
  }

  /** Of a task at rest it is read off the text each time, once `rest` was called. */
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

  /** Whatever is over has a machine: only what is active is ever at rest. */
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

  #wake(): Actor<ProvidedRollMachine> {
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
    return new Turn(this.#surroundings.clock.nowMs(), true);
  }

  #deliver(stimulate: Stimulate, onTurn?: (finished: FinishedTurn) => void): void {
    if (this.#stopped) return;
    this.#mailbox.push(() => {
      const finished = this.#take(stimulate);
      onTurn?.(finished);
      this.#surroundings.onTurn(this, finished);
    });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) next();
    } finally {
      this.#delivering = false;
    }
    if (this.#isQuiet()) this.#surroundings.onQuiet(this);
  }

  #isQuiet(): boolean {
    if (this.#stopped || this.#delivering || this.#uncommitted > 0) return false;
    return this.#actor === null || hasNothingUnderWay(this.#actor.getSnapshot());
  }

  #take(stimulate: Stimulate): FinishedTurn {
    const actor = this.#actor ?? this.#wake();
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
    const record: TurnRecord = {
      accountId: this.accountId,
      taskId: this.taskId,
      expectedVersion: this.#version,
      atMs,
      path: turn.stimulus.path,
      eventJson: JSON.stringify(turn.stimulus.event),
      state: this.state,
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
    if (this.#isQuiet()) this.#surroundings.onQuiet(this);
  }

  #lose(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#surroundings.onLost(this, error);
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
  Object.values(actor.getSnapshot().children).some(
    (child) =>
      child?.src === 'read market' ||
      (child?.src === 'work order' && (child.getSnapshot() as { value?: unknown }).value === 'submitting'),
  );
