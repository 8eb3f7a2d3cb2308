/**
 * Writes commands for the owning daemons and waits for what they answer; the daemons' own side is postgres-inbox. The
 * database gives notice of every answer in the transaction that stores it (migration 0009); looking each second as well
 * finds what a lost connection missed, and is all there is behind a pooler that lends sessions out by transaction.
 */
import { randomUUID } from 'node:crypto';
import type { Pool, QueryResultRow } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import type { CommandSending, NewCommand } from '../../ports/command-sending.ts';
import type { CommandAnswer } from '../../ports/inbox.ts';
import { isMissingReference, isNoNumber } from '../database-errors.ts';
import { sql } from '../sql.ts';
import type { Listening } from './listening.ts';
import { inboxChannel } from './postgres-inbox.ts';

/** Channel of the notices; the payload is the command's id. Migration 0009 has it, too. */
const answerChannel = 'rollkeeper_answer';
const answerPollMs = 1_000;

export interface CommandsOptions {
  readonly pool: Pool;
  readonly listening: Listening;
}

export class PostgresCommands implements CommandSending {
  readonly #pool: Pool;
  readonly #listening: Listening;
  /** By command; all who wait for its answer. */
  readonly #waiting = new Map<string, Set<Bell>>();
  #isListening: Promise<void> | null = null;

  constructor({ pool, listening }: CommandsOptions) {
    this.#pool = pool;
    this.#listening = listening;
  }

  async send(command: NewCommand): Promise<string> {
    const { accountId, taskId, kind, payload, askedBy, commandId = randomUUID() } = command;
    const payloadJson = JSON.stringify(payload ?? null);
    if (kind !== 'add') await this.#assertKnown(accountId, taskId);
    try {
      const values = [accountId, commandId, taskId, kind, payloadJson, inboxChannel, askedBy];
      const asked = await this.#rows('ask', values);
      if (asked.length > 0) return commandId;
    } catch (error) {
      if (!isMissingReference(error) && !isNoNumber(error)) throw error;
      throw wrong('accountId', JSON.stringify(accountId), 'the id of an account that was added');
    }
    const values = [commandId, accountId, taskId, kind, payloadJson];
    const [before] = await this.#rows<{ same: boolean }>('asked-before', values);
    if (before?.same === true) return commandId;
    throw wrong('commandId', `${commandId}, used for another command`, 'an id of its own for every command');
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
    const [row] = await this.#rows<{ status: 'waiting' | 'done' | 'refused'; answer: string | null }>(
      'read-answer',
      [commandId],
    );
    if (!row) throw wrong('commandId', JSON.stringify(commandId), 'the id of a command that was asked');
    return row.status === 'waiting' ? null : { commandId, status: row.status, text: row.answer ?? '' };
  }

  async #assertKnown(accountId: string, taskId: string): Promise<void> {
    const [row] = await this.#rows<{ known: boolean }>('task-or-request-exists', [accountId, taskId]);
    if (row?.known === true) return;
    throw wrong('taskId', JSON.stringify(taskId), `the id of a task of account ${accountId}`);
  }

  async #rows<Row extends object>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row & QueryResultRow>(sql(name), [...values]);
    return rows;
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput(`Wrong ${path}`, [{ path, found, expected }]);

/** Wakes the one who waits; what rings before they wait is not lost. */
class Bell {
  #hasRung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /** Resolves when it has rung since the last time, or after `timeoutMs`. */
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
