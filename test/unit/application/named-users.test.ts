/** Whom a request is about where it names no user, and what is refused before anything is changed. */
import { expect, test } from 'vitest';
import {
  keepPriceFile,
  removeBacktest,
  showBacktest,
  startBacktest,
} from '../../../src/application/backtests.ts';
import { operator, type Caller } from '../../../src/application/caller.ts';
import { ownUserName } from '../../../src/application/own-user-name.ts';
import type { DaemonPorts, Ports } from '../../../src/application/ports.ts';
import { retryAlerts } from '../../../src/application/retry-alerts.ts';
import { setTimeZone } from '../../../src/application/set-time-zone.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { playable } from '../../support/backtest-orders.ts';

const ann = { kind: 'user', userId: '7', right: 'manage', isAdministrator: false, from: 'a test' } as const;
const reader: Caller = { ...ann, right: 'read' };
const usersNamed = (...names: readonly string[]) =>
  ({ directory: { users: () => Promise.resolve(names.map((name) => ({ name }))) } }) as unknown as Ports;
const issue = (path: string, found: string, expected: string) => ({
  name: 'BadInput',
  issues: [{ path, found, expected }],
});

test('The user is the one who is named, or the only one there is', async () => {
  expect(await ownUserName(operator, usersNamed('ann', 'bob'), 'carl')).toBe('carl');
  expect(await ownUserName(operator, usersNamed('ann'), undefined)).toBe('ann');
});

test('Of several users one has to be named, of whom ten are', async () => {
  const asked = (count: number) =>
    ownUserName(operator, usersNamed(...Array.from({ length: count }, (_, at) => `u${at}`)), undefined);
  await expect(asked(0)).rejects.toMatchObject(issue('user', 'nothing', 'a user that was added'));
  await expect(asked(2)).rejects.toMatchObject(issue('user', 'nothing', '--user with one of: u0, u1'));
  const ten = 'u0, u1, u2, u3, u4, u5, u6, u7, u8, u9';
  await expect(asked(10)).rejects.toMatchObject(issue('user', 'nothing', `--user with one of: ${ten}`));
  await expect(asked(11)).rejects.toMatchObject(issue('user', 'nothing', `--user with one of: ${ten}, …`));
});

test('A zone is one of the IANA database, and set for who asks', async () => {
  const set: unknown[] = [];
  const ports = {
    ...usersNamed('ann'),
    channels: { setTimeZone: (...given: unknown[]) => Promise.resolve(void set.push(given)) },
  } as unknown as Ports;
  expect(await setTimeZone(ann, ports, { timeZone: 'Europe/Berlin' })).toEqual({ userName: 'ann' });
  expect(set).toEqual([
    [{ userName: 'ann', timeZone: 'Europe/Berlin' }, { userId: '7' }, { by: 'user:7', from: 'a test' }],
  ]);
  const long = `Mars/${'x'.repeat(200)}`;
  const expected = 'a name like Europe/Berlin, or UTC';
  await expect(setTimeZone(ann, ports, { timeZone: long })).rejects.toMatchObject(
    issue('zone', JSON.stringify(long.slice(0, 100)), expected),
  );
  await expect(setTimeZone(reader, ports, { timeZone: 'UTC' })).rejects.toMatchObject({ name: 'NotAllowed' });
  expect(set).toHaveLength(1);
});

