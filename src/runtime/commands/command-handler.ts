/**
 * Answers the inbox: hands each command to the task it is for, as an event, and sees that it gets exactly one answer.
 * A command that changes a task is answered in the same transaction; one that changes nothing is answered here.
 */
import type { Logger } from 'pino';
import { BadInput, Conflict, messageOf } from '../../domain/errors.ts';
import type { Command, CommandAnswer, Inbox } from '../../ports/inbox.ts';
import type { FittingSpec } from '../positions/fit-edit.ts';
import type { TaskActor, TaskEvent } from '../task/task-actor.ts';
import type { TaskRegistry } from '../task/task-registry.ts';

export interface CommandDeskOptions {
  readonly inbox: Inbox;
  readonly registry: TaskRegistry;
  readonly log: Logger;
  /** The account's tasks are alive here; what is for other accounts is left in the inbox. */
  readonly isInCare: (accountId: string) => boolean;
  /** Stores and starts a new task; its answer goes with it. */
  readonly addTask: (command: Command) => Promise<void>;
  /** Reads the new spec of a task and holds it against the position; @throws BadInput when it does not fit. */
  readonly fitEdit: (command: Command, task: TaskActor) => Promise<FittingSpec>;
  /** Stored state of a task that is not alive here, or `null` when there is none. */
  readonly storedState: (command: Command) => Promise<string | null>;
}

const eventTypes = {
  pause: 'PAUSE',
  resume: 'RESUME',
  retry: 'RETRY',
  reopen: 'REOPEN',
  acceptFlat: 'ACCEPT_FLAT',
  remove: 'REMOVED',
} as const satisfies Record<Exclude<Command['kind'], 'add' | 'edit'>, TaskEvent['type']>;

/** What is asked of a task, before it is said by whom. */
type Wish =
  | { readonly type: (typeof eventTypes)[keyof typeof eventTypes] }
  | ({ readonly type: 'EDITED' } & FittingSpec);

export class CommandDesk {
  readonly #options: CommandDeskOptions;
  /** Handed over, answer not yet committed: a second look at the inbox must not hand them over again. */
  readonly #underWay = new Map<string, Command>();
  #round: Promise<void> = Promise.resolve();

  constructor(options: CommandDeskOptions) {
    this.#options = options;
  }

  isWorkingFor(accountId: string): boolean {
    return [...this.#underWay.values()].some((command) => command.accountId === accountId);
  }

  /** Works through what waits for these accounts, one command after the other. */
  work(accountIds: readonly string[]): Promise<void> {
    this.#round = this.#round.then(() => this.#workOnce(accountIds));
    return this.#round;
  }

  async #workOnce(accountIds: readonly string[]): Promise<void> {
    const { inbox, log } = this.#options;
    try {
      for (const command of await inbox.waiting(accountIds)) {
        const isMine = this.#options.isInCare(command.accountId);
        if (isMine && !this.#underWay.has(command.commandId)) await this.#handle(command);
      }
    } catch (error) {
      log.warn({ err: error }, 'the inbox could not be read; trying again with the next command');
    }
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
    if (command.kind === 'add') return this.#add(command);
    return command.kind === 'edit' ? this.#edit(command) : this.#ask(command, command.kind);
  }

  /** `null`: answered in the transaction that stored the task. */
  async #add(command: Command): Promise<CommandAnswer | null> {
    try {
      await this.#options.addTask(command);
      return null;
    } catch (error) {
      return this.#refusalOf(command, error);
    }
  }

  async #edit(command: Command): Promise<CommandAnswer | null> {
    const task = this.#options.registry.get(command.taskId);
    if (!task) return refused(command, await this.#stateOf(command));
    try {
      const fitting = await this.#options.fitEdit(command, task);
      if (this.#options.registry.get(command.taskId) !== task)
        throw new Error('the task was given up or ended meanwhile');
      return await this.#hand(task, command, { type: 'EDITED', ...fitting });
    } catch (error) {
      return this.#refusalOf(command, error);
    }
  }

  /** @throws what is no fault of the command: it is done later, here or elsewhere */
  #refusalOf({ commandId, accountId }: Command, error: unknown): CommandAnswer {
    const isRefusal = error instanceof BadInput || error instanceof Conflict;
    if (!isRefusal || !this.#options.isInCare(accountId)) throw error;
    return { commandId, status: 'refused', text: messageOf(error) };
  }

  async #ask(command: Command, kind: keyof typeof eventTypes): Promise<CommandAnswer | null> {
    const task = this.#options.registry.get(command.taskId);
    if (!task) return refused(command, await this.#stateOf(command));
    return this.#hand(task, command, { type: eventTypes[kind] });
  }

  /** `null`: answered in the transaction of the turn. */
  async #hand(task: TaskActor, command: Command, wish: Wish): Promise<CommandAnswer | null> {
    const { commandId, askedBy } = command;
    const { answer, isRecorded } = ask(task, { ...wish, commandId, askedBy });
    if (!answer) return refused(command, task.state);
    if (!isRecorded) return answer;
    await task.settled();
    return null;
  }

  async #stateOf(command: Command): Promise<string> {
    return (await this.#options.storedState(command)) ?? 'unknown here';
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
