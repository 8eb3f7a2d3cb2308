import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const call = ['--symbol', 'BTC-31MAR23-26000-C-USDT', '--trigger', '25500', '--target', '+1000'];
const put = ['--symbol', 'BTC-31MAR23-21000-P-USDT', '--trigger', '21500', '--target', '-1000'];

describe('from an empty directory to a queued task', () => {
  it('every step says what to type next, and the task waits for a daemon', async () => {
    const empty = await run(['task', 'list']);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('rollkeeper user add ann');

    const user = await run(['user', 'add', 'ann']);
    expect(user.stdout).toContain('rollkeeper account add main --user ann');
    const account = await run(['account', 'add', 'main', '--user', 'ann']);
    expect(account.stdout).toMatch(/Added account main of ann \(paper, key paper-\w+\)/);
    expect(account.stdout).toContain('rollkeeper task add --account main');

    const task = await run(['task', 'add', '--account', 'main', ...call, '--wait', '0']);
    expect(task).toMatchObject({ code: 0, stderr: '' });
    expect(task.stdout).toMatch(/Task [a-z2-9]{10}: queued/);
    expect(task.stdout).toContain('rollkeeper start');

    const list = await run(['task', 'list']);
    expect(list.stdout.split('\n')[1]).toMatch(
      /^[a-z2-9]{10} +ann\/main +BTC-31MAR23-26000-C-USDT +QUEUED +index above 25500/,
    );
  });

  it('--json prints JSON lines on stdout and nothing else anywhere', async () => {
    const steps = [
      ['user', 'add', 'bob'],
      ['user', 'list'],
      ['account', 'add', 'side', '--user', 'bob'],
      ['account', 'list'],
      ['task', 'add', '--account', 'side', ...put, '--wait', '0'],
      ['task', 'list'],
      ['migrate'],
    ];
    const ran = [];
    for (const step of steps) ran.push(await run([...step, '--json']));
    expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual(steps.map(() => [0, '']));
    const lines = ran.map(jsonLines);
    expect(lines[0]).toMatchObject([{ name: 'bob' }]);
    expect(lines[1]).toMatchObject([{ name: 'ann' }, { name: 'bob' }]);
    expect(lines[3]).toMatchObject([{ name: 'main' }, { name: 'side', environment: 'paper' }]);
    expect(lines[4]).toMatchObject([
      { status: 'queued', answer: null, taskId: expect.any(String) as string },
    ]);
    expect(lines[5]?.[1]).toMatchObject({
      taskId: lines[4]?.[0]?.['taskId'],
      symbol: 'BTC-31MAR23-21000-P-USDT',
      state: 'QUEUED',
      trigger: { direction: 'below', level: '21500' },
    });
    expect(lines[6]).toEqual([{ applied: [] }]);
  });

  it('a queued task can be shown, and paused before any daemon has seen it', async () => {
    const taskId = String(jsonLines(await run(['task', 'list', '--user', 'bob', '--json']))[0]?.['taskId']);
    const pause = await run(['task', 'pause', taskId, '--wait', '0', '--json']);
    expect(jsonLines(pause)).toMatchObject([{ taskId, status: 'queued' }]);
    const shown = await run(['task', 'show', taskId]);
    expect(shown.stdout).toMatch(/Holds: +all BTC-31MAR23-21000-P-USDT/);
    expect(shown.stdout).toMatch(/UTC +add +waiting/);
    expect(shown.stdout).toMatch(/UTC +pause +waiting/);
  });

  it('a spec file is taken as it is written', async () => {
    writeFileSync(
      join(cwd, 'call.yaml'),
      'symbol: BTC-31MAR23-27000-C-USDT\ntrigger: 26500\ntarget: +2 steps\n',
    );
    const added = await run([
      'task',
      'add',
      '--account',
      'main',
      '--spec',
      'call.yaml',
      '--wait',
      '0',
      '--json',
    ]);
    const taskId = String(jsonLines(added)[0]?.['taskId']);
    const shown = jsonLines(await run(['task', 'show', taskId, '--json']))[0];
    expect(shown).toMatchObject({
      spec: { trigger: { index: { above: '26500' } }, target: { strike: '+2 steps', expiry: 'same' } },
      trigger: { level: '26500' },
    });
  });
});

