/** Between the legs the trader's position is missing: what the saga does there, and what it tells. */
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import { fillAll, refuseWith, TaskBench } from '../support/task-bench.ts';

const sent = (bench: TaskBench) => bench.account.submitted;

describe('between the legs', () => {
  test('a restart after leg 1 goes straight to leg 2, whatever the price does', async () => {
    const bench = new TaskBench();
    await bench.price('23500');
    const atLeg1 = bench.states.indexOf('LEG1_CLOSED.checkpoint');
    expect(atLeg1).toBeGreaterThan(0);
    const fresh = new TaskBench();
    fresh.journal.records.push(...bench.journal.records.slice(0, atLeg1 + 1));
    fresh.journal.version = atLeg1 + 2;
    fresh.restart();
    await fresh.price('20000');
    expect(sent(fresh).map(({ linkId, side }) => `${side} ${linkId}`)).toEqual(['Sell open-task000001-v1']);
    expect(fresh.task.context.rollsDone).toBe(1);
  });

  test('leg 2 is tried again under a new id, with rising alerts, until it is open', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [
      fillAll,
      refuseWith(new Terminal('no margin', { code: '110007' })),
      refuseWith(new Terminal('no margin', { code: '110007' })),
      refuseWith(new Terminal('no margin', { code: '110007' })),
      fillAll,
    ];
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(sent(bench).map(({ linkId }) => linkId)).toEqual([
      'close-task000001-v1',
      'open-task000001-v1',
      'open-task000001-v1-a2',
      'open-task000001-v1-a3',
      'open-task000001-v1-a4',
    ]);
    expect(bench.alerts.map(({ severity }) => severity)).toEqual([
      'info',
      'warning',
      'warning',
      'critical',
      'info',
    ]);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('reopenLeg1 opens the old option again and counts no roll', async () => {
    const bench = new TaskBench({ spec: { leg2: { fallback: 'reopenLeg1', attempts: 2 } } });
    const refusal = refuseWith(new Terminal('no margin', { code: '110007' }));
    bench.account.behaviours = [fillAll, refusal, refusal, fillAll];
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(sent(bench).at(-1)).toMatchObject({
      linkId: 'open-task000001-v1-a3',
      side: 'Sell',
      symbol: 'BTC-31MAR23-24000-C-USDT',
    });
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-24000-C-USDT', qty: '0.3' },
      rollsDone: 0,
      roll: null,
    });
  });

  test('stayFlat ends the task and says so', async () => {
    const bench = new TaskBench({ spec: { leg2: { fallback: 'stayFlat', attempts: 2 } } });
    const refusal = refuseWith(new Terminal('no margin', { code: '110007' }));
    bench.account.behaviours = [fillAll, refusal];
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(bench.states.at(-1)).toBe('COMPLETED');
    expect(bench.alerts.at(-1)).toMatchObject({ severity: 'critical' });
  });

  test('a leg 2 whose target lost its quote goes to the next strike', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [
      (order, account) => {
        bench.market.silent.add('25000');
        return fillAll(order, account);
      },
      fillAll,
    ];
    await bench.price('23500');
    expect(sent(bench).at(-1)).toMatchObject({
      side: 'Sell',
      symbol: 'BTC-31MAR23-26000-C-USDT',
      qty: '0.3',
    });
    expect(bench.task.context).toMatchObject({
      held: { symbol: 'BTC-31MAR23-26000-C-USDT' },
      trigger: { level: '25500' },
    });
  });
});
