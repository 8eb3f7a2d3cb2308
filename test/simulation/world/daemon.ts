/**
 * One daemon of a simulated world: the real daemon machine, supervisor, task actors and journal logic, composed as
 * main.ts composes them, on a process that can die anywhere.
 */
import { pino } from 'pino';
import { createActor, fromPromise, type Actor } from 'xstate';
import { daemonMachine } from '../../../machines/daemon.machine.ts';
import type { OrderRequest } from '../../../src/domain/market/order.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';
import { Supervisor } from '../../../src/runtime/supervisor.ts';
import { SimAccount } from './account.ts';
import { SimClock } from './clock.ts';
import type { SimDatabase } from './database.ts';
import type { SimExchange } from './exchange.ts';
import { fairWeather, Link, type Weather } from './link.ts';
import { OrderSocket } from './order-socket.ts';
import { SimMarketData } from './prices.ts';
import { Process } from './process.ts';
import type { Chance } from './random.ts';
import { SimStore } from './store.ts';
import { localTimeOf, type Met } from './streams.ts';
import type { Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

const silent = pino({ level: 'silent' });
const lookAroundEveryMs = 2_000;
/** Shorter than the end of a world takes (episode.ts). */
const drainBoundMs = 3_000_000;
/** Fewer than the tasks of a large world want. */
const readAheadOptions = 24;

export interface DaemonParts {
  readonly name: string;
  readonly timeline: Timeline;
  readonly exchange: SimExchange;
  readonly database: SimDatabase;
  readonly chance: Chance;
  readonly watch: Watch;
  readonly activeMax: number;
  /** The installation uses halts and limits; without, it asks for none. */
  readonly hasBounds: boolean;
  /** It reads ahead, keeps what streams tell, and sends orders by websocket. */
  readonly keepsReadings: boolean;
  readonly met: Met;
  readonly onSubmit: (owner: string, order: OrderRequest) => void;
  /** Its request was answered, or nobody waits for that any more. */
  readonly onAnswered: (order: OrderRequest) => void;
  /** A turn was made, to be stored. */
  readonly onTurn: (record: TurnRecord) => void;
}

export class SimDaemon {
  readonly owner: string;
  readonly process: Process;
  readonly clock: SimClock;
  readonly weather: Weather = fairWeather();
  readonly trouble = { lostAnswers: 0 };
  readonly store: SimStore;
  readonly market: SimMarketData;
  readonly accounts = new Map<string, SimAccount>();
  /** `undefined`: orders go by REST. */
  readonly orders: OrderSocket | undefined;
  readonly #supervisor: Supervisor;
  readonly #actor: Actor<typeof daemonMachine>;

  constructor(parts: DaemonParts) {
    const { name, timeline, exchange, database, chance, watch, activeMax } = parts;
    this.owner = name;
    this.process = new Process(timeline, () => this.store.loseSession());
    this.clock = new SimClock(exchange, this.process);
    const { process, clock, weather, trouble, owner } = this;
    this.store = new SimStore({ database, process, timeline, chance, owner, trouble });
    const { keepsReadings, met } = parts;
    this.orders = keepsReadings
      ? new OrderSocket({ local: localTimeOf(process, timeline), chance, met })
      : undefined;
    const link = new Link({
      ...{ process, exchange, timeline, clock, chance, weather, watch, owner, keepsReadings, met },
      ...(this.orders && { orders: this.orders }),
    });
    this.market = new SimMarketData(link);
    this.#supervisor = new Supervisor({
      journal: {
        commit: (record) => {
          parts.onTurn(record);
          watch.made(owner, record);
          return this.store.journal.commit(record);
        },
        close: () => this.store.journal.close(),
      },
      ownership: this.store,
      inbox: this.store,
      market: this.market,
      clock,
      log: silent,
      activeMax,
      ...(keepsReadings && { readAheadOptions }),
      ...(parts.hasBounds && this.store.books),
      connect: (accountId) => {
        const account = new SimAccount(link, accountId, {
          leaves: (order) => parts.onSubmit(owner, order),
          isAnswered: (order) => parts.onAnswered(order),
        });
        this.accounts.set(accountId, account);
        return Promise.resolve(account);
      },
    });
    this.#actor = this.#compose();
    this.#actor.start();
  }

  /** SIGTERM. */
  terminate(): void {
    this.process.pass(() => this.#actor.send({ type: 'TERMINATE' }));
  }

  /** A notice that halts or limits may have changed. */
  followBounds(): void {
    this.process.after(1, () => {
      void this.#supervisor.followHalts();
      void this.#supervisor.followLimits();
    });
  }

  get isOver(): boolean {
    return !this.process.isAlive || this.#actor.getSnapshot().status !== 'active';
  }

  get rollsUnderWay(): number {
    return this.#supervisor.rollsUnderWay().length;
  }

  #compose(): Actor<typeof daemonMachine> {
    const sleep = (ms: number) => new Promise<void>((resolve) => this.process.after(ms, resolve));
    const actor = createActor(
      daemonMachine.provide({
        actors: {
          'open database and exchange': fromPromise(async () => {
            this.store.onLost(() => this.#actor.send({ type: 'OWNERSHIP_LOST' }));
            await this.market.open(this.#supervisor.marketListener);
            await this.store.listen(() => void this.#supervisor.workInbox());
          }),
          'claim accounts and bring their tasks back': fromPromise(() => this.#supervisor.claim()),
          'wait for the next look around': fromPromise(() => sleep(lookAroundEveryMs)),
          'look for free accounts': fromPromise(() => this.#supervisor.claim()),
          'give every task up': fromPromise(() => this.#supervisor.abandon('the session ended')),
          'let running rolls end': fromPromise(() => this.#supervisor.drain(drainBoundMs)),
          'close everything': fromPromise(async () => {
            await this.#supervisor.stop();
            await this.store.journal.close();
            await this.store.release();
          }),
        },
      }),
    );
    actor.subscribe({ error: () => undefined });
    return actor;
  }
}
