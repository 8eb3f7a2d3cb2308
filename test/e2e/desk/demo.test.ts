/** `rollkeeper demo --serve`, as the README offers it: a person opens its page, answers the question that stands there, and watches a roll. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { browserOrWhy } from '../../support/browser/desk-fixture.ts';
import type { Browser, Page } from '../../support/browser/open-browser.ts';
import { openWatchedPage } from '../../support/browser/watched-page.ts';
import { compiledProgram } from '../../support/compiled-program.ts';
import { freePort } from '../../support/free-port.ts';

const browser = await browserOrWhy();
const cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-demo-served-'));

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('the demo with its page', () => {
  let demo: ChildProcess;
  afterAll(async () => {
    if (demo.exitCode === null) demo.kill('SIGKILL');
    await browser?.close();
    rmSync(cwd, { recursive: true, force: true });
  });

  it('asks, is answered in the browser, rolls before the eyes of the person, and ends with Ctrl-C', async () => {
    const port = await freePort();
    demo = spawn(process.execPath, [compiledProgram, 'demo', '--serve', String(port), '--data', 'served'], {
      cwd,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { page, complaints } = await openWatchedPage(browser as Browser, `http://127.0.0.1:${port}`);
    await page.goto(await linkFrom(demo));
    await expect.poll(() => rowsOf(page)).toBe(5);

    // The position that asks first comes first.
    const asking = page.getByRole('row').filter({ hasText: 'Needs you' }).first();
    await asking.getByRole('link', { name: /24[,.]?000/ }).click();
    await page.getByRole('button', { name: 'Approve' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /approve/i }).click();
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => page.getByText('Rolling').first().isVisible()).toBe(true);
    await page
      .getByText(/31MAR23-25000-C|25[,.]?000/)
      .first()
      .waitFor();
    await expect.poll(() => page.getByText('Waiting').first().isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).toEqual([0, null]);
    expect(existsSync(join(cwd, 'served', 'postgres', 'postmaster.pid'))).toBe(false);
    expect(complaints).toEqual([]);
  });
});

const rowsOf = (page: Page): Promise<number> =>
  page.locator('main a[href^="/tasks/"]').filter({ hasText: /\d/ }).count();

async function linkFrom({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('its output is a pipe');
  for await (const line of createInterface({ input: stdout })) {
    const [link] = /http:\S+#\S+/.exec(line) ?? [];
    if (link === undefined) continue;
    stdout.resume();
    return link;
  }
  throw new Error('the demo ended without a link to its page');
}
