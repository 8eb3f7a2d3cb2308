/** Public endpoints (docs/exchange.md#quotes). Options are priced when asked for, never before. */
import { z } from 'zod';
import { publicDepth } from '../engine/books.ts';
import type { PaperInstrument } from '../listing.ts';
import type { Market } from '../market.ts';
import { hourMs } from '../../../domain/units.ts';
import { volatilityPeriods } from '../volatility-history.ts';
import { emptyList, failure, pageOf, success } from './answers.ts';
import type { ServerContext } from './context.ts';
import {
  linearDepth,
  linearInstrumentRow,
  linearTickerRow,
  optionInstrumentRow,
  optionTickerRow,
  pairs,
} from './market-rows.ts';
import { category, limit, publicGet, text, type Route } from './routes.ts';

const symbolInvalid = failure(10001, 'params error: symbol invalid');

const coinOfLinear = (market: Market, symbol: string): string | undefined =>
  market.baseCoins().find((coin) => symbol === `${coin}USDT`);

const shownOptions = (market: Market, baseCoin: string): readonly PaperInstrument[] => [
  ...market.listing.of(baseCoin, market.nowMs()).values(),
];

const nameOf = ({ symbol }: { symbol: string }): string => symbol;

const instruments = publicGet(
  '/v5/market/instruments-info',
  z.object({ category, symbol: text, status: text, baseCoin: text, limit: limit(500, 1000), cursor: text }),
  (input, { market }) => {
    if (input.category === 'linear') {
      const rows = market
        .baseCoins()
        .map((coin) => linearInstrumentRow(market, coin))
        .filter(
          ({ symbol, status }) => symbol === (input.symbol ?? symbol) && status === (input.status ?? status),
        );
      return success({ category: 'linear', ...pageOf(rows, nameOf, input) });
    }
    if (input.category !== 'option') return emptyList(input.category);
    const single = input.symbol === undefined ? undefined : market.instrument(input.symbol);
    if (input.symbol !== undefined && !single) return symbolInvalid;
    const chosen = single ? [single] : shownOptions(market, input.baseCoin ?? 'BTC');
    const rows = chosen
      .map((instrument) => ({ instrument, status: market.listing.statusOf(instrument, market.nowMs()) }))
      .filter(({ status }) => status !== 'Closed' && status === (input.status ?? status));
    const page = pageOf(rows, ({ instrument }) => instrument.symbol, input);
    const list = page.list.map(({ instrument, status }) => optionInstrumentRow(instrument, status));
    return success({ category: 'option', nextPageCursor: page.nextPageCursor, list });
  },
);

const tickers = publicGet(
  '/v5/market/tickers',
  z.object({ category, symbol: text, baseCoin: text, expDate: text }),
  (input, context) => {
    const { market } = context;
    if (input.category === 'linear') {
      const coins =
        input.symbol === undefined
          ? market.baseCoins()
          : [coinOfLinear(market, input.symbol)].filter(isPresent);
      if (coins.length === 0) return symbolInvalid;
      return success({ category: 'linear', list: coins.map((coin) => linearTickerRow(market, coin)) });
    }
    if (input.category !== 'option') return emptyList(input.category);
    if (input.symbol === undefined && input.baseCoin === undefined)
      return failure(10001, 'params error: symbol or baseCoin is required');
    const symbols =
      input.symbol === undefined
        ? shownOptions(market, input.baseCoin ?? 'BTC')
            .filter(({ expiry }) => expiry.code === (input.expDate ?? expiry.code))
            .map(nameOf)
        : [input.symbol];
    const list = symbols.map((symbol) => tickerRow(context, symbol)).filter(isPresent);
    return input.symbol !== undefined && list.length === 0
      ? symbolInvalid
      : success({ category: 'option', list });
  },
);

const isPresent = <T>(value: T | undefined): value is T => value !== undefined;

/** Tickers exist for what trades or is being delivered; a PreLaunch instrument has none (docs/exchange.md#quotes). */
function tickerRow({ market, engine }: ServerContext, symbol: string) {
  const quote = market.quote(symbol);
  if (!quote || quote.status === 'PreLaunch' || quote.status === 'Closed') return undefined;
  const resting = engine.context.resting.of(symbol);
  return optionTickerRow(market, quote, publicDepth(quote.depth, resting));
}

