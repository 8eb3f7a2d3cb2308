/**
 * What a person changes and puts right in a real browser, over one real daemon: a task edited by form and by YAML while it is changed
 * elsewhere, played on recorded prices, a structure that failed, an order of which nothing is known.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minuteMs } from '../../../src/domain/units.ts';
import { callSymbol, putSymbol } from '../../support/daemon-fixture.ts';
import { barriersIn } from '../../support/browser/axe.ts';
import { browserOrWhy, DeskFixture } from '../../support/browser/desk-fixture.ts';
import type { Browser, Page } from '../../support/browser/open-browser.ts';

const browser = await browserOrWhy();

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('in the browser', () => {
  let desk: DeskFixture;
  let page: Page;
  beforeAll(async () => {
    desk = await DeskFixture.open(browser as Browser, { accountsTotal: 2 });
    page = await desk.signedIn();
  });
  afterAll(async () => {
    await desk.close();
    await browser?.close();
  });

  const sees = (text: RegExp | string): Promise<void> =>
    expect.poll(() => page.getByText(text).first().isVisible(), { message: String(text) }).toBe(true);
  const button = (name: RegExp | string) => page.getByRole('button', { name }).first();
  const confirm = (name: RegExp) => page.getByRole('dialog').getByRole('button', { name }).last();
  async function act(name: RegExp): Promise<void> {
    await button(name).click();
    await expect.poll(() => confirm(name).isEnabled()).toBe(true);
    await confirm(name).click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  }
  /** By another person, at a terminal. */
  async function told(taskId: string, kind: 'edit' | 'remove', payload: object | null): Promise<void> {
    const { accountId, store } = desk.installation;
    const commandId = await store.commands.send({ accountId, taskId, kind, payload, askedBy: 'operator' });
    const answer = await store.commands.awaitAnswer(commandId, minuteMs);
    expect(answer).toMatchObject({ status: 'done' });
  }
  const triggerOf = async (taskId: string): Promise<string> =>
    JSON.stringify((await desk.installation.task(taskId)).context.rules[0]?.trigger);

  describe('a task', () => {
    let taskId = '';
    const yaml = () => page.getByLabel('As YAML');
    const elsewhere = (trigger: number): Promise<void> =>
      told(taskId, 'edit', { symbol: callSymbol, trigger, target: '+1000' });

    it('is edited by its form, and by its YAML', async () => {
      taskId = await desk.installation.addTask();
      await page.goto(`/tasks/${taskId}`);
      await page.getByRole('link', { name: 'Edit' }).first().click();
      const level = page.getByLabel('Level', { exact: true });
      await expect.poll(() => level.inputValue()).toBe('24500');
      await level.fill('24700');
      await act(/^save the changes/i);
      await expect.poll(() => page.url()).toMatch(new RegExp(`/tasks/${taskId}$`));
      await expect.poll(() => triggerOf(taskId)).toContain('"level":"24700"');
      await page.goto(`/tasks/${taskId}/edit`);
      await yaml().fill((await yaml().inputValue()).replace('24700', '24800'));
      await act(/^save the changes/i);
      await expect.poll(() => triggerOf(taskId)).toContain('"level":"24800"');
      await sees(/24800/);
    });

    it('that is changed elsewhere meanwhile is not overwritten: it is said, and what was written can be kept', async () => {
      await page.goto(`/tasks/${taskId}/edit`);
      await yaml().fill((await yaml().inputValue()).replace('24800', '24900'));
      await expect.poll(() => button(/^save the changes/i).isEnabled()).toBe(true);
      await button(/^save the changes/i).click();
      await elsewhere(25_200);
      await confirm(/^save the changes/i).click();
      await expect.poll(() => page.getByRole('dialog').getByRole('alert').textContent()).toMatch(/version/);
      expect(await triggerOf(taskId)).toContain('"level":"25200"');
      await page.keyboard.press('Escape');
      await sees('This task was changed since you began to edit it.');
      await button('Keep what I have written').click();
      await act(/^save the changes/i);
      await expect.poll(() => triggerOf(taskId)).toContain('"level":"24900"');
    });

    it('or what was changed elsewhere is taken', async () => {
      await page.goto(`/tasks/${taskId}/edit`);
      await expect.poll(() => yaml().inputValue()).toContain('24900');
      await elsewhere(25_300);
      await button('Take the task as it is now').click();
      await expect.poll(() => yaml().inputValue()).toContain('25300');
    });

    it('is played on recorded prices as it stands: curve and rolls', async () => {
      await elsewhere(24_500);
      await page.goto(`/tasks/${taskId}`);
      await sees(/24500/);
      await button('Backtest it').click();
      await expect.poll(() => page.url()).toMatch(/backtest$/);
      await expect.poll(() => page.getByLabel('Task', { exact: true }).inputValue()).toContain('24500');
      expect(await page.getByLabel(/^Size/).inputValue()).toBe('0.3');
      await page.getByRole('heading', { name: /^Change in worth/ }).waitFor();
      await expect.poll(() => page.locator('.report canvas').count()).toBeGreaterThan(0);
      const rolls = page.getByRole('region', { name: 'Rolls' }).locator('tbody tr');
      await expect.poll(() => rolls.count()).toBeGreaterThan(1);
      expect(await rolls.first().textContent()).toMatch(/25,000 call.*26,000 call/);
      await told(taskId, 'remove', null);
    });
  });

  describe('a structure', () => {
    let taskId = '';

    it('that fails is seen on the desk and on its page, and is tried again from there', async () => {
      desk.installation.paper.faults.add({
        kind: 'reject',
        retCode: 110007,
        times: 'always',
        match: { linkIdPrefix: 'open-', symbol: 'BTC-31MAR23-21000-P-USDT' },
      });
      taskId = await desk.installation.addTask({
        symbol: undefined,
        legs: [callSymbol, putSymbol],
        trigger: { index: { above: 24_500 } },
        target: { strike: '1000 away' },
        execution: { style: 'cross', slippage: { max: '20%' } },
        leg2: { fallback: 'stayFlat', attempts: 1 },
      });
      await page.goto('/');
      const row = page.locator(`#row-${taskId}`);
      await expect.poll(() => row.textContent()).toMatch(/25,000 C.*22,000 P.*2 legs/);
      desk.installation.paper.setIndex('BTC', '24600');
      await desk.installation.untilTask(taskId, ({ state }) => state === 'FAILED');
      await expect.poll(() => row.textContent()).toMatch(/needs you/i);
      await row.click();
      await expect.poll(() => page.url()).toContain(`/tasks/${taskId}`);
      await expect.poll(() => page.locator('.task-title').textContent()).toMatch(/Needs you.*FAILED/);
      await sees(/26,000 call/);
      desk.installation.paper.faults.clear();
      await act(/^try again/i);
      await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 1);
      await expect.poll(() => page.locator('.task-title').textContent()).toMatch(/Waiting.*IDLE/);
      await expect.poll(() => page.locator('.facts').textContent()).toMatch(/26,000 call.*21,000 put/);
      await told(taskId, 'remove', null);
    });
  });

  describe('an order', () => {
    it('of which nothing is known is said not to have been placed, and goes out once more', async () => {
      const { faults } = desk.installation.paper;
      const [, accountId] = desk.installation.accountIds;
      const execution = { style: 'cross', deadline: '30s' };
      const taskId = await desk.installation.addTask({ trigger: 25_500, execution }, accountId);
      faults.add({
        kind: 'loseRequest',
        how: 'reset',
        match: { linkIdPrefix: 'open-', endpoint: '/v5/order/create' },
      });
      for (const endpoint of ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list'])
        faults.add({ kind: 'httpError', status: 503, times: 'always', match: { endpoint } });
      await page.goto(`/tasks/${taskId}`);
      desk.installation.paper.setIndex('BTC', '25600');
      await desk.installation.untilTask(taskId, ({ state }) => state === 'LEG2_OPENING.opening');
      const say = button('Say what became of the order');
      await expect
        .poll(
          async () => {
            desk.installation.paper.advance(minuteMs / 4);
            return say.isVisible();
          },
          { interval: 1_000 },
        )
        .toBe(true);
      await say.click();
      const dialog = page.getByRole('dialog');
      await expect.poll(() => dialog.textContent()).toMatch(/what became of it is unknown since.*looked up/);
      await expect.poll(() => dialog.textContent()).toMatch(/Then: .*sent once more under its own id/);
      faults.clear();
      await confirm(/^say so/i).click();
      await expect.poll(() => dialog.count()).toBe(0);
      await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 1);
      expect(desk.installation.positions(1)).toContain('Sell 0.3 BTC-31MAR23-26000-C-USDT');
    });
  });

  it('an account is added, shared and no longer shared, and its dialogues keep nobody out', async () => {
    const { paper, store } = desk.installation;
    const key = { apiKey: 'the-second-key', apiSecret: 'the-second-secret' };
    paper.addAccount({ ...key, usdt: '1000', usdc: '0', positions: [] });
    await store.directory.addUser('bob');
    await page.goto('/system');
    await button('Add an account').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('second');
    await dialog.getByLabel('User who owns it').fill('fixture');
    await dialog.getByText('With a key of its own').click();
    await dialog.getByLabel('API key').fill(key.apiKey);
    await dialog.getByLabel('API secret').fill('a wrong secret');
    expect(await barriersIn(page)).toEqual([]);
    await confirm(/^add$/i).click();
    await expect.poll(() => dialog.getByRole('alert').textContent()).toMatch(/apiKey: found .*not/);
    expect(await dialog.textContent()).not.toContain('a wrong secret');
    await dialog.getByLabel('API secret').fill(key.apiSecret);
    await confirm(/^add$/i).click();
    const row = page.getByRole('row').filter({ has: page.getByText('second', { exact: true }) });
    await row.getByRole('button', { name: 'Shares…' }).click();
    await dialog.getByLabel('User').fill('bob');
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    const end = dialog.getByRole('button', { name: 'No longer share with bob' });
    await end.waitFor();
    expect(await barriersIn(page)).toEqual([]);
    await end.click();
    await expect.poll(() => dialog.textContent()).toContain('Nobody else sees it.');
  });

  it('asked no other host for anything and broke none of its rules', () => {
    expect(desk.complaints()).toEqual([]);
  });
});
