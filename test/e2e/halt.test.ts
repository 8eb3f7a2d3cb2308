/**
 * Trading is halted on real parts: from the moment that the daemons confirm it no order of leg 1 reaches the exchange and no
 * roll begins, whatever dies or starts meanwhile, and what is under way ends with nothing missing.
 */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { haltTrading, resumeTrading } from '../../src/application/halt-trading.ts';
import { tradeNow } from '../../src/application/trade-now.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;
afterEach(() => fixture.close());
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const waitMs = 10_000;
const halt = () => haltTrading(operator, fixture.store, { reason: 'maintenance', waitMs });
const resume = () => resumeTrading(operator, fixture.store, { waitMs });
const quiet = (ms = 1_500): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const closings = (account = 0): string[] =>
  fixture.orders(account).filter((order) => order.includes(' close-'));
const resting = { execution: { style: 'rest', deadline: '10m' }, guards: { cooldown: '1s' } };
const crossing = { execution: { style: 'cross' }, guards: { cooldown: '1s' } };

describe('a halt', () => {
  test('cancels the order of leg 1, holds through a kill, refuses roll-now, and is undone by resume', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask(resting);
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => closings().length === 1);
    const result = await halt();
    expect(result).toMatchObject({ scope: 'everything', isNew: true, accounts: 1, pending: [] });
    await fixture.untilTask(task, ({ state }) => state === 'IDLE.watching');
    expect(fixture.orders()).toEqual([expect.stringMatching(/^Buy 0 /)]);
    expect((await fixture.task(task)).context.reasons[0]).toMatchObject({
      code: 'halted',
      figures: { by: 'operator', reason: 'maintenance' },
    });

    await daemon.kill();
    fixture.startDaemon();
    fixture.paper.setIndex('BTC', '24700');
    await quiet(3_000);
    expect(closings()).toHaveLength(1);
    const asked = { taskId: task, trade: { kind: 'rollNow', rule: null } as const, waitMs };
    const refused = await tradeNow(operator, fixture.store, asked);
    expect(refused).toMatchObject({ status: 'refused' });
    expect(refused.answer).toMatch(
      /trading is halted everywhere since .* by operator: maintenance. To go on: rollkeeper resume/,
    );

    expect(await resume()).toMatchObject({ isNew: true, pending: [], halts: [] });
    fixture.paper.setIndex('BTC', '24800');
    await fixture.until(() => closings().length === 2);
    const alerts = await query<{ severity: string; code: string }>(
      fixture.database.url,
      "SELECT severity, code FROM alerts WHERE code LIKE 'trading%' ORDER BY id",
    );
    expect(alerts).toEqual([
      { severity: 'critical', code: 'tradingHalted' },
      { severity: 'info', code: 'tradingResumed' },
    ]);
  });

  test('lets a roll whose leg 1 is closed open leg 2, also when the daemon is killed at once, and then begins none', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask(crossing);
    fixture.paper.faults.add({ kind: 'delayEffect', ms: 1_500, match: { linkIdPrefix: 'open-' } });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => fixture.orders().length === 2);
    expect((await halt()).pending).toEqual([]);
    await daemon.kill();
    fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    fixture.paper.setIndex('BTC', '26600');
    await quiet();
    expect(fixture.orders()).toHaveLength(2);
    expect(fixture.positions()).toContain('Sell 0.3 BTC-31MAR23-26000-C-USDT');
  });

  test('that came while no daemon ran is known before a task may act', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    const task = await fixture.addTask(resting);
    fixture.paper.setIndex('BTC', '24600');
    await fixture.until(() => closings().length === 1);
    await daemon.kill();
    expect((await halt()).pending).toEqual([]);
    fixture.startDaemon();
    await fixture.untilTask(task, ({ state }) => state === 'IDLE.watching');
    await quiet();
    expect(fixture.orders()).toEqual([expect.stringMatching(/^Buy 0 /)]);
  });

  test('and its end at once, again and again while rolls go on, leave every position whole', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({ ...crossing, guards: { cooldown: '1s', rolls: { max: 3 } } });
    fixture.paper.setIndex('BTC', '29600');
    for (let round = 0; round < 15; round += 1) {
      await Promise.all([halt(), resume()]);
      await quiet(Math.floor(round * 13));
    }
    await resume();
    await fixture.untilTask(task, ({ state }) => state === 'COMPLETED');
    expect(fixture.positions()).toContain('Sell 0.3 BTC-31MAR23-28000-C-USDT');
    expect(fixture.paper.stats()).toMatchObject({ duplicateLinkIds: 0 });
  });
});

