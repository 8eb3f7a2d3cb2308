/** What tests order as a backtest. */
import type { BacktestOrder } from '../../src/ports/backtests.ts';

/** A backtest of an hour. */
export const playable = {
  spec: { symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: 1000 },
  qty: '1',
  side: 'short',
  cash: '50000',
  volatility: '0.55',
  prices: 'btc-march-2023',
  toMs: Date.UTC(2023, 2, 1, 1),
} as const satisfies BacktestOrder;
