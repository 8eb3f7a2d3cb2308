/** The main job, as a newcomer runs it: one command, three weeks of real prices. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { backtest } from '../../src/backtest/backtest.ts';
import { candlesOf } from '../../src/backtest/price-file.ts';
import { demoSpecs, demoTapePath, heldQty } from '../../src/cli/demo/programme.ts';
import { sum } from '../../src/domain/money.ts';
import type { RollSummary } from '../../src/domain/roll/roll.ts';
import type { DemoSummary } from '../../src/cli/demo/summary.ts';
import { compiledProgram } from '../support/compiled-program.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-demo-test-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function rollkeeper(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [compiledProgram, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

interface Line {
  readonly type: string;
  readonly taskId?: string;
  readonly at?: string;
}

/** The rolls, each with the minute in which its trigger fired first: on a busy machine the tape may have left it before it was confirmed. */
function rolledIn(lines: readonly Line[]): { readonly minute: string; readonly roll: RollSummary }[] {
  const fired = new Map<string, string>();
  return lines.flatMap((line) => {
    const { type, taskId = '', at = '' } = line;
    if (type === 'triggered' && !fired.has(taskId)) fired.set(taskId, at.slice(0, 16));
    if (type !== 'roll') return [];
    const minute = fired.get(taskId) ?? '';
    fired.delete(taskId);
    return [{ minute, roll: line as unknown as RollSummary }];
  });
}

test(
  'the demo rolls calls up and puts down, by price, delta and time, and exchange and database agree in the end',
  { timeout: 600_000 },
  async () => {
    const { code, stdout, stderr } = await rollkeeper('demo', '--json', '--data', 'kept');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const summary = lines.at(-1) as DemoSummary;
    expect(summary, stderr).toMatchObject({
      type: 'summary',
      rolls: 9,
      callRolls: 5,
      putRolls: 4,
      failed: 0,
      duplicateOrders: 0,
      positionsMatch: true,
      tapeMinutes: 30_240,
    });
    expect(code).toBe(0);
    expect(lines.filter(({ type }) => type === 'roll')).toHaveLength(9);
    const rolled = rolledIn(lines);
    const minutes = rolled.map(({ minute }) => minute).sort();
    expect(minutes).toEqual([
      '2023-03-03T01:31',
      '2023-03-08T08:00',
      '2023-03-09T16:45',
      '2023-03-09T20:44',
      '2023-03-14T05:10',
      '2023-03-14T12:45',
      '2023-03-14T12:54',
      '2023-03-17T10:23',
      '2023-03-17T22:36',
    ]);
    const rollBecause = (trigger: string) =>
      lines.find((line) => line.type === 'roll' && 'trigger' in line && line.trigger === trigger);
    const [outInTime, byDelta] = ['days to expiry below 2', 'delta above 0.45'].map(rollBecause);
    expect(outInTime).toMatchObject({
      fromSymbol: 'BTC-10MAR23-21000-P-USDT',
      toSymbol: 'BTC-24MAR23-21000-P-USDT',
    });
    expect(byDelta).toMatchObject({ fromSymbol: 'BTC-31MAR23-26500-C-USDT' });
    expect(summary.ordersAccepted).toBeGreaterThanOrEqual(18);
    expect(summary.transitions).toBeGreaterThan(50);

    // The same tape without wire, database and real time: the same rolls in the same minutes.
    const backtests = await Promise.all(
      demoSpecs.map((spec) =>
        backtest({
          spec,
          qty: heldQty,
          side: 'Sell',
          cash: '50000',
          volatility: 0.55,
          candles: candlesOf({ path: demoTapePath }),
        }),
      ),
    );
    const minuteOf = ({ startedAtMs, fromSymbol, toSymbol }: RollSummary) =>
      `${new Date(startedAtMs).toISOString().slice(0, 16)} ${fromSymbol} to ${String(toSymbol)}`;
    expect(backtests.flatMap(({ rolls }) => rolls.map(minuteOf)).sort()).toEqual(
      rolled.map(({ minute, roll }) => `${minute} ${roll.fromSymbol} to ${String(roll.toSymbol)}`).sort(),
    );

    // Ledgers of the tasks and account on the exchange say the same, and so does the backtest of what was left alone.
    expect(sum(summary.results.map(({ rolled }) => rolled))).toBe(summary.result.rolled);
    expect(sum(summary.results.map(({ leftAlone }) => leftAlone))).toBe(summary.result.leftAlone);
    expect(summary.results.map(({ symbol }) => symbol)).toEqual(demoSpecs.map(({ symbol }) => symbol));
    summary.results.forEach(({ leftAlone, rolled }, at) => {
      const { notRolling, rolling } = backtests[at]?.result ?? { notRolling: '', rolling: '' };
      // The last price stands for some seconds longer in the demo, and walks of a price end a tick apart.
      expect(Math.abs(Number(leftAlone) - Number(notRolling))).toBeLessThan(1);
      expect(Math.abs(Number(rolled) - Number(rolling))).toBeLessThan(50);
    });

    const list = await rollkeeper('task', 'list', '--json', '--data', 'kept');
    expect(list.stdout).toContain('BTC-31MAR23-29000-C-USDT');
    const replayed = await rollkeeper('replay', '--all', '--json', '--data', 'kept');
    expect(JSON.parse(replayed.stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      tasks: 4,
      rows: summary.transitions,
      mismatches: 0,
    });
    expect((await rollkeeper('journal', 'verify', '--data', 'kept')).stdout).toContain(
      'Every row is as it was written.',
    );
    const again = await rollkeeper('demo', '--data', 'kept');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('an earlier demo') as string]);
    expect(existsSync(join(cwd, '.rollkeeper'))).toBe(false);
  },
);

test(
  'a demo whose reader goes away, or whose terminal is closed, leaves no database and no daemon behind',
  { timeout: 300_000 },
  async () => {
    for (const [directory, leave] of [
      ['read-no-more', (child) => child.stdout.destroy()],
      ['hung-up', (child) => void child.kill('SIGHUP')],
    ] satisfies [string, (child: ChildProcessWithoutNullStreams) => void][]) {
      const child = spawn(process.execPath, [compiledProgram, 'demo', '--json', '--data', directory], {
        cwd,
        env: { PATH: process.env['PATH'] },
      });
      child.stderr.resume();
      let said = '';
      for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        said += String(chunk);
        if (said.includes('"type":"transition"')) break;
      }
      leave(child);
      child.stdout.resume();
      await once(child, 'exit');
      expect(existsSync(join(cwd, directory, 'postgres', 'postmaster.pid')), directory).toBe(false);
    }
  },
);
