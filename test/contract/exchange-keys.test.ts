/** What the adapter reads of an API key and its account, against the paper exchange over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeKey } from '../../src/domain/orders/key-facts.ts';
import { dayMs } from '../../src/domain/units.ts';
import type { AccountKey } from '../../src/ports/exchange.ts';
import { usualKey, type KeySettings } from '../../src/exchange/paper/engine/key-settings.ts';
import { openFixture, startMs, whenever, type EngineFixture } from './exchange-fixture.ts';
import { resting } from './suites/account-fixture.ts';

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

let key: AccountKey;
let keysMade = 0;
/** A key of its own for each test, because each may be asked about so often in a second. */
beforeEach(() => {
  keysMade += 1;
  key = { accountId: `a${keysMade}`, apiKey: `key-${keysMade}`, apiSecret: 'secret' };
  fixture.paper.addAccount({ ...key, usdt: '1000' });
  fixture.paper.faults.clear();
});

const withoutWallet = Object.fromEntries(
  Object.entries(usualKey.permissions).filter(([group]) => group !== 'Wallet'),
);

async function found(changes: Partial<KeySettings>): Promise<readonly string[]> {
  fixture.paper.setKey(key.apiKey, changes);
  return judgeKey(await fixture.bybit.keyFacts(key)).map(({ code }) => code);
}

describe('A key at the exchange', () => {
  it('is read with its user, its rights, its account and its end', async () => {
    const expiresAtMs = startMs + 80 * dayMs;
    fixture.paper.setKey(key.apiKey, { expiresAtMs, ips: ['*'] });
    expect(await fixture.bybit.keyFacts(key)).toMatchObject({
      userId: expect.stringMatching(/^\d{9}$/) as string,
      isReadOnly: false,
      mayTradeOptions: true,
      mayWithdraw: false,
      isBoundToAddress: false,
      expiresAtMs,
      isUnified: true,
      marginMode: 'cross',
      clock: { aheadMs: null, refused: null },
    });
  });

  it.each<readonly [string, Partial<KeySettings>, readonly string[]]>([
    ['as it should be', {}, []],
    ['of portfolio margin', { marginMode: 'PORTFOLIO_MARGIN' }, []],
    [
      'that may withdraw',
      { permissions: { ...usualKey.permissions, Wallet: ['AccountTransfer', 'Withdraw'] } },
      ['keyMayWithdraw'],
    ],
    ['that only reads', { isReadOnly: true }, ['keyReadOnly']],
    ['without options', { permissions: { ...usualKey.permissions, Options: [] } }, ['keyWithoutOptions']],
    ['of a classic account', { isUnified: false }, ['accountNotUnified']],
    ['of isolated margin', { marginMode: 'ISOLATED_MARGIN' }, ['marginIsolated']],
    ['bound to no address', { ips: ['*'] }, ['keyUnbound']],
    ['whose rights are not all said', { permissions: withoutWallet }, ['notSaid']],
  ])('%s is found to be so', async (_name, changes, codes) => {
    expect(await found(changes)).toEqual(codes);
  });

  it.each(['/v5/user/query-api', '/v5/account/info'])(
    'of which %s says nothing is only warned about',
    async (endpoint) => {
      fixture.paper.faults.add({ kind: 'reject', retCode: 10_017, match: { endpoint } });
      expect(await found({})).toEqual(['notSaid']);
    },
  );

  it('whose margin mode it may not read is only warned about', async () => {
    fixture.paper.faults.add({ kind: 'reject', retCode: 10_005, match: { endpoint: '/v5/account/info' } });
    expect(await found({})).toEqual(['notSaid']);
  });

  it('whose time is refused again and again cannot be used; once is no harm', async () => {
    const refusal = { kind: 'reject', retCode: 10_002, match: { endpoint: '/v5/user/query-api' } } as const;
    fixture.paper.faults.add(refusal);
    expect(await found({})).toEqual([]);
    fixture.paper.faults.add({ ...refusal, times: 'always' });
    expect(await found({})).toEqual(['timeRefused']);
  });

  it('that the exchange does not know, or with a wrong secret, is an error of the account without the secret', async () => {
    for (const wrong of [
      { ...key, apiKey: 'unknown' },
      { ...key, apiSecret: 'marked-secret' },
    ]) {
      const refused = await fixture.bybit.keyFacts(wrong).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'Terminal', scope: 'account' });
      expect(String(refused)).not.toContain('marked-secret');
    }
  });

  it('that may not trade has its orders refused', async () => {
    const order = { ...resting({ qty: '0.01' }), linkId: 'forbidden-1' };
    const account = fixture.bybit.account(key);
    fixture.paper.setKey(key.apiKey, { isReadOnly: true });
    const refused = { name: 'Terminal', scope: 'account', code: '10005' };
    await expect(account.submit(order, whenever)).rejects.toMatchObject(refused);
    fixture.paper.setKey(key.apiKey, { isReadOnly: false, marginMode: 'ISOLATED_MARGIN' });
    await expect(account.submit(order, whenever)).rejects.toMatchObject({ code: '3200403' });
    await account.close();
  });
});

describe('Fee rates', () => {
  it('are read for each coin, and are the usual ones where the account has none of its own', async () => {
    fixture.paper.setKey(key.apiKey, { feeRates: { BTC: { maker: '0.00012', taker: '-0.0001' } } });
    expect(await fixture.bybit.feeRates(key)).toEqual({
      BTC: { maker: '0.00012', taker: '-0.0001' },
    });
    fixture.paper.setKey(key.apiKey, { feeRates: {} });
    expect(await fixture.bybit.feeRates(key)).toEqual({ BTC: { maker: '0.0002', taker: '0.0003' } });
  });

  it('that cannot be rates are left out, and an exchange that does not say them is no error', async () => {
    fixture.paper.setKey(key.apiKey, { feeRates: { BTC: { maker: '0.2', taker: '0.0003' } } });
    expect(await fixture.bybit.feeRates(key)).toEqual({});
    fixture.paper.setKey(key.apiKey, { feeRates: {} });
    fixture.paper.faults.add({
      kind: 'reject',
      retCode: 10_017,
      match: { endpoint: '/v5/account/fee-rate' },
    });
    expect(await fixture.bybit.feeRates(key)).toEqual({});
  });
});
