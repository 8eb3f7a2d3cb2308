/**
 * What an account may hold beside options, by its name: a linear perpetual (`BTCUSDT`, `BTCPERP` settled in USDC) or a coin in the
 * wallet (`BTC`). Both are counted in base coin (Bybit docs: v5/market/instrument).
 */
import type { NamedHolding } from '../../domain/market/holding.ts';

export interface Holding extends NamedHolding {
  readonly kind: 'perpetual' | 'coin';
}

const perpetual = /^(?<base>[A-Z0-9]{2,12}?)(?:USDT|PERP)$/;
const coin = /^[A-Z0-9]{2,12}$/;

/** @returns null when `text` names neither: also for inverse contracts, which are counted in USD */
export function readHolding(text: string): Holding | null {
  const symbol = text.trim().toUpperCase();
  const baseCoin = perpetual.exec(symbol)?.groups?.['base'];
  if (baseCoin !== undefined) return { kind: 'perpetual', symbol, baseCoin };
  const isInverse = /.USD$/.test(symbol);
  return coin.test(symbol) && !isInverse ? { kind: 'coin', symbol, baseCoin: symbol } : null;
}
