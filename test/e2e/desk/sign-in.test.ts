/** Who gets in front of the desk, and what they may do there: by a link that works once, by a token, as a viewer, and not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../support/browser/open-browser.ts';
import { browserOrWhy, DeskFixture } from '../../support/browser/desk-fixture.ts';

const browser = await browserOrWhy();

// reason: where no browser runs, and then it is said aloud
describe.skipIf(browser === null)('the desk', () => {
  let desk: DeskFixture;
  let taskId = '';
  beforeAll(async () => {
    desk = await DeskFixture.open(browser as Browser);
    taskId = await desk.installation.addTask();
  });
  afterAll(async () => {
    await desk.close();
    await browser?.close();
  });

  it('lets one browser in by a link, once, and leaves no trace of its code', async () => {
    const link = await desk.link();
    const first = await desk.window();
    await first.page.goto(link);
    await first.page.locator('nav.pages').waitFor();
    expect(first.page.url()).toBe(`${desk.origin}/`);
    const [cookie] = await first.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await first.page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(
      cookie?.value,
    );

    const second = await desk.window();
    await second.page.goto(link);
    await second.page.getByRole('alert').waitFor();
    expect(await second.page.getByRole('alert').textContent()).toContain('lets nobody in any more');
    expect(await second.context.cookies()).toEqual([]);
    for (const { page } of [first, second]) expect(page.url()).not.toContain(new URL(link).hash.slice(1));
  });

  it('asks a stranger to sign in wherever they come from, and shows the page that they wanted afterwards', async () => {
    const { page } = await desk.window();
    await page.goto(`/tasks/${taskId}`);
    await page.getByRole('heading', { name: 'With a token' }).waitFor();
    expect(await page.content()).not.toContain('31MAR23');
    const said = await desk.cli('token', 'add', 'laptop', '--user', 'fixture', '--json');
    const [token = ''] = /rk_[\w-]+/.exec(said) ?? [];
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByText(/25[,.]?000/)
      .first()
      .waitFor();
    expect(page.url()).toBe(`${desk.origin}/tasks/${taskId}`);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(
      token,
    );
  });

  it('shows a stranger with a wrong token the door', async () => {
    const { page } = await desk.window();
    await page.goto('/');
    await page.getByLabel('Token').fill(`rk_${'a'.repeat(43)}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await statusOf(page, '/api/tasks')).toBe(401);
  });

  it('lets a person out for good', async () => {
    const page = await desk.signedIn();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'With a link' }).waitFor();
    expect(await statusOf(page, '/api/tasks')).toBe(401);
  });

  it('shows a viewer everything and gives them nothing to act with', async () => {
    await desk.cli('user', 'add', 'bob');
    await desk.cli(
      'account',
      'share',
      'fixture-key-0',
      '--user',
      'fixture',
      '--with',
      'bob',
      '--role',
      'viewer',
    );
    const page = await desk.signedIn('bob');
    await page
      .getByText(/25[,.]?000/)
      .first()
      .waitFor();
    expect(await buttonsThatAct(page)).toEqual([]);
    await page.goto(`/tasks/${taskId}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page
      .getByText(/25[,.]?000/)
      .first()
      .waitFor();
    expect(await buttonsThatAct(page)).toEqual([]);
    const before = await desk.installation.task(taskId);
    const ofOthers = JSON.stringify({ userName: 'fixture', accountName: 'fixture-key-0' });
    for (const [path, body] of [
      [`/api/tasks/${taskId}/pause`, '{}'],
      [`/api/tasks/${taskId}/close-now`, '{}'],
      ['/api/halts', ofOthers],
    ] as const)
      expect([path, await statusOf(page, path, body)]).toEqual([path, 403]);
    expect(await desk.installation.task(taskId)).toMatchObject({ version: before.version });
  });

  it('asked no other host for anything and broke none of its rules', () => {
    expect(desk.complaints()).toEqual([]);
  });
});

const acts = /halt|pause|resume|roll now|close now|remove|retry|reopen|approve|decline|edit|accept/i;

const buttonsThatAct = async (
  page: Awaited<ReturnType<DeskFixture['signedIn']>>,
): Promise<readonly string[]> =>
  (await page.getByRole('button').allTextContents()).filter((text) => acts.test(text));

/** Of a request that the page itself sends, with everything that the page sends. @param body POSTed; without one it is a GET */
const statusOf = (
  page: Awaited<ReturnType<DeskFixture['signedIn']>>,
  path: string,
  body?: string,
): Promise<number> =>
  page.evaluate<number>(
    `fetch(${JSON.stringify(path)}, ${JSON.stringify({
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'x-rollkeeper': 'page',
        'content-type': 'application/json',
        'idempotency-key': `by-a-viewer${path.replaceAll('/', '-')}`,
      },
      body: body ?? null,
    })}).then(({ status }) => status)`,
  );
