/**
 * Orders over the websocket, against a server of ours that answers as each test wants, and a REST server beside it that
 * counts what arrives there: nothing is ever sent by both.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../../src/domain/errors.ts';
import { AccountRest } from '../../../src/exchange/bybit/rest/account-rest.ts';
import {
  account,
  acknowledge,
  answer,
  channelOf,
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
  symbol,
  timesRefused,
  type OrderFrame,
  useOrderServers,
  whenever,
} from './order-servers.ts';
import { send } from './stream-frames.ts';
import { until } from './stream-server.ts';

useOrderServers();

describe('a command on an order', () => {
  beforeEach(async () => {
    await open();
    await isLive();
  });

  it('is one frame with the body of REST, stamped with the time that it was judged by', async () => {
    const beforeMs = server.tools.clock.estimatedMs();
    await submit();
    await account.amend({ ...order, price: '630' }, whenever);
    await account.cancel(order, whenever);
    expect(frames.map(({ op, args }) => [op, args])).toEqual([
      [
        'order.create',
        [
          {
            category: 'option',
            symbol,
            side: 'Buy',
            orderType: 'Limit',
            qty: '0.1',
            price: '625',
            timeInForce: 'IOC',
            reduceOnly: true,
            orderLinkId: order.linkId,
          },
        ],
      ],
      ['order.amend', [{ category: 'option', symbol, orderLinkId: order.linkId, price: '630' }]],
      ['order.cancel', [{ category: 'option', symbol, orderLinkId: order.linkId }]],
    ]);
    for (const { header, reqId } of frames) {
      expect(header['X-BAPI-RECV-WINDOW']).toBe('5000');
      expect(header['X-BAPI-TIMESTAMP']).toMatch(/^\d{13}$/);
      expect(Number(header['X-BAPI-TIMESTAMP'])).toBeGreaterThanOrEqual(beforeMs);
      expect(reqId.length).toBeLessThanOrEqual(36);
    }
    expect(new Set(frames.map(({ reqId }) => reqId)).size).toBe(3);
    expect(posts).toEqual([]);
  });

  it('is not written once its decision is too old', async () => {
    const failure = await failureOf(account.submit(order, server.tools.clock.estimatedMs() - 1));
    expect(failure).toBeInstanceOf(Retryable);
    expect(String(failure)).toContain('too late after it was decided');
    expect([frames, posts]).toEqual([[], []]);
  });

  it('gets its own answer, in whatever order answers come', async () => {
    const held: OrderFrame[] = [];
    script.onOrder = (frame, socket) => {
      held.push(frame);
      if (held.length < 3) return;
      const [first, second, third] = held as [OrderFrame, OrderFrame, OrderFrame];
      send(socket, answer(third));
      send(socket, answer(first, 110007, 'not enough'));
      send(socket, answer(second));
    };
    const outcomes = await Promise.allSettled([submit('close-1'), submit('close-2'), submit('close-3')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(String((outcomes[0] as PromiseRejectedResult).reason)).toContain('create close-1');
  });

  it('is refused with the very error that REST gives, for a code of every fate', async () => {
    const restChannel = channelOf(20_000);
    const byRest = new AccountRest(restChannel);
    const limits = [10006, 10403, 10429, 20003];
    for (const retCode of [
      ...[10001, 10002, 10016, 110001, 110003, 110007, 110063, 110072, 987654],
      ...limits,
    ]) {
      script.onOrder = refuse(retCode);
      script.restAnswer = JSON.stringify({ retCode, retMsg: 'so it is', result: {}, time: Date.now() });
      for (const ask of [
        (by: AccountRest) => by.submit(order, whenever),
        (by: AccountRest) => by.cancel(order, whenever),
      ]) {
        const [one, other] = [await failureOf(ask(account)), await failureOf(ask(byRest))];
        expect(one).toBeInstanceOf(Error);
        expect(one).toStrictEqual(other);
        expect((one as Error).constructor).toBe((other as Error).constructor);
      }
    }
    expect(frames).toHaveLength(posts.length);
    // Of both, each time that 10002 was answered.
    expect(timesRefused).toBe(4);
    restChannel.close();
  });

  it('goes on when requests of this address are barred, which concerns REST alone', async () => {
    script.restAnswer = JSON.stringify({ retCode: 10018, retMsg: 'too many', result: {}, time: Date.now() });
    expect(await failureOf(account.margin())).toBeInstanceOf(Retryable);
    await expect(submit()).resolves.toBeUndefined();
  });

  it('that was written is unknown when the connection breaks, and is sent again by neither way', async () => {
    script.onOrder = (_frame, socket) => socket.terminate();
    const failure = await failureOf(submit());
    expect(failure).toBeInstanceOf(UnknownOutcome);
    expect(failure).toMatchObject({ answered: null, orderExists: false });
    expect(String(failure)).toContain('create close-a-v1');
    script.onOrder = acknowledge;
    await isLive();
    expect([frames.length, posts]).toEqual([1, []]);
    await submit('close-b-v1');
    expect(frames.map(({ args }) => args[0]?.['orderLinkId'])).toEqual([order.linkId, 'close-b-v1']);
  });

  it('goes by REST in the same call while there is no connection, and back when there is one', async () => {
    for (const socket of server.sockets) socket.terminate();
    await until('it is known', () => !orders.isLive);
    await submit();
    expect(posts).toEqual(['/v5/order/create']);
    await isLive();
    await submit('close-b-v1');
    expect([frames.length, posts.length]).toEqual([1, 1]);
  });

  it('is unknown when something that is no answer comes in its place', async () => {
    script.onOrder = (frame, socket) => socket.send(JSON.stringify(answer(frame)).slice(0, 60));
    const failure = await failureOf(submit());
    expect(failure).toBeInstanceOf(UnknownOutcome);
    expect(failure).toMatchObject({ answered: 'page' });
    expect([frames.length, posts]).toEqual([1, []]);
  });

  it.each(['{"retCode":"none","op":"order.create","reqId":"REQ"}', '{"op":"order.create","reqId":"REQ"}'])(
    'is unknown when its answer is %s',
    async (text) => {
      script.onOrder = ({ reqId }, socket) => socket.send(text.replace('REQ', reqId));
      expect(await failureOf(submit())).toBeInstanceOf(UnknownOutcome);
      expect(posts).toEqual([]);
    },
  );

  it('is unknown when its refusal names no request; the words are kept, and the next goes by REST', async () => {
    script.onOrder = ({ op }, socket) =>
      send(socket, { success: false, ret_msg: 'Params Error', op, conn_id: 't', key: 'testkey' });
    const failure = await failureOf(submit());
    expect(failure).toBeInstanceOf(UnknownOutcome);
    expect(failure).toMatchObject({ answered: 'page' });
    expect(String(failure)).toContain('Params Error');
    expect(String(failure)).not.toContain('testkey');
    await submit('close-b-v1');
    expect([frames.length, posts]).toEqual([1, ['/v5/order/create']]);
  });

  it('is not blamed for a refusal without a request id when others are on their way', async () => {
    const held: OrderFrame[] = [];
    script.onOrder = (frame, socket) => {
      held.push(frame);
      if (held.length < 2) return;
      send(socket, { success: false, ret_msg: 'Params Error', op: 'order.create', conn_id: 't' });
      for (const each of held) send(socket, answer(each));
    };
    await expect(Promise.all([submit('close-1'), submit('close-2')])).resolves.toHaveLength(2);
  });

  it('is not touched by answers that belong to nothing, which are logged', async () => {
    script.onOrder = (frame, socket) => {
      send(socket, { ...answer(frame), reqId: 'never-sent' });
      send(socket, answer(frame));
      send(socket, answer(frame));
    };
    await submit();
    await submit('close-b-v1');
    await until('they are logged', () => said('belongs to no open request').length >= 3);
    expect(orders.isLive).toBe(true);
  });

  it('of a session that restarts is answered there, and the next goes by REST until there is another', async () => {
    script.onOrder = (frame, socket) => {
      if (frames.length > 1) send(socket, answer(frame, 10019, 'restarting'));
    };
    const first = submit('close-1');
    await until('it has arrived', () => frames.length === 1);
    expect(await failureOf(submit('close-2'))).toMatchObject({ name: 'UnknownOutcome', code: '10019' });
    await submit('close-3');
    expect(posts).toEqual(['/v5/order/create']);
    expect(server.connections).toBe(1);
    script.onOrder = acknowledge;
    for (const slow of frames.slice(0, 1)) server.push(answer(slow));
    await expect(first).resolves.toBeUndefined();
    await isLive();
    expect(server.connections).toBe(2);
    await submit('close-4');
    expect(frames).toHaveLength(3);
  });
});

describe('a command that is not answered in time', () => {
  beforeEach(async () => {
    await open({ timeoutMs: 60 });
    await isLive();
  });

  it('is unknown; its late answer is logged, and changes nothing', async () => {
    script.onOrder = () => undefined;
    expect(await failureOf(submit())).toBeInstanceOf(UnknownOutcome);
    const [late] = frames;
    if (late) server.push(answer(late));
    await until('it is logged', () => said('belongs to no open request').length > 0);
    expect(said('belongs to no open request')).toMatchObject([{ why: 'it comes too late' }]);
    expect(posts).toEqual([]);
  });

  it('leaves a connection in doubt that says nothing more: orders go by REST until something comes', async () => {
    [script.onOrder, script.answersPings] = [() => undefined, false];
    expect(await failureOf(submit())).toBeInstanceOf(UnknownOutcome);
    await submit('close-b-v1');
    expect([frames.length, posts]).toEqual([1, ['/v5/order/create']]);
    script.onOrder = acknowledge;
    server.push({ retCode: 0, retMsg: 'OK', op: 'pong', data: ['1'], connId: 't' });
    await isLive();
    await submit('close-c-v1');
    expect([frames.length, posts.length]).toEqual([2, 1]);
  });
});

describe('a log-in that order entry refuses', () => {
  it.each([10004, 10005, 10003])(
    'with %i, twice, leaves orders to REST, without another attempt for a long time, and bars nothing',
    async (retCode) => {
      script.authAnswer = { retCode, retMsg: 'no, testkey', op: 'auth', connId: 't' };
      await open();
      await until('it is given up', () => said('refuses the log-in of order entry').length === 1);
      expect(JSON.stringify(server.logs)).not.toMatch(/testkey|testsecret/);
      expect([server.connections, timesRefused]).toEqual([2, 2]);
      await submit();
      expect([frames.length, posts]).toEqual([0, ['/v5/order/create']]);
      expect(server.connections).toBe(2);
    },
  );

  it('is tried again after that time', async () => {
    script.authAnswer = { retCode: 10005, retMsg: 'no', op: 'auth', connId: 't' };
    await open({ withheldMaxMs: 30 });
    await until('it is given up', () => said('refuses the log-in of order entry').length === 1);
    script.authAnswer = { retCode: 0, retMsg: 'OK', op: 'auth', connId: 't' };
    await isLive();
    await submit();
    expect([frames.length, posts]).toEqual([1, []]);
  });

  it('as repeated is one that stands', async () => {
    script.authAnswer = { retCode: 20001, retMsg: 'Repeated auth', op: 'auth', connId: 't' };
    await open();
    await isLive();
    await submit();
    expect(frames).toHaveLength(1);
  });
});

it('what is under way when the account is closed is unknown', async () => {
  await open();
  await isLive();
  script.onOrder = () => undefined;
  const failing = failureOf(submit());
  await until('it has arrived', () => frames.length === 1);
  orders.close();
  expect(await failing).toBeInstanceOf(UnknownOutcome);
  expect(await failing).not.toBeInstanceOf(Terminal);
});
