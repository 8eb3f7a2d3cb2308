/** Bybit's rules, in the form in which the rest of the program uses them. */
import type { ExchangeRules } from '../../domain/market/exchange-rules.ts';
import { tradeFee, usualFees } from './fees.ts';
import { shortMargin } from './margin.ts';
import {
  correctSymbol,
  deliveryHourMs,
  namedDeliveryMs,
  readHolding,
  tryParseOptionSymbol,
} from './symbols.ts';

export const bybitRules: ExchangeRules = {
  symbolExample: 'BTC-31MAR23-26000-C-USDT',
  legsExamples: {
    strangle: [
      { symbol: 'BTC-31MAR23-26000-C-USDT', side: 'short' },
      { symbol: 'BTC-31MAR23-21000-P-USDT', side: 'short' },
    ],
    condor: [
      { symbol: 'BTC-31MAR23-26000-C-USDT', side: 'short' },
      { symbol: 'BTC-31MAR23-27000-C-USDT', side: 'long' },
      { symbol: 'BTC-31MAR23-21000-P-USDT', side: 'short' },
      { symbol: 'BTC-31MAR23-20000-P-USDT', side: 'long' },
    ],
    'covered-call': [{ symbol: 'BTC-31MAR23-26000-C-USDT' }, { watch: 'BTC' }],
  },
  readSymbol: tryParseOptionSymbol,
  correctSymbol,
  readHolding,
  holdingExample: 'BTCUSDT (a linear perpetual) or BTC (coins)',
  deliveryHourMs,
  namedDeliveryMs,
  fees: usualFees,
  tradeFee,
  shortMargin,
  times: {
    arriveWithinMs: 5_000,
    clockSkewMaxMs: 1_000,
    visibleWithinMs: 2_000,
    // Options are delivered within seconds of the hour.
    deliveredWithinMs: 5_000,
  },
  // Ten orders a second; the window is as long as the one that counts an account's requests here.
  orderPace: { ordersMax: 10, windowMs: 1_100 },
};
