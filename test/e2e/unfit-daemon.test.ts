/**
 * A daemon that cannot open the accounts beside one that can: real processes on one database. The one that
 * can does the work, the other reports it once, and an account that no daemon can open is shown as such and tried again.
 */
import { afterEach, expect, test } from 'vitest';
import { paperKey } from '../../src/config.ts';
import { openTestStore, query } from '../support/database.ts';
import { DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { expectRefusal, runnerIn, workingDirectory } from './cli-run.ts';

const accountsTotal = 4;
const key = Buffer.alloc(32, 7);
const rightKey = { ENCRYPTION_KEY: key.toString('hex') };

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const managers = async (): Promise<(string | null)[]> =>
  (await fixture.store.directory.accounts()).map(({ daemon }) => daemon);
const untilManagedBy = (daemon: NamedDaemon): Promise<void> =>
  fixture.until(
    async () => (await managers()).every((name) => name === daemon.name),
    async () => `managed by ${JSON.stringify(await managers())}`,
  );

/** Seals every secret with a key that a daemon without ENCRYPTION_KEY does not have. */
async function sealWithKey(): Promise<void> {
  const store = await openTestStore(fixture.database.url, { encryptionKey: key, formerKeys: [paperKey()] });
  await store.keys.rotate(() => undefined);
  await store.close();
}

/** A daemon starts only with a key that opens what is there, so the accounts come once it runs. */
const setAccounts = (which: 'away' | 'there'): Promise<object[]> =>
  query(fixture.database.url, 'UPDATE accounts SET environment = $1', [
    which === 'away' ? 'archive' : 'paper',
  ]);
const untilRuns = ({ logs }: NamedDaemon): Promise<void> =>
  fixture.until(() => logs.some((line) => line.includes('running without tasks')));

const criticals = ({ logs }: NamedDaemon, words: string): string[] =>
  logs.filter((line) => line.includes('"level":"critical"') && line.includes(words));
const handedOver = ({ logs }: NamedDaemon): number =>
  logs.filter((line) => line.includes('accounts are handed over')).length;

test('without the ENCRYPTION_KEY of new accounts leaves them to the daemon that can open them, and every roll is done', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal });
  await sealWithKey();
  await setAccounts('away');
  const [healthy, unfit] = [fixture.startDaemon(rightKey), fixture.startDaemon()];
  await Promise.all([untilRuns(healthy), untilRuns(unfit)]);
  await setAccounts('there');
  await fixture.until(() => criticals(unfit, 'cannot be managed by this daemon').length > 0);
  await fixture.until(() => handedOver(unfit) > 0);
  await untilManagedBy(healthy);
  const tasks: string[] = [];
  for (const accountId of fixture.accountIds) tasks.push(await fixture.addTask({}, accountId));
  // Each account was tried once at most, said once, and then nothing moves any more.
  const moves = criticals(unfit, 'cannot be managed by this daemon').length;
  expect(moves).toBeLessThanOrEqual(accountsTotal / 2);
  expect(criticals(unfit, 'sealed with the key').length).toBe(moves);
  const handed = handedOver(unfit);
  fixture.paper.setIndex('BTC', '24600');
  for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect(handedOver(unfit)).toBe(handed);
  expect(handedOver(healthy)).toBe(0);
  expect(await unfit.terminate()).toBe(0);
});

test('alone without the ENCRYPTION_KEY of new accounts reports that no daemon can open them, and the next one that can claims them', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 2 });
  await sealWithKey();
  await setAccounts('away');
  const unfit = fixture.startDaemon();
  await untilRuns(unfit);
  await setAccounts('there');
  await fixture.until(() => criticals(unfit, 'no daemon can manage account').length === 2);
  for (const { daemon, problem } of await fixture.store.directory.accounts()) {
    expect(daemon).toBeNull();
    expect(problem).toMatch(/sealed with the key \w+, and ENCRYPTION_KEY is/);
  }
  await fixture.until(() => unfit.logs.some((line) => line.includes('account still cannot be managed')));
  const healthy = fixture.startDaemon(rightKey);
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
    'the exchange could not be asked about the key (no answer from 127.0.0.1:1',
  );
  await fixture.until(() => criticals(daemon, 'same user of the exchange').length === 1);
});
