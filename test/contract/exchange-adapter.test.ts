/**
 * What only the Bybit adapter has of an account: keys, its own queue and sockets, over real ones against the paper
 * exchange. What every account has is in suites/trading-account.ts.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitExchange } from '../../src/exchange/bybit/adapter.ts';
import type { PaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { TradingAccount } from '../../src/ports/exchange.ts';
import { createBybitExchange } from '../../src/exchange/bybit/adapter.ts';
import { endpoints } from '../../src/exchange/bybit/rest/endpoints.ts';
import {
  CountedRequests,
  ReceivedReports,
  key,
  log,
  openFixture,
  until,
  whenever,
} from './exchange-fixture.ts';
import { closing, other, resting } from './suites/account-fixture.ts';

let paper: PaperExchange;
let bybit: BybitExchange;
let account: TradingAccount;
let received: ReceivedReports;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ paper, bybit, account, received, close } = await openFixture());
});

afterEach(() => close());

describe('an account at the exchange', () => {
  it('is refused with the wrong secret, as an account error and without quoting the secret', async () => {
    const wrong = bybit.account({ ...key, apiSecret: 'not-the-secret' });
    const refused = await wrong.positions().catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'Terminal', scope: 'account' });
    expect(String(refused)).not.toContain('not-the-secret');
    const opening = await wrong.open(new ReceivedReports()).catch((error: unknown) => error);
    expect(opening).toMatchObject({ name: 'Terminal', scope: 'account' });
    await wrong.close();
  });
});

describe('an order', () => {
  it('is not refused for too many requests: twenty-five at once wait their turn', async () => {
    const order = resting({ qty: '0.01' });
    const submits = Array.from({ length: 25 }, (_, index) =>
      account.submit({ ...order, linkId: `${order.linkId}-${index}` }, whenever),
    );
    await expect(Promise.all(submits)).resolves.toHaveLength(25);
    expect(paper.account(key.apiKey).orders()).toHaveLength(25);
  });
});

describe('the check of an order', () => {
  const opens = { ...closing({ symbol: other, side: 'Sell', price: '400' }), reduceOnly: false };

  it('waits its turn when many are asked for at once, and leaves no order and no link id behind', async () => {
    const checked = await Promise.all(Array.from({ length: 12 }, () => account.preCheck(opens)));
    expect(checked.map(({ kind }) => kind)).toEqual(Array<string>(12).fill('rates'));
    await account.submit(opens, whenever);
    expect(paper.account(key.apiKey).orders()).toHaveLength(1);
  });

  it.each([
    ['no such route', { kind: 'httpError', status: 404 }],
    ['demo trading', { kind: 'reject', retCode: 10032, retMsg: 'Demo trading are not supported.' }],
    ['isolated margin', { kind: 'reject', retCode: 3_200_403 }],
  ] as const)('is not offered where the exchange says so: %s', async (_, fault) => {
    paper.faults.add({ ...fault, match: { endpoint: '/v5/order/pre-check' } });
    expect(await account.preCheck(opens)).toEqual({ kind: 'notOffered' });
  });

  it('is refused in its words when the code is in no table', async () => {
    const match = { endpoint: '/v5/order/pre-check' };
    paper.faults.add({ kind: 'reject', retCode: 110_999, retMsg: 'quite new', match });
    const checked = await account.preCheck(opens);
    expect(checked).toMatchObject({ kind: 'refused', scope: 'request', exchangeCode: '110999' });
    expect(JSON.stringify(checked)).toContain('quite new');
  });

  it('is not sent where the environment has none', async () => {
    const observer = new CountedRequests();
    const urls = { ...endpoints.demo, restUrl: paper.url, wsUrl: paper.wsUrl };
    const demo = createBybitExchange({ ...urls, log, observer });
    expect(await demo.account(key).preCheck(opens)).toEqual({ kind: 'notOffered' });
    expect(observer.seen).toEqual([]);
    await demo.close();
  });
});

describe('a write decided too long ago', () => {
  it('is one that waited too long for its turn: of many at once only those leave whose time has not passed', async () => {
    const order = resting({ qty: '0.01' });
    const soon = bybit.clock.nowMs() + 900;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 15 }, (_, index) =>
        account.submit({ ...order, linkId: `${order.linkId}-${index}` }, soon),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(10).fill('fulfilled'),
      ...Array<string>(5).fill('rejected'),
    ]);
    expect(paper.account(key.apiKey).orders()).toHaveLength(10);
  });
});

describe('the streams', () => {
  it('of an account notice a socket that is open and dead', async () => {
    paper.faults.halfOpenSockets('private');
    await until(
      'it is connected again',
      () => received.stream.filter((said) => said === 'connected').length === 2,
    );
  });

  it('survive malformed frames, and count them', async () => {
    expect(bybit.counters.malformedFrames).toBe(0);
    paper.faults.malformedFrame('private');
    await until('it is counted', () => bybit.counters.malformedFrames === 1);
    const order = closing();
    await account.submit(order, whenever);
    await until('it is filled', () => received.last(order.linkId)?.status === 'filled');
    expect(received.stream).toEqual(['connected']);
  });
});
