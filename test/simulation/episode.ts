/**
 * One simulated world from its first price to the calm at the end: runs a plan, carries its incidents out, and reports
 * everything that becomes true or durable to the audits, at the moment it does.
 */
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import { add, isZero, subtract } from '../../src/domain/money.ts';
import type { Command } from '../../src/ports/inbox.ts';
import { ExposureAudit } from './audit/exposure-audit.ts';
import { LedgerAudit } from './audit/ledger-audit.ts';
import { LegAudit } from './audit/leg-audit.ts';
import { QuestionAudit } from './audit/question-audit.ts';
import { RuleAudit } from './audit/rule-audit.ts';
import { StructureAudit } from './audit/structure-audit.ts';
import { contextOf, isRolling } from './audit/stored-turn.ts';
import { TaskAudit } from './audit/task-audit.ts';
import { TradeAudit } from './audit/trade-audit.ts';
import { carryOut } from './carry-out.ts';
import { nameOf, type Incident } from './incidents.ts';
import { legsPlanned, type EpisodePlan } from './plan.ts';
import { SimDaemon } from './world/daemon.ts';
import { SimDatabase } from './world/database.ts';
import { SimExchange, type ExchangeWitness } from './world/exchange.ts';
import { Chance } from './world/random.ts';
import { Timeline } from './world/timeline.ts';
import { noWatch, type Watch } from './world/watch.ts';

/** How the link ids of the owner's own orders begin. */
const byHand = 'owner-';
const tickEveryMs = 1_000;
const operatorEveryMs = 15_000;
/** From the last incident on, an operator retries what failed; then the daemons are asked to stop. */
const mendingMs = 60_000;
const patienceMs = 150_000;
const endingMs = 900_000;
/** Longer than the longest wait between two tries. */
const endingTurnMs = 90_000;
/** Paid into every account in the end, because some have no margin left. */
const depositUsdt = '100000000';

export interface Violation {
  readonly seed: number;
  readonly atMs: number;
  readonly text: string;
}

export interface EpisodeResult {
  readonly rolls: number;
  readonly orders: number;
  readonly questions: number;
  readonly crashes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

export interface EpisodeOptions {
  /** What happened, line by line, for the person who has to understand it. */
  readonly onStory?: (atMs: number, line: string) => void;
  readonly watch?: Watch;
}

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
  readonly #trades: TradeAudit = new TradeAudit({
    violate: (text) => this.#violate(text),
    executedQty: (leg, symbol) => this.#legs.executedQty(leg, symbol),
  });
  readonly #legs: LegAudit = new LegAudit(
    (text) => this.#violate(text),
    (leg) => this.#trades.purposeOf(leg),
  );
  readonly #rules = new RuleAudit((text) => this.#violate(text));
  readonly #structures = new StructureAudit((text) => this.#violate(text));
  readonly #questions = new QuestionAudit((text) => this.#violate(text));
  readonly #ledgers = new LedgerAudit((text) => this.#violate(text));
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
    this.database = new SimDatabase({
      created: (task) => {
        for (const audit of [this.#tasks, this.#rules, this.#trades, this.#structures, this.#questions])
          audit.created(task);
      },
      adopted: (task, owner) => {
        this.#tasks.adopted(task, owner);
        this.log(() => `${owner} adopts ${task.taskId} (${task.state}) as version ${task.version}`);
      },
      committed: (record, owner) => {
        this.#tasks.committed(record, owner);
        for (const audit of [this.#rules, this.#trades, this.#ledgers, this.#structures, this.#questions])
          audit.committed(record);
        this.#options.watch?.stored(owner, record);
        this.log(
          () =>
            `${owner} stores ${record.taskId} v${record.expectedVersion + 1} ${record.state} [${record.path || '-'} ${typeOf(record.eventJson)}]`,
        );
        for (const alert of record.alerts) this.log(() => `  ${alert.severity}: ${alertText(alert)}`);
      },
    });
    const witness: ExchangeWitness = {
      orderChanged: (account, order) => {
        this.#legs.orderChanged(order);
        this.#structures.orderChanged(order);
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
          this.#trades.taken(account.apiKey, fill.symbol, fill.qty);
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
    const rolling = this.database.tasks().filter(({ state }) => isRolling(state));
    for (const { taskId } of rolling) this.#rollsToTheEnd.add(taskId);
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
      crashes: this.crashes,
      faults: this.#faults,
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
      },
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
    for (const { accountId, usdt } of this.plan.accounts) {
      const tasks = this.plan.tasks.filter((task) => task.accountId === accountId);
      const positions = tasks.flatMap(legsPlanned);
      this.exchange.addAccount({ apiKey: accountId, apiSecret: 'secret', usdt, positions });
      this.database.accountIds.push(accountId);
      for (const { side, qty } of positions) this.#exposure.entrust(accountId, side, qty);
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
      Object.assign(daemon.weather, { lateRequests: 0, doubledRequests: 0, jumbledUntilMs: 0 });
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
    const isDelivered = (key: string): boolean =>
      (bybitRules.namedDeliveryMs(key.split(' ')[1] ?? '') ?? Infinity) <= this.exchange.nowMs();
    const expected = new Map(
      [...this.#trades.leftBehind].filter(([key, qty]) => !isZero(qty) && !isDelivered(key)),
    );
    for (const { accountId, taskId, state, snapshotJson } of this.database.tasks()) {
      const hasEnded = /^(IDLE|PAUSED|FAILED|COMPLETED)/.test(state);
      if (!hasEnded) this.#violate(`the roll of task ${taskId} does not end: ${state}`);
      // What a task that is over has left may be another one's by now.
      const holdings = state === 'COMPLETED' ? [] : holdingsOf(contextOf(snapshotJson));
      for (const { symbol, qty, expiryMs } of holdings) {
        // What rolls until the end, or waits for a person in the middle of it, does not notice what becomes of its other legs.
        const isBlind = state.startsWith('FAILED') || this.#rollsToTheEnd.has(taskId);
        // Its owner may have closed it shortly before: the task looks for the delivery for hours then.
        const isSettling = /^IDLE\.(settling|awaitingSettlement)/.test(state);
        if ((isBlind || isSettling) && expiryMs <= this.exchange.nowMs()) continue;
        const key = `${accountId} ${symbol}`;
        const left = isBlind ? subtract(qty, this.#trades.takenOf(taskId, symbol)) : qty;
        expected.set(key, add(expected.get(key) ?? '0', left));
      }
    }
    const found = new Map<string, string>();
    for (const { accountId } of this.plan.accounts)
      for (const { symbol, qty } of Object.values(this.exchange.account(accountId).state.positions))
        found.set(`${accountId} ${symbol}`, qty);
    for (const key of new Set([...expected.keys(), ...found.keys()]))
      if ((expected.get(key) ?? '0') !== (found.get(key) ?? '0'))
        this.#violate(
          `position ${key}: the exchange has ${found.get(key) ?? '0'}, the tasks manage ${expected.get(key) ?? '0'}`,
        );
    const added = new Set(this.database.tasks().map(({ taskId }) => taskId));
    for (const { taskId } of this.plan.tasks)
      if (!added.has(taskId)) this.#violate(`task ${taskId} was asked for and is not there`);
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
