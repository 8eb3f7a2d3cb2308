/**
 * One database session that holds session advisory locks. It owns noticing that the session has ended, by an error, a
 * closed socket or a heartbeat without an answer, and reporting that once. The server ends the session when heartbeats
 * stay away: the kernel of a stopped process keeps answering for it, so its socket would never show it. Callers decide
 * which locks are taken.
 */
import type { Client, QueryResult, QueryResultRow } from 'pg';
import { describeDatabaseError, isReadOnly, surelyDidNotHappen } from '../database-errors.ts';
import { connect, disconnect, type ConnectionOptions } from '../pool.ts';
import { sql } from '../sql.ts';

export interface LockSessionOptions extends ConnectionOptions {
  /** How often an idle session is asked for a heartbeat, and how long the answer may take. */
  readonly heartbeatMs: number;
  readonly onLost: (reason: string) => void;
}

/** The server ends a session that has missed this many heartbeats. */
const heartbeatsMissedMax = 3;

export class LockSession {
  readonly #client: Client;
  readonly #heartbeat: NodeJS.Timeout;
  #closed = false;
  #busy = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #lost: (reason: string) => void;

  /** The server's process behind it. If another process answers, it does not hold these locks. */
  readonly #pid: number;

  private constructor(client: Client, pid: number, options: LockSessionOptions) {
    this.#client = client;
    this.#pid = pid;
    this.#lost = options.onLost;
    this.#heartbeat = setInterval(() => void this.#beat(options.heartbeatMs), options.heartbeatMs);
    this.#heartbeat.unref();
  }

  static async open(options: LockSessionOptions): Promise<LockSession> {
    const holder: { session?: LockSession } = {};
    const silenceMaxMs = options.heartbeatMs * heartbeatsMissedMax;
    const client = await connect({
      ...options,
      silenceMaxMs,
      onLost: (reason) => holder.session?.lose(reason),
    });
    try {
      const { rows } = await client.query<{ pid: number }>(sql('settle-session'), [String(silenceMaxMs)]);
      holder.session = new LockSession(client, rows[0]?.pid ?? 0, options);
      return holder.session;
    } catch (error) {
      await disconnect(client, 0);
      throw error;
    }
  }

  /** Whom to call instead, once, when the session ends by itself. */
  onLost(lost: (reason: string) => void): void {
    this.#lost = lost;
  }

  get alive(): boolean {
    return !this.#closed;
  }

  /**
   * Runs a statement in the session, after those requested before. An error that is not a refusal by the server ends the
   * session, and so does a server that takes no writes: the next session may find the one that does.
   */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<QueryResult<Row>> {
    this.#busy += 1;
    const turn = this.#turn.then(() => this.#client.query<Row>(text, values));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      if (!surelyDidNotHappen(error) || isReadOnly(error)) this.lose(describeDatabaseError(error));
      throw error;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Ends the session, and with it every lock, without calling `onLost`. */
  async close(): Promise<void> {
    this.#lost = () => undefined;
    this.#end();
    await disconnect(this.#client);
  }

  /** Ends the session at once and calls `onLost`. */
  lose(reason: string): void {
    if (this.#closed) return;
    this.#end();
    void disconnect(this.#client, 0);
    this.#lost(reason);
  }

  async #beat(withinMs: number): Promise<void> {
    // A long statement delays the answer and proves nothing; it has a time-out of its own.
    if (this.#busy > 0) return;
    const late = setTimeout(() => this.lose(`no answer to a heartbeat within ${withinMs} ms`), withinMs);
    const answer = await this.query<{ pid: number }>('SELECT pg_backend_pid() AS pid').catch(() => null);
    clearTimeout(late);
    const pid = answer?.rows[0]?.pid ?? this.#pid;
    if (pid !== this.#pid) this.lose(`backend ${pid} answers instead of ${this.#pid}: the locks are lost`);
  }

  #end(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
  }
}
