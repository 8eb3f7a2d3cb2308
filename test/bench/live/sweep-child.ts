/** A sweep of 64 runs over the prices in a file, on the cores this process may use: prints how many ms it took. */
import { readAxis, sweep } from '../../../src/backtest/sweep.ts';
import { yearTask } from './year-task.ts';

const [path = ''] = process.argv.slice(2);
const startedMs = performance.now();
const rows = await sweep({
  axes: ['trigger.any.0.index.above=25000..28500:500', 'target.strike=1..8'].map(readAxis),
  job: { ...yearTask, tape: { path } },
});
if (rows.length !== 64 || rows.some(({ refusal }) => refusal !== null))
  throw new Error('a run did not begin');
process.stdout.write(String(performance.now() - startedMs));
