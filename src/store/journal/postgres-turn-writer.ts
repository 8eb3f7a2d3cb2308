/** One connection of the journal: opened when it is first needed, and again after it was lost. */
import type { Client } from 'pg';
import type { Conflict } from '../../domain/errors.ts';
import { flushTurns } from './flush-turns.ts';
import { connect, disconnect, type ConnectionOptions } from '../pool.ts';
import type { Turn, TurnWriter } from './turn-writer.ts';

export interface PostgresTurnWriterOptions extends ConnectionOptions {
  /** Session of the daemon: stored tasks must belong to it. */
  readonly owner: string;
}

export class PostgresTurnWriter implements TurnWriter {
  readonly #options: PostgresTurnWriterOptions;
  #client: Client | null = null;

  constructor(options: PostgresTurnWriterOptions) {
    this.#options = options;
  }

  async flush(turns: readonly Turn[]): Promise<readonly (Conflict | null)[]> {
    this.#client ??= await connect({ ...this.#options, onLost: () => (this.#client = null) });
    return flushTurns(this.#client, this.#options.owner, turns);
  }

  drop(): Promise<void> {
    return this.#end(0);
  }

  close(): Promise<void> {
    return this.#end();
  }

  async #end(withinMs?: number): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client) await disconnect(client, withinMs);
  }
}
