/**
 * A whole installation under a real browser: database, exchange and daemon as in `daemon-fixture.ts`, the page served by the daemon at
 * one port through all its restarts, and any number of people in front of it.
 */
import { freePort } from '../free-port.ts';
import { DaemonFixture, type NamedDaemon } from '../daemon-fixture.ts';
import { runnerIn, workingDirectory } from '../../e2e/cli-run.ts';
import { openBrowser, type Browser, type Page } from './open-browser.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

/** The browser of a test file, or `null` where none runs: then the reason is printed, and the file's tests are skipped. */
export async function browserOrWhy(): Promise<Browser | null> {
  const browser = await openBrowser();
  if (!('missing' in browser)) return browser;
  process.stderr.write(`\n!! NOT TESTED IN A BROWSER: ${browser.missing}\n\n`);
  return null;
}

type WindowOptions = Parameters<typeof openWatchedPage>[2];

export class DeskFixture {
  readonly installation: DaemonFixture;
  readonly origin: string;
  readonly #browser: Browser;
  readonly #port: number;
  readonly #windows: WatchedPage[] = [];
  readonly #cwd = workingDirectory();
  #daemon: NamedDaemon | null = null;

  private constructor(installation: DaemonFixture, browser: Browser, port: number) {
    this.installation = installation;
    this.#browser = browser;
    this.#port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** With a daemon that serves the page. */
  static async open(
    browser: Browser,
    options: Parameters<typeof DaemonFixture.open>[1] = {},
  ): Promise<DeskFixture> {
    const desk = new DeskFixture(await DaemonFixture.open('Sell', options), browser, await freePort());
    await desk.startDaemon();
    return desk;
  }

  /** Resolves when it serves. */
  async startDaemon(): Promise<void> {
    this.#daemon = this.installation.startDaemon({ API_PORT: String(this.#port) });
    await this.installation.until(() => this.isServed());
  }

  isServed(): Promise<boolean> {
    return fetch(`${this.origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  killDaemon(): Promise<void> {
    return this.#daemon?.kill() ?? Promise.resolve();
  }

  /** It hangs: its connections stand, and nothing comes. */
  suspendDaemon(): void {
    this.#daemon?.process.kill('SIGSTOP');
  }

  resumeDaemon(): void {
    this.#daemon?.process.kill('SIGCONT');
  }

  /** `rollkeeper …` on this database. @returns what it wrote @throws when it fails */
  async cli(...args: readonly string[]): Promise<string> {
    const ran = await runnerIn(this.#cwd)([...args, '--database-url', this.installation.database.url]);
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  }

  /** A one-time link, as `rollkeeper link` prints it. @param user default: the operator */
  async link(user?: string): Promise<string> {
    const said = await this.cli('link', ...(user === undefined ? [] : ['--user', user]));
    const [link = ''] = /http:\S+#\S+/.exec(said) ?? [];
    const { pathname, hash } = new URL(link);
    return `${this.origin}${pathname}${hash}`;
  }

  /** A stranger at a browser of their own, not signed in. */
  async window(options: WindowOptions = {}): Promise<WatchedPage> {
    const opened = await openWatchedPage(this.#browser, this.origin, options);
    this.#windows.push(opened);
    return opened;
  }

  /** Signed in by a link, in front of the desk. */
  async signedIn(user?: string, options: WindowOptions = {}): Promise<Page> {
    const { page } = await this.window(options);
    await page.goto(await this.link(user));
    await page.locator('nav.pages').waitFor();
    return page;
  }

  /** What must never happen, in any window so far. */
  complaints(): readonly string[] {
    return this.#windows.flatMap(({ complaints }) => complaints);
  }

  async close(): Promise<void> {
    for (const { context } of this.#windows) await context.close();
    await this.installation.close();
  }
}
