/**
 * A page under watch, from its first request to its last: what it asks other hosts for, what its Content-Security-Policy had to stop,
 * and what its scripts throw. A test reads the complaints at its end; whatever it does in between is covered.
 */
import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import type { Browser, Page } from './open-browser.ts';

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Sentences about what must never happen, in their order. */
  readonly complaints: readonly string[];
}

/** On a busy machine, too. */
const patienceMs = 180_000;

/** Said once for each breach, with what broke the policy and where. */
const reportBreaches = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('breach of the policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber));`;

/** A browser of its own: another one shares no cookie with it. */
export async function openWatchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  await context.addInitScript(reportBreaches);
  const complaints: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin)
      complaints.push(`a request to ${url.origin}`);
  });
  context.on('console', (message) => {
    if (/breach of the policy|Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  context.on('weberror', (error) => void complaints.push(`a script threw: ${String(error.error())}`));
  return { page: await context.newPage(), context, complaints };
}
