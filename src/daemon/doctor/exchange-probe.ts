/** Looks at the exchange as a daemon reaches it, over connections of its own that end with each look. */
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import { createBybitExchange, type BybitExchange } from '../../exchange/bybit/adapter.ts';
import type { AccountKey } from '../../ports/exchange.ts';
import type { MarketListener } from '../../ports/market-data.ts';
import type { Probes } from '../../ports/probes.ts';
import { fixedAddresses } from '../open-exchange.ts';

/** Every listed option is settled against one that this exchange has. */
const coin = 'BTC';
/** Connecting, subscribing and a first price, or signing in. */
const streamWaitMs = 12_000;

export type ExchangeProbe = Pick<Probes, 'exchange' | 'price' | 'privateStream'>;

/** @param keyOf opens the secret of a stored account */
export function exchangeProbe(
  config: Config,
  log: Logger,
  keyOf: (accountId: string) => Promise<AccountKey>,
): ExchangeProbe {
  const addresses = fixedAddresses(config);
  const { timeoutMs } = config.exchange;
  const looking = async <T>(
    look: (exchange: BybitExchange, host: string) => Promise<T>,
  ): Promise<T | null> => {
    if (!addresses) return null;
    const exchange = createBybitExchange({ ...addresses, log, timeoutMs });
    try {
      return await look(exchange, new URL(addresses.restUrl).host);
    } finally {
      await exchange.close();
    }
  };
  return {
    exchange: () =>
      looking(async (exchange, host) => {
        // The first answer also carries what connecting costs, which says nothing of the clock.
        await exchange.serverTimeMs();
        const maintenance = await exchange.maintenance().catch(() => null);
        const beforeMs = Date.now();
        const began = performance.now();
        const nowMs = await exchange.serverTimeMs();
        const withinMs = performance.now() - began;
        const clock = { aheadMs: nowMs - (beforeMs + withinMs / 2), withinMs };
        return {
          facts: { host, withinMs, maintenance },
          clock: exchange.clock.rules.isToday ? clock : null,
          nowMs,
        };
      }),
    price: () => looking((exchange, host) => firstPrice(exchange, host)),
    privateStream: (accountId) =>
      looking(async (exchange, host) => {
        const account = exchange.account(await keyOf(accountId));
        const began = performance.now();
        const said: string[] = [];
        const note = (text: string): void => void said.push(text);
        const live = account.open({
          order: () => undefined,
          fill: () => undefined,
          position: () => undefined,
          connected: () => undefined,
          barred: note,
          disconnected: note,
        });
        try {
          await within(live, () => said.at(-1) ?? `${host} has not let it in`);
          return performance.now() - began;
        } finally {
          await account.close();
        }
      }),
  };
}

async function firstPrice(exchange: BybitExchange, host: string): ReturnType<Probes['price']> {
  const began = performance.now();
  const said: string[] = [];
  let index: string | undefined;
  const listener: MarketListener = {
    tick: (...ticks) => {
      for (const { source, readings } of ticks) if (source === coin) index ??= readings.index;
    },
    stale: (_, reason) => void said.push(reason),
    live: () => undefined,
  };
  exchange.market.watchUnderlying(coin);
  await within(exchange.market.open(listener), () => said.at(-1) ?? `${host} has sent none`);
  if (index === undefined) throw new Error(`${host} has sent a price of ${coin} without its index`);
  return { coin, index, withinMs: performance.now() - began };
}

/** @param why says what was seen until then */
async function within<T>(work: Promise<T>, why: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${why()}, within ${streamWaitMs / 1_000} s`)), streamWaitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
