/**
 * Follows the stops that stand at the exchange on what tasks hold, and keeps the emergency stops that their specs ask for: puts one
 * that is missing, moves it when the task has rolled or was edited, and takes it away when it is wanted no more. An acknowledgement
 * proves nothing: the list of stops, read again, says what stands. It works beside the saga, which never waits for it, between rolls and
 * while both options of a roll are held; an owner's stop is left alone. A person's halt keeps no stop from being put, because it protects; an account that may not trade gets none.
 */
import type { Logger } from 'pino';
import { messageOf, Retryable, Terminal } from '../../domain/errors.ts';
import type { Halt } from '../../domain/halt.ts';
import type { StandingStop } from '../../domain/market/stops.ts';
import { compare, isPositive } from '../../domain/money.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import { protectedOption } from '../../domain/roll/both-held.ts';
import { backOffAfter } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { newStops, stopsOn } from '../../domain/roll/seen-stops.ts';
import type { EmergencyStopProblem, StopsSeen } from '../../domain/roll/stop-facts.ts';
import { emergencyStopOf, type StopPlace } from '../../domain/rules/emergency-stop.ts';
import { sendWithinMs } from '../../domain/orders/write-window.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';

export interface StopWatchOptions {
  /** `undefined` when it is not managed here. */
  readonly accountOf: (accountId: string) => TradingAccount | undefined;
  /** What halts trading in an account; `null` while nothing does. */
  readonly haltOf: (accountId: string) => Halt | null;
  readonly registry: TaskRegistry;
  readonly market: Pick<MarketData, 'rules' | 'listed' | 'quote'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What was put is looked for so long afterwards, and what is reported together is looked at together. */
const lookAfterMs = 1_000;
/** What fails so often without being refused is reported, too. */
const failuresUntilAlert = 3;
/** What the exchange refuses, and what an owner's stop forbids, is tried again. */
const problemAgainMs = minuteMs;

export class StopWatch {
  readonly #options: StopWatchOptions;
  /** By account: what cancels the look that is planned, and when it comes. */
  readonly #planned = new Map<string, { readonly cancel: () => void; readonly atMs: number }>();
  readonly #failures = new Map<string, number>();

  constructor(options: StopWatchOptions) {
    this.#options = options;
  }

  /** To be called when a stop of the account was reported, or may have been missed. */
  lookSoon(accountId: string, delayMs = lookAfterMs): void {
    const { clock } = this.#options;
    const atMs = clock.nowMs() + delayMs;
    const planned = this.#planned.get(accountId);
    if (planned && planned.atMs <= atMs) return;
    planned?.cancel();
    const cancel = clock.alarm(atMs, () => {
      this.#planned.delete(accountId);
      void this.#look(accountId);
    });
    this.#planned.set(accountId, { cancel, atMs });
  }

  /** To be called after a turn: looks when the emergency stop of the task has to be put, moved or taken away. */
  note(task: TaskActor, before: RollContext): void {
    const { spec, held, seenStops } = task.context;
    const emergency = seenStops?.emergency ?? null;
    if (spec.emergencyStop === undefined && emergency === null) return;
    const protects = protectedBy(task);
    if (protects === null) return;
    const { symbol } = protects;
    const isWanted = spec.emergencyStop !== undefined;
    const isEdited = spec.emergencyStop?.loss !== before.spec.emergencyStop?.loss;
    const isMissing = isWanted && emergency?.symbol !== symbol && problemOf(seenStops, symbol) === null;
    if (isEdited || isMissing || before.held.symbol !== held.symbol) this.lookSoon(task.accountId);
  }

  /** To be called with a task that was restored or created: nothing is known yet of its emergency stop. */
  begin(task: TaskActor): void {
    if (task.context.spec.emergencyStop !== undefined) this.lookSoon(task.accountId);
  }

  /** Looks no more at this account. */
  close(accountId: string): void {
    this.#planned.get(accountId)?.cancel();
    this.#planned.delete(accountId);
    this.#failures.delete(accountId);
  }

  /**
   * Takes the emergency stop of a task away before the task is removed, and waits until it does not stand any more.
   * @throws Retryable when that is not certain yet: it is to be tried again
   */
  async takeAway({ accountId, context }: TaskActor): Promise<void> {
    const account = this.#options.accountOf(accountId);
    const emergency = context.seenStops?.emergency;
    if (!account || !emergency) return;
    const stands = async () => isAt(await account.stops(), emergency);
    if (!(await stands())) return;
    await account.setStop({ symbol: emergency.symbol, mark: null }, this.#notAfterMs());
    for (let look = 0; look < 3; look += 1) {
      if (!(await stands())) return;
      await new Promise<void>((resolve) => {
        this.#options.clock.alarm(this.#options.clock.nowMs() + lookAfterMs, resolve);
      });
    }
    throw new Retryable(`the emergency stop of ${emergency.symbol} at ${emergency.mark} still stands`);
  }

  async #look(accountId: string): Promise<void> {
    const { accountOf, registry, log } = this.#options;
    const account = accountOf(accountId);
    if (!account || registry.ofAccount(accountId).length === 0) return;
    try {
      const stops = await account.stops();
      const problems: unknown[] = [];
      for (const task of registry.ofAccount(accountId))
        if (protectedBy(task) !== null)
          await this.#follow(task, account, stops).catch((error: unknown) => problems.push(error));
      if (problems.length > 0) throw problems[0];
      this.#failures.delete(accountId);
    } catch (error) {
      const failures = (this.#failures.get(accountId) ?? 0) + 1;
      this.#failures.set(accountId, failures);
      const retryAfterMs = Math.max(lookAfterMs, backOffAfter(failures));
      log.warn(
        { accountId, retryAfterMs, err: error },
        'stops at the exchange could not be read or set; trying again',
      );
      if (accountOf(accountId) === account) this.lookSoon(accountId, retryAfterMs);
    }
  }

  /** Tells the task what is new, once its emergency stop was compared with what is wanted. */
  async #follow(task: TaskActor, account: TradingAccount, all: readonly StandingStop[]): Promise<void> {
    const { version } = task;
    const held = protectedBy(task);
    if (held === null) return;
    const seen = await this.#kept({ task, held }, account, all);
    // What was read may be over: a roll has begun, or the task was edited or dropped.
    const { registry } = this.#options;
    if (registry.get(task.taskId) !== task || task.version !== version) return;
    if (newStops(task.context, seen, 0)) task.send({ type: 'STOPS_SEEN', ...seen });
  }

