/** Options for tests that have only their symbols at hand: what each says, delivered at 08:00 UTC of its day. */
import type { Option } from '../../src/domain/market/option.ts';
import { expiryDateMs, parseOptionSymbol } from '../../src/domain/market/option-symbol.ts';

export function optionNamed(symbol: string): Option {
  const { baseCoin, settleCoin, optionType, strike, expiry } = parseOptionSymbol(symbol);
  const expiryMs = (expiryDateMs(expiry) ?? 0) + 8 * 3_600_000;
  return { symbol, baseCoin, settleCoin, optionType, strike, expiryMs };
}
