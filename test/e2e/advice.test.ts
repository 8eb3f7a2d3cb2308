/** What a trader asks first: what would it do, why did it not, what has it earned; answered by a running daemon. */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Advice } from '../../src/domain/explain/advice.ts';
import { subtract } from '../../src/domain/money.ts';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
const database = () => ['--database-url', fixture.database.url];
let fixture: DaemonFixture;
let task: string;
const guards = { netCredit: { min: 0 }, spread: { max: '50%' }, cooldown: '1s', rolls: { perDay: 3 } };
const trigger = { any: [{ index: { above: 24_500, for: '4s' } }, { delta: { above: 0.8 } }] };

beforeAll(async () => {
  fixture = await DaemonFixture.open();
  fixture.startDaemon();
  task = await fixture.addTask({ trigger, guards });
});
afterAll(async () => {
  await fixture.close();
  rmSync(cwd, { recursive: true, force: true });
});

const adviceOf = (ran: Awaited<ReturnType<typeof run>>): Advice => jsonLines(ran)[0] as unknown as Advice;

describe('task preview', () => {
  test('shows legs, candidates, margin and guards of what a roll would do, and does nothing', async () => {
    const ran = await run(['task', 'preview', task, ...database()]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/It would not roll: net credit -[\d.]+ is below 0/);
    expect(ran.stdout).toMatch(/^close +Buy +0.3 +BTC-31MAR23-25000-C-USDT/m);
    expect(ran.stdout).toMatch(/^open +Sell +0.3 +BTC-31MAR23-26000-C-USDT/m);
    expect(ran.stdout).toMatch(/^REFUSES +netCredit/m);
    expect(ran.stdout).toMatch(/^passes +maintenanceMargin +maintenance margin .* between the legs/m);
    expect(ran.stdout).toMatch(/^break-even +[\d.]+ +[\d.]+/m);
    expect(fixture.orders()).toEqual([]);
    expect((await fixture.task(task)).version).toBe(1);
  });

  test('as JSON says the same to a program', async () => {
    const preview = adviceOf(await run(['task', 'preview', task, '--json', ...database()])).rules[0]?.preview;
    expect(preview).toMatchObject({ would: 'nothing', from: callSymbol, to: 'BTC-31MAR23-26000-C-USDT' });
    expect(preview?.candidates[0]).toMatchObject({ symbol: 'BTC-31MAR23-26000-C-USDT', isTaken: false });
    expect(preview?.candidates.length).toBeGreaterThan(3);
  });

  test('of a spec that no task manages yet takes no position and stores no task', async () => {
    const file = join(cwd, 'roll.yaml');
    writeFileSync(
      file,
      'symbol: BTC-31MAR23-22000-P-USDT\ntrigger: 21000\ntarget: { strike: -5%, expiry: next-monthly }\n',
    );
    const ran = await run([
      'task',
      'preview',
      '--account',
      'fixture-key-0',
      '--spec',
      file,
      '--json',
      ...database(),
    ]);
    expect(adviceOf(ran).rules[0]?.preview).toMatchObject({ would: 'roll', to: 'BTC-28APR23-20000-P-USDT' });
    expect(await fixture.store.tasks.listTasks()).toHaveLength(1);
  });

  test('of what the account does not hold is refused with the reason', async () => {
    const wrong = [
      '--account',
      'fixture-key-0',
      '--symbol',
      'BTC-31MAR23-27000-C-USDT',
      '--trigger',
      '26000',
      '--target',
      '+1000',
    ];
    const ran = await run(['task', 'preview', ...wrong, ...database()]);
    expectRefusal(ran, 1, 'no position in BTC-31MAR23-27000-C-USDT');
    expectRefusal(await run(['task', 'preview', ...database()]), 2, '--symbol');
  });
});

describe('task why', () => {
  test('shows the distance to each condition, and what each guard would say', async () => {
    const ran = await run(['task', 'why', task, ...database()]);
    expect(ran.stdout).toContain(
      'IDLE.watching: waiting: any of (index above 24500 for 4 s, delta above 0.8) does not hold.',
    );
    expect(ran.stdout).toMatch(/index above 24500 for 4 s +now 23500: 1000 to go/);
    expect(ran.stdout).toMatch(/delta above 0.8 +now 0\.\d+: 0\.\d+ to go/);
    expect(ran.stdout).toMatch(/REFUSES +netCredit/);
  });

  test('remembers what came near: a trigger that did not last, and a guard that refused', async () => {
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ state }) => state === 'IDLE.confirming');
    fixture.paper.setIndex('BTC', '24400');
    await fixture.untilTask(task, ({ state }) => state === 'IDLE.watching');
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.reasons.length === 2);
    fixture.paper.setIndex('BTC', '24400');
    const { reasons } = adviceOf(await run(['task', 'why', task, '--json', ...database()]));
    expect(reasons.map(({ kind }) => kind)).toEqual(['netCredit', 'confirming']);
    expect(reasonTextOrNothing(reasons[1] ?? null)).toContain(
      'it no longer holds before it had held for long enough',
    );
    const alerts = (await fixture.store.tasks.showTask(task))?.alerts ?? [];
    expect(alerts.filter((alert) => alertText(alert).includes('net credit'))).toHaveLength(1);
  });
});

describe('task ledger', () => {
  test('has what was earned and paid, what is open, and where it comes out even', async () => {
    const put = await fixture.addTask({
      symbol: 'BTC-31MAR23-22000-P-USDT',
      trigger: 22_500,
      target: '-1000',
    });
    fixture.paper.setIndex('BTC', '22400');
    await fixture.untilTask(put, ({ context }) => context.rollsDone === 1);
    const ran = await run(['task', 'ledger', put, ...database()]);
    expect(ran.stdout).toMatch(/^Cash flow: +-[\d.]+$/m);
    expect(ran.stdout).toMatch(/^Open: +-?[\d.]+ at the mark$/m);
    expect(ran.stdout).toMatch(/^Break-even: +\d+(\.\d+)?$/m);
    expect(ran.stdout).toContain('BTC-31MAR23-22000-P-USDT  BTC-31MAR23-21000-P-USDT');
    const [line] = jsonLines(await run(['task', 'ledger', put, '--json', ...database()]));
    const gained = subtract(fixture.paper.account('fixture-key-0').wallet().USDT, '50000');
    expect(line).toMatchObject({ cashFlow: gained });
  });
});

test('without a daemon, what is stored is still shown', async () => {
  const lonely = await DaemonFixture.open();
  try {
    const daemon = lonely.startDaemon();
    const id = await lonely.addTask();
    await daemon.kill();
    const url = ['--database-url', lonely.database.url, '--wait', '0'];
    const why = await run(['task', 'why', id, ...url]);
    expect(why.stdout).toContain('IDLE.watching: waiting: index above 24500 does not hold.');
    expect(why.stdout).toContain('No daemon in paper mode has answered');
    expect((await run(['task', 'ledger', id, ...url])).stdout).toContain('The open result needs a daemon');
    expectRefusal(await run(['task', 'preview', id, ...url]), 1, 'No daemon in paper mode');
  } finally {
    await lonely.close();
  }
});
