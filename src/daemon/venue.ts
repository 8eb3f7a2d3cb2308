/**
 * The exchange that this program trades on, where no connection to it is needed: reading a spec, naming an option. A
 * second exchange would be chosen here and in open-exchange.ts.
 */
import type { ExchangeRules } from '../domain/market/exchange-rules.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';

export const exchangeRules: ExchangeRules = bybitRules;
