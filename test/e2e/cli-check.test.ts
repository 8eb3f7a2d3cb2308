/** `rollkeeper task check`: a spec is judged without a daemon, a database or a network. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';
import { readSpec } from '../support/options.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
const short = '{ symbol: BTC-31MAR23-26000-C-USDT, trigger: 25500, target: +1000 }';
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('A valid spec is printed in full, which task add takes as it is', async () => {
  const ran = await run(['task', 'check', '-'], { input: short });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('slippage:\n    max: 5%');
  expect(readSpec(parse(ran.stdout))).toEqual(readSpec(parse(short)));
  expect(existsSync(join(cwd, '.rollkeeper'))).toBe(false);
});

it('A valid spec is one JSON line for a program', async () => {
  const ran = await run(['task', 'check', '-', '--json'], { input: short });
  expect(jsonLines(ran)).toMatchObject([{ valid: true, spec: { trigger: { index: { above: '25500' } } } }]);
});

it('The name that the exchange shows is understood, and an option that has been delivered is told', async () => {
  const ran = await run(['task', 'check', '-'], {
    input: '{ symbol: BTCUSDT-31MAR23-26000-C, trigger: 25500, target: +1000 }',
  });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^# BTC-31MAR23-26000-C-USDT was delivered on 2023-03-31 08:00:00 UTC: only/);
  expect(readSpec(parse(ran.stdout))).toEqual(readSpec(parse(short)));
});

it('A wrong spec is refused with every path, value and what would be right', async () => {
  const input = '{ symbol: BTC-31MAR23-26000-C-USDT, trigger: -5, target: -1000, speed: high }';
  const ran = await run(['task', 'check', '-', '--json'], { input });
  expect(ran.code).toBe(2);
  const [{ error }] = jsonLines(ran) as [{ error: { kind: string; issues: { path: string }[] } }];
  expect(error.kind).toBe('BadInput');
  expect(error.issues.map(({ path }) => path)).toEqual(['trigger.index.above', 'speed', 'target.strike']);
  expect(ran.stderr).toContain('The task spec from the pipe is not valid');
  expect(ran.stderr).toContain('trigger.index.above: found -5, expected a price above 0');
});

it('A file that is not there is named', async () => {
  const ran = await run(['task', 'check', 'nowhere.yaml']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('FILE: found "nowhere.yaml"');
});
