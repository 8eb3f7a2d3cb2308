/** Orders over a websocket whose session the exchange refuses: they go by REST in the same call, and another session is opened. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import {
  account,
  acknowledge,
  answer,
  failureOf,
  frames,
  isLive,
  open,
  order,
  orders,
  posts,
  refuse,
  said,
  script,
  server,
  submit,
  useOrderServers,
} from './order-servers.ts';
import { send } from './stream-frames.ts';
import { until } from './stream-server.ts';

useOrderServers();

describe('a command on an order', () => {
  beforeEach(async () => {
    await open();
    await isLive();
  });

  it.each([10003, 10004, 10005, 10007])(
    'that is refused with %i for its session alone goes by REST in the same call, and the next over another session',
    async (retCode) => {
      script.onOrder = refuse(retCode, 'no, testkey');
      await expect(submit()).resolves.toBeUndefined();
      expect([frames.length, posts]).toEqual([1, ['/v5/order/create']]);
      script.onOrder = acknowledge;
      await isLive();
      expect(server.connections).toBe(2);
      await submit('close-b-v1');
      expect([frames.length, posts.length]).toEqual([2, 1]);
      expect(said('refuses its session')).toHaveLength(1);
      expect(JSON.stringify(server.logs)).not.toContain('testkey');
    },
  );

  it('is judged anew before it goes by REST: what has grown too old meanwhile is not sent', async () => {
    const notAfterMs = server.tools.clock.estimatedMs() + 40;
    script.onOrder = (frame, socket) => setTimeout(() => refuse(10005)(frame, socket), 80);
    const failure = await failureOf(account.submit(order, notAfterMs));
    expect(failure).toBeInstanceOf(Retryable);
    expect(String(failure)).toContain('too late after it was decided');
    expect([frames.length, posts]).toEqual([1, []]);
  });

  it('of a key that may not trade is refused by REST, and after two sessions orders stay there', async () => {
    script.onOrder = refuse(10005);
    script.restAnswer = JSON.stringify({
      retCode: 10005,
      retMsg: 'Permission denied',
      result: {},
      time: Date.now(),
    });
    for (const linkId of ['close-1', 'close-2', 'close-3']) {
      const failure = await failureOf(submit(linkId));
      expect(failure).toMatchObject({ name: 'Terminal', scope: 'account' });
      if (linkId === 'close-1') await isLive();
    }
    expect([frames.length, posts.length]).toEqual([2, 3]);
    await until('another session is there', () => server.connections === 3);
    expect(orders.isLive).toBe(false);
  });

  it('is not taken from others on their way when one is refused for the session', async () => {
    script.onOrder = (frame, socket) => {
      if (frames.length > 1) send(socket, answer(frame, 10005, 'not logged in'));
    };
    const first = submit('close-1');
    await until('it has arrived', () => frames.length === 1);
    await expect(submit('close-2')).resolves.toBeUndefined();
    expect([posts, server.connections]).toEqual([['/v5/order/create'], 1]);
    for (const slow of frames.slice(0, 1)) server.push(answer(slow));
    await expect(first).resolves.toBeUndefined();
    await isLive();
    expect(server.connections).toBe(2);
  });
});
