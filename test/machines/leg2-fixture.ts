/** A task between its legs: what the tests of leg 2 share. */
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, refuseWith, TaskFixture, type Behaviour } from '../support/task-fixture.ts';

export const call24 = 'BTC-31MAR23-24000-C-USDT';
export const call25 = 'BTC-31MAR23-25000-C-USDT';
export const call26 = 'BTC-31MAR23-26000-C-USDT';

export const noMargin = refuseWith(new Terminal('margin is short', { code: '110007', scope: 'margin' }));

/** A task whose old option is closed and whose leg 2 meets `behaviours`. */
export async function afterLeg1(behaviours: Behaviour[], spec: object = {}): Promise<TaskFixture> {
  const fixture = new TaskFixture({ spec });
  fixture.account.behaviours = [fillAll, ...behaviours];
  await fixture.price('23500');
  return fixture;
}
