/**
 * A database that the previous version wrote, with a task in every state of a roll, is checked and migrated by this version, and a
 * daemon of this version brings every roll to its end: each option is closed and opened once, whatever the old daemon left behind.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerApproval } from '../../src/application/answer-approval.ts';
import { askTask } from '../../src/application/ask-task.ts';
import { operator } from '../../src/application/caller.ts';
import { resumeTrading } from '../../src/application/halt-trading.ts';
import { paperKey } from '../../src/config.ts';
import { Decimal } from '../../src/domain/money.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { Replay } from '../../src/replay/replay.ts';
import type { Store } from '../../src/store/store.ts';
import { callSymbol, keyOf, putSymbol, readPrevious, scenes } from '../corpus/previous.ts';
import { startDaemonProcess, type Daemon } from '../support/daemon-process.ts';
import { openTestStore, type TestDatabase } from '../support/database.ts';
import { restoreDatabase, schemaOf } from '../support/kept-database.ts';
import { jsonLines, runnerIn } from './cli-run.ts';

const previous = readPrevious();
const patienceMs = 120_000;
const cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-upgrade-'));
const run = runnerIn(cwd);
const cli = (...args: readonly string[]) => run([...args, '--database-url', database.url]);
const names = scenes.map(({ name }) => name);
const taskOf = (name: string): string => previous.tasks[name] ?? '';

let database: TestDatabase;
let paper: PaperExchange;
let store: Store;
let daemon: Daemon | null = null;
let prices: NodeJS.Timeout | undefined;

beforeAll(async () => {
  database = await restoreDatabase(previous.database);
});
afterAll(async () => {
  clearInterval(prices);
  await daemon?.kill();
  await store.close();
  await paper.close();
  await database.drop();
  rmSync(cwd, { recursive: true, force: true });
});

const outCall = 'BTC-31MAR23-26000-C-USDT';

/** What was executed of an account's orders, `Buy 0.3 BTC-…`, by option. */
function executed(name: string): string[] {
  const sums = new Map<string, Decimal>();
  for (const { side, symbol, executedQty } of paper.account(keyOf(name)).orders()) {
    const key = `${side} ${symbol}`;
    sums.set(key, (sums.get(key) ?? new Decimal(0)).plus(executedQty));
  }
  return [...sums]
    .filter(([, qty]) => !qty.isZero())
    .map(([key, qty]) => key.replace(' ', ` ${qty.toString()} `))
    .sort();
}
const rolledOnce = [`Buy 0.3 ${callSymbol}`, `Sell 0.3 ${outCall}`];

async function contextOf(name: string): Promise<RollContext> {
  const task = await store.tasks.showTask(taskOf(name));
  return (JSON.parse(task?.snapshotJson ?? '{}') as { context: RollContext }).context;
}

