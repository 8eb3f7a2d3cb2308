/** The exchange's band of prices may be narrower than the slippage that a task allows. */
import { expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, refuseWith, TaskBench } from '../support/task-bench.ts';

const outOfBand = refuseWith(new Terminal('price is out of its band', { code: '30209', scope: 'price' }));

test('leg 2 that is refused for its price comes nearer to the mark with each try, until it is taken', async () => {
  const bench = new TaskBench({ spec: { execution: { style: 'cross', slippage: { max: '40%' } } } });
  bench.account.behaviours = [fillAll, outOfBand, outOfBand, fillAll];
  await bench.price('23600');
  await bench.clock.advance(60_000);
  const [, ...sales] = bench.account.submitted;
  expect(sales.map(({ side }) => side)).toEqual(['Sell', 'Sell', 'Sell']);
  const prices = sales.map(({ price }) => Number(price));
  expect(prices).toEqual([...prices].sort((a, b) => a - b));
  expect(new Set(prices).size).toBe(3);
  expect(bench.task.context.rollsDone).toBe(1);
});