const orderbook = publicGet(
  '/v5/market/orderbook',
  z.object({ category, symbol: z.string().min(1), limit: z.coerce.number().int().min(1).optional() }),
  (input, { market, engine }) => {
    const coin = coinOfLinear(market, input.symbol);
    const quote = input.category === 'option' ? market.quote(input.symbol) : undefined;
    if (input.category === 'option' ? !quote : coin === undefined) return symbolInvalid;
    const depth = quote
      ? publicDepth(quote.depth, engine.context.resting.of(input.symbol))
      : linearDepth(market, coin ?? '');
    const levels = Math.min(input.limit ?? (quote ? 1 : 25), quote ? 25 : 1000);
    const nowMs = market.nowMs();
    const seq = engine.context.seq;
    return success({
      s: input.symbol,
      b: pairs(depth.bids, levels),
      a: pairs(depth.asks, levels),
      ts: nowMs,
      u: seq + 1,
      seq,
      cts: nowMs,
    });
  },
);

const indexComponents = publicGet(
  '/v5/market/index-price-components',
  z.object({ indexName: z.string().min(1) }),
  (input, { market }) => {
    const coin = coinOfLinear(market, input.indexName);
    if (coin === undefined) return failure(10001, 'params error: indexName invalid');
    const price = market.indexText(coin);
    return success({
      indexName: input.indexName,
      lastPrice: price,
      updateTime: String(market.nowMs()),
      components: [
        {
          exchange: 'Paper',
          spotPair: input.indexName,
          equivalentPrice: price,
          multiplier: '1',
          price,
          weight: '1',
        },
      ],
    });
  },
);

const deliveryPrices = publicGet(
  '/v5/market/delivery-price',
  z.object({ category, symbol: text, baseCoin: text, settleCoin: text, limit: limit(50, 200), cursor: text }),
  (input, { market }) => {
    if (input.category !== 'option') return emptyList(input.category);
    const settleCoin = input.settleCoin ?? 'USDC';
    const rows = shownOptions(market, input.baseCoin ?? 'BTC')
      .filter(({ expiry }) => expiry.deliveryMs <= market.nowMs())
      .filter((option) =>
        input.symbol === undefined ? option.settleCoin === settleCoin : option.symbol === input.symbol,
      )
      .map(({ symbol, baseCoin, expiry }) => ({
        symbol,
        deliveryPrice: market.deliveryPrice(baseCoin, expiry.deliveryMs),
        deliveryTime: String(expiry.deliveryMs),
      }));
    return success({ category: 'option', ...pageOf(rows, nameOf, input) });
  },
);

const newDeliveryPrices = publicGet(
  '/v5/market/new-delivery-price',
  z.object({ category, baseCoin: z.string().min(1), settleCoin: text }),
  (input, { market }) => {
    const times = shownOptions(market, input.baseCoin)
      .map(({ expiry }) => expiry.deliveryMs)
      .filter((deliveryMs) => deliveryMs <= market.nowMs());
    const list = [...new Set(times)].map((deliveryMs) => ({
      deliveryPrice: market.deliveryPrice(input.baseCoin, deliveryMs),
      deliveryTime: String(deliveryMs),
    }));
    return success({ category: 'option', list });
  },
);

/** Only the newest hour, whatever times are asked for. */
const historicalVolatility = publicGet(
  '/v5/market/historical-volatility',
  z.object({ category, baseCoin: text, period: z.coerce.number().default(7) }),
  (input, { market }) => {
    if (input.category !== 'option' || !volatilityPeriods.includes(input.period))
      return failure(10001, 'params error: period invalid');
    const value = market.realisedVolatility(input.baseCoin ?? 'BTC', input.period);
    const time = String(Math.floor(market.nowMs() / hourMs) * hourMs);
    return success(value === null ? [] : [{ period: input.period, value, time }]);
  },
);

const serverTime = publicGet('/v5/market/time', z.object({}), (_, { player }) => {
  const nowMs = player.nowMs();
  return success({ timeSecond: String(Math.floor(nowMs / 1000)), timeNano: `${nowMs}000000` });
});

const optionProduct = 3;

const status = publicGet('/v5/system/status', z.object({}), (_, { faults }) => {
  const { maintenance } = faults;
  if (maintenance === null) return success({ list: [] });
  const { title, beginMs, endMs } = maintenance;
  const times = { begin: String(beginMs), end: String(endMs) };
  return success({ list: [{ id: '1', title, state: 'ongoing', ...times, product: [optionProduct] }] });
});

export const marketRoutes: readonly Route[] = [
  serverTime,
  status,
  instruments,
  tickers,
  orderbook,
  indexComponents,
  deliveryPrices,
  newDeliveryPrices,
  historicalVolatility,
];
