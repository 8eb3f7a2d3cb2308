/** A daemon with many tasks that wait, and its desk in a real browser, signed in. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compiledProgram } from '../../support/compiled-program.ts';
import { openBrowser, type Page } from '../../support/browser/open-browser.ts';
import { freePort } from '../../support/free-port.ts';
import { openInstallation } from '../live/installation.ts';

export interface DeskStage {
  readonly page: Page;
  readonly setIndex: (price: string) => Promise<unknown>;
  close(): Promise<void>;
}

const accounts = 4;
/** Far above every price of a bench. */
const firstLevel = 40_000;
const rowsTimeoutMs = 180_000;

export async function openDeskStage(tasks: number): Promise<DeskStage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const installation = await openInstallation({
      accounts,
      tasksEach: tasks / accounts,
      levelOf: (at) => firstLevel + at,
    });
    closers.push(() => installation.close());
    const browser = await openBrowser();
    if ('missing' in browser) throw new Error(browser.missing);
    closers.push(() => browser.close());
    const port = await freePort();
    installation.daemons.start({ environment: { API_PORT: String(port) } });
    await installation.until(
      () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok || null,
          () => null,
        ),
      () => 'the daemon serves no page',
    );
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    await page.goto(await linkOf(installation.databaseUrl, port));
    await page.locator(`[aria-rowcount="${tasks + 1}"]`).waitFor({ timeout: rowsTimeoutMs });
    return { page, setIndex: (price) => installation.exchange.ask('setIndex', price), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function linkOf(databaseUrl: string, port: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    compiledProgram,
    ...['link', '--database-url', databaseUrl],
  ]);
  const [link = ''] = /http:\S+#\S+/.exec(stdout) ?? [];
  const { pathname, hash } = new URL(link);
  return `http://127.0.0.1:${port}${pathname}${hash}`;
}
