/** Options for tests, made of their symbols and delivered at 08:00 UTC of their day; and specs that name one. */
import type { Option } from '../../src/domain/market/option.ts';
import { parseTaskSpec, type TaskSpec } from '../../src/domain/spec/task-spec.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { expiryDateMs, parseOptionSymbol } from '../../src/exchange/bybit/symbols.ts';

export function optionNamed(symbol: string): Option {
  const { baseCoin, settleCoin, optionType, strike, expiry } = parseOptionSymbol(symbol);
  const expiryMs = (expiryDateMs(expiry) ?? 0) + 8 * 3_600_000;
  return { symbol, baseCoin, settleCoin, optionType, strike, expiryMs };
}

export const readSpec = (input: unknown): TaskSpec => parseTaskSpec(input, bybitRules);
