/**
 * Asks the exchange about API keys, for commands that have no daemon's connection to it: each question opens one and closes it
 * again, and waits no longer than the configuration allows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { KeyFacts } from '../domain/orders/key-facts.ts';
import { createBybitExchange } from '../exchange/bybit/adapter.ts';
import type { Credentials, Exchange } from '../ports/exchange.ts';
import type { AccountAsking, KeyCheck } from '../ports/key-check.ts';
import { fixedAddresses } from './open-exchange.ts';

/** Two requests one after the other, after the exchange's time: that is more than one time-out. */
const requestsInTurn = 3;

/** @param credentialsOf opens the secret of a stored account */
export function keyCheckOf(
  config: Config,
  log: Logger,
  credentialsOf: (accountId: string) => Promise<Credentials>,
): KeyCheck {
  const ofKey = (key: Credentials): Promise<KeyFacts | null> =>
    asked(config, log, (exchange) => exchange.keyFacts(key));
  return { ofKey, ofAccount: async (accountId) => ofKey(await credentialsOf(accountId)) };
}

export interface StoredKeys {
  /** Opens the secret of a stored account. */
  readonly credentialsOf: (accountId: string) => Promise<Credentials>;
  readonly replacedKeys: AccountAsking['replacedKeys'];
}

/** What a daemon asks over its own connection. */
export const askingOf = (
  exchange: Pick<Exchange, 'keyFacts' | 'feeRates'>,
  { credentialsOf, replacedKeys }: StoredKeys,
): AccountAsking => ({
  replacedKeys,
  ofAccount: async (accountId) => exchange.keyFacts(await credentialsOf(accountId)),
  feeRatesOf: async (accountId) => exchange.feeRates(await credentialsOf(accountId)),
});

/** `null` when the only exchange is the daemon's own, which knows a key once a daemon has seen it. */
async function asked<T>(
  config: Config,
  log: Logger,
  ask: (exchange: Exchange) => Promise<T>,
): Promise<T | null> {
  const addresses = fixedAddresses(config);
  if (!addresses) return null;
  const { timeoutMs } = config.exchange;
  const exchange = createBybitExchange({ ...addresses, log, timeoutMs });
  const late = new AbortController();
  const noAnswer = sleep(requestsInTurn * timeoutMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(
      `no answer from ${new URL(addresses.restUrl).host} within ${(requestsInTurn * timeoutMs) / 1_000} s`,
    );
  });
  try {
    return await Promise.race([ask(exchange), noAnswer]);
  } finally {
    late.abort();
    noAnswer.catch(() => undefined);
    await exchange.close();
  }
}
