/** Structures over real parts: a strangle and an iron condor are added, rolled and shown as one, also by a daemon that dies in between. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, afterAll, describe, expect, test } from 'vitest';
import { callSymbol, DaemonFixture, putSymbol } from '../support/daemon-fixture.ts';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;
afterEach(() => fixture.close());
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});
const cli = (...args: readonly string[]) => run([...args, ...fixture.databaseArguments()]);
const json = async (...args: readonly string[]) => {
  const ran = await cli(...args, '--json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return jsonLines(ran)[0] ?? {};
};
const account = ['--account', 'fixture-key-0'];

const outCall = 'BTC-31MAR23-26000-C-USDT';
const outPut = 'BTC-31MAR23-21000-P-USDT';
const strangle = { legs: [callSymbol, putSymbol] };
const condor = {
  legs: [
    { symbol: callSymbol, side: 'short' },
    { symbol: 'BTC-31MAR23-27000-C-USDT', side: 'long' },
    { symbol: putSymbol, side: 'short' },
    { symbol: 'BTC-31MAR23-20000-P-USDT', side: 'long' },
  ],
};
/** At 24 500 every leg goes one strike of 1000 away. */
const away = {
  symbol: undefined,
  trigger: { index: { above: 24_500 } },
  target: { strike: '1000 away' },
  execution: { style: 'cross', slippage: { max: '20%' } },
};
const rolledStrangle = (task: string) => [
  `Buy 0.3 ${callSymbol} close-${task}`,
  `Buy 0.3 ${putSymbol} close-${task}-a2`,
  `Sell 0.3 ${outCall} open-${task}`,
  `Sell 0.3 ${outPut} open-${task}-a2`,
];

