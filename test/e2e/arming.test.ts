/** Real money asks twice: a live daemon starts only when told so, and a live account trades only after it was armed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { liveConsent, paperKey } from '../../src/config.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';
import { runnerIn, workingDirectory } from './cli-run.ts';

const live = {
  ROLLKEEPER_MODE: 'live',
  ROLLKEEPER_LIVE: liveConsent,
  ENCRYPTION_KEY: paperKey().toString('hex'),
};

let fixture: DaemonFixture;
let taskId: string;
beforeAll(async () => {
  fixture = await DaemonFixture.open();
  // Its address is loopback, where live mode takes a plain one.
  await query(fixture.database.url, "UPDATE accounts SET environment = 'live'");
});
afterAll(() => fixture.close());

const rollkeeper = runnerIn(workingDirectory());
const run = (...args: readonly string[]) =>
  rollkeeper([...args, '--database-url', fixture.database.url], { env: live });

it('live mode is refused without its second word', async () => {
  const ran = await run('start');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('--i-understand-live');
});

it('a live account is watched, and nothing is traded in it', async () => {
  fixture.startDaemon(live, '--i-understand-live');
  taskId = await fixture.addTask();
  fixture.paper.setIndex('BTC', '24600');
  const why = await run('task', 'why', taskId);
  expect(why.stdout).toContain('it trades real money and is not armed');
  expect(why.stdout).toContain('rollkeeper arm --account');
  expect(fixture.orders()).toEqual([]);
});

it('to arm it shows what it holds, and then it rolls', async () => {
  const unasked = await run('arm');
  expect(unasked).toMatchObject({ code: 2 });
  expect(unasked.stdout).toMatch(/fixture\/\S+ holds short 0\.3 BTC-/);
  const armed = await run('arm', '--yes', '--json');
  expect(armed).toMatchObject({ code: 0 });
  expect(JSON.parse(armed.stdout)).toMatchObject({
    isArmed: true,
    changed: [fixture.accountId],
    pending: [],
  });
  fixture.paper.setIndex('BTC', '24601');
  await fixture.untilTask(taskId, ({ context }) => context.rollsDone === 1);
});

it('it stays armed until it is disarmed', async () => {
  const again = await run('arm', '--yes');
  expect(again.stdout).toContain('is armed already');
  const disarmed = await run('disarm', '--json');
  expect(JSON.parse(disarmed.stdout)).toMatchObject({
    isArmed: false,
    changed: [fixture.accountId],
    pending: [],
  });
  const listed = await run('account', 'list');
  expect(listed.stdout).toContain('is not armed');
});

it('other accounts need no arming', async () => {
  await query(fixture.database.url, "UPDATE accounts SET environment = 'demo'");
  const named = await run('arm', '--yes', '--account', 'fixture-key-0');
  expect(named).toMatchObject({ code: 0 });
  expect(named.stdout).toContain('There is no live account: others need no arming.');
});
