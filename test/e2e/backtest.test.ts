/** `rollkeeper backtest` and `machines` as people run them: processes of their own, in an empty directory. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoTapePath } from '../../src/cli/demo/programme.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
writeFileSync(
  join(cwd, 'roll.yaml'),
  '{ symbol: BTC-31MAR23-25000-C-USDT, qty: "0.5", trigger: 24500, target: +1000, guards: { cooldown: 1m } }',
);
writeFileSync(join(cwd, 'dvol.csv'), 'time,dvol\n2023-03-01,55\n2023-03-12,75\n');
const common = ['backtest', '--task', 'roll.yaml', '--tape', demoTapePath, '--to', '2023-03-15'];

test('a backtest with a sweep, volatility as it was and a report needs no database', async () => {
  const ran = await run([
    ...common,
    '--iv-tape',
    'dvol.csv',
    '--report',
    'march.html',
    '--json',
    '--sweep',
    'trigger=24500..25500:500',
    'target=1,2',
  ]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const [base, ...runs] = jsonLines(ran) as [{ result: { rolling: string } }, ...Record<string, unknown>[]];
  expect(runs.map(({ parameters }) => parameters)).toEqual(
    ['24500', '25000', '25500'].flatMap((trigger) => ['1', '2'].map((target) => ({ trigger, target }))),
  );
  // Two strikes are the thousand of the task itself.
  expect(runs[1]?.['result']).toBe(base.result.rolling);
  const page = readFileSync(join(cwd, 'march.html'), 'utf8');
  expect(page).toContain('as in dvol.csv');
  expect(page).toContain(String(runs[4]?.['result']));
  expect(existsSync(join(cwd, '.rollkeeper'))).toBe(false);
});

test('a sweep for people is a table with the best marked', async () => {
  const ran = await run([...common, '--sweep', 'trigger=20000,24500']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/^ +20000 .*not begun: .*holds already/m);
  expect(ran.stdout).toMatch(/^\* +24500 +\d/m);
});

test('what is wrong with a sweep is said before anything is played', async () => {
  expectRefusal(await run([...common, '--sweep', 'trigger']), 2, '--sweep', 'trigger=24000..27000:500');
  expectRefusal(await run([...common, '--sweep', 'trigger=24000,x']), 2, 'trigger=x');
  expectRefusal(await run([...common, '--iv-tape', 'none.csv']), 2, 'none.csv');
});

test('a task that asks for events is played with a calendar of them, and refused without', async () => {
  const guards = '{ cooldown: 1m, notDuring: events }';
  writeFileSync(
    join(cwd, 'events-roll.yaml'),
    `{ symbol: BTC-31MAR23-22000-C-USDT, qty: "0.5", trigger: { every: day at 08:30 }, target: +1 steps, guards: ${guards} }`,
  );
  const event = 'BEGIN:VEVENT\nUID:1\nSUMMARY:speech\nDTSTART;VALUE=DATE:20230302\nEND:VEVENT';
  writeFileSync(
    join(cwd, 'events.ics'),
    `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n${event}\nEND:VCALENDAR\n`,
  );
  const played = ['backtest', '--task', 'events-roll.yaml', '--tape', demoTapePath, '--to', '2023-03-04'];
  expectRefusal(await run(played), 2, 'guards.notDuring', '--blackouts FILE');
  const ran = await run([...played, '--blackouts', 'events.ics', '--json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const [{ rolls }] = jsonLines(ran) as [{ rolls: { startedAtMs: number }[] }];
  expect(rolls.map(({ startedAtMs }) => new Date(startedAtMs).getUTCDate())).toEqual([1, 3]);
});

test('machines are drawn as pictures and as code', async () => {
  const svg = await run(['machines', 'roll', '--svg']);
  expect(svg.code).toBe(0);
  expect(svg.stdout).toMatch(/^<svg .*<\/svg>\s*$/s);
  const code = await run(['machines', 'order', '--code']);
  expect(code.stdout).toMatch(/^import \{ createMachine \} from 'xstate';/);
  expectRefusal(await run(['machines', 'rol']), 2, 'rol', 'roll, order, stream, daemon');
  expectRefusal(await run(['machines', '--svg']), 2, 'one machine');
});
