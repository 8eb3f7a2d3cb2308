/**
 * Writes commands for the owning daemons and waits for their answers; the daemons' side is postgres-inbox.ts. The database
 * sends a notice of every answer in the transaction that stores it (migration 0009). Polling each second as well finds
 * answers whose notice was lost with a connection; behind a pooler that lends out sessions by transaction there are no
 * notices, and only polling finds them.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { CommandSending, NewCommand } from '../../ports/command-sending.ts';
import type { CommandAnswer } from '../../ports/inbox.ts';
import { isMissingReference, isNoNumber } from '../database-errors.ts';
import { ownAct } from '../people/record.ts';
import { rowsOf } from '../rows.ts';
import { wrongValue } from '../wrong-value.ts';
import type { Listening } from './listening.ts';
import { inboxChannel } from './postgres-inbox.ts';

/** Channel of the notices; the payload is the command's id. Migration 0009 uses it too. */
const answerChannel = 'rollkeeper_answer';
const answerPollMs = 1_000;

export interface CommandsOptions {
  readonly pool: Pool;
  readonly listening: Listening;
}

export class PostgresCommands implements CommandSending {
  readonly #pool: Pool;
  readonly #listening: Listening;
  /** The callers that wait for an answer, by command. */
  readonly #waiting = new Map<string, Set<Bell>>();
  #isListening: Promise<void> | null = null;

  constructor({ pool, listening }: CommandsOptions) {
    this.#pool = pool;
    this.#listening = listening;
  }

  async send(command: NewCommand): Promise<string> {
    const { accountId, taskId, kind, payload, askedBy, commandId = randomUUID() } = command;
    const { from = ownAct.from, expectedVersion = null } = command;
    const payloadJson = JSON.stringify(payload ?? null);
    if (kind !== 'add') await this.#assertKnown(accountId, taskId);
    try {
      const values = [
        accountId,
        commandId,
        taskId,
        kind,
        payloadJson,
        inboxChannel,
        askedBy,
        from,
        expectedVersion,
      ];
      const asked = await rowsOf(this.#pool, 'ask', values);
      if (asked.length > 0) return commandId;
    } catch (error) {
      if (!isMissingReference(error) && !isNoNumber(error)) throw error;
      throw wrongValue('accountId', JSON.stringify(accountId), 'the id of an account that was added');
    }
    const values = [commandId, accountId, taskId, kind, payloadJson];
    const [before] = await rowsOf<{ same: boolean }>(this.#pool, 'asked-before', values);
    if (before?.same === true) return commandId;
    throw wrongValue(
      'commandId',
      `${commandId}, used for another command`,
      'an id of its own for every command',
    );
  }

  async awaitAnswer(commandId: string, timeoutMs: number): Promise<CommandAnswer | null> {
    const deadline = performance.now() + timeoutMs;
    const bell = new Bell();
    this.#waiting.set(commandId, (this.#waiting.get(commandId) ?? new Set()).add(bell));
    try {
      if (timeoutMs > 0) await (this.#isListening ??= this.#listenForAnswers());
      for (;;) {
        const answer = await this.#answerTo(commandId);
        if (answer) return answer;
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) return null;
        await bell.rung(Math.min(answerPollMs, leftMs));
      }
    } finally {
      const others = this.#waiting.get(commandId);
      others?.delete(bell);
      if (others?.size === 0) this.#waiting.delete(commandId);
    }
  }

  #listenForAnswers(): Promise<void> {
    return this.#listening.listen(answerChannel, {
      message: (commandId) => this.#waiting.get(commandId)?.forEach((bell) => bell.ring()),
      connected: () => this.#waiting.forEach((bells) => bells.forEach((bell) => bell.ring())),
    });
  }

  async #answerTo(commandId: string): Promise<CommandAnswer | null> {
    const [row] = await rowsOf<{ status: 'waiting' | 'done' | 'refused'; answer: string | null }>(
      this.#pool,
      'read-answer',
      [commandId],
    );
    if (!row) throw wrongValue('commandId', JSON.stringify(commandId), 'the id of a command that was asked');
    return row.status === 'waiting' ? null : { commandId, status: row.status, text: row.answer ?? '' };
  }

  async #assertKnown(accountId: string, taskId: string): Promise<void> {
    const [row] = await rowsOf<{ known: boolean }>(this.#pool, 'task-or-request-exists', [accountId, taskId]);
    if (row?.known === true) return;
    throw wrongValue('taskId', JSON.stringify(taskId), `the id of a task of account ${accountId}`);
  }
}

/** Wakes a waiting caller; a ring before it waits is not lost. */
class Bell {
  #hasRung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /** Resolves when the bell has rung since the last call, or after `timeoutMs`. */
  async rung(timeoutMs: number): Promise<void> {
    if (!this.#hasRung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
    }
    this.#hasRung = false;
  }
}
