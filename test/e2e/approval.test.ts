/** A task that asks before it rolls, on real parts: no order leaves until the command line answers, whatever dies meanwhile. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, expect, test } from 'vitest';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;
afterEach(() => fixture.close());
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const cli = (...args: string[]) => run([...args, '--database-url', fixture.database.url]);

/** A task whose question stands, and its daemon. */
async function asked() {
  fixture = await DaemonFixture.open();
  const daemon = fixture.startDaemon();
  const task = await fixture.addTask({ approval: { timeout: '10m', otherwise: 'skip' } });
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ state }) => state === 'IDLE.awaitingApproval');
  return { daemon, task };
}

test('a question that outlives its daemon is shown, approved on the command line, and answered once', async () => {
  const { daemon, task } = await asked();
  await daemon.kill();
  fixture.startDaemon();
  expect((await cli('task', 'show', task)).stdout).toContain(`task resolve ${task}`);
  const { stdout } = await cli('task', 'resolve', task);
  for (const answer of ['approve', 'decline']) expect(stdout).toContain(`task ${answer} ${task}`);
  expect(fixture.orders()).toEqual([]);
  expect(await cli('task', 'approve', task)).toMatchObject({ code: 0 });
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  expect(fixture.orders()).toHaveLength(2);
  expect(await cli('task', 'approve', task)).toMatchObject({ code: 1 });
});

test('a question that is declined sends no order', async () => {
  const { task } = await asked();
  expect(await cli('task', 'decline', task)).toMatchObject({ code: 0 });
  await fixture.untilTask(task, ({ state }) => state !== 'IDLE.awaitingApproval');
  expect(fixture.orders()).toEqual([]);
});
