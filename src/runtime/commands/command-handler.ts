/**
 * Handles the inbox: sends each command to its task as an event, and sees that it gets exactly one answer. A command
 * that changes a task is answered in the same transaction; a command that changes nothing is answered here.
 */
import type { Logger } from 'pino';
import { BadInput, Conflict, NotHeld, Terminal, messageOf } from '../../domain/errors.ts';
import type { AccountStanding } from '../../domain/rules/account-limits.ts';
import type { Halt } from '../../domain/halt.ts';
import { holdingsOf } from '../../domain/roll/holdings.ts';
import type { AdviceQuestion, AdviceReply } from '../../ports/advice.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Command, CommandAnswer, Inbox } from '../../ports/inbox.ts';
import type { NewTask, TaskOwnership } from '../../ports/journal.ts';
import type { FeeRates } from '../../domain/market/fee-rates.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { adoptPosition, type AdoptionOptions } from '../positions/adopt-position.ts';
import { fitEdit, type FittingSpec } from '../positions/fit-edit.ts';
import type { StopWatch } from '../positions/stop-watch.ts';
import { moverOf } from '../positions/moved-positions.ts';
import type { BrokenTasks } from '../task/broken-tasks.ts';
import type { ProvidedRollMachine } from '../task/effects.ts';
import type { TaskActor, TaskEvent } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';
import { assertNotHalted, readTrade, type TradeKind, type TradeRequest } from './trade.ts';
import type { PriceHealth } from '../triggers/price-health.ts';
import { replyTo } from './adviser.ts';
import { readApproval, type ApprovalKind, type ApprovalRequest } from './approval.ts';
import { readMark, type MarkKind, type MarkRequest } from './mark.ts';

/** The accounts managed here; commands for other accounts are left in the inbox. */
export interface CommandedAccounts {
  readonly ids: readonly string[];
  /** `undefined` when the account is not managed here. */
  get(accountId: string): TradingAccount | undefined;
}

/** The tasks of this daemon, and how to add one. */
export interface CommandedTasks {
  readonly registry: TaskRegistry;
  /** The version that new tasks begin with. */
  readonly machine: ProvidedRollMachine;
  /** Why a task is set aside; `null` when it is not. Default: none is. */
  readonly broken?: Pick<BrokenTasks, 'whyAside'>;
  /** Keeps emergency stops. */
  readonly stops: Pick<StopWatch, 'takeAway'>;
  /** As `TaskHost.create`. */
  create(task: NewTask, account: TradingAccount): Promise<void>;
}

export interface CommandHandlerOptions {
  readonly inbox: Inbox;
  readonly accounts: CommandedAccounts;
  readonly tasks: CommandedTasks;
  /** For the state of a task that this daemon does not have. */
  readonly ownership: Pick<TaskOwnership, 'reload'>;
  readonly market: MarketData;
  readonly prices: Pick<PriceHealth, 'whyBlind' | 'rankFor'>;
  readonly clock: Clock;
  readonly calendar?: EventCalendarReader | undefined;
  /** What limits an account at a moment. Default: nothing ever. */
  readonly standingOf?: (accountId: string, atMs: number) => AccountStanding | null;
  /** What halts trading in an account; `null` while nothing does. Default: nothing ever. */
  readonly haltOf?: (accountId: string) => Halt | null;
  /** An account's own fee rates for a base coin. Default: they are not known. */
  readonly feesOf?: (accountId: string, baseCoin: string) => FeeRates | null;
  readonly log: Logger;
}

const eventTypes = {
  pause: 'PAUSE',
  resume: 'RESUME',
  retry: 'RETRY',
  reopen: 'REOPEN',
  acceptFlat: 'ACCEPT_FLAT',
  remove: 'REMOVED',
} as const satisfies Record<
  Exclude<Command['kind'], 'add' | 'edit' | MarkKind | TradeKind | ApprovalKind>,
  TaskEvent['type']
>;

/** The event for a task, without the command that caused it. */
type Request =
  | { readonly type: (typeof eventTypes)[keyof typeof eventTypes] }
  | ({ readonly type: 'EDITED' } & FittingSpec)
  | MarkRequest
  | TradeRequest
  | ApprovalRequest;

