/** Public data in the wire's shapes (docs/exchange.md#quotes): instruments, tickers, order books. */
import { blackScholes } from '../../../domain/market/greeks.ts';
import { compare } from '../../../domain/money.ts';
import { dayMs, hourMs } from '../../../domain/units.ts';
import type { Depth, Level } from '../depth.ts';
import { plainNumber, yearMs } from '../pricing.ts';
import { hashFraction } from '../random.ts';
import type { InstrumentStatus, PaperInstrument } from '../listing.ts';
import type { Market, OptionQuote } from '../market.ts';

export const optionInstrumentRow = (
  { symbol, symbolId, baseCoin, settleCoin, isCall, expiry, rules }: PaperInstrument,
  status: InstrumentStatus | 'Closed',
) => ({
  symbol,
  symbolId,
  status,
  baseCoin,
  quoteCoin: settleCoin === 'USDT' ? 'USDT' : 'USD',
  settleCoin,
  optionsType: isCall ? 'Call' : 'Put',
  launchTime: String(expiry.launchMs),
  deliveryTime: String(expiry.deliveryMs),
  deliveryFeeRate: rules.deliveryFeeRate,
  priceFilter: { minPrice: rules.minPrice, maxPrice: rules.maxPrice, tickSize: rules.tickSize },
  lotSizeFilter: { maxOrderQty: rules.maxQty, minOrderQty: rules.minQty, qtyStep: rules.qtyStep },
  displayName: displayName(symbol),
});

const displayName = (symbol: string): string =>
  symbol.endsWith('-USDT') ? symbol.replace('-', 'USDT-').slice(0, -'-USDT'.length) : symbol;

export const linearInstrumentRow = (market: Market, baseCoin: string) => ({
  symbol: `${baseCoin}USDT`,
  contractType: 'LinearPerpetual',
  status: 'Trading',
  baseCoin,
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  launchTime: '1585526400000',
  deliveryTime: '0',
  deliveryFeeRate: '',
  priceScale: String(market.indexPlaces(baseCoin)),
  leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
  priceFilter: perpetualPrices(market, baseCoin),
  lotSizeFilter: {
    maxOrderQty: '1190.000',
    minOrderQty: '0.001',
    qtyStep: '0.001',
    postOnlyMaxOrderQty: '1190.000',
    maxMktOrderQty: '119.000',
    minNotionalValue: '5',
  },
  unifiedMarginTrade: true,
  fundingInterval: 480,
  copyTrading: 'none',
  upperFundingRate: '0.005',
  lowerFundingRate: '-0.005',
  isPreListing: false,
  preListingInfo: null,
  riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
  displayName: '',
});

/** Decimals of the perpetual's last price and book: one fewer than the index has. */
const perpetualPlaces = (market: Market, baseCoin: string): number => market.indexPlaces(baseCoin) - 1;

function perpetualPrices(market: Market, baseCoin: string) {
  const places = perpetualPlaces(market, baseCoin);
  if (places === 1) return { minPrice: '0.10', maxPrice: '1999999.80', tickSize: '0.10' };
  const tickSize = plainNumber(10 ** -places, places);
  return {
    minPrice: tickSize,
    maxPrice: market.listing.rulesOf(baseCoin)?.maxPrice ?? '1999999.80',
    tickSize,
  };
}

const fundingEveryMs = 8 * hourMs;
const noLevel: Level = { price: '0', qty: '0' };

/** What REST and stream share of an option ticker; they name quotes and mark volatility differently. */
function optionTicker(market: Market, quote: OptionQuote, depth: Depth) {
  const { instrument, value } = quote;
  const bid = depth.bids[0] ?? noLevel;
  const ask = depth.asks[0] ?? noLevel;
  const ivOf = (level: Level): string =>
    level === noLevel ? '0' : plainNumber(levelIv(market, quote, level), 4);
  const interest = 5 + 40 * hashFraction(instrument.symbol);
  const tick = Number(instrument.rules.tickSize);
  const onTick = Math.max(Number(instrument.rules.minPrice), Math.round(value.mark / tick) * tick);
  const last = plainNumber(onTick, instrument.rules.markPlaces);
  return {
    quoteSide: { bid, ask, bidIv: ivOf(bid), askIv: ivOf(ask), markIv: plainNumber(value.iv, 4) },
    common: {
      symbol: instrument.symbol,
      lastPrice: last,
      highPrice24h: last,
      lowPrice24h: last,
      markPrice: plainNumber(value.mark, instrument.rules.markPlaces),
      indexPrice: quote.index,
      underlyingPrice: plainNumber(value.forward, instrument.rules.indexPlaces),
      openInterest: plainNumber(interest, 2),
      turnover24h: plainNumber(interest * 2 * market.index(instrument.baseCoin), 2),
      volume24h: plainNumber(interest * 2, 2),
      totalVolume: plainNumber(interest * 9, 0),
      totalTurnover: plainNumber(interest * 9 * market.index(instrument.baseCoin), 0),
      delta: plainNumber(value.delta, 8),
      gamma: plainNumber(value.gamma, 8),
      vega: plainNumber(value.vega, instrument.rules.markPlaces),
      theta: plainNumber(value.theta, instrument.rules.markPlaces),
      predictedDeliveryPrice: plainNumber(
        market.predictedDeliveryPrice(instrument),
        instrument.rules.markPlaces,
      ),
      change24h: '0',
    },
  };
}

