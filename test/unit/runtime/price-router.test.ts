/**
 * Prices reach the tasks they concern. A trigger is a level: a task that starts to wait beyond it is woken at once. Old
 * prices fire nothing, and a stopped router wakes no task.
 */
import { describe, expect, test } from 'vitest';
import { confirming, TasksFixture } from './tasks-fixture.ts';

const put = { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22500, target: -1000 };

describe('a price', () => {
  test('touches no actor that it does not hit', () => {
    const fixture = new TasksFixture();
    fixture.add('a');
    fixture.add('b', put);
    fixture.tick('23000');
    expect(fixture.turns.size).toBe(0);
    fixture.tick('23500');
    expect([...fixture.turns.keys()]).toEqual(['a']);
  });

  test('that jumps over two levels wakes both, the nearer one first', () => {
    const fixture = new TasksFixture();
    fixture.add('far', { trigger: 24500 });
    fixture.add('near', { trigger: 23500 });
    fixture.tick('30000');
    expect([...fixture.turns.keys()]).toEqual(['near', 'far']);
  });

  test('of another coin concerns no task', () => {
    const fixture = new TasksFixture();
    fixture.add('a');
    fixture.tick('99999', 'ETH');
    expect(fixture.turns.size).toBe(0);
  });
});

describe('level, not edge', () => {
  test('a task that starts to wait beyond its level fires on the last price', () => {
    const fixture = new TasksFixture();
    fixture.tick('23600');
    expect(fixture.add('a').state).toBe('ROLL_INITIATED.planning');
  });

  test('a task resumed beyond its level fires on the last price', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a');
    task.send({ type: 'PAUSE', commandId: 'c1' });
    fixture.tick('23600');
    expect(task.state).toBe('PAUSED');
    task.send({ type: 'RESUME', commandId: 'c2' });
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });

  test('a task whose cooldown ends beyond its level fires on the last price', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', { follow: 'fixed', guards: { rolls: { max: 9 } } });
    fixture.tick('23600');
    await fixture.clock.advance(1_000);
    expect(task.state).toBe('IDLE.coolingDown');
    await fixture.clock.advance(300_000);
    expect(task.context.rollsDone).toBe(2);
  });
});

describe('old prices', () => {
  test('fire nothing once they are forgotten; the next one does', () => {
    const fixture = new TasksFixture();
    fixture.tick('23600');
    fixture.router.forget('underlying');
    const task = fixture.add('a');
    expect(task.state).toBe('IDLE.watching');
    fixture.tick('23400');
    expect(task.state).toBe('IDLE.watching');
    fixture.tick('23600');
    expect(task.state).toBe('ROLL_INITIATED.planning');
  });
});

describe('a stopped router', () => {
  test('wakes no task, neither by a price nor by the last one', () => {
    const fixture = new TasksFixture();
    const waiting = fixture.add('a');
    fixture.tick('23400');
    fixture.router.stop();
    fixture.tick('23600');
    expect(waiting.state).toBe('IDLE.watching');
    const rigBeyond = new TasksFixture();
    rigBeyond.tick('23600');
    rigBeyond.router.stop();
    expect(rigBeyond.add('b').state).toBe('IDLE.watching');
  });
});

describe('a trigger that must keep holding', () => {
  test('at exactly its level costs one turn per price and never runs in a circle', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', confirming);
    fixture.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
    const before = fixture.turns.get('a') ?? 0;
    for (let count = 0; count < 3; count += 1) fixture.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
    expect((fixture.turns.get('a') ?? 0) - before).toBe(3);
  });

  test('ends its confirmation below the level, and is woken again when the price comes back', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', confirming);
    fixture.tick('23600');
    fixture.tick('23499.9');
    expect(task.state).toBe('IDLE.watching');
    fixture.tick('23500');
    expect(task.state).toBe('IDLE.confirming');
  });

  test('starts over when prices go stale: it is not known whether it kept holding', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', confirming);
    fixture.tick('23600');
    fixture.router.forget('underlying');
    await fixture.clock.advance(60_000);
    expect(task.state).toBe('IDLE.watching');
    fixture.tick('23600');
    expect(task.state).toBe('IDLE.confirming');
  });

  test('rolls when it has held long enough', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', confirming);
    fixture.tick('23600');
    await fixture.clock.advance(4_999);
    expect(task.state).toBe('IDLE.confirming');
    await fixture.clock.advance(1);
    expect(task.context.rollsDone).toBe(1);
  });
});

describe('a task waits in the book', () => {
  test('only while there is a price it waits for', async () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a', { guards: { rolls: { max: 1 } } });
    expect(fixture.router.waitingTasks).toBe(1);
    task.send({ type: 'PAUSE', commandId: 'c1' });
    expect(fixture.router.waitingTasks).toBe(0);
    task.send({ type: 'RESUME', commandId: 'c2' });
    fixture.tick('23600');
    await fixture.clock.advance(1_000);
    expect(task.isOver).toBe(true);
    expect(fixture.router.waitingTasks).toBe(0);
  });

  test('until it is forgotten', () => {
    const fixture = new TasksFixture();
    const task = fixture.add('a');
    fixture.router.leave(task);
    fixture.tick('23600');
    expect(task.state).toBe('IDLE.watching');
  });
});