async function until(holds: () => boolean | Promise<boolean>, explain: () => unknown): Promise<void> {
  for (const deadlineMs = performance.now() + patienceMs; !(await holds());) {
    if (performance.now() > deadlineMs)
      throw new Error(`${JSON.stringify(await explain())}\n${daemon?.logs.slice(-40).join('\n') ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const untilRolled = async (wanted: readonly string[]): Promise<void> => {
  for (const name of wanted)
    await until(
      async () => (await contextOf(name)).rollsDone >= 1,
      async () => [name, (await store.tasks.showTask(taskOf(name)))?.state, executed(name)],
    );
};

describe('a database of the previous version', () => {
  test('is in the schema that this version makes of the same migrations, with a task in every state', async () => {
    expect(await schemaOf(database.url)).toEqual(previous.database.schema);
    expect(Object.keys(previous.tasks)).toEqual(names);
  });

  test('is found ready while nothing is changed, and then migrated', async () => {
    const checked = await cli('upgrade', '--check', '--json');
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    const lines = jsonLines(checked);
    expect(lines.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect(lines.map(({ check, code }) => `${String(check)} ${String(code)}`)).toEqual(
      expect.arrayContaining([
        'schema schemaBehind',
        'migration migrationPending',
        'machine machineKnown',
        'journal journalsAgree',
        'daemon noDaemon',
        'rolls rollsUnderWay',
      ]),
    );
    expect(lines.at(-1)).toMatchObject({ verdict: { isReady: true, stopFirst: [], noWayBack: [] } });
    expect(await schemaOf(database.url)).toEqual(previous.database.schema);

    const upgraded = await cli('upgrade');
    expect(upgraded).toMatchObject({ code: 0, stderr: '' });
    expect(upgraded.stdout).toMatch(/^Applied \d+: 0020_reads, 0021_rolls_and_seals, /m);
  });

  test('verifies and replays row by row', async () => {
    const statePath = join(cwd, 'exchange.json');
    writeFileSync(statePath, JSON.stringify({ version: 1, ...previous.exchange }));
    paper = await startPaperExchange({
      source: { kind: 'manual', prices: { BTC: previous.index }, startMs: previous.exchange.atMs + 2_000 },
      accounts: names.map((name) => ({
        apiKey: keyOf(name),
        apiSecret: 'previous-secret',
        usdt: '0',
        usdc: '0',
      })),
      statePath,
    });
    store = await openTestStore(database.url, { encryptionKey: paperKey(), daemonName: 'upgrade' });
    expect(await store.archive.verify(null)).toEqual([]);
    for (const taskId of Object.values(previous.tasks)) {
      const replay = new Replay();
      replay.feed(await store.tasks.journalRows(taskId, { fromVersion: 1, limit: 10_000 }, { userId: null }));
      replay.stop();
      expect(replay.result.mismatch).toBeNull();
    }
  });

  test('has every roll brought to its end by this version, and no option closed or opened twice', async () => {
    const underWay = scenes
      .filter(({ state }) => /^(ROLL_INITIATED|LEG1_CLOSED|LEG2_OPENING)/.test(state))
      .map(({ name }) => name);
    daemon = startDaemonProcess({
      databaseArguments: ['--database-url', database.url],
      exchange: paper,
      cwd,
      environment: { API_PORT: 'off', LOG_LEVEL: 'info' },
    });
    let ticks = 0;
    prices = setInterval(
      () => paper.setIndex('BTC', String(Number(previous.index) + (ticks++ % 5) * 20)),
      100,
    );
    await untilRolled(underWay);
    for (const name of underWay.filter((each) => each !== 'structure'))
      expect([name, executed(name)]).toEqual([name, rolledOnce]);
    expect(executed('structure')).toEqual([
      `Buy 0.3 ${putSymbol}`,
      `Buy 0.3 ${callSymbol}`,
      'Sell 0.3 BTC-31MAR23-21000-P-USDT',
      `Sell 0.3 ${outCall}`,
    ]);

    // What waits for a person or for a time goes on as the person says, and in its time.
    const wish = { waitMs: patienceMs };
    await askTask(operator, store, { ...wish, taskId: taskOf('failed'), kind: 'retry' });
    await askTask(operator, store, { ...wish, taskId: taskOf('paused'), kind: 'resume' });
    await answerApproval(operator, store, { ...wish, taskId: taskOf('asking'), answer: 'approve' });
    expect(executed('halted')).toEqual([]);
    await resumeTrading(operator, store, { ...wish, accountName: 'halted' });
    await untilRolled(['failed', 'paused', 'asking', 'halted']);
    paper.advance(31 * 60_000);
    await untilRolled(['confirming']);
    for (const name of ['failed', 'paused', 'asking', 'halted', 'confirming', 'rolled'])
      expect([name, executed(name)]).toEqual([name, rolledOnce]);
    expect(executed('watching')).toEqual([]);
    expect(executed('over')).toEqual([`Buy 0.3 ${callSymbol}`]);
    expect(paper.stats()).toMatchObject({ duplicateLinkIds: 0 });

    // The next version would look at it like this, beside the daemon.
    const next = await cli('upgrade', '--check');
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(next.stdout).toMatch(/^ok +daemon \S+: runs: version \S+, 18 accounts$/m);
    expect(next.stdout).toMatch(/^Ready\. Start a daemon of this version/m);
  });
});
