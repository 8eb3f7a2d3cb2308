import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { compiledProgram } from '../support/compiled-program.ts';
import { expectRefusal, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('The paper exchange alone says where it listens, answers like Bybit, and ends with 0 on SIGTERM', async () => {
  const child = spawn(process.execPath, [compiledProgram, 'paper', '--port', '0', '--json'], { cwd });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { url, apiKeys } = z
      .object({ event: z.literal('listening'), url: z.string(), apiKeys: z.array(z.string()) })
      .parse(JSON.parse(line));
    expect(apiKeys).toEqual(['paper']);
    expect(await (await fetch(`${url}/v5/market/time`)).json()).toMatchObject({ retCode: 0 });

    const taken = new URL(url).port;
    expectRefusal(
      await runnerIn(cwd)(['paper', '--port', taken]),
      2,
      `--port: found ${taken}, which another`,
    );
  } finally {
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});

it('A tape is played by the exchange of the daemon itself alone, and has to be there', async () => {
  const run = runnerIn(cwd);
  const env = { BYBIT_REST_URL: 'http://127.0.0.1:1', BYBIT_WS_URL: 'ws://127.0.0.1:1' };
  expectRefusal(await run(['start', '--tape', 'none.csv']), 2, '--tape: found "none.csv", expected a file');
  const elsewhere = await run(['start', '--tape'], { env });
  expectRefusal(elsewhere, 2, '--tape: found', 'beside the exchange at 127.0.0.1:1', 'paper mode without');
});
