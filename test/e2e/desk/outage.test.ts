/** What people in front of the desk see of a daemon that dies, hangs and comes back: at once, without a reload, and nothing happens twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from '../../support/browser/open-browser.ts';
import { browserOrWhy, DeskFixture } from '../../support/browser/desk-fixture.ts';

const browser = await browserOrWhy();

const isLost = (page: Page): Promise<boolean> => page.getByText('No word from the daemon for').isVisible();
const isLive = (page: Page): Promise<boolean> =>
  page.getByRole('status').filter({ hasText: 'Connected' }).first().isVisible();

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('the desk, when its daemon', () => {
  let desk: DeskFixture;
  let taskId = '';
  let pages: readonly Page[] = [];
  beforeAll(async () => {
    desk = await DeskFixture.open(browser as Browser);
    taskId = await desk.installation.addTask();
    pages = [await desk.signedIn(), await desk.signedIn()];
    for (const page of pages) {
      await page.evaluate('window.hasNotBeenReloaded = true');
      await desk.installation.until(() => isLive(page));
    }
  });
  afterAll(async () => {
    await desk.close();
    await browser?.close();
  });

  /** What the index is as of two browsers. */
  const untilShown = async (text: string): Promise<void> => {
    for (const page of pages) await expect.poll(() => page.getByText(text).first().isVisible()).toBe(true);
  };

  it('receives a price, shows it in two browsers at the same time', async () => {
    desk.installation.paper.setIndex('BTC', '23777.25');
    await untilShown('23,777.25');
  });

  it('is killed, says so, and shows the truth again as soon as there is one', async () => {
    await desk.killDaemon();
    for (const page of pages) await expect.poll(() => isLost(page)).toBe(true);
    desk.installation.paper.setIndex('BTC', '23888.5');
    const [, upgraded] = pages as [Page, Page];
    await upgraded.route(`${desk.origin}/`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<script type="module" src="/assets/newer.js"></script>',
      }),
    );
    await desk.startDaemon();
    for (const page of pages) await expect.poll(() => isLost(page)).toBe(false);
    await untilShown('23,888.50');
    for (const page of pages) expect(await page.evaluate('window.hasNotBeenReloaded')).toBe(true);
    // One of them has asked for the page, and got that of another build.
    await upgraded.getByText('A new version is served').waitFor();
    await upgraded.unroute(`${desk.origin}/`);
    const [other] = pages as [Page];
    expect(await other.getByText('A new version is served').count()).toBe(0);
  });

  it('hangs, says so although the connection stands, and notices when it goes on', async () => {
    desk.suspendDaemon();
    for (const page of pages) await expect.poll(() => isLost(page)).toBe(true);
    desk.resumeDaemon();
    for (const page of pages) await expect.poll(() => isLost(page)).toBe(false);
  });

  it('dies under a command, does it once however often it is sent', async () => {
    const [page] = pages as [Page];
    await page.goto(`/tasks/${taskId}`);
    await page.getByRole('button', { name: 'Roll now' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: /roll now/i });
    await expect.poll(() => confirm.isEnabled()).toBe(true);
    await desk.killDaemon();
    await confirm.click();
    await dialog.getByRole('alert').waitFor();
    await desk.startDaemon();
    await expect.poll(() => isLost(page)).toBe(false);
    // The task has moved by the restart: the first answer may be to decide anew.
    await expect
      .poll(async () => {
        await confirm.dblclick({ timeout: 2_000 }).catch(() => undefined);
        return dialog.count();
      })
      .toBe(0);
    await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 1);
    await expect
      .poll(() =>
        page
          .getByText(/26[,.]?000/)
          .first()
          .isVisible(),
      )
      .toBe(true);
    expect(desk.installation.orders()).toHaveLength(2);
    expect(desk.installation.positions()).toContain('Sell 0.3 BTC-31MAR23-26000-C-USDT');
  });

  it('asked no other host for anything and broke none of its rules', () => {
    expect(desk.complaints()).toEqual([]);
  });
});
