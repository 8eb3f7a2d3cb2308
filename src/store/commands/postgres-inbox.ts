/**
 * The owning daemon's side of the command inbox: reads waiting commands, writes answers, and calls its listeners when a
 * command may have arrived. A NOTIFY is only a hint that saves waiting; a poll every few seconds finds commands whose hint
 * was lost with a connection. The sending side is postgres-commands.ts.
 */
import type { Pool } from 'pg';
import { Retryable } from '../../domain/errors.ts';
import type { Command, CommandAnswer, Inbox } from '../../ports/inbox.ts';
import { describeDatabaseError } from '../database-errors.ts';
import { storable } from '../journal/flush-turns.ts';
import type { StoreLog } from '../log.ts';
import { sql } from '../sql.ts';
import type { Listening } from './listening.ts';

/** Channel of the hints; the payload is the command's id. */
export const inboxChannel = 'rollkeeper_inbox';

export interface InboxOptions {
  readonly listening: Listening;
  readonly pool: Pool;
  readonly log: StoreLog;
  readonly pollMs?: number;
}

export class PostgresInbox implements Inbox {
  readonly #options: InboxOptions;
  readonly #listeners: (() => void)[] = [];
  #poll: NodeJS.Timeout | null = null;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** At most 1,000 at a time. @throws Retryable while the database cannot be used */
  async waiting(accountIds: readonly string[]): Promise<readonly Command[]> {
    if (accountIds.length === 0) return [];
    return this.#asRetryable('Reading the inbox', async () => {
      const { rows } = await this.#options.pool.query<Command>(sql('waiting-commands'), [accountIds]);
      return rows;
    });
  }

  /** Answering twice is harmless. @throws Retryable while the database cannot be used */
  async answer({ commandId, status, text }: CommandAnswer): Promise<void> {
    await this.#asRetryable(`Answering command ${commandId}`, () =>
      this.#options.pool.query(sql('answer-command'), [commandId, status, storable(text)]),
    );
  }

  /** Resolves when it listens, or after the first failure: then it keeps trying, and polls meanwhile. */
  async listen(onArrival: () => void): Promise<void> {
    this.#listeners.push(onArrival);
    if (this.#poll) return;
    const arrived = (): void => this.#arrived();
    this.#poll = setInterval(arrived, this.#options.pollMs ?? 5_000);
    // Commands that were sent while no connection listened are found when it listens again.
    await this.#options.listening.listen(inboxChannel, { message: arrived, connected: arrived });
  }

  close(): void {
    if (this.#poll) clearInterval(this.#poll);
  }

  /** A failing listener must not end the process, because any user of the database can send a hint. */
  #arrived(): void {
    for (const listener of this.#listeners)
      try {
        listener();
      } catch (error) {
        this.#options.log.warn({ err: error }, 'An arrival in the inbox could not be handled');
      }
  }

  async #asRetryable<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new Retryable(`${what}: ${describeDatabaseError(error)}`, { cause: error });
    }
  }
}
