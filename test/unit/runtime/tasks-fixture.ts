/** A few tasks with registry and price router, on a virtual clock: the runtime without a task host. */
import { pino } from 'pino';
import type { Readings } from '../../../src/domain/rules/triggers.ts';
import { taskOfLinkId } from '../../../src/domain/roll/roll.ts';
import { PriceRouter } from '../../../src/runtime/triggers/price-router.ts';
import { Admission } from '../../../src/runtime/task/admission.ts';
import { RollMachines } from '../../../src/runtime/task/roll-machines.ts';
import { TaskActor, type FinishedTurn, type TaskListener } from '../../../src/runtime/task/task-actor.ts';
import { TaskRegistry } from '../../../src/runtime/task/task-registry.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { FixtureAccount, strikes } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { MemoryStore, storedTask, symbol } from './memory-store.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

/** Changes to a task: its trigger has to hold for five seconds. */
export const confirming = { trigger: { index: { above: 23500, for: '5s' } } };

export class TasksFixture implements TaskListener {
  readonly clock = new VirtualClock();
  readonly log = pino({ level: 'silent' });
  readonly store = new MemoryStore();
  readonly registry = new TaskRegistry();
  /** The account at the exchange, the same one for the tasks of every account. */
  readonly account: FixtureAccount;
  readonly market = new FixtureMarket(this.clock, strikes);
  readonly router = new PriceRouter({
    registry: this.registry,
    clock: this.clock,
    market: this.market,
    log: this.log,
  });
  readonly admission = new Admission(this.clock, bybitRules.orderPace);
  /** How many turns each task took, with or without a record. */
  readonly turns = new Map<string, number>();

  /** @param heldQty quantity of the short position in the account */
  constructor(heldQty = '0.3') {
    this.account = new FixtureAccount(this.clock, [
      { symbol, side: 'Sell', qty: heldQty, averagePrice: '900' },
    ]);
    const taskOf = (linkId: string) => this.registry.get(taskOfLinkId(linkId) ?? '');
    void this.account.open({
      order: (report) =>
        taskOf(report.linkId)?.sendToOrder({ type: 'ORDER_REPORTED', report }, report.linkId),
      fill: (fill) => taskOf(fill.linkId)?.sendToOrder({ type: 'FILL_REPORTED', fill }, fill.linkId),
      position: () => {},
      connected: () => {},
      disconnected: () => {},
    });
  }

  add(taskId: string, changes: object = {}, accountId = '1'): TaskActor {
    return this.run(storedTask(taskId, changes, accountId));
  }

  run(stored: StoredTask): TaskActor {
    this.store.keep(stored);
    const task = new TaskActor(stored, {
      machines: new RollMachines(),
      account: this.account,
      market: this.market,
      clock: this.clock,
      journal: this.store.journal,
      admission: this.admission,
      host: this,
    });
    this.registry.add(task);
    task.start();
    this.router.watch(task);
    return task;
  }

  turnTaken(task: TaskActor, { record }: FinishedTurn): void {
    this.turns.set(task.taskId, (this.turns.get(task.taskId) ?? 0) + 1);
    if (record) this.router.watch(task);
    else this.router.rearm(task);
  }

  fellQuiet(task: TaskActor): void {
    task.passivate();
  }

  lost(): void {}

  watchedAgain(): void {}

  /** One index price, as the feed brings it. */
  tick(price: string, baseCoin = 'BTC'): void {
    this.ticker(baseCoin, { index: price });
  }

  /** Readings of one source, as its feed brings them. */
  ticker(source: string, readings: Readings): void {
    if (!source.startsWith('ETH')) this.market.moveTo(readings);
    const feed = bybitRules.readSymbol(source) ? 'options' : 'underlying';
    this.router.tick({ feed, source, readings, atMs: this.clock.nowMs() });
  }
}
