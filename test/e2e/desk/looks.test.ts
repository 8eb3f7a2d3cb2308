/**
 * Every page of the desk as different people look at it: with a screen reader (axe), in the dark, on a phone, magnified four times; and
 * with names and reasons in it that were written to be run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../../src/dashboard/messages/en.ts';
import { ru } from '../../../src/dashboard/messages/ru.ts';
import { barriersIn } from '../../support/browser/axe.ts';
import { browserOrWhy, DeskFixture } from '../../support/browser/desk-fixture.ts';
import type { Browser, Page } from '../../support/browser/open-browser.ts';

const browser = await browserOrWhy();

const markup = '<img src=x onerror="window.wasRun=1"><script>window.wasRun=1</script>';

/** Without a task to show, and the one that is shown most. */
const pathsOf = (taskId: string): readonly string[] => [
  '/',
  `/tasks/${taskId}`,
  '/tasks/new',
  `/machine/${taskId}`,
  '/machine',
  '/backtest',
  '/system',
];

/** What the page says in English and otherwise in Russian: messages without figures in them, as they stand in `messages/`. */
function englishOnly(): ReadonlySet<string> {
  const russian = new Set(sayingsIn(ru));
  return new Set(sayingsIn(en).filter((saying) => !russian.has(saying)));
}

const sayingsIn = (messages: object): readonly string[] =>
  Object.values(messages).flatMap((each: unknown) =>
    typeof each === 'string' ? [each] : typeof each === 'object' && each !== null ? sayingsIn(each) : [],
  );

/** Run in the page: its texts, and what it says to those who listen or point at it. */
const everySaying = `[...document.querySelectorAll('body, body *')].flatMap((element) => [
  ...[...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ textContent }) => textContent.trim()),
  ...['aria-label', 'aria-description', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''),
])`;

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('every page', () => {
  let desk: DeskFixture;
  let taskId = '';
  beforeAll(async () => {
    desk = await DeskFixture.open(browser as Browser);
    taskId = await desk.installation.addTask();
    await desk.installation.addTask({ symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22_000, target: '-1000' });
    desk.installation.paper.setIndex('BTC', '24600');
    await desk.installation.untilTask(taskId, ({ context }) => context.rollsDone === 1);
    await desk.cli('halt', '--reason', markup);
  });
  afterAll(async () => {
    await desk.close();
    await browser?.close();
  });

  /** Shown in full: nothing is loading any more. */
  async function open(page: Page, path: string): Promise<void> {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expect.poll(() => page.locator('.skeleton, [aria-busy=true]').count()).toBe(0);
  }

  it.each(['light', 'dark'] as const)('keeps nobody out in the %s', async (colorScheme) => {
    const page = await desk.signedIn(undefined, { colorScheme, reducedMotion: 'reduce' });
    for (const path of pathsOf(taskId)) {
      await open(page, path);
      expect({ path, barriers: await barriersIn(page) }).toEqual({ path, barriers: [] });
    }
    const { page: door } = await desk.window({ colorScheme });
    await open(door, '/sign-in');
    expect(await barriersIn(door)).toEqual([]);
  });

  it.each([
    ['a phone', 390, 844],
    ['a screen magnified four times', 320, 256],
  ])('fits %s', async (_, width, height) => {
    const page = await desk.signedIn(undefined, { viewport: { width, height } });
    for (const path of pathsOf(taskId)) {
      await open(page, path);
      const tooWide = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect({ path, tooWide }).toEqual({ path, tooWide: 0 });
    }
  });

  it('shows what people wrote as text', async () => {
    const page = await desk.signedIn();
    for (const path of pathsOf(taskId)) {
      await open(page, path);
      expect(await page.getByText(markup).first().isVisible()).toBe(true);
      expect(await page.evaluate('window.wasRun')).toBeUndefined();
    }
  });

  it('speaks Russian when it is asked to, and nothing of it is left in English', async () => {
    const page = await desk.signedIn(undefined, { locale: 'ru-RU' });
    const inEnglish = englishOnly();
    for (const path of pathsOf(taskId)) {
      await open(page, path);
      expect(await page.evaluate('document.documentElement.lang')).toBe('ru');
      const left = (await page.evaluate<readonly string[]>(everySaying)).filter((said) =>
        inEnglish.has(said),
      );
      expect({ path, left }).toEqual({ path, left: [] });
    }
  });

  it('asked no other host for anything and broke none of its rules', () => {
    expect(desk.complaints()).toEqual([]);
  });
});
