/** What tests say of API keys, without an exchange that is asked. */
import type { KeyFacts } from '../../src/domain/orders/key-facts.ts';
import type { KeyCheck } from '../../src/ports/key-check.ts';

/** Where no exchange is to be asked. */
export const noKeyCheck: KeyCheck = {
  ofKey: () => Promise.resolve(null),
  ofAccount: () => Promise.resolve(null),
};

/** A key with which nothing is wrong. */
export const soundKey: KeyFacts = {
  atMs: 1_000,
  userId: '7',
  isReadOnly: false,
  mayTradeOptions: true,
  mayWithdraw: false,
  isBoundToAddress: true,
  expiresAtMs: null,
  isUnified: true,
  marginMode: 'cross',
  clock: { aheadMs: null, refused: null },
};
