/**
 * One task as a live XState actor with its recorder. Owns the mailbox (one stimulus a turn, never two), the turn's
 * record for the journal, and the write-ahead gate. Which events come, and what becomes of a task that was lost, is the
 * supervisor's business.
 */
import { createActor, StateMachine, type Actor, type InspectionEvent } from 'xstate';
import type { OrderEvent, RollEvent } from '../domain/events.ts';
import type { Stamp } from '../domain/outcomes.ts';
import type { RollContext } from '../domain/roll-context.ts';
import type { Clock } from '../ports/clock.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { Journal, StoredTask, TurnRecord } from '../ports/journal.ts';
import type { MarketData } from '../ports/market-data.ts';
import { hostEffects } from './effect.ts';
import type { ProvidedRollMachine } from './effects.ts';
import { stateName } from './state-name.ts';
import { Turn } from './turn.ts';

export interface TaskActorOptions {
  readonly stored: StoredTask;
  readonly machine: ProvidedRollMachine;
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly clock: Clock;
  readonly journal: Journal;
  /** After every turn, committed or not yet. */
  readonly onTurn: (task: TaskActor, turn: FinishedTurn) => void;
  /** The task can no longer be kept here: its commit failed or its machine broke. It is already stopped. */
  readonly onLost: (task: TaskActor, error: unknown) => void;
}

export interface FinishedTurn {
  readonly turn: Turn;
  /** `null` when the stimulus changed nothing and left no record. */
  readonly record: TurnRecord | null;
}

type Unstamped<Event> = Event extends Stamp ? Omit<Event, keyof Stamp> : never;
export type TaskEvent = Unstamped<RollEvent>;
export type TaskOrderEvent = Unstamped<OrderEvent>;

export class TaskActor {
  readonly accountId: string;
  readonly taskId: string;
  readonly #options: TaskActorOptions;
  readonly #actor: Actor<ProvidedRollMachine>;
  readonly #mailbox: (() => void)[] = [];
  #version: number;
  #snapshotJson: string;
  #turn: Turn | null = null;
  #delivering = false;
  #stopped = false;
  #uncommitted = 0;
  #idle: (() => void)[] = [];

  constructor(options: TaskActorOptions) {
    const { stored, machine } = options;
    this.#options = options;
    this.accountId = stored.accountId;
    this.taskId = stored.taskId;
    this.#version = stored.version;
    this.#snapshotJson = stored.snapshotJson;
    this.#actor = createActor(machine, {
      snapshot: JSON.parse(stored.snapshotJson) as never,
      inspect: (event: InspectionEvent) => this.#inspect(event),
    } as never);
    this.#actor.on('*', (emitted) => this.#turn?.noteEmitted(emitted));
    this.#actor.subscribe({ error: (error) => this.#lose(error) });
    hostEffects(this.#actor.system, this.#effectHost());
  }

  /** Brings the actor back to life; effects that were under way start again, knowing that they are resumed. */
  start(): void {
    this.#turn = this.#resumingTurn();
    this.#actor.start();
    this.#turn = null;
  }

  /** Sends one event to the task's machine as a turn of its own. */
  send(event: TaskEvent, onTurn?: (finished: FinishedTurn) => void): void {
    this.#deliver((stamp) => this.#actor.send({ ...event, ...stamp }), onTurn);
  }

  /** Sends one event to the order that is being worked under this link id, or to every one. */
  sendToOrder(event: TaskOrderEvent, linkId?: string): void {
    for (const child of Object.values(this.#actor.getSnapshot().children)) {
      const context = (child?.getSnapshot() as { context?: { linkId?: string } } | undefined)?.context;
      if (!child || context?.linkId === undefined) continue;
      if (linkId !== undefined && context.linkId !== linkId) continue;
      this.#deliver((stamp) => (child as { send(event: object): void }).send({ ...event, ...stamp }));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#mailbox.length = 0;
    this.#actor.stop();
  }

  get context(): RollContext {
    return this.#actor.getSnapshot().context;
  }

  /** Dotted state value, e.g. `IDLE.watching`. */
  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }

  get isOver(): boolean {
    return this.#actor.getSnapshot().status === 'done';
  }

  get version(): number {
    return this.#version;
  }

  /** Resolves when every turn made so far is committed. */
  async settled(): Promise<void> {
    if (this.#uncommitted === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #effectHost() {
    const { account, market, clock } = this.#options;
    const currentTurn = () => this.#turn ?? this.#resumingTurn();
    return {
      account,
      market,
      clock,
      get isResuming() {
        return currentTurn().isResuming;
      },
      committed: () => currentTurn().committed,
      settled: () => this.settled(),
      deliver: (complete: (stamp: Stamp) => void) => this.#deliver(complete),
    };
  }

  #resumingTurn(): Turn {
    return new Turn(this.#options.clock.nowMs(), true);
  }

  #deliver(stimulate: (stamp: Stamp) => void, onTurn?: (finished: FinishedTurn) => void): void {
    if (this.#stopped) return;
    this.#mailbox.push(() => {
      const finished = this.#take(stimulate);
      onTurn?.(finished);
      this.#options.onTurn(this, finished);
    });
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) next();
    } finally {
      this.#delivering = false;
    }
  }

  #take(stimulate: (stamp: Stamp) => void): FinishedTurn {
    const atMs = this.#options.clock.nowMs();
    const turn = new Turn(atMs);
    this.#turn = turn;
    stimulate({ atMs, version: this.#version });
    this.#turn = null;
    const record = this.#stopped ? null : this.#record(turn, atMs);
    if (record) this.#commit(turn, record);
    else turn.settle();
    return { turn, record };
  }

  #record(turn: Turn, atMs: number): TurnRecord | null {
    const snapshotJson = JSON.stringify(this.#actor.getPersistedSnapshot());
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
      alerts: turn.alerts,
      answers: turn.answers,
    };
    this.#snapshotJson = snapshotJson;
    this.#version += 1;
    return record;
  }

  #commit(turn: Turn, record: TurnRecord): void {
    this.#uncommitted += 1;
    this.#options.journal.commit(record).then(
      () => {
        turn.settle();
        this.#settleOne();
      },
      (error: unknown) => {
        this.#settleOne();
        this.#lose(error);
      },
    );
  }

  #settleOne(): void {
    this.#uncommitted -= 1;
    if (this.#uncommitted === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #lose(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onLost(this, error);
  }

  #inspect(event: InspectionEvent): void {
    if (event.type !== '@xstate.event' || !this.#turn) return;
    const receiver = event.actorRef as unknown as { id: string; logic?: unknown };
    if (!(receiver.logic instanceof StateMachine)) return;
    this.#turn.noteEvent({ path: event.actorRef === this.#actor ? '' : receiver.id, event: event.event });
  }
}
