/** The life of a task at the command line: its spec printed and given back, its id shortened, its waiting states resolved. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;

beforeEach(async () => {
  fixture = await DaemonFixture.open();
  fixture.startDaemon();
});
afterEach(() => fixture.close());
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const cli = (...args: string[]) => run([...args, '--database-url', fixture.database.url]);
const targetSymbol = 'BTC-31MAR23-26000-C-USDT';
const written = {
  trigger: { any: [{ index: { above: 24_500 } }, { profit: { above: '90%' } }] },
  target: { strike: '+1000', expiry: 'same' },
  execution: { style: 'cross' },
  guards: { cooldown: '1s', debit: { max: 5000 } },
};

describe('task spec', () => {
  test('prints what task check prints, and the same as JSON as task show has it', async () => {
    const task = await fixture.addTask(written);
    const printed = await cli('task', 'spec', task.slice(0, 6));
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.stdout).toMatch(new RegExp(`^# task ${task}, IDLE\\.watching\n`));
    const file = join(cwd, 'printed.yaml');
    writeFileSync(file, printed.stdout);
    const [asJson] = jsonLines(await cli('task', 'spec', task, '--json'));
    expect(parse(printed.stdout)).toEqual(asJson);
    const [shown] = jsonLines(await cli('task', 'show', task, '--json'));
    expect(shown?.['spec']).toEqual(asJson);
    const checked = await run(['task', 'check', file, '--json']);
    expect(jsonLines(checked)).toEqual([
      { valid: true, spec: asJson, deliveredAtMs: Date.UTC(2023, 2, 31, 8) },
    ]);
  });

  test('given back after a roll, as YAML or as JSON, changes nothing', async () => {
    const task = await fixture.addTask(written);
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(
      task,
      ({ state, context }) => state === 'IDLE.watching' && context.rollsDone === 1,
    );
    const { context: before } = await fixture.task(task);
    for (const [name, ...options] of [['x.yaml'], ['x.json', '--json']]) {
      const printed = await cli('task', 'spec', task, ...options);
      if (options.length === 0)
        expect(printed.stdout).toContain('symbol and trigger are where its roll has brought');
      const file = join(cwd, name ?? '');
      writeFileSync(file, printed.stdout);
      const edited = await cli('task', 'edit', task, '--spec', file);
      expect(edited.stdout).toContain(`edited: Sell 0.3 ${targetSymbol}; rolls on any of (index above 25500`);
      const { context: after } = await fixture.task(task);
      expect(after).toEqual({
        ...before,
        spec: {
          ...before.spec,
          symbol: targetSymbol,
          rules: before.spec.rules.map((rule, place) => ({ ...rule, when: before.rules[place]?.trigger })),
        },
      });
    }
  });
});

test('task show says what is in force and what is decided next, within 80 columns', async () => {
  const task = await fixture.addTask(written);
  const { stdout } = await cli('task', 'show', task);
  const page = stdout.slice(0, stdout.indexOf('Last transitions'));
  expect(page).toContain('\nNow:        waiting: any of (index above 24500');
  expect(page).toContain('\n  target: { strike: "+1000", expiry: same }\n');
  expect(page).toContain('\n  execution: { style: cross, ');
  expect(page).toContain('\n  guards: { debit: { max: "5000" }, cooldown: 1s,');
  const spec = page.slice(page.indexOf('\nSpec'));
  expect(spec.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe('task resolve', () => {
  /** Leg 2's order never arrives, nothing answers that, and no look-up is answered. */
  async function lostOrder(): Promise<string> {
    const task = await fixture.addTask({ execution: { style: 'cross', deadline: '30s' } });
    const { faults } = fixture.paper;
    faults.add({
      kind: 'loseRequest',
      how: 'reset',
      match: { linkIdPrefix: 'open-', endpoint: '/v5/order/create' },
    });
    for (const endpoint of ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list'])
      faults.add({ kind: 'httpError', status: 503, times: 'always', match: { endpoint } });
    fixture.paper.setIndex('BTC', '24600');
    await fixture.untilTask(task, ({ state }) => state === 'LEG2_OPENING.opening');
    for (const step of [1, 2, 3]) {
      fixture.paper.advance(minuteMs / 2);
      await fixture.until(async () => (await unknownFor(task)) >= (step * minuteMs) / 2 - 5_000);
    }
    return task;
  }

  async function unknownFor(task: string): Promise<number> {
    const [shown] = jsonLines(await cli('task', 'resolve', task, '--json'));
    const order = (shown?.['order'] ?? null) as { unknownSinceMs: number | null; asOfMs: number } | null;
    return order?.unknownSinceMs == null ? 0 : order.asOfMs - order.unknownSinceMs;
  }

  test('shows an order of which nothing is known, and takes its owner’s word that it was not placed', async () => {
    const task = await lostOrder();
    const page = (await cli('task', 'resolve', task)).stdout;
    expect(page).toMatch(/Waits for: {2}nothing is known of order open-\w+-v\d+ for 1 min now/);
    expect(page).toMatch(
      /Roll: +0\.3 of BTC-31MAR23-26000-C-USDT is missing \(closed 0\.3 BTC-31MAR23-25000-C/,
    );
    expect(page).toMatch(/Order: +open-\w+-v\d+: Sell 0\.3 BTC-31MAR23-26000-C-USDT at \d+/);
    expect(page).toContain('looked up');
    expect(page).toContain(`rollkeeper task resolve ${task} --not-placed`);
    expect((await cli('task', 'list')).stdout).toMatch(
      new RegExp(`Task ${task}: nothing is known of order .*\n.*rollkeeper task resolve ${task}`),
    );
    expect((await cli('task', 'show', task)).stdout).toContain(`rollkeeper task resolve ${task}`);
    expectRefusal(await cli('task', 'resolve', task, '--not-placed'), 2, '--yes beside the choice');
    const filled = await cli('task', 'resolve', task, '--filled', '0.3@900', '--yes');
    expect(filled.stdout).toContain('refused: no look-up of order');
    expect(filled.code).toBe(1);
    const ran = await cli('task', 'resolve', task, '--not-placed', '--yes');
    expect(ran.stdout).toContain('is sent once more under its own id');
    expect(ran.code).toBe(0);
    fixture.paper.faults.clear();
    await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
    expect(fixture.positions()).toEqual(
      [`Sell 0.3 ${targetSymbol}`, 'Sell 0.3 BTC-31MAR23-22000-P-USDT'].sort(),
    );
    const rows = await fixture.store.tasks.journalRows(task);
    expect(rows.map(({ eventJson }) => eventJson).join()).toMatch(
      /"type":"MARKED_NOT_PLACED","linkId":"open-[^"]+","commandId":"[^"]+","askedBy":"operator"/,
    );
  });

  test('refuses several choices, and shows the ways out of a task that is paused or only waits', async () => {
    const task = await fixture.addTask();
    expectRefusal(await cli('task', 'resolve', task, '--retry', '--reopen'), 2, 'one of them');
    expectRefusal(await cli('task', 'resolve', task, '--fee', '1'), 2, '--fee');
    expectRefusal(await cli('task', 'resolve', task, '--filled', 'much', '--yes'), 2, 'like 0.3@905');
    expectRefusal(await cli('task', 'resolve', task, '--not-placed', '--yes'), 2, 'There is nothing to mark');
    const page = (await cli('task', 'resolve', task)).stdout;
    expect(page).toContain(
      'Waits for:  nothing that a person could do: waiting: index above 24500 does not hold',
    );
    const retried = await cli('task', 'resolve', task, '--retry', '--yes');
    expect(retried.stdout).toContain('refused: cannot retry task');
    await cli('task', 'pause', task);
    const paused = (await cli('task', 'resolve', task)).stdout;
    expect(paused).toContain('paused until it is resumed');
    expect(paused).toContain(`rollkeeper task resume ${task}`);
  });
});
