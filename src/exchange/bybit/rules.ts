/** Bybit's rules, as the rest of the program has to know them. */
import type { ExchangeRules } from '../../domain/market/exchange-rules.ts';
import { takerFee } from './fees.ts';
import { shortMargin } from './margin.ts';
import { tryParseOptionSymbol } from './symbols.ts';

export const bybitRules: ExchangeRules = {
  symbolExample: 'BTC-31MAR23-26000-C-USDT',
  readSymbol: tryParseOptionSymbol,
  takerFee,
  shortMargin,
};
