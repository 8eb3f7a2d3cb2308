/** The life of a task in a real browser, over a real daemon: added by form, paused, resumed, rolled, looked into, halted, asked, answered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOrWhy, DeskFixture } from '../../support/browser/desk-fixture.ts';
import type { Browser, Page, Route } from '../../support/browser/open-browser.ts';

const browser = await browserOrWhy();

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('a task, in the browser', () => {
  let desk: DeskFixture;
  let page: Page;
  let taskId = '';
  beforeAll(async () => {
    desk = await DeskFixture.open(browser as Browser);
    page = await desk.signedIn();
  });
  afterAll(async () => {
    await desk.close();
    await browser?.close();
  });

  const sees = (text: RegExp | string): Promise<void> =>
    expect.poll(() => page.getByText(text).first().isVisible(), { message: String(text) }).toBe(true);
  /** Presses a button, and the one that asks back. */
  async function act(name: RegExp): Promise<void> {
    await page.getByRole('button', { name }).first().click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name }).last();
    await expect.poll(() => confirm.isEnabled()).toBe(true);
    await confirm.click();
    await expect.poll(() => dialog.count()).toBe(0);
  }

  /** The first answer of this path is made when it is asked for, and arrives when `arrive` is called. */
  async function heldAnswer(of: Page, path: string): Promise<{ isMade: Promise<void>; arrive: () => void }> {
    const [made, arrived] = [signal(), signal()];
    const hold = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      made.give();
      await arrived.given;
      await route.fulfill({ response });
    };
    await of.route(path, hold, { times: 1 });
    return { isMade: made.given, arrive: arrived.give };
  }

  it('is added by form, whose YAML stands beside it', async () => {
    const checked = page.waitForResponse(/tasks.check$/);
    await page.getByRole('link', { name: 'New task' }).first().click();
    await (await checked).finished();
    await page.getByRole('radio').first().check();
    // Begun, it is said what is missing; until then it is not.
    expect(await page.getByText('found nothing').count()).toBe(0);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await sees(/target: found nothing/);
    await page.getByLabel('Level', { exact: true }).fill('24500');
    await page.getByLabel('Strike', { exact: true }).fill('+1000');
    await page.getByLabel('Size', { exact: true }).fill('all');
    await page.getByLabel('Cooldown', { exact: true }).fill('1s');
    await expect.poll(() => page.getByLabel('As YAML').inputValue()).toMatch(/24500[^]*1000/);
    await act(/^add the task/i);
    await expect.poll(() => page.url()).toMatch(/\/tasks\/[a-z2-9]{10}$/);
    taskId = page.url().slice(-10);
    await desk.installation.untilTask(taskId, ({ state }) => state === 'IDLE.watching');
    expect((await desk.installation.task(taskId)).context.held.symbol).toBe('BTC-31MAR23-25000-C-USDT');
  });

  it('is paused, keeps still while its trigger holds, and is resumed', async () => {
    await page.getByRole('button', { name: 'Pause' }).dblclick();
    await sees('Paused');
    desk.installation.paper.setIndex('BTC', '24600');
    await sees('24,600');
    expect(desk.installation.orders()).toEqual([]);
    desk.installation.paper.setIndex('BTC', '23500');
    await sees('23,500');
    await act(/^resume/i);
    await sees('Waiting');
  });

  it('rolls before the eyes of a person, and its machine is stepped through', async () => {
    desk.installation.paper.setIndex('BTC', '24600');
    await sees(/26[,.]?000/);
    await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 1);
    expect(desk.installation.orders()).toHaveLength(2);
    await page.goto(`/machine/${taskId}`);
    const slider = page.getByRole('slider').first();
    await slider.focus();
    const at = (): Promise<string> => slider.inputValue();
    const last = await at();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(at).not.toBe(last);
    await page.keyboard.press('Home');
    await sees(/ADOPT|CHECK|QUEUED/i);
  });

  it('asks before it trades, is answered once, and obeys', async () => {
    const asking = await desk.installation.addTask({
      symbol: 'BTC-31MAR23-22000-P-USDT',
      trigger: 23_000,
      target: '-1000',
      approval: { timeout: '10m', otherwise: 'skip' },
    });
    const other = await desk.signedIn();
    const late = await heldAnswer(other, `**/api/tasks/${asking}`);
    for (const each of [page, other]) await each.goto(`/tasks/${asking}`);
    await late.isMade;
    desk.installation.paper.setIndex('BTC', '22900');
    await page.getByRole('button', { name: /^approve/i }).waitFor();
    late.arrive();
    await other.getByRole('button', { name: /^approve/i }).waitFor();
    await act(/^approve/i);
    await desk.installation.untilTask(asking, ({ context }) => context.rollsDone === 1);
    for (const each of [page, other])
      await expect.poll(() => each.getByRole('button', { name: /^approve/i }).count()).toBe(0);
  });

  it('is halted with everything else, does not roll though its trigger holds, and rolls once it is resumed', async () => {
    await page.goto('/');
    await act(/^halt/i);
    await sees('Trading is halted');
    const ordered = desk.installation.orders().length;
    desk.installation.paper.setIndex('BTC', '25600');
    await sees('25,600');
    expect(desk.installation.orders()).toHaveLength(ordered);
    await page
      .getByRole('button', { name: /^resume/i })
      .first()
      .click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^resume/i })
      .click();
    await expect.poll(() => page.getByText('Trading is halted').count()).toBe(0);
    await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 2);
    expect(desk.installation.orders()).toHaveLength(ordered + 2);
  });

  it('is reached and paused with the keyboard alone', async () => {
    const tabTo = async (what: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        if (await page.evaluate<boolean>(`Boolean(document.activeElement?.matches(${JSON.stringify(what)}))`))
          return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${what} is not reached by Tab`);
    };
    await page.goto('/');
    await sees(/27[,.]?000/);
    await page.keyboard.press('/');
    await page.keyboard.type('27000');
    await expect.poll(() => page.url()).toContain('27000');
    await tabTo('[role=row]');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain(`/tasks/${taskId}`);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await tabTo('.task-actions button[title]');
    await page.keyboard.press('Enter');
    await desk.installation.untilTask(taskId, ({ state }) => state.startsWith('PAUSED'));
  });

  it('asked no other host for anything and broke none of its rules', () => {
    expect(desk.complaints()).toEqual([]);
  });
});
