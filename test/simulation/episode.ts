/**
 * One simulated world from its first price to the calm at the end: runs a plan, carries its incidents out, and reports
 * everything that becomes true or durable to the audits, at the moment it does.
 */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { listsLagMs } from '../../src/domain/roll/position-evidence.ts';
import type { Command } from '../../src/ports/inbox.ts';
import { ExposureAudit } from './audit/exposure-audit.ts';
import { LedgerAudit } from './audit/ledger-audit.ts';
import { HaltAudit } from './audit/halt-audit.ts';
import { LegAudit } from './audit/leg-audit.ts';
import { LimitAudit } from './audit/limit-audit.ts';
import { QuestionAudit } from './audit/question-audit.ts';
import { ReadingAudit } from './audit/reading-audit.ts';
import { RuleAudit } from './audit/rule-audit.ts';
import { StructureAudit } from './audit/structure-audit.ts';
import { contextOf, isRolling } from './audit/stored-turn.ts';
import { TaskAudit } from './audit/task-audit.ts';
import { TradeAudit } from './audit/trade-audit.ts';
import { carryOut } from './carry-out.ts';
import { checkPositions } from './last-positions.ts';
import { nameOf, type Incident } from './incidents.ts';
import type { EpisodeOptions, EpisodeResult, Violation } from './episode-result.ts';
import { legsPlanned, mayHoldTwice, type EpisodePlan } from './plan.ts';
import { SimDaemon } from './world/daemon.ts';
import type { BoundsWitness } from './world/account-books.ts';
import { SimDatabase, type DatabaseWitness } from './world/database.ts';
import { SimExchange, type ExchangeWitness } from './world/exchange.ts';
import { clearUp } from './world/link.ts';
import { Chance } from './world/random.ts';
import { Timeline } from './world/timeline.ts';
import { noWatch } from './world/watch.ts';

/** How the link ids of the owner's own orders begin. */
const byHand = 'owner-';
const tickEveryMs = 1_000;
const operatorEveryMs = 15_000;
/** From the last incident on, an operator retries what failed; then the daemons are asked to stop. */
const mendingMs = 60_000;
/** After a roll two lists of positions prove what its owner has changed meanwhile. */
const noticedWithinMs = 3 * listsLagMs;
const patienceMs = 150_000;
/** Orders of passive rolls find a taker only as the index turns, those of a structure one after the other. */
const endingMs = 3_600_000;
/** Longer than the longest wait between two tries. */
const endingTurnMs = 90_000;
/** Paid into every account in the end, because some have no margin left. */
const depositUsdt = '100000000';

