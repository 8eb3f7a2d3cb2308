/**
 * Asks the exchange whom a new API key belongs to, for as long as a person waits. When it cannot be asked the account is
 * added all the same: the daemon asks before it manages it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import type { Credentials } from '../ports/exchange.ts';
import type { Session } from './session.ts';

/** @returns the user's id, or null when it is not known */
export async function exchangeUserOf(
  { config, log, out }: Session,
  key: Credentials,
): Promise<string | null> {
  const { endpoints } = await import('../exchange/bybit/endpoints.ts');
  const { restUrl, wsUrl, timeoutMs } = config.exchange;
  const given = restUrl !== null && wsUrl !== null ? { restUrl, wsUrl } : null;
  const addresses = given ?? (config.mode === 'paper' ? null : endpoints[config.mode]);
  // The daemon's own paper exchange lives only as long as the daemon, and gives every key a user of its own.
  if (!addresses) return null;
  const { createBybitExchange } = await import('../exchange/bybit/adapter.ts');
  const exchange = createBybitExchange({ ...addresses, log: log.child({}, { level: 'error' }), timeoutMs });
  const late = new AbortController();
  try {
    return await Promise.race([
      exchange.ownerOf(key),
      sleep(timeoutMs, undefined, { signal: late.signal }).then(() => {
        throw new Error(`no answer within ${timeoutMs / 1_000} s`);
      }),
    ]);
  } catch (error) {
    out.say(
      `${new URL(addresses.restUrl).host} could not be asked whose key this is (${messageOf(error)}); ` +
        'the daemon asks before it manages the account.',
    );
    return null;
  } finally {
    late.abort();
    await exchange.close();
  }
}
