/**
 * When the positions of an account are asked for, by the watch alone: how long after what, how often, and that nothing is asked
 * for or reported once it is closed. What a task makes of a report is in owner-actions.test.ts.
 */
import { describe, expect, test } from 'vitest';
import type { Position } from '../../../src/domain/market/order.ts';
import { HeldIndex } from '../../../src/runtime/positions/held-index.ts';
import { PositionWatch } from '../../../src/runtime/positions/position-watch.ts';
import type { TaskActor } from '../../../src/runtime/task/task-actor.ts';
import { symbol } from './memory-store.ts';
import { TasksFixture } from './tasks-fixture.ts';

const seen = (qty: string, side: Position['side'] = 'Sell'): Position => ({
  symbol,
  side,
  qty,
  averagePrice: '900',
});
const other = { ...seen('1'), symbol: 'BTC-31MAR23-20000-P-USDT' };

/** Tasks with 0.3 each of the option that the account also holds, long after they were taken over; the first is `task`. */
async function open(specs: readonly object[] = [{}]) {
  const fixture = new TasksFixture();
  const { account, clock, registry, log } = fixture;
  const held = new HeldIndex(clock, 5_000);
  const tasks = specs.map((spec, at) => fixture.add(`task${at}`, spec));
  for (const each of tasks) held.note(each);
  const [task] = tasks as [TaskActor];
  await clock.advance(60_000);
  const beganMs = clock.nowMs();
  /** When the positions were asked for, in seconds from here. */
  const askedAtS: number[] = [];
  const state: { listed: readonly Position[] | Error } = { listed: [seen('0.3')] };
  account.positions = () => {
    askedAtS.push((clock.nowMs() - beganMs) / 1_000);
    const { listed } = state;
    return listed instanceof Error ? Promise.reject(listed) : Promise.resolve([...listed]);
  };
  const watch = new PositionWatch({ accountId: '1', account, registry, held, clock, log });
  return { account, clock, watch, askedAtS, state, task, tasks };
}

describe('the positions of an account are asked for', () => {
  test('ten seconds after the last push that differs, and again ten seconds later to confirm', async () => {
    const { clock, watch, askedAtS, state, task } = await open();
    state.listed = [seen('0.1')];
    watch.pushed(seen('0.2'));
    for (const qty of ['0.1', '0.1']) {
      await clock.advance(4_000);
      watch.pushed(seen(qty));
    }
    await clock.advance(60_000);
    // What a push repeats is as old as it was.
    expect(askedAtS).toEqual([14, 24]);
    expect(task.context.held.qty).toBe('0.1');
  });

  test('again, where they were asked for so soon after the push that the list may be older', async () => {
    for (const begin of ['lookAtAll', 'pushed'] as const) {
      const { clock, watch, askedAtS, state, task } = await open();
      if (begin === 'lookAtAll') watch.lookAtAll();
      else watch.pushed(seen('0.2'));
      await clock.advance(9_000);
      watch.pushed(seen('0.1'));
      // The list that is asked for at ten seconds shows what was before.
      await clock.advance(3_000);
      state.listed = [seen('0.1')];
      await clock.advance(60_000);
      expect(askedAtS.slice(-2)).toEqual([19, 29]);
      expect(task.context.held.qty).toBe('0.1');
    }
  });

  test('not after a push that shows what the tasks hold, nor after one of an option that none holds', async () => {
    const { clock, watch, askedAtS } = await open();
    watch.pushed(seen('0.3'));
    watch.pushed(other);
    await clock.advance(60_000);
    expect(askedAtS).toEqual([]);
  });

  test('not where a later push shows again what the tasks hold', async () => {
    const { clock, watch, askedAtS } = await open();
    watch.pushed(seen('0.2'));
    watch.pushed(seen('0.3'));
    await clock.advance(60_000);
    expect(askedAtS).toEqual([]);
  });

  test('once, when nothing differs after pushes may have been missed', async () => {
    const { clock, watch, askedAtS } = await open();
    watch.lookAtAll();
    await clock.advance(60_000);
    expect(askedAtS).toEqual([10]);
  });

  test('never, where no task holds anything', async () => {
    const { account, clock, registry, log } = new TasksFixture();
    let asked = 0;
    account.positions = () => {
      asked += 1;
      return Promise.resolve([]);
    };
    const held = new HeldIndex(clock, 5_000);
    const watch = new PositionWatch({ accountId: '1', account, registry, held, clock, log });
    watch.lookAtAll();
    await clock.advance(60_000);
    expect(asked).toBe(0);
  });

  test('not before ten seconds have passed since an order of ours moved the option', async () => {
    const { clock, watch, askedAtS, state, task } = await open();
    state.listed = [];
    watch.pushed(seen('0', null));
    await clock.advance(9_000);
    watch.moved(symbol);
    await clock.advance(5_000);
    expect(askedAtS).toEqual([]);
    await clock.advance(30_000);
    expect(askedAtS).toEqual([20, 30]);
    expect(task.context.held.qty).toBe('0');
  });

  test('again after a failure, each time later, and by then as if nothing had been asked', async () => {
    const { clock, watch, askedAtS, state, task } = await open();
    state.listed = new Error('timeout');
    watch.pushed(seen('0.2'));
    await clock.advance(100_000);
    const failed = askedAtS.length;
    expect(failed).toBeGreaterThan(3);
    const waits = askedAtS.slice(1).map((atS, at) => atS - (askedAtS[at] ?? 0));
    for (const waitS of waits) expect(waitS).toBeGreaterThanOrEqual(10);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    state.listed = [seen('0.2')];
    await clock.advance(200_000);
    expect(askedAtS).toHaveLength(failed + 2);
    expect(task.context.held.qty).toBe('0.2');
  });
});

