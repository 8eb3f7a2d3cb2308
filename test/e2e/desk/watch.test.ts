/** That the tests in a browser would notice: a page that breaks every rule is complained about, rule by rule, and a good one is not. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersIn } from '../../support/browser/axe.ts';
import { browserOrWhy } from '../../support/browser/desk-fixture.ts';
import type { Browser } from '../../support/browser/open-browser.ts';
import { openWatchedPage } from '../../support/browser/watched-page.ts';

const browser = await browserOrWhy();

const pages: Readonly<Record<string, string>> = {
  '/good': '<h1>Good</h1><label>Name <input></label>',
  '/inline': '<h1>Inline</h1><script>document.title = 1</script>',
  '/style': '<h1 style="color: red">Style</h1>',
  '/elsewhere': '<h1>Elsewhere</h1><img alt="" src="http://127.0.0.1:9/picture.png">',
  '/throws': '<h1>Throws</h1><script src="/throws.js"></script>',
  '/unnamed': '<h1>Unnamed</h1><input><p style="color: #ccc">pale</p>',
};
const scripts: Readonly<Record<string, string>> = { '/throws.js': 'throw new Error("by design")' };

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('a watched page', () => {
  let server: Server;
  let origin = '';
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const script = scripts[url];
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
      response.setHeader('content-security-policy', "default-src 'self'; img-src *");
      response.end(
        script ?? `<!doctype html><html lang="en"><title>t</title><main>${pages[url] ?? ''}</main>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it.each([
    ['/good', null],
    ['/inline', /script-src/],
    ['/style', /style-src/],
    ['/elsewhere', /a request to http:\/\/127\.0\.0\.1:9/],
    ['/throws', /by design/],
  ])('%s is complained about as %s', async (path, complaint) => {
    const { page, context, complaints } = await openWatchedPage(browser as Browser, origin);
    await page.goto(path);
    if (complaint === null) expect(complaints).toEqual([]);
    else await expect.poll(() => complaints.join('\n')).toMatch(complaint);
    await context.close();
  });

  it('keeps people out where a field has no name, and not where it has one', async () => {
    const { page, context } = await openWatchedPage(browser as Browser, origin);
    await page.goto('/good');
    expect(await barriersIn(page)).toEqual([]);
    await page.goto('/unnamed');
    expect((await barriersIn(page)).join('\n')).toMatch(/critical label/);
    await context.close();
  });
});