/** Gives each command in the inbox exactly one answer. */
export class CommandHandler {
  readonly #options: CommandHandlerOptions;
  /** By id: sent to their tasks, the answer not yet committed. The next look at the inbox must not send them again. */
  readonly #underWay = new Map<string, Command>();
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: CommandHandlerOptions) {
    this.#options = options;
  }

  /** Whether a command for this account is being handled: the account must not be released then. */
  isWorkingFor(accountId: string): boolean {
    return [...this.#underWay.values()].some((command) => command.accountId === accountId);
  }

  /** Handles the commands that wait for the accounts managed here, one after the other. Never rejects. */
  work(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const accountIds = this.#options.accounts.ids;
    this.#round = this.#round.then(() => this.#workOnce(accountIds));
    return this.#round;
  }

  /** What a task, or a spec, would do now; `null` when its account is not managed here. Never rejects. */
  async advise(question: AdviceQuestion): Promise<AdviceReply | null> {
    const { accounts, tasks, market, prices, clock, calendar, standingOf } = this.#options;
    const feesOf = (baseCoin: string): FeeRates | null =>
      this.#options.feesOf?.(question.accountId, baseCoin) ?? null;
    const account = accounts.get(question.accountId);
    if (!account) return null;
    const task = tasks.registry.get(question.taskId);
    const { machine } = tasks;
    const aside = tasks.broken?.whyAside(question.taskId) ?? null;
    if (aside !== null) return { kind: 'refused', reason: `task ${question.taskId} is set aside: ${aside}` };
    const asked = { question, account, task, machine, market, prices, clock, calendar };
    return replyTo({ ...asked, standingOf, feesOf });
  }

  /** Begins no further round. The present one ends; what comes later is left to the next daemon. */
  close(): void {
    this.#isClosed = true;
  }

  async #workOnce(accountIds: readonly string[]): Promise<void> {
    const { inbox, log } = this.#options;
    try {
      for (const command of await inbox.waiting(accountIds)) {
        if (this.#isOurs(command) && !this.#underWay.has(command.commandId)) await this.#handle(command);
      }
    } catch (error) {
      log.warn({ err: error }, 'the inbox could not be read; trying again with the next command');
    }
  }

  #isOurs({ accountId }: Command): boolean {
    return this.#options.accounts.get(accountId) !== undefined;
  }

  async #handle(command: Command): Promise<void> {
    const { inbox, log } = this.#options;
    this.#underWay.set(command.commandId, command);
    try {
      const answer = await this.#answer(command);
      if (answer) await inbox.answer(answer);
      log.info(
        {
          taskId: command.taskId,
          commandId: command.commandId,
          command: command.kind,
          askedBy: command.askedBy,
        },
        answer?.text ?? 'done',
      );
    } catch (error) {
      log.warn(
        { taskId: command.taskId, commandId: command.commandId, askedBy: command.askedBy, err: error },
        'command not answered yet; it stays in the inbox',
      );
    } finally {
      this.#underWay.delete(command.commandId);
    }
  }

  #answer(command: Command): Promise<CommandAnswer | null> {
    const { kind } = command;
    if (kind === 'add') return this.#add(command);
    if (kind === 'edit') return this.#edit(command);
    if (kind === 'markFilled' || kind === 'markNotPlaced')
      return this.#read(command, () => readMark(kind, command.payload));
    if (kind === 'approve' || kind === 'decline')
      return this.#read(command, () => readApproval(kind, command.payload));
    if (kind === 'rollNow' || kind === 'closeNow')
      return this.#read(command, ({ context }) => {
        assertNotHalted(command, this.#options.haltOf?.(command.accountId) ?? null);
        return readTrade(kind, command.payload, context);
      });
    return this.#ask(command, kind);
  }

  /** @returns null when the transaction that stored the task has answered */
  async #add(command: Command): Promise<CommandAnswer | null> {
    const { tasks } = this.#options;
    try {
      const setting = this.#settingOf(command);
      const task = await adoptPosition({ command, machine: tasks.machine, ...setting });
      await tasks.create(task, setting.account);
      return null;
    } catch (error) {
      return this.#refusalOf(command, error);
    }
  }

  async #edit(command: Command): Promise<CommandAnswer | null> {
    const { registry } = this.#options.tasks;
    const task = registry.get(command.taskId);
    if (!task) return this.#refuseWithout(command);
    try {
      const fitting = await fitEdit({ command, context: task.context, ...this.#settingOf(command, task) });
      if (registry.get(command.taskId) !== task)
        throw new Error('the task was released or has ended meanwhile');
      return await this.#send(task, command, { type: 'EDITED', ...fitting });
    } catch (error) {
      return this.#refusalOf(command, error);
    }
  }

  /** @param read of what came with the command; throws BadInput where that is wrong */
  async #read(command: Command, read: (task: TaskActor) => Request): Promise<CommandAnswer | null> {
    const task = this.#options.tasks.registry.get(command.taskId);
    if (!task) return this.#refuseWithout(command);
    try {
      return await this.#send(task, command, read(task));
    } catch (error) {
      return this.#refusalOf(command, error);
    }
  }

  /** @throws the error when it is no fault of the command, which is then handled later, here or by another daemon */
  #refusalOf(command: Command, error: unknown): CommandAnswer {
    const isConflict = error instanceof Conflict && !(error instanceof NotHeld);
    const isRefusal = error instanceof BadInput || isConflict;
    if (!isRefusal || !this.#isOurs(command)) throw error;
    return { commandId: command.commandId, status: 'refused', text: messageOf(error) };
  }

  async #ask(command: Command, kind: keyof typeof eventTypes): Promise<CommandAnswer | null> {
    const task = this.#options.tasks.registry.get(command.taskId);
    if (!task) return this.#refuseWithout(command);
    if (kind === 'remove' && task.hasTag('between rolls')) await this.#takeStopAway(task);
    return this.#send(task, command, { type: eventTypes[kind] });
  }

  /** What nobody watches any more must not trade. @throws Retryable, and the command is tried again */
  async #takeStopAway(task: TaskActor): Promise<void> {
    const { tasks, log } = this.#options;
    try {
      await tasks.stops.takeAway(task);
    } catch (error) {
      if (!(error instanceof Terminal)) throw error;
      log.error({ taskId: task.taskId, err: error }, 'the exchange does not take its emergency stop away');
    }
  }

  /** @returns null when the turn that the command caused has answered */
  async #send(task: TaskActor, command: Command, request: Request): Promise<CommandAnswer | null> {
    const { commandId, askedBy, expectedVersion = null } = command;
    if (expectedVersion !== null && expectedVersion !== task.version) return outdated(command, task.version);
    const { answer, isRecorded } = ask(task, { ...request, commandId, askedBy });
    if (!answer) return refused(command, `it is ${task.state}`);
    if (!isRecorded) return answer;
    await task.settled();
    return null;
  }

  /** This daemon does not have the task, although it manages the account. */
  async #refuseWithout(command: Command): Promise<CommandAnswer> {
    const { accountId, taskId } = command;
    const aside = this.#options.tasks.broken?.whyAside(taskId) ?? null;
    if (aside !== null) return refused(command, `it is set aside: ${aside}`);
    const stored = await this.#options.ownership.reload(accountId, taskId);
    return refused(command, `it is ${stored?.state ?? 'unknown here'}`);
  }

  /** What a spec is compared with: the account, the market, and what tasks other than this one manage. */
  #settingOf(command: Command, task?: TaskActor): Omit<AdoptionOptions, 'command' | 'machine'> {
    const { tasks, market, clock, calendar } = this.#options;
    const othersNow = () => tasks.registry.ofAccount(command.accountId).filter((other) => other !== task);
    return {
      account: this.#accountOf(command),
      market,
      calendar,
      nowMs: clock.nowMs(),
      moverOf: (symbol) => moverOf(othersNow(), symbol, clock.nowMs()),
      takenPositions: othersNow().flatMap(({ taskId, context }) =>
        holdingsOf(context).map(({ symbol, side, qty }) => ({ taskId, symbol, side, qty })),
      ),
    };
  }

  #accountOf({ accountId }: Command): TradingAccount {
    const account = this.#options.accounts.get(accountId);
    if (!account) throw new Error(`account ${accountId} is not managed here`);
    return account;
  }
}

function ask(task: TaskActor, event: TaskEvent): { answer: CommandAnswer | null; isRecorded: boolean } {
  let answer: CommandAnswer | null = null;
  let isRecorded = false;
  task.send(event, ({ turn, record }) => {
    answer = turn.answers[0] ?? null;
    isRecorded = record !== null;
  });
  return { answer, isRecorded };
}

/** Where a kind is not what a person would say. */
const verbs: Partial<Record<Command['kind'], string>> = {
  acceptFlat: 'accept flat for',
  markFilled: 'mark an order as filled of',
  markNotPlaced: 'mark an order as not placed of',
};

const refused = ({ commandId, taskId, kind }: Command, why: string): CommandAnswer => ({
  commandId,
  status: 'refused',
  text: `cannot ${verbs[kind] ?? kind} task ${taskId} while ${why}`,
});

const outdated = ({ commandId, taskId, kind, expectedVersion }: Command, version: number): CommandAnswer => ({
  commandId,
  status: 'refused',
  text: `cannot ${verbs[kind] ?? kind} task ${taskId}: it has moved from version ${expectedVersion ?? ''} to ${version} since it was looked at`,
});
