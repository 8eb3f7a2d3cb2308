/** The numbers of every advisory lock the product takes, in one place so that no two meanings share one. */

/** Sixty-four slices of accounts; a daemon holds a slice by a session lock. Changing it needs every daemon stopped. */
export const shardsTotal = 64;

/** First key of a shard's lock, one per environment: a paper daemon must not keep a live daemon from its accounts. */
export const shardLockClass = {
  paper: 0x524b_0001,
  testnet: 0x524b_0002,
  demo: 0x524b_0003,
  live: 0x524b_0004,
} as const;

/** Second key beside the shards': held, shared, by every daemon that wants its share of them. */
export const membersLockKey = shardsTotal;

export type ExchangeEnvironment = keyof typeof shardLockClass;

/** Held by the one daemon of an embedded data directory. */
export const embeddedDaemonLock = [0x524b_0010, 1] as const;

/** Held, shared, by everybody who uses an embedded server; whoever stops it takes it alone. */
export const embeddedUsageLock = [0x524b_0010, 2] as const;
