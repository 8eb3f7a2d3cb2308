/**
 * `npm run screenshots [-- DIR]`: plays `rollkeeper demo --serve` and takes the pictures of docs/ from it, each page in both themes and
 * on a phone. With DIR every picture goes there, to be looked at; without it the chosen ones go to docs/images.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../src/files/package-files.ts';
import {
  openBrowser,
  type Browser,
  type BrowserContext,
  type Page,
} from '../support/browser/open-browser.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { freePort } from '../support/free-port.ts';

/** Pictures that documents show. */
const chosen = ['desk-light', 'task-light', 'machine-dark', 'desk-phone'];

const looks = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
} as const;
type Look = keyof typeof looks;

interface Shown {
  readonly taskId: string;
  readonly urgency: string;
  readonly rollsDone: number;
}

/** What is there to see: a task that has rolled, and others that wait. */
const rollsWanted = 1;
const patienceMs = 900_000;

async function main(directory: string | undefined): Promise<void> {
  const folder = directory ?? fileURLToPath(packageFile('docs/images'));
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  if ('missing' in browser) throw new Error(browser.missing);
  const demo = await startDemo();
  try {
    const context = await signIn(browser, demo.link);
    const taskId = await rolledTask(context, demo.origin);
    const pages = {
      desk: '/',
      task: `/tasks/${taskId}`,
      machine: `/machine/${taskId}`,
      'new-task': '/tasks/new',
      backtest: '/backtest',
      system: '/system',
    };
    const state = await context.storageState();
    for (const look of Object.keys(looks) as Look[]) {
      const looking = await browser.newContext({ ...looks[look], ...usual, storageState: state });
      looking.setDefaultTimeout(patienceMs);
      const page = await looking.newPage();
      for (const [name, path] of Object.entries(pages)) {
        const picture = `${name}-${look}`;
        if (directory !== undefined || chosen.includes(picture))
          await take(page, demo.origin + path, join(folder, `${picture}.png`));
      }
      await looking.close();
    }
  } finally {
    await browser.close();
    await demo.end();
  }
}

const usual = { locale: 'en-GB', timezoneId: 'Europe/Berlin' } as const;
/** For charts to be drawn and figures to arrive. */
const settleMs = 4_000;

async function take(page: Page, url: string, path: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('main').waitFor();
  await sleep(settleMs);
  await page.screenshot({ path, animations: 'disabled', fullPage: false });
  console.log(path);
}

async function startDemo(): Promise<{ origin: string; link: string; end: () => Promise<void> }> {
  const port = await freePort();
  const child = spawn(process.execPath, [compiledProgram, 'demo', '--serve', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [link] = /http:\S+#\S+/.exec(line) ?? [];
    if (link === undefined) continue;
    child.stdout.resume();
    return { origin: `http://127.0.0.1:${port}`, link, end };
  }
  throw new Error('the demo ended without a link to its page');
}

async function signIn(browser: Browser, link: string): Promise<BrowserContext> {
  const context = await browser.newContext(usual);
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.goto(link);
  await page.locator('nav.pages').waitFor();
  await page.close();
  return context;
}

/** Answers the question that stands in the way, and waits. @returns the task with most rolls */
async function rolledTask(context: BrowserContext, origin: string): Promise<string> {
  for (const endMs = Date.now() + patienceMs; Date.now() < endMs;) {
    await sleep(5_000);
    const tasks = (await (await context.request.get(`${origin}/api/tasks`)).json()) as Shown[];
    const rolls = tasks.reduce((sum, { rollsDone }) => sum + rollsDone, 0);
    const [most] = [...tasks].sort((a, b) => b.rollsDone - a.rollsDone);
    if (most && rolls >= rollsWanted) return most.taskId;
  }
  throw new Error('the demo did not roll');
}

await main(process.argv[2]);
