/**
 * The owning daemon's side of the command inbox: reads what waits, writes answers, and calls when something may have
 * arrived. A NOTIFY is only a hint that saves waiting; a poll every few seconds finds what a lost connection missed.
 * Asking, the other side, is task-queries'.
 */
import type { Client, Pool } from 'pg';
import { Retryable } from '../domain/errors.ts';
import type { Command, CommandAnswer, Inbox } from '../ports/inbox.ts';
import { describeDatabaseError } from './database-errors.ts';
import { storable } from './journal/flush-turns.ts';
import type { StoreLog } from './log.ts';
import { connect, disconnect } from './pool.ts';
import { sql } from './sql.ts';

/** Channel of the hints; the payload is the command's id. */
export const inboxChannel = 'rollkeeper_inbox';

export interface InboxOptions {
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly log: StoreLog;
  readonly pollMs?: number;
}

/** What was asked for advice, and its answer, is of no use to anybody after a day. */
const adviceKeptMs = 86_400_000;
const tidyEveryMs = 3_600_000;

const backOffMs = { first: 100, max: 5_000 };

export class PostgresInbox implements Inbox {
  readonly #options: InboxOptions;
  readonly #listeners: (() => void)[] = [];
  #client: Client | null = null;
  #poll: NodeJS.Timeout | null = null;
  #tidying: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #waitMs = backOffMs.first;
  #closed = false;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** At most 1,000 at a time. @throws Retryable while the database is away. */
  async waiting(accountIds: readonly string[]): Promise<readonly Command[]> {
    if (accountIds.length === 0) return [];
    return this.#asRetryable('Reading the inbox', async () => {
      const { rows } = await this.#options.pool.query<Command>(sql('waiting-commands'), [accountIds]);
      return rows;
    });
  }

  /** @throws Retryable while the database is away; answering again is harmless. */
  async answer({ commandId, status, text }: CommandAnswer): Promise<void> {
    await this.#asRetryable(`Answering command ${commandId}`, () =>
      this.#options.pool.query(sql('answer-command'), [commandId, status, storable(text)]),
    );
  }

  /** Resolves when it has listened once, or at once after a failure: it goes on trying, and polls meanwhile. */
  async listen(onArrival: () => void): Promise<void> {
    this.#listeners.push(onArrival);
    this.#poll ??= setInterval(() => this.#arrived(), this.#options.pollMs ?? 5_000);
    if (!this.#client && !this.#retry) await this.#connect();
    this.#tidying ??= setInterval(() => void this.removeOldAdvice(), tidyEveryMs).unref();
    void this.removeOldAdvice();
  }

  /** Removes what `task why` and `task preview` asked and were told, a day after. Never rejects: there is a next time. */
  async removeOldAdvice(keptMs = adviceKeptMs): Promise<void> {
    await this.#options.pool.query(sql('remove-old-advice'), [keptMs]).catch((error: unknown) => {
      this.#options.log.debug({ reason: describeDatabaseError(error) }, 'Old answers were not removed');
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#poll) clearInterval(this.#poll);
    if (this.#tidying) clearInterval(this.#tidying);
    if (this.#retry) clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = null;
    if (client) await disconnect(client);
  }

  async #connect(): Promise<void> {
    this.#retry = null;
    const { databaseUrl } = this.#options;
    let client: Client | undefined;
    try {
      client = await connect({
        databaseUrl,
        name: 'rollkeeper inbox',
        onLost: (reason) => this.#lost(reason),
      });
      client.on('notification', () => this.#arrived());
      await client.query(`LISTEN ${inboxChannel}`);
    } catch (error) {
      if (client) await disconnect(client, 0);
      this.#lost(describeDatabaseError(error));
      return;
    }
    if (this.#closed) return disconnect(client);
    this.#client = client;
    this.#waitMs = backOffMs.first;
    // Whatever was asked while nobody listened.
    this.#arrived();
  }

  #lost(reason: string): void {
    this.#client = null;
    if (this.#closed || this.#retry) return;
    const waitMs = this.#waitMs;
    this.#options.log.warn({ reason, waitMs }, 'Not listening for commands; polling meanwhile');
    this.#waitMs = Math.min(waitMs * 2, backOffMs.max);
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
  }

  /** A listener that fails must not end the process because of a hint that anybody on the database can send. */
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