test('two daemons confirm a halt in the middle of a herd, and from then on no order of leg 1 is made', async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 4 });
  const daemons = [fixture.startDaemon(), fixture.startDaemon()];
  const tasks: string[] = [];
  for (const accountId of fixture.accountIds) tasks.push(await fixture.addTask(crossing, accountId));
  await fixture.untilShared(daemons, 2);
  fixture.paper.setIndex('BTC', '34600');
  await fixture.until(() => closings().length > 0);
  expect((await halt()).pending).toEqual([]);
  const after = tasks.map((_, account) => closings(account).length);
  await daemons[0]?.kill();
  await quiet(4_000);
  expect(tasks.map((_, account) => closings(account).length)).toEqual(after);
  for (const task of tasks) await fixture.untilTask(task, ({ context }) => context.roll === null);
  expect(fixture.positions().join()).toContain('Sell 0.3');
});

test('an owner who is banned, or whose access ends, has no roll begun', async () => {
  fixture = await DaemonFixture.open();
  fixture.startDaemon();
  const task = await fixture.addTask(crossing);
  await query(fixture.database.url, "UPDATE users SET banned_at = now(), ban_reason = 'unpaid'");
  await quiet(500);
  fixture.paper.setIndex('BTC', '24600');
  await quiet();
  expect(fixture.orders()).toEqual([]);
  await query(
    fixture.database.url,
    "UPDATE users SET banned_at = NULL, ban_reason = NULL, access_until = now() + interval '2 seconds'",
  );
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  await quiet(3_500);
  const made = fixture.orders().length;
  fixture.paper.setIndex('BTC', '29600');
  await quiet();
  expect(fixture.orders()).toHaveLength(made);
});

test('the command line halts an account, says so wherever a person looks, and resumes it', async () => {
  fixture = await DaemonFixture.open();
  fixture.startDaemon();
  const task = await fixture.addTask(crossing);
  const cli = (...args: string[]) => run([...args, '--database-url', fixture.database.url]);
  const account = ['--account', 'fixture-key-0', '--user', 'fixture'];
  const halted = await cli('halt', ...account, '--reason', 'news at noon');
  expect(halted).toMatchObject({ code: 0, stderr: '' });
  expect(halted.stdout).toContain('Trading is halted in account fixture-key-0.');
  for (const page of [
    ['account', 'list'],
    ['task', 'list'],
    ['task', 'why', task],
  ]) {
    const { stdout } = await cli(...page);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('trading is halted in this account since');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('news at noon');
  }
  const [listed] = jsonLines(await cli('account', 'list', '--json'));
  expect(listed?.['halts']).toMatchObject([{ cause: 'halt', scope: 'account', by: 'operator' }]);
  expect((await cli('halt', ...account)).stdout).toContain('already');
  const [elsewhere] = jsonLines(await cli('resume', '--json'));
  expect(elsewhere).toMatchObject({ scope: 'everything', isNew: false, narrower: 1 });
  expect((await cli('resume')).stdout).toContain('Still in force: 1');
  const resumed = await cli('resume', ...account);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.stdout).toContain('The halt is lifted in account fixture-key-0.');
  expect(await cli('halt', '--account', 'mian')).toMatchObject({ code: 2 });
});