describe('a strangle', () => {
  test('is previewed, added, rolled and closed by the command line as one', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    // A preview and an answer are waited for some seconds only.
    await fixture.until(() => daemon.logs.some((line) => line.includes('account is managed')));
    const legs = ['--leg', callSymbol, '--leg', `put=${putSymbol}`, '--preset', 'strangle-pair'];
    const preview = await cli('task', 'preview', ...account, ...legs);
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(/^call +short +0.3 +BTC-31MAR23-25000-C-USDT +2023-03-31 08:00:00 UTC$/m);
    expect(preview.stdout).toMatch(/^It would roll 2 options at once \(/m);
    expect(preview.stdout).toMatch(/^close +Buy +0.3 +BTC-31MAR23-22000-P-USDT/m);
    expect(preview.stdout).toMatch(/^net credit -?[\d.]+, fees [\d.]+/m);

    const added = await json('task', 'add', ...account, ...legs);
    expect(added).toMatchObject({ status: 'done' });
    const task = String(added['taskId']);
    const list = await cli('task', 'list');
    expect(list.stdout).toContain(`${callSymbol} +1 `);
    expect(await json('task', 'list')).toMatchObject({ legs: [{ name: 'call' }, { name: 'put' }] });
    const shown = await cli('task', 'show', task);
    expect(shown.stdout).toMatch(/^NAME +SIDE +QTY +SYMBOL +DELIVERED$/m);
    expect(shown.stdout).toMatch(/^put +short +0.3 +BTC-31MAR23-22000-P-USDT +2023-03-31/m);

    expect(await json('task', 'roll-now', task, '--dry-run')).toMatchObject({
      legs: [{ name: 'call', symbol: callSymbol }, { name: 'put' }],
      asked: { would: 'roll', legs: [{ leg: 'close' }, { leg: 'close' }, { leg: 'open' }, { leg: 'open' }] },
    });
    expect(
      await json('task', 'edit', task, '--preset', 'strangle-pair', '--set', 'delta=0.30'),
    ).toMatchObject({
      status: 'done',
    });
    const file = join(cwd, 'away.yaml');
    writeFileSync(
      file,
      'trigger: { index: { above: 30000 } }\ntarget: { strike: 1 step away }\nexecution: { style: cross }\n',
    );
    expect(await json('task', 'edit', task, '--spec', file)).toMatchObject({ status: 'done' });
    expect(await json('task', 'roll-now', task)).toMatchObject({ status: 'done' });
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(await json('task', 'close-now', task)).toMatchObject({ status: 'done' });
    await fixture.untilTask(task, ({ state }) => state === 'COMPLETED');
    expect(fixture.positions()).toEqual([]);
    const ledger = await json('task', 'ledger', task);
    expect(ledger).toMatchObject({ legs: [{ qty: '0' }, { qty: '0' }], rolls: [{}, { others: [{}] }] });
  });

  test('that the account does not hold as a whole is refused by the leg', async () => {
    fixture = await DaemonFixture.open();
    const daemon = fixture.startDaemon();
    // A preview and an answer are waited for some seconds only.
    await fixture.until(() => daemon.logs.some((line) => line.includes('account is managed')));
    const legs = ['--leg', callSymbol, '--leg', outPut, '--preset', 'strangle-pair'];
    const refused = await cli('task', 'add', ...account, ...legs);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`legs.1.symbol: found no position in ${outPut}`);
    expect(await fixture.store.tasks.listTasks()).toEqual([]);
  });

  test('is rolled once, with one net credit, and every answer says so', async () => {
    fixture = await DaemonFixture.open();
    fixture.startDaemon();
    const task = await fixture.addTask({ ...away, ...strangle });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders()).toEqual(rolledStrangle(task));
    const legs = [
      { name: 'call', side: 'short', qty: '0.3', symbol: outCall },
      { name: 'put', side: 'short', qty: '0.3', symbol: outPut },
    ];
    for (const command of ['show', 'ledger', 'why', 'preview'])
      expect([command, await json('task', command, task)]).toMatchObject([command, { legs }]);
    const ledger = await cli('task', 'ledger', task);
    expect(ledger.stdout).toMatch(/^Adopted: +call: short 0.3 BTC-31MAR23-25000-C-USDT, opened for [\d.]+$/m);
    expect(ledger.stdout).toMatch(/^ +put: short 0.3 BTC-31MAR23-22000-P-USDT, opened for/m);
    expect(ledger.stdout).toMatch(
      new RegExp(`UTC +${callSymbol} +${outCall} +0.3 .* -?[\\d.]+ +[\\d.]+$`, 'm'),
    );
    expect(ledger.stdout).toMatch(new RegExp(`^ +${putSymbol} +${outPut} +0.3 +[\\d.]+ +[\\d.]+$`, 'm'));
    const why = await cli('task', 'why', task);
    expect(why.stdout).toMatch(/^call +short +0.3 +BTC-31MAR23-26000-C-USDT/m);
  });

  test.each([1, 2, 3])(
    'whose daemon is killed with -9 after %i of its four orders is rolled to its end, each order once',
    async (after) => {
      fixture = await DaemonFixture.open();
      const daemon = fixture.startDaemon();
      const task = await fixture.addTask({ ...away, ...strangle });
      fixture.paper.faults.add({
        kind: 'delayAnswer',
        ms: 1_000,
        match: { linkIdPrefix: 'close-' },
        times: 'always',
      });
      fixture.paper.faults.add({
        kind: 'delayAnswer',
        ms: 1_000,
        match: { linkIdPrefix: 'open-' },
        times: 'always',
      });
      fixture.paper.setIndex('BTC', '24600');
      await fixture.until(() => fixture.orders().length >= after);
      await daemon.kill();
      fixture.paper.faults.clear();
      fixture.paper.setIndex('BTC', '24300');
      fixture.startDaemon();
      await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
      expect(fixture.orders()).toEqual(rolledStrangle(task));
      expect(fixture.paper.stats().duplicateLinkIds).toBe(0);
      expect(fixture.positions()).toEqual([`Sell 0.3 ${outPut}`, `Sell 0.3 ${outCall}`]);
    },
  );
});

describe('an iron condor', () => {
  test('closes its shorts first and opens its longs first, and is one line in every list', async () => {
    fixture = await DaemonFixture.open('Sell', { positions: condor.legs });
    fixture.startDaemon();
    const task = await fixture.addTask({ ...away, ...condor });
    expect((await cli('task', 'list')).stdout).toContain(`${callSymbol} +3 `);
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.orders().map((order) => order.split(' ').slice(0, 3).join(' '))).toEqual([
      `Buy 0.3 ${callSymbol}`,
      `Buy 0.3 ${putSymbol}`,
      'Sell 0.3 BTC-31MAR23-27000-C-USDT',
      'Sell 0.3 BTC-31MAR23-20000-P-USDT',
      'Buy 0.3 BTC-31MAR23-28000-C-USDT',
      'Buy 0.3 BTC-31MAR23-19000-P-USDT',
      `Sell 0.3 ${outCall}`,
      `Sell 0.3 ${outPut}`,
    ]);
    const { rolls } = await json('task', 'ledger', task);
    expect(rolls).toMatchObject([{ leg: 'lower call', others: [{}, {}, {}] }]);
    const shown = await cli('task', 'show', task);
    expect(shown.stdout).toMatch(/^upper call +long +0.3 +BTC-31MAR23-28000-C-USDT/m);
    expect(shown.stdout).toMatch(/^lower put +long +0.3 +BTC-31MAR23-19000-P-USDT/m);
  });
});
