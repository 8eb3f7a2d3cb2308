/**
 * The rules of the exchange that this program trades on, for uses that need no connection, such as reading a spec. A
 * second exchange would be chosen here and in open-exchange.ts.
 */
import type { ExchangeRules } from '../domain/market/exchange-rules.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';

export const exchangeRules: ExchangeRules = bybitRules;
