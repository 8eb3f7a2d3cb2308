/** A task is edited and removed by whole processes: command line, daemon, Postgres, and a kill in between. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callSymbol, DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;
let daemon: NamedDaemon;
let task: string;

beforeAll(async () => {
  fixture = await DaemonFixture.open();
  daemon = fixture.startDaemon();
  task = await fixture.addTask({ trigger: 25_500 });
});
afterAll(async () => {
  await fixture.close();
  rmSync(cwd, { recursive: true, force: true });
});

const cli = (...args: string[]) => run([...args, '--database-url', fixture.database.url]);
/** Rows of its journal that an edit led to. */
const edits = async () =>
  (await fixture.store.tasks.journalRows(task)).filter(({ eventJson }) => eventJson.includes('"EDITED"'));

describe('task edit', () => {
  test('gives the task another trigger, by options, for the position that it manages', async () => {
    const ran = await cli('task', 'edit', task, '--trigger', '26500', '--target', '+2000');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`Task ${task}: edited: Sell 0.3 ${callSymbol}; rolls on index above 26500`);
    expect((await fixture.task(task)).context).toMatchObject({
      rules: [{ trigger: { level: '26500' } }],
      held: { qty: '0.3' },
    });
    const shown = jsonLines(await cli('task', 'show', task, '--json'))[0];
    expect(shown).toMatchObject({
      spec: { trigger: { index: { above: '26500' } } },
      trigger: { level: '26500' },
      commands: [{ kind: 'add' }, { kind: 'edit', askedBy: 'operator', status: 'done' }],
    });
    const [row] = await edits();
    expect(JSON.parse(row?.eventJson ?? '')).toMatchObject({
      askedBy: 'operator',
      spec: { symbol: callSymbol },
    });
  });

  test('takes a file as task add does, and answers a program', async () => {
    const file = join(cwd, 'call.yaml');
    writeFileSync(
      file,
      `symbol: ${callSymbol}\ntrigger: { index: { above: 26600, for: 2s } }\ntarget: +5%\n`,
    );
    const ran = await cli('task', 'edit', task, '--spec', file, '--json');
    expect(jsonLines(ran)).toMatchObject([{ taskId: task, status: 'done' }]);
    expect((await fixture.task(task)).context.rules[0]?.trigger).toMatchObject({
      level: '26600',
      holdMs: 2_000,
    });
  });

  test('names what is wrong by the option or the file that it was given by', async () => {
    expectRefusal(
      await cli('task', 'edit', task, '--trigger', 'soon', '--target', '+1000'),
      2,
      '--trigger: found "soon"',
    );
    expectRefusal(await cli('task', 'edit', task), 2, '--trigger: found nothing');
    const file = join(cwd, 'wrong.yaml');
    writeFileSync(file, 'trigger: 26500\ntarget: +1000\nfolow: strike\n');
    expectRefusal(await cli('task', 'edit', task, '--spec', file), 2, 'wrong.yaml is not valid', 'folow');
    expectRefusal(
      await cli('task', 'edit', 'nosuchtask', '--trigger', '26500', '--target', '+1000'),
      2,
      'id: found "nosuchtask"',
      'rollkeeper task list',
    );
  });

  test('is refused by the daemon with the reason, and exits with 1', async () => {
    const holds = await cli('task', 'edit', task, '--trigger', '20000', '--target', '+1000');
    expect(holds.code).toBe(1);
    expect(holds.stdout).toContain('which holds already');
    const other = ['--symbol', 'BTC-31MAR23-22000-P-USDT', '--trigger', '20000', '--target', '-1000'];
    expect((await cli('task', 'edit', task, ...other)).stdout).toContain(
      `expected ${callSymbol}, which the task manages now`,
    );
  });

  test('that a daemon was killed over with -9 is done once by the next one', async () => {
    const before = (await edits()).length;
    for (let round = 0; round < 3; round += 1) {
      const level = 27_000 + round;
      const commandId = await fixture.store.commands.send({
        accountId: fixture.accountId,
        taskId: task,
        kind: 'edit',
        askedBy: 'operator',
        payload: { symbol: callSymbol, trigger: level, target: 1000 },
      });
      // At another moment each time: before it is read, while it is judged, after it is stored.
      await new Promise((resolve) => setTimeout(resolve, round * 15));
      await daemon.kill();
      daemon = fixture.startDaemon();
      expect(await fixture.store.commands.awaitAnswer(commandId, 60_000)).toMatchObject({ status: 'done' });
      expect((await edits()).length).toBe(before + round + 1);
      expect((await fixture.task(task)).context.rules[0]?.trigger).toMatchObject({ level: String(level) });
    }
  });

  test('without a daemon is queued', async () => {
    await daemon.kill();
    const ran = await cli('task', 'edit', task, '--trigger', '26900', '--target', '+1000', '--wait', '0');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('queued');
    daemon = fixture.startDaemon();
    await fixture.untilTask(task, ({ context }) =>
      JSON.stringify(context.rules[0]?.trigger).includes('26900'),
    );
  });
});

describe('task remove', () => {
  test('ends the management and leaves the position, which can be added again', async () => {
    const positions = fixture.positions();
    const ran = await cli('task', 'remove', task);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`removed; Sell 0.3 ${callSymbol} is left as it is`);
    expect((await fixture.task(task)).state).toBe('COMPLETED');
    expect((await cli('task', 'list')).stdout).toMatch(new RegExp(`^${task} .*COMPLETED: removed`, 'm'));
    const shown = await cli('task', 'show', task);
    expect(shown.stdout).toContain('its owner removed it; the position is left as it is');
    expect(shown.stdout).toContain('was removed');
    expect(fixture.positions()).toEqual(positions);
    expect(fixture.orders()).toEqual([]);
    await fixture.addTask({ trigger: 25_500 });
    const again = await cli('task', 'remove', task, '--json');
    expect(again.code).toBe(1);
    expect(jsonLines(again)).toMatchObject([{ status: 'refused' }]);
    expectRefusal(await cli('task', 'remove', 'nosuchtask'), 2, 'id: found "nosuchtask"');
  });

  test('is what other words for it lead to', async () => {
    expectRefusal(await cli('task', 'rm', task), 2, 'rollkeeper task remove --help');
  });
});
