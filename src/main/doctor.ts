/**
 * Puts together what `doctor` examines: this process, the database, the exchange, and what is stored. Nothing is opened before a
 * check asks for it, and an embedded database that was never made is not made.
 */
import type { Config } from '../config.ts';
import { exchangeProbe } from '../daemon/doctor/exchange-probe.ts';
import { fileLimit, freeBytes } from '../daemon/doctor/process-probe.ts';
import { keyCheckOf } from '../daemon/key-check.ts';
import { BadInput } from '../domain/errors.ts';
import type { ChannelTrial } from '../ports/channel-trial.ts';
import type { KeyCheck } from '../ports/key-check.ts';
import type { Probes } from '../ports/probes.ts';
import { databaseAddress } from '../store/database-address.ts';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '../store/embedded/embedded-postgres.ts';
import { examineEmbedded, nearestThere } from '../store/embedded/examine.ts';
import { assertSessionsAreOwn } from '../store/ownership/own-sessions.ts';
import { lookAtDatabase, lookAtDatabaseClock, lookAtDatabaseSchema } from '../store/read/examine-database.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The store as checks use it, with what asks the exchange and the channels. */
export type ExaminedStore = Store & { readonly keyCheck: KeyCheck; readonly trial: ChannelTrial };

export interface Examination {
  readonly configuration: {
    readonly mode: Config['mode'];
    readonly place: string;
    readonly warnings: readonly string[];
  };
  readonly probes: Probes;
  /** `null` when the database cannot be used as it is; opened once. */
  readonly stored: () => Promise<ExaminedStore | null>;
  readonly isMigratedByItself: boolean;
  /** Closes what was opened. */
  close(): Promise<void>;
}

export interface ExaminationOptions {
  readonly log: Logger;
  readonly trial: ChannelTrial;
}

export const openExamination = (config: Config, options: ExaminationOptions): Examination =>
  new Opened(config, options);

/** Only the first call works; what it gave is given again. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= work());
};

class Opened implements Examination {
  readonly configuration;
  readonly isMigratedByItself: boolean;
  readonly probes: Probes;
  readonly #config: Config;
  readonly #options: ExaminationOptions;
  #embedded: EmbeddedDatabase | null = null;
  #store: Store | null = null;

  constructor(config: Config, options: ExaminationOptions) {
    const { mode, database, warnings } = config;
    this.#config = config;
    this.#options = options;
    this.isMigratedByItself = database.kind === 'embedded';
    const place = database.kind === 'url' ? databaseAddress(database.url) : `embedded in ${database.dataDir}`;
    this.configuration = { mode, place, warnings };
    this.probes = this.#makeProbes();
  }

  #makeProbes(): Probes {
    const migratesAtStart = this.#config.migrateAtStart;
    return {
      fileLimit,
      embedded: this.#examineEmbedded,
      disk: () => this.#disk(),
      database: once(async () => lookAtDatabase(await this.#url(), { migratesAtStart })),
      ownSessions: async () => {
        if (this.#config.database.kind === 'url') await assertSessionsAreOwn(await this.#url());
      },
      databaseClock: async () => lookAtDatabaseClock(await this.#url()),
      schema: async () => lookAtDatabaseSchema(await this.#url()),
      ...this.#exchangeProbe(),
      backupAge: async () => (await this.stored())?.system.backupAgeMs() ?? null,
    };
  }

  readonly stored = once(async (): Promise<ExaminedStore | null> => {
    const { encryptionKey, formerKeys, daemonName, mode: environment } = this.#config;
    const { log, trial } = this.#options;
    try {
      const databaseUrl = await this.#url();
      const store = await openStore({
        databaseUrl,
        encryptionKey,
        formerKeys,
        daemonName,
        environment,
        log,
      });
      this.#store = store;
      const keyCheck = keyCheckOf(this.#config, log, (id) => store.directory.credentials(id));
      return { ...store, keyCheck, trial };
    } catch (error) {
      log.debug({ err: error }, 'the store cannot be opened');
      return null;
    }
  });

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#embedded?.close();
  }

  /** Of the database, opened as a command opens it. @throws BadInput where there is none */
  readonly #url = once(async (): Promise<string> => {
    const { database } = this.#config;
    if (database.kind === 'url') return database.url;
    const { isThere, dataDir } = (await this.#examineEmbedded()) ?? { isThere: false, dataDir: '' };
    if (!isThere)
      throw new BadInput('There is no database here', [
        { path: '--data', found: `nothing at ${dataDir}`, expected: 'a directory where one is' },
      ]);
    this.#embedded = await openEmbeddedDatabase(dataDir, { role: 'visitor', log: this.#options.log });
    return this.#embedded.url;
  });

  readonly #examineEmbedded = once(async () => {
    const { database } = this.#config;
    return database.kind === 'url' ? null : examineEmbedded(database.dataDir);
  });

  async #disk(): Promise<{ readonly place: string; readonly freeBytes: number } | null> {
    const { database } = this.#config;
    if (database.kind === 'url') return null;
    const place = await nearestThere(database.dataDir);
    return { place, freeBytes: await freeBytes(place) };
  }

  #exchangeProbe(): Pick<Probes, 'exchange' | 'price' | 'privateStream'> {
    const { exchange, ...streams } = exchangeProbe(this.#config, this.#options.log, async (accountId) => {
      const store = await this.stored();
      if (store === null) throw new Error('the database cannot be used');
      return store.directory.credentials(accountId);
    });
    return { exchange: once(exchange), ...streams };
  }
}