test('Alerts are sent again by the numbers of their deliveries, or all that were given up', async () => {
  const asked: unknown[] = [];
  const ports = {
    outbox: {
      retry: (...given: unknown[]) => {
        asked.push(given);
        return Promise.resolve(['5']);
      },
    },
  } as unknown as Ports;
  expect(await retryAlerts(ann, ports, { deliveryIds: ['5', '6'] })).toEqual(['5']);
  await retryAlerts(operator, ports, {});
  expect(asked).toMatchObject([
    [['5', '6'], { userId: '7' }, { by: 'user:7' }],
    [null, { userId: null }, { by: 'operator' }],
  ]);
  for (const wrong of ['', 'x', '-1', '1.5', ' 1', '1 ', '1'.repeat(19)])
    await expect(retryAlerts(ann, ports, { deliveryIds: ['5', wrong] })).rejects.toMatchObject({
      issues: [{ path: 'id', found: JSON.stringify(wrong) }],
    });
  const long = 'y'.repeat(80);
  await expect(retryAlerts(ann, ports, { deliveryIds: [long] })).rejects.toMatchObject({
    issues: [{ found: JSON.stringify(long.slice(0, 50)) }],
  });
  await expect(retryAlerts(reader, ports, {})).rejects.toMatchObject({ name: 'NotAllowed' });
  expect(asked).toHaveLength(2);
});

test('A backtest begins with figures that can be, and once under one id for one caller', () => {
  const started: unknown[][] = [];
  const backtests = { start: (...given: unknown[]) => void started.push(given) };
  const ports = { backtests, rules: bybitRules } as unknown as Pick<DaemonPorts, 'backtests' | 'rules'>;
  const start = (changes: object = {}, caller: Caller = ann, requestId: string | undefined = 'r') =>
    startBacktest(caller, ports, { backtest: { ...playable, ...changes }, requestId }).backtestId;
  expect(start()).toMatch(/^[0-9a-f]{24}$/);
  expect(start()).toBe(start());
  expect(start({}, operator)).not.toBe(start());
  expect(start({}, ann, 'other')).not.toBe(start());
  expect(started[0]?.slice(0, 2)).toEqual(['user:7', start()]);
  for (const [path, value] of [
    ['qty', '0'],
    ['qty', '0.000'],
    ['qty', '-1'],
    ['qty', '1e3'],
    ['cash', ''],
    ['cash', '1x'],
    ['volatility', '0'],
    ['volatility', '0.009'],
    ['volatility', '5.01'],
  ] as const)
    expect(() => start({ [path]: value }), `${path} ${value}`).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path, found: JSON.stringify(value) })] }),
    );
  for (const volatility of ['0.01', '5']) start({ volatility });
  for (const cash of ['0.5', '10']) start({ cash });
  expect(() => start({ fromMs: 5, toMs: 5 })).toThrow(
    expect.objectContaining({ issues: [{ path: 'toMs', found: '5', expected: 'a moment after fromMs' }] }),
  );
  start({ fromMs: 5, toMs: 6 });
  start({ fromMs: 5 });
  expect(() => start({ spec: {} })).toThrow(/symbol/);
  expect(() => start({}, { kind: 'nobody', from: 'a test' })).toThrow(/people who have access/);
});

test('A backtest is its caller’s alone, and a file of prices holds something', async () => {
  const asked: unknown[] = [];
  const backtests = {
    view: (owner: string, id: string) => (owner === 'user:7' && id === 'mine' ? { id } : null),
    remove: (...given: unknown[]) => Promise.resolve(void asked.push(given)),
    keepPriceFile: (...given: unknown[]) => Promise.resolve(void asked.push(given)),
  };
  const ports = { backtests } as unknown as Pick<DaemonPorts, 'backtests'>;
  expect(showBacktest(ann, ports, 'mine')).toEqual({ id: 'mine' });
  expect(() => showBacktest(operator, ports, 'mine')).toThrow(
    expect.objectContaining({ what: 'backtest', sought: 'mine' }),
  );
  await removeBacktest(ann, ports, 'mine');
  const content = new Uint8Array([1]);
  await keepPriceFile(ann, ports, { fileName: 'a.csv', content });
  expect(asked).toEqual([
    ['user:7', 'mine'],
    ['user:7', { name: 'a.csv', content }],
  ]);
  await expect(
    keepPriceFile(ann, ports, { fileName: 'a.csv', content: new Uint8Array() }),
  ).rejects.toMatchObject({ issues: [{ path: 'a.csv', found: 'nothing' }] });
});
