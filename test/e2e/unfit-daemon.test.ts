/**
 * A daemon that cannot open the accounts beside one that can: real processes on one database. The one that
 * can does the work, the other reports it once, and an account that no daemon can open is shown as such and tried again.
 */
import { afterEach, expect, test } from 'vitest';
import { DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { expectRefusal, runnerIn, workingDirectory } from './cli-run.ts';

const accountsTotal = 4;
const wrongKey = { ENCRYPTION_KEY: 'ab'.repeat(32) };

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const managers = async (): Promise<(string | null)[]> =>
  (await fixture.store.directory.accounts()).map(({ daemon }) => daemon);
const untilManagedBy = (daemon: NamedDaemon): Promise<void> =>
  fixture.until(
    async () => (await managers()).every((name) => name === daemon.name),
    async () => `managed by ${JSON.stringify(await managers())}`,
  );
const criticals = ({ logs }: NamedDaemon, words: string): string[] =>
  logs.filter((line) => line.includes('"level":"critical"') && line.includes(words));
const handedOver = ({ logs }: NamedDaemon): number =>
  logs.filter((line) => line.includes('accounts are handed over')).length;

test('with a wrong ENCRYPTION_KEY leaves every account to the daemon that can open it, and every roll is done', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal });
  const healthy = fixture.startDaemon();
  const tasks: string[] = [];
  for (const accountId of fixture.accountIds) tasks.push(await fixture.addTask({}, accountId));
  const unfit = fixture.startDaemon(wrongKey);
  await fixture.until(() => criticals(unfit, 'cannot be managed by this daemon').length > 0);
  await fixture.until(() => handedOver(unfit) > 0);
  await untilManagedBy(healthy);
  // Each account was tried once at most, said once, and then nothing moves any more.
  const moves = handedOver(unfit);
  expect(moves).toBeLessThanOrEqual(accountsTotal / 2);
  expect(criticals(unfit, 'cannot be managed by this daemon')).toHaveLength(moves);
  expect(criticals(unfit, 'another ENCRYPTION_KEY').length).toBe(moves);
  fixture.paper.setIndex('BTC', '24600');
  for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect(handedOver(unfit)).toBe(moves);
  expect(handedOver(healthy)).toBe(moves);
  expect(await unfit.terminate()).toBe(0);
});

test('alone with a wrong ENCRYPTION_KEY reports that no daemon can open an account, and the next one that can claims it', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 2 });
  const unfit = fixture.startDaemon(wrongKey);
  await fixture.until(() => criticals(unfit, 'no daemon can manage account').length === 2);
  for (const { daemon, problem } of await fixture.store.directory.accounts()) {
    expect(daemon).toBeNull();
    expect(problem).toMatch(/another ENCRYPTION_KEY/);
  }
  await fixture.until(() => unfit.logs.some((line) => line.includes('account still cannot be managed')));
  const healthy = fixture.startDaemon();
  await untilManagedBy(healthy);
  expect((await fixture.store.directory.accounts()).map(({ problem }) => problem)).toEqual([null, null]);
});

test('two accounts that turn out to be one user of the exchange are managed as one, the older', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 2, sameUser: true });
  const daemon = fixture.startDaemon();
  await fixture.until(() => criticals(daemon, 'same user of the exchange').length > 0);
  await fixture.until(async () => (await managers()).join() === `${daemon.name},`);
  const [, younger] = await fixture.store.directory.accounts();
  expect(younger?.problem).toMatch(/same user of the exchange as account "fixture-key-0"/);
});

test('account add asks the exchange which user a key belongs to, and refuses a second key of a user that has an account', async () => {
  fixture = await DaemonFixture.open('Sell', { sameUser: true });
  const daemon = fixture.startDaemon();
  await untilManagedBy(daemon);
  const [apiKey, apiSecret] = ['second-key', 'fixture-secret'];
  fixture.paper.addAccount({ apiKey, apiSecret, userId: 4_711, usdt: '1000' });
  const run = runnerIn(workingDirectory());
  const add = [
    'account',
    'add',
    'twin',
    '--user',
    'fixture',
    '--api-key',
    apiKey,
    ...fixture.databaseArguments(),
  ];
  const reachable = { BYBIT_REST_URL: fixture.paper.url, BYBIT_WS_URL: fixture.paper.wsUrl };
  const env = { BYBIT_API_SECRET: apiSecret, ...reachable };
  const words = ['another key of the same user of the exchange, as account "fixture-key-0" of fixture'];
  expectRefusal(await run(add, { env }), 2, ...words);

  const nowhere = { ...env, BYBIT_REST_URL: 'http://127.0.0.1:1', BYBIT_WS_URL: 'ws://127.0.0.1:1' };
  const unasked = await run(add, { env: { ...nowhere, BYBIT_TIMEOUT_SECONDS: '1' } });
  expect(unasked).toMatchObject({ code: 0, stderr: '' });
  expect(unasked.stdout).toContain(
    'could not be asked which user this key belongs to (no answer from 127.0.0.1:1',
  );
  await fixture.until(() => criticals(daemon, 'same user of the exchange').length === 1);
});
