/**
 * One process among all daemons does some work: the one that holds an advisory lock in a session of its own. When the session
 * ends, by an error, a lost connection or a process that was stopped, its work is told to end and another process takes over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';
import type { Duty } from '../../ports/duty.ts';
import { describeDatabaseError } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { sql } from '../sql.ts';
import { LockSession } from './lock-session.ts';

export interface DutyOptions {
  readonly databaseUrl: string;
  /** For the log and `pg_stat_activity`: `telegram`. */
  readonly name: string;
  /** Both keys of the advisory lock. */
  readonly lock: readonly [number, number];
  readonly log: StoreLog;
}

/** How often a process that waits asks for the lock. */
const askEveryMs = 1_000;
const heartbeatMs = 4_000;

export class PostgresDuty implements Duty {
  readonly #options: DutyOptions;

  constructor(options: DutyOptions) {
    this.#options = options;
  }

  hold(work: (signal: AbortSignal) => Promise<void>): { close(): Promise<void> } {
    const closing = new AbortController();
    const ended = this.#repeat(work, closing.signal);
    return {
      close: async () => {
        closing.abort();
        await ended;
      },
    };
  }

  async #repeat(work: (signal: AbortSignal) => Promise<void>, closing: AbortSignal): Promise<void> {
    const { log, name } = this.#options;
    while (!closing.aborted) {
      try {
        await this.#once(work, closing);
      } catch (error) {
        log.warn({ reason: messageOf(error) }, `The duty "${name}" was interrupted`);
      }
      await pause(askEveryMs, closing);
    }
  }

  /** Takes the right once, works, and gives it back. */
  async #once(work: (signal: AbortSignal) => Promise<void>, closing: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const { databaseUrl, name, lock, log } = this.#options;
    const session = await LockSession.open({
      databaseUrl,
      name: `rollkeeper ${name}`,
      heartbeatMs,
      onLost: (reason) => {
        log.warn({ reason }, `The session of the duty "${name}" was lost`);
        lost.abort();
      },
    }).catch((error: unknown) => {
      throw new Error(describeDatabaseError(error), { cause: error });
    });
    const over = AbortSignal.any([lost.signal, closing]);
    try {
      while (!over.aborted) {
        const { rows } = await session.query<{ locked: boolean }>(sql('try-lock'), [...lock]);
        if (rows[0]?.locked === true) break;
        await pause(askEveryMs, over);
      }
      if (!over.aborted) await work(over);
    } finally {
      await session.close();
    }
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
