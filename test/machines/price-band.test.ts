/** The exchange's band of prices may be narrower than the slippage that a task allows. */
import { expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, refuseWith, TaskFixture } from '../support/task-fixture.ts';

const outOfBand = refuseWith(new Terminal('price is out of its band', { code: '30209', scope: 'price' }));

test('leg 2 that is refused for its price comes nearer to the mark with each try, until it is taken', async () => {
  const fixture = new TaskFixture({ spec: { execution: { style: 'cross', slippage: { max: '40%' } } } });
  fixture.account.behaviours = [fillAll, outOfBand, outOfBand, fillAll];
  await fixture.price('23600');
  await fixture.clock.advance(60_000);
  const [, ...sales] = fixture.account.submitted;
  expect(sales.map(({ side }) => side)).toEqual(['Sell', 'Sell', 'Sell']);
  const prices = sales.map(({ price }) => Number(price));
  expect(prices).toEqual([...prices].sort((a, b) => a - b));
  expect(new Set(prices).size).toBe(3);
  expect(fixture.task.context.rollsDone).toBe(1);
});
