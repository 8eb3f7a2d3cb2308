/**
 * Opens the parts of the store on one database and closes them in order. It does not migrate the schema (migrate.ts) or
 * start a server (embedded-postgres.ts).
 */
import { randomBytes } from 'node:crypto';
import { PostgresKeptAnswers } from './kept-answers.ts';
import { PostgresLimits } from './account-limits.ts';
import { PostgresAccountBook } from './account-book.ts';
import { connectionError } from './database-address.ts';
import { PostgresDirectory } from './read/directory.ts';
import { BadInput } from '../domain/errors.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import { PostgresHalts } from './halts/postgres-halts.ts';
import type { StoreLog } from './log.ts';
import { assertMigrated } from './migrate.ts';
import { openPools } from './pool.ts';
import { Listening } from './commands/listening.ts';
import { PostgresLiveRelay } from './live/postgres-live-relay.ts';
import { PostgresAdvice } from './commands/postgres-advice.ts';
import { PostgresCommands } from './commands/postgres-commands.ts';
import { PostgresInbox } from './commands/postgres-inbox.ts';
import { PostgresJournal } from './journal/postgres-journal.ts';
import { AccountFences } from './ownership/account-fences.ts';
import { PostgresOwnership } from './ownership/postgres-ownership.ts';
import { PostgresSeals } from './journal/postgres-seals.ts';
import { JournalArchive } from './journal/journal-archive.ts';
import { PostgresPeople } from './people/postgres-people.ts';
import { PostgresSessions } from './people/postgres-sessions.ts';
import { PostgresTokens } from './people/postgres-tokens.ts';
import { PostgresVouchers } from './people/postgres-vouchers.ts';
import { PostgresAudit } from './people/record.ts';
import { SystemQueries } from './read/system.ts';
import { TaskQueries } from './read/task-queries.ts';
import { botLock } from './ownership/advisory-locks.ts';
import { PostgresDuty } from './ownership/postgres-duty.ts';
import { PostgresBotMemory } from './bot/postgres-bot-memory.ts';
import type { BotMemory } from '../ports/bot-memory.ts';
import type { PoolStanding } from '../ports/system.ts';
import type { Duty } from '../ports/duty.ts';
import { PostgresChannelBook } from './delivery/channel-book.ts';
import { PostgresOutbox } from './delivery/outbox.ts';
import { PostgresDeliveryBook } from './delivery/delivery-book.ts';
import { PostgresVolatilityBook } from './volatility-book.ts';
import { SealedSecrets } from './sealed-secrets.ts';
import { Vault } from './vault.ts';

export interface StoreOptions {
  readonly databaseUrl: string;
  /** 32 bytes; new secrets are sealed with it. */
  readonly encryptionKey: Buffer;
  /** Each 32 bytes; they open what was sealed with them. */
  readonly formerKeys?: readonly Buffer[];
  /** For people; it need not be unique, because every start adds a random token. */
  readonly daemonName: string;
  /** Accounts of other environments are never claimed. */
  readonly environment: ExchangeEnvironment;
  readonly log: StoreLog;
}

export interface Store {
  readonly journal: PostgresJournal;
  readonly ownership: PostgresOwnership;
  readonly inbox: PostgresInbox;
  readonly commands: PostgresCommands;
  readonly advice: PostgresAdvice;
  readonly relay: PostgresLiveRelay;
  readonly system: SystemQueries;
  readonly directory: PostgresDirectory;
  readonly tasks: TaskQueries;
  readonly archive: JournalArchive;
  readonly seals: PostgresSeals;
  readonly people: PostgresPeople;
  readonly vouchers: PostgresVouchers;
  readonly tokens: PostgresTokens;
  readonly sessions: PostgresSessions;
  readonly keptAnswers: PostgresKeptAnswers;
  readonly audit: PostgresAudit;
  readonly accounts: PostgresAccountBook;
  readonly volatilities: PostgresVolatilityBook;
  /** What a bot of a messenger remembers, by its id there. */
  botMemory(botId: string): BotMemory;
  /** The right of one process among all daemons to speak for a bot. */
  botDuty(botId: string): Duty;
  readonly halts: PostgresHalts;
  readonly limits: PostgresLimits;
  readonly keys: SealedSecrets;
  readonly deliveries: PostgresDeliveryBook;
  readonly channels: PostgresChannelBook;
  readonly outbox: PostgresOutbox;
  /** Connections for reads and short writes; the journal and the shards have others. */
  poolStanding(): PoolStanding;
  /** Drains the journal, gives the shards back, closes every connection. */
  close(): Promise<void>;
}

/**
 * Connections of the journal, the ownership and the notices are opened when they are first used, so a CLI command that
 * only reads opens one. @throws BadInput when the schema is older than this program; the driver's error when the
 * database cannot be reached.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, daemonName, environment, log } = options;
  const vault = new Vault(options.encryptionKey, options.formerKeys);
  const owner = `${daemonName}/${randomBytes(5).toString('hex')}`;
  const pools = openPools({ databaseUrl, name: `rollkeeper ${daemonName}`, log });
  const { pool } = pools;
  try {
    await assertMigrated(pool);
  } catch (error) {
    await pool.end();
    throw error instanceof BadInput ? error : connectionError(databaseUrl, error);
  }
  const fences = new AccountFences();
  const journal = new PostgresJournal({ databaseUrl, owner, epochOf: fences.epochOf, log });
  const listening = new Listening({ databaseUrl, log });
  const ownership = new PostgresOwnership({
    databaseUrl,
    daemonName,
    owner,
    environment,
    fences,
    listening,
  });
  const deliveries = new PostgresDeliveryBook({ databaseUrl, vault, listening });
  const inbox = new PostgresInbox({ listening, pool, log });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await journal.close();
    inbox.close();
    await listening.close();
    await deliveries.close();
    await ownership.release();
    await Promise.all([pool.end(), pools.planned.end()]);
  };
  return {
    journal,
    ownership,
    inbox,
    commands: new PostgresCommands({ pool, listening }),
    advice: new PostgresAdvice({ pool, listening, log }),
    relay: new PostgresLiveRelay({ pool, listening, environment }),
    system: new SystemQueries({ pool, environment, owner }),
    directory: new PostgresDirectory(pool, vault),
    tasks: new TaskQueries(pools),
    archive: new JournalArchive(pool),
    seals: new PostgresSeals(pool),
    people: new PostgresPeople(pool),
    vouchers: new PostgresVouchers(pool),
    tokens: new PostgresTokens(pools),
    sessions: new PostgresSessions(pools, owner),
    keptAnswers: new PostgresKeptAnswers(pool, vault),
    audit: new PostgresAudit(pool),
    accounts: new PostgresAccountBook(pool),
    volatilities: new PostgresVolatilityBook(pool, environment),
    botMemory: (botId) => new PostgresBotMemory(pool, botId),
    botDuty: (botId) => new PostgresDuty({ databaseUrl, name: 'telegram bot', lock: botLock(botId), log }),
    limits: new PostgresLimits(pool, listening),
    halts: new PostgresHalts({ ...pools, listening, owner }),
    keys: new SealedSecrets(pool, vault, environment),
    deliveries,
    channels: new PostgresChannelBook(pool, vault),
    outbox: new PostgresOutbox(pool),
    poolStanding: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => (closing ??= closeAll()),
  };
}