describe('a mistake', () => {
  // Somebody else keeps the database up meanwhile, as a daemon would: starting it for every command takes a while.
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    database = await openEmbeddedDatabase(join(cwd, '.rollkeeper'), { role: 'visitor', log: silentLog });
  });
  afterAll(() => database.close());

  it.concurrent.each<[string[], string[]]>([
    [
      ['task', 'add', '--account', 'main', '--symbol', 'BTC-31MAR23', '--trigger', 'x'],
      [
        '--symbol: found "BTC-31MAR23", expected an option symbol like',
        '--trigger: found "x", expected a price above 0',
        '--target: found nothing, expected a step',
      ],
    ],
    [['task', 'add', '--account', 'nope', ...call], ['--account: found "nope", expected one of main, side']],
    [
      ['task', 'add', '--account', 'main', '--spec', 'none.yaml'],
      ['--spec: found "none.yaml"', 'a YAML or JSON file'],
    ],
    [
      ['task', 'add', '--account', 'main', '--spec', 'a.yaml', ...call],
      ['--symbol', 'or everything by options'],
    ],
    [
      ['task', 'add', '--account', 'main', ...call, '--wait', 'long'],
      ['--wait: found "long", expected whole seconds'],
    ],
    [
      ['task', 'show', 'nope'],
      ['id: found "nope"', 'rollkeeper task list'],
    ],
    [['task', 'pause', 'nope'], ['id: found "nope"']],
    [
      ['account', 'add', 'x', '--user', 'nobody'],
      ['"nobody"', 'one of ann, bob'],
    ],
    [
      ['user', 'add', 'ann'],
      ['"ann"', 'a name no other user has'],
    ],
    [
      ['user', 'list', '--data', 'a', '--database-url', 'postgres://h/d'],
      ['--data', 'not both'],
    ],
    [
      ['user', 'list', '--database-url', 'hunter2'],
      ['--database-url', '7 characters (not shown)'],
    ],
    [
      ['user', 'lst'],
      ["unknown command 'lst'", 'Did you mean list?', 'see: rollkeeper user --help'],
    ],
    [
      ['user', 'add'],
      ["missing required argument 'name'", 'see: rollkeeper user add --help'],
    ],
    [['task', 'list', '--nope'], ["unknown option '--nope'"]],
    [['account', 'add', 'x'], ["required option '--user <name>' not specified"]],
  ])('%j is named, with what would be right, and exits with 2', async (args, words) => {
    expectRefusal(await run(args), 2, ...words);
  });

  it('in the configuration is named together with every other', async () => {
    const ran = await run(['user', 'list'], { env: { LOG_LEVEL: 'loud', ROLLKEEPER_MODE: 'real' } });
    expectRefusal(ran, 2, 'LOG_LEVEL: found "loud"', 'ROLLKEEPER_MODE: found "real"');
  });

  it('in a YAML file is named with line and column', async () => {
    writeFileSync(join(cwd, 'broken.yaml'), 'symbol: A\ntrigger: { index: {\n');
    const ran = await run(['task', 'add', '--account', 'main', '--spec', 'broken.yaml']);
    expectRefusal(ran, 2, 'broken.yaml:3:1: found', 'expected valid YAML');
  });

  it('is a JSON line as well, for a program', async () => {
    const ran = await run(['task', 'add', '--account', 'main', '--trigger', '1', '--json']);
    expect(ran.code).toBe(2);
    expect(jsonLines(ran)).toMatchObject([
      { error: { kind: 'BadInput', issues: [{ path: '--symbol', found: 'nothing' }, { path: '--target' }] } },
    ]);
  });
});

describe('a database that is not there', () => {
  const nowhere = ['user', 'list', '--database-url', 'postgres://ops:hunter2@127.0.0.1:1/rolls'];

  it('is a failure (1) in one sentence, without its password', async () => {
    const ran = await run(nowhere);
    expectRefusal(ran, 1, 'ECONNREFUSED');
    expect(ran.stderr + ran.stdout).not.toContain('hunter2');
  });

  it('shows its causes with --verbose', async () => {
    const ran = await run([...nowhere, '--verbose']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^\s+at /m);
    expect(ran.stderr).not.toContain('hunter2');
  });
});
