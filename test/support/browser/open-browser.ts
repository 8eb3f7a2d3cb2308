/**
 * A real browser for tests, benches and pictures: the one that `CHROME_PATH` names, else an installed Chromium or Chrome, else the
 * Chromium that comes with `npm ci`. Where none of them runs, the reason is one line that nobody overlooks.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { packagedChromium } from './packaged-chromium.ts';

export type { Browser, BrowserContext, Locator, Page, Route } from 'playwright-core';

interface Candidate {
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Its process ends with `close()`, and also when this process is killed. @throws Error when the one of `CHROME_PATH` does not run */
export async function openBrowser(): Promise<Browser | { readonly missing: string }> {
  const given = process.env['CHROME_PATH'] ?? '';
  if (given !== '')
    return launch({ path: given }).catch((error: unknown) => {
      throw new Error(`CHROME_PATH names ${given}, which does not run: ${firstLine(error)}`, {
        cause: error,
      });
    });
  const problems: string[] = [];
  for (const candidate of installed()) {
    try {
      return await launch(candidate);
    } catch (error) {
      problems.push(`${candidate.path}: ${firstLine(error)}`);
    }
  }
  try {
    return await launchPackaged();
  } catch (error) {
    problems.push(firstLine(error));
  }
  return {
    missing: `no browser runs here (${problems.join('; ')}): install Chromium, or set CHROME_PATH to one`,
  };
}

async function launchPackaged(): Promise<Browser> {
  const { path, libraries, fontsConfig } = await packagedChromium();
  const fonts: Record<string, string> = existsSync('/etc/fonts/fonts.conf')
    ? {}
    : { FONTCONFIG_FILE: fontsConfig };
  try {
    return await launch({ path, environment: fonts });
  } catch (error) {
    if (!/error while loading shared libraries/.test(String(error))) throw error;
    return launch({ path, environment: { ...fonts, LD_LIBRARY_PATH: libraries } });
  }
}

/** `/dev/shm` is small in a container; root may not use the sandbox, and a page of our own needs none. */
const browserArguments = ['--no-sandbox', '--disable-dev-shm-usage', '--lang=en-GB'];
const launchTimeoutMs = 120_000;

const launch = ({ path, environment = {} }: Candidate): Promise<Browser> =>
  chromium.launch({
    executablePath: path,
    args: browserArguments,
    timeout: launchTimeoutMs,
    env: Object.fromEntries(
      Object.entries({ ...process.env, ...environment }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    ),
  });

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const installed = (): readonly Candidate[] =>
  [
    ...(process.env['PATH'] ?? '')
      .split(delimiter)
      .flatMap((folder) => names.map((name) => join(folder, name))),
    ...places,
  ]
    .filter((path) => existsSync(path))
    .map((path) => ({ path }));

/** Playwright adds its own log of the start below. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 1).join('').slice(0, 300);
