import { describe, expect, it } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import { RollingWindow } from '../../../src/exchange/bybit/rest/rolling-window.ts';
import { HandTime } from './hand-time.ts';

const windowOf = (local: HandTime, limit = 2, waitersMax = 10): RollingWindow =>
  new RollingWindow({ name: 'order/create', limit, windowMs: 1_000, waitersMax, local });

describe('a rate limit', () => {
  it('lets requests queue instead of being refused, and serves them in order', async () => {
    const local = new HandTime();
    const window = windowOf(local);
    const passed: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      void window.take().then(() => passed.push(`${name}@${local.nowMs()}`));
    }
    await local.pass(2_500);
    expect(passed).toEqual(['a@1000', 'b@1000', 'c@2000', 'd@2000', 'e@3000']);
  });

  it('says how much of it is free and how many wait: none is while the exchange bars this address', async () => {
    const local = new HandTime();
    const window = windowOf(local, 4);
    expect([window.room, window.waiting]).toEqual([1, 0]);
    await window.take();
    await local.pass(600);
    await window.take();
    expect(window.room).toBe(0.5);
    await local.pass(500);
    expect(window.room).toBe(0.75);
    for (let more = 0; more < 5; more += 1) void window.take().catch(() => undefined);
    expect([window.room, window.waiting]).toEqual([0, 2]);
    window.block(10_000);
    expect([window.room, window.waiting]).toEqual([0, 0]);
    await local.pass(9_999);
    expect(window.room).toBe(0);
    await local.pass(1);
    expect(window.room).toBe(1);
  });

  it('serves the urgent ones before the others, each in order', async () => {
    const local = new HandTime();
    const window = windowOf(local);
    const passed: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'E', 'F'])
      void window.take(name < 'a' ? 'urgent' : 'usual').then(() => passed.push(name));
    await local.pass(3_500);
    expect(passed).toEqual(['a', 'b', 'E', 'F', 'c', 'd']);
  });

  it('never lets more than its limit pass in any window', async () => {
    const local = new HandTime();
    const window = windowOf(local, 3, 100);
    const times: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      void window.take().then(() => times.push(local.nowMs()));
      await local.pass(index % 7 === 0 ? 400 : 50);
    }
    await local.pass(20_000);
    expect(times).toHaveLength(40);
    for (const [index, time] of times.entries()) {
      const third = times[index + 3];
      if (third !== undefined) expect(third - time).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('counts a request from its answer on: those that were slow to arrive are counted with the next ones', async () => {
    const local = new HandTime();
    const window = windowOf(local);
    const [first, second] = [await window.take(), await window.take()];
    await local.pass(900);
    window.noteAnswered(first);
    window.noteAnswered(second);
    const passed: number[] = [];
    for (let more = 0; more < 2; more += 1) void window.take().then(() => passed.push(local.nowMs()));
    await local.pass(900);
    expect(passed).toEqual([]);
    await local.pass(200);
    expect(passed).toHaveLength(2);
  });

  it('refuses when too many wait already', async () => {
    const window = windowOf(new HandTime(), 1, 1);
    await window.take();
    void window.take();
    await expect(window.take()).rejects.toThrow(Retryable);
  });

  it('refuses every caller while the address is barred, and says for how long', async () => {
    const local = new HandTime();
    const window = windowOf(local, 1);
    await window.take();
    const waiting = window.take();
    window.block(600_000);
    await expect(waiting).rejects.toThrow('600 s');
    await local.pass(1_000);
    await expect(window.take()).rejects.toMatchObject({ retryAfterMs: 599_000 });
    await local.pass(599_000);
    await expect(window.take()).resolves.toBe(local.nowMs());
  });
});
