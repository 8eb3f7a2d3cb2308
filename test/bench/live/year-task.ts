/** What the backtest's figures are measured with: a call that is rolled by price and in time, at most once an hour. */
export const yearTask = {
  spec: {
    symbol: 'BTC-30JUN23-27000-C-USDT',
    trigger: { any: [{ index: { above: 26_000 } }, { daysToExpiry: { below: 20 } }] },
    target: { strike: '+1000', expiry: 'min 60d' },
    guards: { cooldown: '1h' },
    follow: 'strike',
  },
  qty: '0.5',
  side: 'Sell',
  cash: '100000',
  volatility: 0.55,
} as const;