/**
 * The volatility of a quote by Newton's method, which begins at that of the mark, a step or two away. Where vega is too
 * small for that, the quote has no meaningful volatility and shows that of the mark.
 */
function levelIv(market: Market, { instrument, value }: OptionQuote, level: Level): number {
  const yearsToExpiry = Math.max(1_000, instrument.expiry.deliveryMs - market.nowMs()) / yearMs;
  const optionType = instrument.isCall ? 'call' : 'put';
  const option = { optionType, spot: value.forward, strike: instrument.strike, yearsToExpiry } as const;
  let volatility = value.iv;
  for (let step = 0; step < 3; step += 1) {
    const { price, vega } = blackScholes({ ...option, volatility });
    if (vega < 1e-3 * value.forward * Math.sqrt(yearsToExpiry)) return value.iv;
    volatility = Math.min(5, Math.max(0.01, volatility + (Number(level.price) - price) / vega));
  }
  return volatility;
}

export function optionTickerRow(market: Market, quote: OptionQuote, depth: Depth) {
  const { quoteSide, common } = optionTicker(market, quote, depth);
  return {
    ...common,
    bid1Price: quoteSide.bid.price,
    bid1Size: quoteSide.bid.qty,
    bid1Iv: quoteSide.bidIv,
    ask1Price: quoteSide.ask.price,
    ask1Size: quoteSide.ask.qty,
    ask1Iv: quoteSide.askIv,
    markIv: quoteSide.markIv,
  };
}

export function optionTickerPush(market: Market, quote: OptionQuote, depth: Depth) {
  const { quoteSide, common } = optionTicker(market, quote, depth);
  return {
    ...common,
    bidPrice: quoteSide.bid.price,
    bidSize: quoteSide.bid.qty,
    bidIv: quoteSide.bidIv,
    askPrice: quoteSide.ask.price,
    askSize: quoteSide.ask.qty,
    askIv: quoteSide.askIv,
    markPriceIv: quoteSide.markIv,
  };
}

/**
 * The perpetual follows the index exactly; funding and volume are there for readers that need the fields. Volume grows
 * with the clock, as it would with trades, because a price that does not move must not look like a dead feed.
 */
export function linearTickerRow(market: Market, baseCoin: string): Record<string, string> {
  const index = market.index(baseCoin);
  const { open, high, low } = market.stats(baseCoin);
  const nextFundingMs = (Math.floor(market.nowMs() / fundingEveryMs) + 1) * fundingEveryMs;
  const places = perpetualPlaces(market, baseCoin);
  const tick = 10 ** -places;
  const last = index.toFixed(places);
  const volume = 12_000 + (market.nowMs() % dayMs) / 1_000_000;
  return {
    symbol: `${baseCoin}USDT`,
    tickDirection: 'PlusTick',
    price24hPcnt: open > 0 ? (index / open - 1).toFixed(6) : '0',
    lastPrice: last,
    prevPrice24h: open.toFixed(places),
    highPrice24h: high.toFixed(places),
    lowPrice24h: low.toFixed(places),
    prevPrice1h: open.toFixed(places),
    markPrice: market.indexText(baseCoin),
    indexPrice: market.indexText(baseCoin),
    openInterest: '54321.123',
    openInterestValue: (54_321.123 * index).toFixed(2),
    turnover24h: (volume * index).toFixed(2),
    volume24h: volume.toFixed(3),
    nextFundingTime: String(nextFundingMs),
    fundingRate: '0.0001',
    bid1Price: (Number(last) - tick).toFixed(places),
    bid1Size: '12.345',
    ask1Price: (Number(last) + tick).toFixed(places),
    ask1Size: '12.345',
    predictedDeliveryPrice: '',
    basisRate: '',
    basis: '',
    deliveryFeeRate: '',
    deliveryTime: '0',
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
    fundingIntervalHour: '8',
    fundingCap: '0.005',
  };
}

export function linearDepth(market: Market, baseCoin: string): Depth {
  const places = perpetualPlaces(market, baseCoin);
  const scale = 10 ** places;
  const last = Math.round(market.index(baseCoin) * scale);
  const side = (direction: 1 | -1): Level[] =>
    Array.from({ length: 25 }, (_, at) => ({
      price: ((last + direction * (at + 1)) / scale).toFixed(places),
      qty: (3 + at).toFixed(3),
    }));
  return { bids: side(-1), asks: side(1) };
}

export const pairs = (levels: readonly Level[], limit: number): [string, string][] =>
  levels.slice(0, limit).map(({ price, qty }) => [price, qty]);

/** Levels that changed between two books, a vanished one with size "0". */
export function levelChanges(before: readonly Level[], after: readonly Level[]): [string, string][] {
  const old = new Map(before.map(({ price, qty }) => [price, qty]));
  const fresh = new Set(after.map(({ price }) => price));
  const vanished = before
    .filter(({ price }) => !fresh.has(price))
    .map(({ price }): [string, string] => [price, '0']);
  const changed = after.filter(({ price, qty }) => compare(old.get(price) ?? '0', qty) !== 0);
  return [...vanished, ...pairs(changed, Infinity)];
}
