import { expect, it } from 'vitest';
import type { Roll } from '../../../src/domain/roll/roll.ts';
import { taskStory } from '../../torture/story.ts';
import { optionNamed } from '../../support/options.ts';

it('a story has commits, alerts and orders of a task in the order of time, and the warnings and errors of daemons', () => {
  const held = {
    ...optionNamed('BTC-31MAR23-24000-C-USDT'),
    side: 'Sell' as const,
    qty: '0.3',
    premium: '270',
  };
  const closed = { attempts: 1, executedQty: '0.3', value: '0', fee: '0' };
  const opened = { attempts: 0, executedQty: '0', value: '0', fee: '0' };
  const sizes = { qty: '0.3', openQty: '0.3', closesOnly: false };
  const roll = { rollId: 't1-v1', ...sizes, closed, opened, compensating: false } as unknown as Roll;
  const context = { held, roll, lastRoll: null };
  const story = taskStory(
    {
      taskId: 't1',
      version: 2,
      commits: [
        { version: 1, atMs: 1_000, state: 'ROLL_INITIATED.closingLeg1', context, stimulus: 'PRICE' },
        { version: 2, atMs: 9_999_999, state: 'LEG1_CLOSED.checkpoint', context, stimulus: 'ADOPTED' },
      ],
      alerts: [{ version: 1, text: 'Leg 1 is closed' }],
      orders: [
        {
          linkId: 'close-t1-v1',
          symbol: held.symbol,
          side: 'Buy',
          status: 'Filled',
          executedQty: '0.3',
          acceptedAtMs: 2_000,
          updatedAtMs: 3_000,
        },
      ],
    },
    ['daemon-1 {"level":"info","taskId":"t1"}', 'daemon-1 {"level":"error","taskId":"t1","msg":"lost"}'],
  );
  expect(story.split('\n').map((line) => line.trim())).toEqual([
    'Task t1',
    'lost roll: roll t1-v1 never ended: the exchange closed 0.3 and opened 0 of 0.3',
    '00:00:01.000  v1 PRICE → ROLL_INITIATED.closingLeg1 (closed 0.3, opened 0)',
    '00:00:01.000  alert: Leg 1 is closed',
    '00:00:01.000  v2 ADOPTED → LEG1_CLOSED.checkpoint (closed 0.3, opened 0)',
    '00:00:02.000  exchange accepts close-t1-v1: Buy BTC-31MAR23-24000-C-USDT',
    '00:00:03.000  exchange has close-t1-v1 Filled, executed 0.3',
    'daemon-1 {"level":"error","taskId":"t1","msg":"lost"}',
  ]);
});