describe('a list that shows something else than the list before', () => {
  test.each([
    ['of another size', [seen('0.1')]],
    ['of the other side', [seen('0.2', 'Buy')]],
  ])('is a first list again: %s', async (_, second) => {
    const { clock, watch, askedAtS, state, task } = await open();
    state.listed = [seen('0.2')];
    watch.pushed(seen('0.2'));
    await clock.advance(15_000);
    state.listed = second;
    await clock.advance(10_000);
    expect(task.context.held.qty).toBe('0.3');
    await clock.advance(60_000);
    expect(askedAtS).toEqual([10, 20, 30]);
    expect(task.context.held.qty).toBe(second[0]?.side === 'Sell' ? '0.1' : '0');
  });

  test('proves nothing where it shows what the tasks hold', async () => {
    const { clock, watch, askedAtS, state, task } = await open();
    state.listed = [seen('0.2')];
    watch.pushed(seen('0.2'));
    await clock.advance(15_000);
    state.listed = [seen('0.3')];
    await clock.advance(60_000);
    expect(askedAtS).toEqual([10, 20]);
    expect(task.context.held.qty).toBe('0.3');
  });
});

describe('once it is closed', () => {
  test('nothing is asked for, whatever is pushed', async () => {
    const { clock, watch, askedAtS } = await open();
    watch.pushed(seen('0.2'));
    watch.close();
    watch.pushed(seen('0.1'));
    watch.lookAtAll();
    await clock.advance(60_000);
    expect(askedAtS).toEqual([]);
  });

  test('a list that was on its way reports nothing', async () => {
    const { account, clock, watch, state, task } = await open();
    state.listed = [seen('0.2')];
    watch.pushed(seen('0.2'));
    await clock.advance(15_000);
    account.positions = () => {
      watch.close();
      return Promise.resolve([seen('0.2')]);
    };
    await clock.advance(60_000);
    expect(task.context.held.qty).toBe('0.3');
  });

  test('stops that were on their way report nothing', async () => {
    const { account, clock, watch, state, task } = await open();
    state.listed = [seen('0.2')];
    account.stopFills = () => {
      watch.close();
      return Promise.resolve([]);
    };
    watch.pushed(seen('0.2'));
    await clock.advance(60_000);
    expect(task.context.held.qty).toBe('0.3');
  });

  test('an error that comes then is not followed by another try', async () => {
    const { account, clock, watch } = await open();
    let asked = 0;
    account.positions = () => {
      asked += 1;
      watch.close();
      return Promise.reject(new Error('timeout'));
    };
    watch.pushed(seen('0.2'));
    await clock.advance(300_000);
    expect(asked).toBe(1);
  });
});

describe('what is left of an option that several tasks hold', () => {
  const part = { qty: '0.3' };
  type Scene = Awaited<ReturnType<typeof open>>;
  /** What the tasks are told once the account is seen with this. */
  const told = async (
    specs: readonly object[],
    listed: Position,
    prepare: (scene: Scene) => void = () => {},
  ) => {
    const scene = await open(specs);
    const events: object[] = [];
    for (const task of scene.tasks) {
      const send = task.send.bind(task);
      task.send = (event, ...others) => {
        events.push({ ...event, task: task.taskId });
        send(event, ...others);
      };
    }
    prepare(scene);
    scene.state.listed = [listed];
    scene.watch.lookAtAll();
    await scene.clock.advance(60_000);
    return events;
  };

  test('is the older one’s as long as there is enough, and who keeps what it has is not told', async () => {
    expect(await told([part, part], seen('0.4'))).toMatchObject([
      { task: 'task1', side: 'Sell', qty: '0.1' },
    ]);
    expect(await told([part, part], seen('0.2'))).toMatchObject([
      { task: 'task0', side: 'Sell', qty: '0.2' },
      { task: 'task1', side: 'Sell', qty: '0' },
    ]);
  });

  test('is all the last one’s, if that was given all', async () => {
    expect(await told([part, {}], seen('0.9'))).toMatchObject([{ task: 'task1', qty: '0.6' }]);
    expect(await told([{}, part], seen('0.5'))).toMatchObject([{ task: 'task1', qty: '0.2' }]);
    expect(await told([part, part], seen('0.9'))).toEqual([]);
  });

  test('is nothing, where the account is on the other side', async () => {
    expect(await told([part, part], seen('0.3', 'Buy'))).toMatchObject([
      { task: 'task0', side: null, qty: '0' },
      { task: 'task1', side: null, qty: '0' },
    ]);
  });

  test('is told with the stop that has closed the rest, to each with its part of it', async () => {
    const fill = { symbol, kind: 'stopLoss', side: 'Buy', qty: '0.4', value: '800', fee: '4' } as const;
    const events = await told([part, part], seen('0.2'), ({ account, clock }) => {
      account.stopFills = () => Promise.resolve([{ ...fill, atMs: clock.nowMs() }]);
    });
    expect(events).toMatchObject([
      { qty: '0.2', stop: { kind: 'stopLoss', qty: '0.1', value: '200', fee: '1' } },
      { qty: '0', stop: { kind: 'stopLoss', qty: '0.3', value: '600', fee: '3' } },
    ]);
  });
});
