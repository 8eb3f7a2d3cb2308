/**
 * Answers the inbox: hands each command to the task it is for, as an event, and sees that it gets exactly one answer.
 * A command that changes a task is answered in the same transaction; one that changes nothing is answered here.
 */
import type { Logger } from 'pino';
import { BadInput, Conflict, messageOf } from '../../domain/errors.ts';
import { caredFor } from '../../domain/roll/roll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Command, CommandAnswer, Inbox } from '../../ports/inbox.ts';
import type { NewTask, TaskOwnership } from '../../ports/journal.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { adoptPosition } from '../positions/adopt-position.ts';
import type { ProvidedRollMachine } from '../task/effects.ts';
import type { TaskActor, TaskEvent } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';
import type { PriceHealth } from '../triggers/price-health.ts';
import { adviseOn } from './adviser.ts';

/** The accounts managed here; what is for others is left in the inbox. */
export interface CommandedAccounts {
  readonly ids: readonly string[];
  get(accountId: string): TradingAccount | undefined;
}

/** The tasks that live here, and the place where a new one begins to. */
export interface CommandedTasks {
  readonly registry: TaskRegistry;
  readonly machine: ProvidedRollMachine;
  create(task: NewTask, account: TradingAccount): Promise<void>;
}

export interface CommandHandlerOptions {
  readonly inbox: Inbox;
  readonly accounts: CommandedAccounts;
  readonly tasks: CommandedTasks;
  /** For the state of a task that does not live here. */
  readonly ownership: Pick<TaskOwnership, 'reload'>;
  readonly market: MarketData;
  readonly prices: Pick<PriceHealth, 'whyBlind'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const eventTypes = {
  pause: 'PAUSE',
  resume: 'RESUME',
  retry: 'RETRY',
  reopen: 'REOPEN',
  acceptFlat: 'ACCEPT_FLAT',
} as const satisfies Record<Exclude<Command['kind'], 'add' | 'preview'>, TaskEvent['type']>;

/** Gives each command in the inbox exactly one answer. */
export class CommandHandler {
  readonly #options: CommandHandlerOptions;
  /** Handed over, answer not yet committed: a second look at the inbox must not hand them over again. */
  readonly #underWay = new Map<string, Command>();
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: CommandHandlerOptions) {
    this.#options = options;
  }

  /** A command for this account is not answered yet: it must not be released. */
  isWorkingFor(accountId: string): boolean {
    return [...this.#underWay.values()].some((command) => command.accountId === accountId);
  }

  /** Works through what waits for the accounts managed here, one command after the other. Never rejects. */
  work(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const accountIds = this.#options.accounts.ids;
    this.#round = this.#round.then(() => this.#workOnce(accountIds));
    return this.#round;
  }

  /** Finishes what is being answered; the rest is left to the next daemon. */
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
        { taskId: command.taskId, commandId: command.commandId, command: command.kind },
        command.kind === 'preview' ? 'previewed' : (answer?.text ?? 'done'),
      );
    } catch (error) {
      log.warn(
        { taskId: command.taskId, commandId: command.commandId, err: error },
        'command not answered yet; it stays in the inbox',
      );
    } finally {
      this.#underWay.delete(command.commandId);
    }
  }

  #answer(command: Command): Promise<CommandAnswer | null> {
    if (command.kind === 'add') return this.#add(command);
    return command.kind === 'preview' ? this.#preview(command) : this.#ask(command, command.kind);
  }

  /** It changes nothing, so whatever keeps it from being answered now is an answer too. */
  async #preview(command: Command): Promise<CommandAnswer> {
    const { tasks, market, prices, clock } = this.#options;
    const { commandId } = command;
    try {
      const advice = await adviseOn({
        command,
        account: this.#accountOf(command),
        task: tasks.registry.get(command.taskId),
        machine: tasks.machine,
        market,
        prices,
        clock,
      });
      return { commandId, status: 'done', text: JSON.stringify(advice) };
    } catch (error) {
      return { commandId, status: 'refused', text: messageOf(error) };
    }
  }

  /** `null`: answered in the transaction that stored the task. */
  async #add(command: Command): Promise<CommandAnswer | null> {
    const { tasks, market, clock } = this.#options;
    try {
      const account = this.#accountOf(command);
      const task = await adoptPosition({
        command,
        account,
        market,
        machine: tasks.machine,
        nowMs: clock.nowMs(),
        takenPositions: tasks.registry
          .ofAccount(command.accountId)
          .flatMap(({ context }) => caredFor(context)),
      });
      await tasks.create(task, account);
      return null;
    } catch (error) {
      const isRefusal = error instanceof BadInput || error instanceof Conflict;
      if (!isRefusal || !this.#isOurs(command)) throw error;
      return { commandId: command.commandId, status: 'refused', text: messageOf(error) };
    }
  }

  /** `null`: answered with the turn that it caused. */
  async #ask(command: Command, kind: keyof typeof eventTypes): Promise<CommandAnswer | null> {
    const { tasks, ownership } = this.#options;
    const task = tasks.registry.get(command.taskId);
    if (!task) {
      const stored = await ownership.reload(command.accountId, command.taskId);
      return refused(command, stored?.state ?? 'unknown here');
    }
    const { answer, isRecorded } = ask(task, { type: eventTypes[kind], commandId: command.commandId });
    if (!answer) return refused(command, task.state);
    if (!isRecorded) return answer;
    await task.settled();
    return null;
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

const refused = ({ commandId, taskId, kind }: Command, state: string): CommandAnswer => ({
  commandId,
  status: 'refused',
  text: `cannot ${kind === 'acceptFlat' ? 'accept flat for' : kind} task ${taskId} while it is ${state}`,
});
