/** Another key for an account whose tasks are managed: the running daemon goes on with it, and a lost one can be replaced. */
import { afterEach, expect, test } from 'vitest';
import { callSymbol, DaemonFixture, putSymbol } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';
import { expectRefusal, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const run = runnerIn(workingDirectory());

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const apiSecret = 'another-secret';

/** At the exchange: a key with the same positions as the fixture's account. */
function makeKey(apiKey: string, userId: number): void {
  const positions = [callSymbol, putSymbol].map((symbol) => ({ symbol, side: 'Sell', qty: '0.3' }) as const);
  fixture.paper.addAccount({ apiKey, apiSecret, userId, usdt: '50000', positions });
}

const replace = (apiKey: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  run(['account', 'key', 'fixture-key-0', '--api-key', apiKey, ...fixture.databaseArguments()], {
    env: {
      BYBIT_REST_URL: fixture.paper.url,
      BYBIT_WS_URL: fixture.paper.wsUrl,
      BYBIT_API_SECRET: apiSecret,
      ...env,
    },
  });

test('a running daemon connects an account with its new key, and the next roll is traded with it', async () => {
  fixture = await DaemonFixture.open('Sell', { sameUser: true });
  const daemon = fixture.startDaemon();
  const task = await fixture.addTask();
  makeKey('of-another-user', 1_234);
  expectRefusal(await replace('of-another-user'), 2, 'a key of another user or sub-account of the exchange');
  makeKey('new-key', 4_711);
  fixture.paper.setKey('new-key', { isReadOnly: true });
  expectRefusal(await replace('new-key'), 2, 'a key that may only read');
  fixture.paper.setKey('new-key', { isReadOnly: false });
  const replaced = await replace('new-key');
  expect(replaced.stdout).toContain('Account fixture-key-0 of fixture has the key new-key now.');
  await fixture.until(() => daemon.logs.filter((line) => line.includes('account is managed')).length === 2);
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect(fixture.orders()).toEqual([]);
  expect(fixture.paper.account('new-key').orders()).toHaveLength(2);
  const acts = await query(fixture.database.url, "SELECT details FROM audit WHERE act = 'account.key'");
  expect(acts).toEqual([{ details: { apiKey: 'new-key' } }]);
});

test('when ENCRYPTION_KEY is lost, a new key makes the account usable again', async () => {
  fixture = await DaemonFixture.open('Sell', { sameUser: true });
  makeKey('new-key', 4_711);
  const lost = { ENCRYPTION_KEY: 'ab'.repeat(32) };
  const rotated = await run(['keys', 'rotate', ...fixture.databaseArguments()], { env: lost });
  expect(rotated.code).toBe(0);
  const fresh = { ENCRYPTION_KEY: 'cd'.repeat(32) };
  const refused = fixture.startDaemon(fresh);
  expect(await new Promise((resolve) => refused.process.once('exit', resolve))).toBe(2);
  expect(refused.logs.join('\n')).toContain('rollkeeper account key NAME');
  expect((await replace('new-key', fresh)).code).toBe(0);
  const daemon = fixture.startDaemon(fresh);
  await fixture.until(() => daemon.logs.some((line) => line.includes('account is managed')));
});