  async #kept(
    { task, held }: Protected,
    account: TradingAccount,
    all: readonly StandingStop[],
  ): Promise<StopsSeen> {
    const { context, accountId } = task;
    const { spec, seenStops } = context;
    const stops = stopsOn(context, all);
    const wanted = await this.#wanted(spec, held);
    const standing = stops.find(({ symbol, kind }) => symbol === held.symbol && kind === 'stopLoss');
    const put = seenStops?.emergency ?? null;
    const isOwn = standing !== undefined && put !== null && isAt([standing], put);
    if (wanted === null) {
      if (!isOwn) return { stops, emergency: null, problem: null };
      await this.#set(accountId, account, { symbol: held.symbol, mark: null });
      return { stops, emergency: put, problem: null };
    }
    if (standing && isAt([standing], wanted)) return { stops, emergency: wanted, problem: null };
    if (standing && !isOwn) {
      this.lookSoon(accountId, problemAgainMs);
      const { symbol, mark } = standing;
      const figures = { symbol, mark, wanted: wanted.mark };
      return { stops, emergency: null, problem: { code: 'ownersStopStands', figures } };
    }
    const emergency = isOwn ? put : null;
    const problem = await this.#put({ task, held }, account, wanted);
    // What was wrong is over when the next look shows that it stands.
    return { stops, emergency, problem: problem ?? problemOf(seenStops, held.symbol) };
  }

  /** @returns why it cannot stand; `null` when it was asked for, which the next look confirms */
  async #put(
    { task: { accountId }, held }: Protected,
    account: TradingAccount,
    wanted: StopPlace,
  ): Promise<EmergencyStopProblem | null> {
    const { market, haltOf } = this.#options;
    const halt = haltOf(accountId);
    if (halt !== null && halt.cause !== 'halt') {
      this.lookSoon(accountId, problemAgainMs);
      return { code: 'emergencyStopNotAllowed', figures: { ...wanted, halt } };
    }
    const { mark: markNow } = await market.quote(wanted.symbol);
    const distance = compare(markNow, wanted.mark);
    if (held.side === 'Sell' ? distance >= 0 : distance <= 0) {
      this.lookSoon(accountId, problemAgainMs);
      return { code: 'emergencyStopPassed', figures: { ...wanted, markNow } };
    }
    try {
      await this.#set(accountId, account, wanted);
      return null;
    } catch (error) {
      const isRefused = error instanceof Terminal;
      if (!isRefused && (this.#failures.get(accountId) ?? 0) < failuresUntilAlert) throw error;
      this.lookSoon(accountId, problemAgainMs);
      const exchangeCode = isRefused ? error.code : '';
      const cause = { code: 'said', figures: { words: messageOf(error), exchangeCode } } as const;
      return { code: 'emergencyStopRefused', figures: { ...wanted, cause } };
    }
  }

  async #set(
    accountId: string,
    account: TradingAccount,
    stop: { readonly symbol: string; readonly mark: string | null },
  ): Promise<void> {
    await account.setStop(stop, this.#notAfterMs());
    this.#options.log.info({ accountId, ...stop }, 'emergency stop is asked for at the exchange');
    this.lookSoon(accountId);
  }

  /** On the grid of the option that is held now. @throws Retryable | Terminal when the market cannot be read */
  async #wanted(spec: RollContext['spec'], held: HeldOption): Promise<StopPlace | null> {
    const { market } = this.#options;
    if (spec.emergencyStop === undefined || !isPositive(held.qty)) return null;
    const instrument = (await market.listed(held)).find(({ symbol }) => symbol === held.symbol);
    return instrument ? emergencyStopOf(spec.emergencyStop, held, instrument.tickSize) : null;
  }

  #notAfterMs(): number {
    return this.#options.clock.nowMs() + sendWithinMs;
  }
}

/** A task with the option that its emergency stop protects. */
interface Protected {
  readonly task: TaskActor;
  readonly held: HeldOption;
}

/** `null` while a roll is under way in which nothing is open twice: what it holds then changes by the second. */
const protectedBy = (task: TaskActor): HeldOption | null =>
  task.context.roll === null && !task.hasTag('between rolls') ? null : protectedOption(task.context);

const problemOf = (seen: RollContext['seenStops'], symbol: string): EmergencyStopProblem | null =>
  seen?.problem?.figures.symbol === symbol ? seen.problem : null;

const isAt = (stops: readonly StandingStop[], { symbol, mark }: StopPlace): boolean =>
  stops.some((stop) => stop.kind === 'stopLoss' && stop.symbol === symbol && compare(stop.mark, mark) === 0);
