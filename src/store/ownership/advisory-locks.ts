/** The numbers of every advisory lock the product takes, in one place so that no two meanings share one. */
import type { ExchangeEnvironment } from '../../ports/directory.ts';

/** Sixty-four slices of accounts; a daemon holds a slice by a session lock. Changing it needs every daemon stopped. */
export const shardsTotal = 64;

/** First key of a shard's lock, one per environment: a paper daemon must not keep a live daemon from its accounts. */
export const shardLockClass = {
  paper: 0x524b_0001,
  testnet: 0x524b_0002,
  demo: 0x524b_0003,
  live: 0x524b_0004,
} as const satisfies Record<ExchangeEnvironment, number>;

/** Held, shared, by daemons that want their share of slices; the second key is the daemon's number. One per environment. */
export const memberLockClass = {
  paper: 0x524b_0101,
  testnet: 0x524b_0102,
  demo: 0x524b_0103,
  live: 0x524b_0104,
} as const;

/**
 * Held by the lock session of every living daemon, under its number, so that rows of dead daemons are recognised. Migration
 * 0007 uses it too.
 */
export const livingLockClass = 0x524b_0110;

/** Held while a halt is written, and shared while a daemon learns what halts an account that it begins to manage. */
export const haltsLock = 0x524b_0030;

/** First key of the locks that a check of the connection takes, with a random second one. */
export const probeLockClass = 0x524b_0020;

/** Held by the one daemon of an embedded data directory. */
export const embeddedDaemonLock = [0x524b_0010, 1] as const;

/** Held, shared, by every process that uses an embedded server; the process that stops it takes it alone. */
export const embeddedUsageLock = [0x524b_0010, 2] as const;

/** First key of the lock of the one daemon that speaks for a bot; the second is made of the bot's id. */
const botLockClass = 0x524b_0031;

/** @param botId digits */
export const botLock = (botId: string): readonly [number, number] => [
  botLockClass,
  Number(BigInt(botId) % 0x7fff_ffffn),
];
/** Held by the one daemon among all of a database that delivers alerts. */
export const delivererLock = [0x524b_0030, 1] as const;
