/** Ctrl-C while a bar stands, in a terminal: what the bar had switched off is on again. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compiledProgram } from '../support/compiled-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-bar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 400_000 }, (_, minute) => {
  const atMs = Date.UTC(2023, 2, 1) + minute * 60_000;
  return `${atMs},${(23_000 + 800 * Math.sin(minute / 300)).toFixed(2)}`;
});
writeFileSync(join(folder, 'tape.csv'), rows.join('\n'));
writeFileSync(
  join(folder, 'task.yaml'),
  'symbol: BTC-31MAR23-25000-C-USDT\ntrigger: { delta: { above: 0.9 } }\ntarget: +1 step\n',
);

/** The last of what switches it on comes after the last of what switches it off. */
const isOn = (output: string, mode: string): boolean =>
  output.lastIndexOf(`\u001b[?${mode}h`) > output.lastIndexOf(`\u001b[?${mode}l`);

// reason: `script`, which gives a program a terminal, takes other arguments elsewhere
test.skipIf(process.platform !== 'linux').each([
  ['a backtest', ''],
  ['a sweep', ' --sweep target=1..9'],
])('%s that is stopped by Ctrl-C ends with 130 and leaves the terminal as it was', async (_, more) => {
  const command = `node '${compiledProgram}' backtest --task ${folder}/task.yaml --tape ${folder}/tape.csv${more}`;
  const terminal = spawn('script', ['-qec', command, '/dev/null']);
  let output = '';
  terminal.stdout.on('data', (data: Buffer) => {
    const stood = output.includes('%');
    output += data.toString();
    if (!stood && output.includes('%')) terminal.stdin.write('\u0003');
  });
  const code = await new Promise((resolve) => terminal.on('close', resolve));
  expect(output).toContain('\u001b[?25l');
  expect([isOn(output, '25'), isOn(output, '7')], JSON.stringify(output.slice(-200))).toEqual([true, true]);
  expect(code).toBe(130);
});