export class Episode {
  readonly plan: EpisodePlan;
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly database: SimDatabase;
  readonly exchange: SimExchange;
  /** By place; when a daemon dies, the next one takes its place. */
  readonly daemons: SimDaemon[] = [];
  crashes = 0;
  readonly #violations: Violation[] = [];
  readonly #faults: Record<string, number> = {};
  readonly #met: Record<string, number> = {};
  readonly #trades: TradeAudit = new TradeAudit({
    violate: (text) => this.#violate(text),
    executedQty: (leg, symbol) => this.#legs.executedQty(leg, symbol),
    kept: (accountId, side, qty) => this.#exposure.entrust(accountId, side, qty),
  });
  readonly #legs: LegAudit = new LegAudit(
    (text) => this.#violate(text),
    (leg) => this.#trades.purposeOf(leg),
    (leg) => this.#trades.opensFirst(leg),
  );
  readonly #readings = new ReadingAudit((text) => this.#violate(text));
  readonly #rules = new RuleAudit((text) => this.#violate(text));
  readonly #structures = new StructureAudit((text) => this.#violate(text));
  readonly #questions = new QuestionAudit((text) => this.#violate(text));
  readonly #ledgers = new LedgerAudit((text) => this.#violate(text));
  readonly #halts: HaltAudit = new HaltAudit({
    violate: (text) => this.#violate(text),
    isRunning: (owner) => this.daemons.some((daemon) => daemon.owner === owner && daemon.process.isRunning),
    nowMs: () => this.timeline.nowMs(),
  });
  readonly #limits = new LimitAudit((text) => this.#violate(text));
  readonly #exposure = new ExposureAudit((text) => this.#violate(text));
  readonly #tasks: TaskAudit;
  readonly #rollsToTheEnd = new Set<string>();
  readonly #options: EpisodeOptions;
  #starts = 0;
  #commands = 0;
  #index: number;
  #isCalm = false;

  constructor(plan: EpisodePlan, options: EpisodeOptions = {}) {
    this.plan = plan;
    this.#options = options;
    this.#index = plan.index.start;
    this.chance = new Chance(plan.seed ^ 0x5eed);
    this.#tasks = new TaskAudit({
      violate: (text) => this.#violate(text),
      nowMs: () => this.exchange.nowMs(),
    });
    const boundsWitness: BoundsWitness = {
      halted: (haltId) => this.#halts.halted(haltId),
      lifted: (haltId) => this.#halts.lifted(haltId),
      noted: (accountId, owner, haltIds) => {
        this.#halts.noted(accountId, owner, haltIds);
        this.log(() => `${owner} notes in force in account ${accountId}: ${haltIds.join(' ') || 'no halt'}`);
      },
      limitsRead: (accountId, owner, limits) =>
        this.#limits.limitsRead(accountId, owner, { atMs: this.exchange.nowMs(), limits }),
    };
    const databaseWitness: DatabaseWitness = {
      created: (task) => {
        for (const audit of [this.#tasks, this.#rules, this.#trades, this.#structures, this.#questions])
          audit.created(task);
        for (const audit of [this.#halts, this.#limits]) audit.created(task);
      },
      fenced: (accountId, owner) => {
        this.#tasks.fenced(accountId, owner);
        this.#halts.fenced(accountId);
        this.log(() => `${owner} takes account ${accountId} over`);
      },
      adopted: (task, owner) => {
        this.#tasks.adopted(task);
        this.log(() => `${owner} adopts ${task.taskId} (${task.state}) as version ${task.version}`);
      },
      committed: (record, owner) => {
        this.#tasks.committed(record, owner);
        for (const audit of [this.#rules, this.#trades, this.#ledgers, this.#structures, this.#questions])
          audit.committed(record);
        if (plan.keepsReadings) this.#readings.committed(record);
        if (plan.hasBounds) {
          this.#halts.committed(record);
          this.#limits.committed(record, owner);
        }
        this.#options.watch?.stored(owner, record);
        this.log(
          () =>
            `${owner} stores ${record.taskId} v${record.expectedVersion + 1} ${record.state} [${record.path || '-'} ${typeOf(record.eventJson)}]`,
        );
        for (const alert of record.alerts) this.log(() => `  ${alert.severity}: ${alertText(alert)}`);
      },
    };
    this.database = new SimDatabase(databaseWitness, boundsWitness);
    const witness: ExchangeWitness = {
      orderChanged: (account, order) => {
        this.#legs.orderChanged(order);
        this.#structures.orderChanged(order);
        this.#halts.orderChanged(order);
        this.#exposure.changed(account);
        this.log(
          () =>
            `exchange: ${order.linkId} ${order.side} ${order.qty} ${order.symbol} at ${order.price} ${order.status} ${order.executedQty}`,
        );
      },
      filled: (account, fills) => {
        for (const fill of fills) {
          this.#ledgers.filled(fill);
          this.#trades.filled(fill);
          if (!fill.linkId.startsWith(byHand)) continue;
          this.#trades.taken(account.apiKey, fill);
          this.exchange.pushPosition(account, fill.symbol);
        }
        this.#exposure.changed(account);
      },
    };
    const { startMs, seed } = plan;
    this.exchange = new SimExchange(this.timeline, { startMs, seed, witness });
  }

  async run(): Promise<EpisodeResult> {
    this.#setUp();
    for (let place = 0; place < this.plan.daemons; place += 1) this.startDaemon(place);
    for (const incident of this.plan.incidents)
      this.timeline.after(incident.atMs, () => this.#carryOut(incident));
    this.#every(tickEveryMs, () => this.#tick());
    this.#every(operatorEveryMs, () => this.#operate());
    await this.timeline.run(this.plan.hostileMs);
    this.#calmDown();
    await this.timeline.run(this.plan.hostileMs + mendingMs);
    this.#halts.checkCalm(this.database.tasks(), mendingMs / 2);
    this.#questions.checkCalm(this.database.tasks(), this.exchange.nowMs() - mendingMs / 2);
    for (const { taskId, state, snapshotJson } of this.database.tasks()) {
      const sinceMs = this.exchange.nowMs() - contextOf(snapshotJson).heldAsOfMs;
      if (isRolling(state) || sinceMs < noticedWithinMs) this.#rollsToTheEnd.add(taskId);
    }
    for (const daemon of this.daemons) daemon.terminate();
    const isOver = (): boolean => this.daemons.every((daemon) => daemon.isOver);
    await this.timeline.run(this.plan.hostileMs + mendingMs + patienceMs, isOver);
    this.#bringEveryOptionIntoTheMoney();
    await this.timeline.run(this.plan.hostileMs + mendingMs + endingMs, isOver);
    this.#checkTheEnd();
    return {
      rolls: this.#tasks.rolls,
      orders: this.#legs.orderCount,
      questions: this.#questions.count,
      halts: this.#halts.confirmed,
      waited: this.#halts.waited,
      limited: this.#limits.judged,
      crashes: this.crashes,
      faults: this.#faults,
      met: this.#met,
      violations: this.#violations,
    };
  }

  /** Adds a line to the story; the line is made only when the story is read. */
  log(line: () => string): void {
    this.#options.onStory?.(this.timeline.nowMs(), line());
  }

  /** Starts a daemon at this place, with a name that no daemon had before. */
  startDaemon(place: number): void {
    this.#starts += 1;
    const name = `daemon-${place}.${this.#starts}`;
    this.log(() => `${name} starts`);
    this.daemons[place] = new SimDaemon({
      name,
      timeline: this.timeline,
      exchange: this.exchange,
      database: this.database,
      chance: this.chance.fork(this.#starts),
      watch: this.#options.watch ?? noWatch,
      activeMax: this.plan.activeMax,
      onSubmit: (owner, order) => {
        this.log(() => `${owner} sends ${order.linkId} at ${order.price}`);
        this.#tasks.submitted(owner, order.linkId);
        this.#halts.sent(owner, order.linkId);
      },
      onAnswered: ({ linkId }) => this.#halts.answered(linkId),
      onTurn: (record) => this.#limits.made(record),
      hasBounds: this.plan.hasBounds === true,
      keepsReadings: this.plan.keepsReadings === true,
      met: (what) => (this.#met[what] = (this.#met[what] ?? 0) + 1),
    });
  }

  ask(taskId: string, kind: Command['kind'], payload: unknown = null): void {
    const accountId = this.plan.tasks.find((task) => task.taskId === taskId)?.accountId ?? '';
    this.#commands += 1;
    this.database.ask({
      commandId: `c${this.#commands}`,
      accountId,
      taskId,
      kind,
      askedBy: 'operator',
      payload,
    });
    for (const daemon of this.daemons) daemon.store.notify();
  }

  /** One task alone holds this option of the account. */
  isHeldByOne(accountId: string, symbol: string): boolean {
    return this.#trades.holdersOf(accountId, symbol).length === 1;
  }

  /** The owner trades, at any price. */
  tradeByHand(
    { accountId, symbol }: { readonly accountId: string; readonly symbol: string },
    { side, qty }: { readonly side: 'Buy' | 'Sell'; readonly qty: string },
  ): void {
    this.#commands += 1;
    const account = this.exchange.account(accountId);
    const order = { linkId: `${byHand}${this.#commands}`, symbol, side, qty, price: null };
    this.log(() => `the owner trades ${side} ${qty} ${symbol}`);
    this.exchange.engine.create(account, {
      ...order,
      orderType: 'Market',
      timeInForce: 'IOC',
      reduceOnly: true,
      orderIv: null,
    });
  }

  get #hasStructures(): boolean {
    return this.plan.tasks.some(({ legs }) => legs !== undefined);
  }

  #setUp(): void {
    if (this.#hasStructures) this.exchange.around.push(this.plan.index.start);
    this.exchange.setIndex('BTC', this.#index);
    for (const { accountId, usdt, limits } of this.plan.accounts) {
      if (limits) this.database.bounds.setLimits(accountId, limits);
      const tasks = this.plan.tasks.filter((task) => task.accountId === accountId);
      const positions = tasks.flatMap(legsPlanned);
      this.exchange.addAccount({ apiKey: accountId, apiSecret: 'secret', usdt, positions });
      this.database.accountIds.push(accountId);
      for (const { side, qty } of positions) this.#exposure.entrust(accountId, side, qty);
      for (const { side, qty } of tasks.filter(mayHoldTwice)) this.#exposure.allowTwice(accountId, side, qty);
    }
    for (const { taskId, spec } of this.plan.tasks) this.ask(taskId, 'add', spec);
  }

  #carryOut(incident: Incident): void {
    const name = nameOf(incident);
    this.#faults[name] = (this.#faults[name] ?? 0) + 1;
    this.log(() => `*** ${name} ${JSON.stringify(incident)}`);
    carryOut(this, incident);
  }

  #tick(): void {
    const { noise, jumpProbability, jump, start } = this.plan.index;
    const isJump = this.chance.happens(jumpProbability);
    const moved = this.#index + noise * this.chance.normal() + (isJump ? this.chance.between(0, jump) : 0);
    if (!this.#isCalm) this.#index = Math.min(Math.max(moved, start / 3), start * 2.5);
    // A calm market still moves a little: in one that stands, no order that rests in the book would ever trade.
    const wave = this.#isCalm ? 1 + 0.06 * Math.sin(this.timeline.nowMs() / 1_700) : 1;
    this.exchange.setIndex('BTC', this.#index * wave);
  }

  /** The operator: retries every failed task, resumes every paused one, and checks that naked intervals were alerted. */
  #operate(): void {
    this.#tasks.checkAlerted();
    for (const { taskId, state } of this.database.tasks()) {
      if (state.startsWith('FAILED')) this.ask(taskId, 'retry');
      if (state === 'PAUSED') this.ask(taskId, 'resume');
    }
  }

  #calmDown(): void {
    this.#isCalm = true;
    this.log(() => '--- calm');
    this.exchange.faults.clear();
    for (const { accountId } of this.plan.accounts)
      this.exchange.account(accountId).state.wallet.USDT = depositUsdt;
    this.database.isAway = false;
    this.daemons.forEach((daemon, place) => {
      daemon.trouble.lostAnswers = 0;
      clearUp(daemon.weather);
      daemon.clock.step(0);
      if (!daemon.process.isAlive) this.startDaemon(place);
    });
  }

  /**
   * Gives every order that waits for a quote within its slippage one: deep in the money a tick is a small part of the price. The
   * calls and the puts of structures in turn.
   */
  #bringEveryOptionIntoTheMoney(): void {
    const { start, jump } = this.plan.index;
    const [high, low] = [start * 4, start / 6];
    this.#index = jump > 0 ? high : low;
    if (!this.#hasStructures) return;
    const turns = [low, start, high];
    this.#every(endingTurnMs, () => {
      this.#index = turns[0] ?? start;
      turns.push(...turns.splice(0, 1));
    });
  }

  #checkTheEnd(): void {
    for (const daemon of this.daemons)
      if (!daemon.isOver)
        this.#violate(`${daemon.owner} does not end: ${daemon.rollsUnderWay} rolls under way`);
    const { database, exchange, plan } = this;
    checkPositions({
      database,
      exchange,
      plan,
      trades: this.#trades,
      rollsToTheEnd: this.#rollsToTheEnd,
      violate: (text) => this.#violate(text),
    });
    this.#limits.check();
  }

  #every(periodMs: number, action: () => void): void {
    this.timeline.after(periodMs, () => {
      action();
      this.#every(periodMs, action);
    });
  }

  #violate(text: string): void {
    this.log(() => `!!! ${text}`);
    this.#violations.push({ seed: this.plan.seed, atMs: this.timeline.nowMs(), text });
  }
}

const typeOf = (eventJson: string): string => {
  const event = JSON.parse(eventJson) as { type: string; output?: { kind?: string; reason?: string } };
  return [event.type, event.output?.kind, event.output?.reason]
    .filter((part) => part !== undefined)
    .join(' ');
};
