/**
 * The one connection on which this process listens for notices of the database. A notice only saves waiting: it is lost
 * while no connection listens, so listeners also poll. It connects when it is first needed and again whenever the
 * connection is lost.
 */
import type { Client } from 'pg';
import { describeDatabaseError } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { connect, disconnect } from '../pool.ts';

export interface ListeningOptions {
  readonly databaseUrl: string;
  readonly log: StoreLog;
}

export interface Listener {
  message(payload: string): void;
  /** The connection listens from now on, or again: notices may have been missed before. */
  connected?(): void;
}

const backOffMs = { first: 100, max: 5_000 };

export class Listening {
  readonly #options: ListeningOptions;
  readonly #listeners = new Map<string, Listener[]>();
  #client: Client | null = null;
  #connecting: Promise<void> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #waitMs = backOffMs.first;
  #closed = false;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it listens, or after the first failure: then it keeps trying.
   * @param channel letters, digits and underscores
   */
  async listen(channel: string, listener: Listener): Promise<void> {
    const isNew = !this.#listeners.has(channel);
    this.#listeners.set(channel, [...(this.#listeners.get(channel) ?? []), listener]);
    const client = this.#client;
    if (!client) {
      if (!this.#retry) await (this.#connecting ??= this.#connect());
      return;
    }
    // If the connection fails meanwhile, `onLost` is called and every channel is listened to again.
    if (isNew) await client.query(listenTo(channel)).catch(() => undefined);
    this.#call(() => listener.connected?.());
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#connecting;
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
        name: 'rollkeeper listening',
        onLost: (reason) => this.#lost(reason),
      });
      client.on('notification', ({ channel, payload = '' }) => {
        for (const listener of this.#listeners.get(channel) ?? [])
          this.#call(() => listener.message(payload));
      });
      // The loop also reaches channels that are added meanwhile.
      for (const channel of this.#listeners.keys()) await client.query(listenTo(channel));
    } catch (error) {
      if (client) await disconnect(client, 0);
      this.#connecting = null;
      this.#lost(describeDatabaseError(error));
      return;
    }
    this.#connecting = null;
    if (this.#closed) return disconnect(client);
    this.#client = client;
    this.#waitMs = backOffMs.first;
    for (const listener of [...this.#listeners.values()].flat()) this.#call(() => listener.connected?.());
  }

  #lost(reason: string): void {
    this.#client = null;
    if (this.#closed || this.#retry || this.#connecting) return;
    const waitMs = this.#waitMs;
    this.#options.log.warn({ reason, waitMs }, 'Not listening to the database; polling meanwhile');
    this.#waitMs = Math.min(waitMs * 2, backOffMs.max);
    this.#retry = setTimeout(() => void (this.#connecting = this.#connect()), waitMs);
  }

  /** A failure must not end the process, because any user of the database can send a notice. */
  #call(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'A notice of the database could not be handled');
    }
  }
}

const listenTo = (channel: string): string => `LISTEN "${channel}"`;
