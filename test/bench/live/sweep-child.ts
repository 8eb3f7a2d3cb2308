/** A sweep of 64 runs over the prices in a file, on the cores this process may use: prints how many ms it took. */
import { readAxis, sweep } from '../../../src/backtest/sweep.ts';

const [path = ''] = process.argv.slice(2);
const startedMs = performance.now();
const rows = await sweep({
  axes: ['trigger=25000..28500:500', 'target=1..8'].map(readAxis),
  job: {
    spec: { symbol: 'BTC-29DEC23-25000-C-USDT', trigger: 24_500, target: '+1000' },
    ...{ qty: '0.5', side: 'Sell', cash: '100000', volatility: 0.55, tape: { path } },
  },
});
if (rows.length !== 64 || rows.some(({ refusal }) => refusal !== null))
  throw new Error('a run did not begin');
process.stdout.write(String(performance.now() - startedMs));
