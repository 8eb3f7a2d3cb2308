/**
 * Prices reach the tasks they concern. A trigger is a level: who starts to wait beyond it is woken at once; old prices
 * fire nothing, and neither does anything after the router was stopped.
 */
import { describe, expect, test } from 'vitest';
import { Rig } from './tasks-fixture.ts';

const confirming = { trigger: { index: { above: 23500, for: '5s' } } };
const put = { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22500, target: -1000 };

describe('a price', () => {
  test('touches no actor that it does not hit', () => {
    const rig = new Rig();
    rig.add('a');
    rig.add('b', put);
    rig.tick('23000');
    expect(rig.turns.size).toBe(0);
    rig.tick('23500');
    expect([...rig.turns.keys()]).toEqual(['a']);
  });

  test('that jumps over two levels wakes both, the nearer one first', () => {
    const rig = new Rig();
    rig.add('far', { trigger: 24500 });
    rig.add('near', { trigger: 23500 });
    rig.tick('30000');
    expect([...rig.turns.keys()]).toEqual(['near', 'far']);
  });

  test('of another coin concerns nobody', () => {
    const rig = new Rig();
    rig.add('a');
    rig.tick('99999', 'ETH');
    expect(rig.turns.size).toBe(0);
  });
});

describe('level, not edge', () => {
  test('a task that starts to wait beyond its level fires on the last price', () => {
    const rig = new Rig();
    rig.tick('23600');
    expect(rig.add('a').state).toBe('ROLL_INITIATED.planning');
  });

  test('a task resumed beyond its level fires on the last price', () => {
    const rig = new Rig();
    const task = rig.add('a');
    task.send({ type: 'PAUSE', commandId: 'c1' });
    rig.tick('23600');
    expect(task.state).toBe('PAUSED');
    task.send({ type: 'RESUME', commandId: 'c2' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });

  test('a task whose cooldown ends beyond its level fires on the last price', async () => {
    const rig = new Rig();
    const task = rig.add('a', { follow: 'fixed' });
    rig.tick('23600');
    await rig.clock.advance(1_000);
    expect(task.state).toBe('IDLE.coolingDown');
    await rig.clock.advance(300_000);
    expect(task.context.rollsDone).toBe(2);
  });
});

describe('old prices', () => {
  test('fire nothing once they are forgotten; the next one does', () => {
    const rig = new Rig();
    rig.tick('23600');
    rig.router.forget('underlying');
    const task = rig.add('a');
    expect(task.state).toBe('IDLE.watching');
    rig.tick('23400');
    expect(task.state).toBe('IDLE.watching');
    rig.tick('23600');
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });
});

describe('a stopped router', () => {
  test('wakes nobody, neither by a price nor by the last one', () => {
    const rig = new Rig();
    const waiting = rig.add('a');
    rig.tick('23400');
    rig.router.stop();
    rig.tick('23600');
    expect(waiting.state).toBe('IDLE.watching');
    const rigBeyond = new Rig();
    rigBeyond.tick('23600');
    rigBeyond.router.stop();
    expect(rigBeyond.add('b').state).toBe('IDLE.watching');
  });
});

describe('a trigger that must go on holding', () => {
  test('at exactly its level costs one look per price and never runs in a circle', () => {
    const rig = new Rig();
    const task = rig.add('a', confirming);
    rig.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
    const before = rig.turns.get('a') ?? 0;
    for (let count = 0; count < 3; count += 1) rig.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
    expect((rig.turns.get('a') ?? 0) - before).toBe(3);
  });

  test('lets go below the level, and is woken again when the price comes back', () => {
    const rig = new Rig();
    const task = rig.add('a', confirming);
    rig.tick('23600');
    rig.tick('23499.9');
    expect(task.state).toBe('IDLE.watching');
    rig.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
  });

  test('starts over when prices go stale: nobody knows whether it went on holding', async () => {
    const rig = new Rig();
    const task = rig.add('a', confirming);
    rig.tick('23600');
    rig.router.forget('underlying');
    await rig.clock.advance(60_000);
    expect(task.state).toBe('IDLE.watching');
    rig.tick('23600');
    expect(task.state).toBe('IDLE.confirming');
  });

  test('rolls when it has held long enough', async () => {
    const rig = new Rig();
    const task = rig.add('a', confirming);
    rig.tick('23600');
    await rig.clock.advance(4_999);
    expect(task.state).toBe('IDLE.confirming');
    await rig.clock.advance(1);
    expect(task.context.rollsDone).toBe(1);
  });
});

describe('a task waits in the book', () => {
  test('only while there is a price it waits for', async () => {
    const rig = new Rig();
    const task = rig.add('a', { guards: { rolls: { max: 1 } } });
    expect(rig.router.waitingTasks).toBe(1);
    task.send({ type: 'PAUSE', commandId: 'c1' });
    expect(rig.router.waitingTasks).toBe(0);
    task.send({ type: 'RESUME', commandId: 'c2' });
    rig.tick('23600');
    await rig.clock.advance(1_000);
    expect(task.isOver).toBe(true);
    expect(rig.router.waitingTasks).toBe(0);
  });

  test('until it is forgotten', () => {
    const rig = new Rig();
    const task = rig.add('a');
    rig.router.leave(task);
    rig.tick('23600');
    expect(task.state).toBe('IDLE.watching');
  });
});
