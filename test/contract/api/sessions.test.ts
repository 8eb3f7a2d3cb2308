/** Browsers: signed in by a link or a token, for as long as their user is let in, and from no page but our own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operator } from '../../../src/application/caller.ts';
import { addToken, revokeToken } from '../../../src/application/tokens.ts';
import { banUser, liftBan } from '../../../src/application/user-access.ts';
import { makeSignInLink } from '../../../src/application/sessions.ts';
import { ApiFixture, problemIn, type ApiCall } from '../../support/api-fixture.ts';

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann', { accountName: 'main' });
  await fixture.user('bob');
});
afterAll(() => fixture.close());

const page = (): Record<string, string> => ({ origin: fixture.api.url, 'x-rollkeeper': 'page' });
const signIn = (body: object, more: ApiCall = {}) =>
  fixture.send('/api/session', { method: 'POST', body, headers: { ...page(), ...more.headers } });

/** @returns the cookie that the browser would send */
function cookieOf({ headers }: { readonly headers: Headers }): string {
  const [cookie = ''] = headers.getSetCookie();
  expect(cookie).toMatch(/; Path=\/;.*; HttpOnly; SameSite=Strict/);
  return cookie.split(';', 1)[0] ?? '';
}

it('a link signs in once, as whom it was made for', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'ann' });
  const first = await signIn({ link: code });
  expect(first).toMatchObject({ status: 200, body: { kind: 'user', userName: 'ann', right: 'manage' } });
  const cookie = cookieOf(first);
  expect(await fixture.send('/api/accounts', { headers: { cookie } })).toMatchObject({
    status: 200,
    body: [{ name: 'main' }],
  });
  expect(problemIn(await signIn({ link: code }))).toMatchObject({ status: 401, detail: /was used/ });
});

it('of many who use a link at the same time one gets in', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports);
  const answers = await Promise.all(Array.from({ length: 8 }, () => signIn({ link: code })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
  expect(answers.find(({ status }) => status === 200)).toMatchObject({
    body: { kind: 'operator', userName: null },
  });
});

it('a link that is older than five minutes signs nobody in', async () => {
  const { code, expiresAtMs } = await makeSignInLink(operator, fixture.ports);
  expect(expiresAtMs - Date.now()).toBeLessThanOrEqual(5 * 60_000);
  await fixture.query(
    "UPDATE sign_in_links SET expires_at = now() - interval '1 second' WHERE used_at IS NULL",
  );
  expect(problemIn(await signIn({ link: code }))).toMatchObject({ status: 401 });
});

it('a session may do what its token may, and ends with it', async () => {
  const { token } = await addToken(operator, fixture.ports, {
    userName: 'ann',
    tokenName: 'phone',
    scope: 'read',
  });
  const cookie = cookieOf(await signIn({ token }));
  const seen = await fixture.send('/api/session', { headers: { cookie } });
  expect(seen).toMatchObject({ status: 200, body: { userName: 'ann', right: 'read' } });
  const made = { method: 'POST', body: { name: 'mine', scope: 'read' }, headers: { ...page(), cookie } };
  expect(problemIn(await fixture.send('/api/tokens', made))).toMatchObject({ status: 403, detail: /token/ });
  await revokeToken(operator, fixture.ports, { userName: 'ann', tokenName: 'phone' });
  expect(problemIn(await fixture.send('/api/session', { headers: { cookie } }))).toMatchObject({
    status: 401,
  });
});

it('a ban holds from the next request on, for sessions as for tokens', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'bob' });
  const cookie = cookieOf(await signIn({ link: code }));
  const bob = await fixture.client('bob');
  await banUser(operator, fixture.ports, { userName: 'bob', reason: 'a test' });
  expect((await fixture.send('/api/session', { headers: { cookie } })).status).toBe(401);
  expect((await bob('/api/tasks')).status).toBe(401);
  await liftBan(operator, fixture.ports, { userName: 'bob' });
  expect((await fixture.send('/api/session', { headers: { cookie } })).status).toBe(200);
});

it('who signs out is out, and it is recorded who signed in and out', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'ann' });
  const cookie = cookieOf(await signIn({ link: code }));
  const out = await fixture.send('/api/session', { method: 'DELETE', headers: { ...page(), cookie } });
  expect(out.status).toBe(204);
  expect((await fixture.send('/api/session', { headers: { cookie } })).status).toBe(401);
  const acts = await fixture.query<{ act: string; came_from: string }>(
    "SELECT act, came_from FROM audit WHERE act LIKE 'session.%' ORDER BY id DESC LIMIT 2",
  );
  expect(acts).toMatchObject([
    { act: 'session.end' },
    { act: 'session.begin', came_from: 'browser at 127.0.0.1' },
  ]);
});

it('neither codes nor secrets are stored or logged', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'ann' });
  const [, secret = ''] = cookieOf(await signIn({ link: code })).split('=');
  for (const table of ['sign_in_links', 'sessions', 'audit']) {
    const rows = JSON.stringify(await fixture.query(`SELECT t::text FROM ${table} t`));
    expect(rows).not.toContain(code);
    expect(rows).not.toContain(secret);
  }
  expect(fixture.logged.join('')).not.toContain(secret);
});

it('no other page can change anything with the cookie, nor sign a browser in', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports, { userName: 'ann' });
  const cookie = cookieOf(await signIn({ link: code }));
  const body = { name: 'forged', scope: 'read' };
  const own = fixture.api.url;
  const forged: Record<string, string>[] = [
    { origin: 'https://evil.example', 'x-rollkeeper': 'page' },
    { origin: 'null', 'x-rollkeeper': 'page' },
    { origin: own },
    { 'x-rollkeeper': 'page' },
    { origin: own, 'x-rollkeeper': 'page', 'sec-fetch-site': 'cross-site' },
    { origin: own, 'x-rollkeeper': 'page', 'sec-fetch-site': 'same-site' },
    { origin: 'http://127.0.0.1:1', 'x-rollkeeper': 'page', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of forged) {
    const answer = await fixture.send('/api/tokens', {
      method: 'POST',
      body,
      headers: { ...headers, cookie },
    });
    expect(problemIn(answer), JSON.stringify(headers)).toMatchObject({
      status: 403,
      title: 'From another page',
    });
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a']) {
    const headers = { ...page(), cookie, 'content-type': type };
    const answer = await fixture.send('/api/tokens', { method: 'POST', body: JSON.stringify(body), headers });
    expect(answer.status, type).toBe(415);
  }
  const other = await makeSignInLink(operator, fixture.ports);
  const elsewhere = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } };
  expect((await signIn({ link: other.code }, elsewhere)).status).toBe(403);
  expect(await fixture.query("SELECT 1 FROM access_tokens WHERE name = 'forged'")).toEqual([]);
  const right = await fixture.send('/api/tokens', { method: 'POST', body, headers: { ...page(), cookie } });
  expect(right.status).toBe(201);
});

it('a page that leads its own name to this machine is refused', async () => {
  const answer = await fetchWithHost('evil.example:80');
  expect(answer).toBe(421);
  expect(await fetchWithHost('localhost:1')).toBe(401);
});

it('ten wrong tries lock an address out, which then learns nothing of right ones', async () => {
  const other = await ApiFixture.open({ on: { url: fixture.databaseUrl, store: fixture.ports } });
  const tried = (body: object) => other.send('/api/session', { method: 'POST', body });
  try {
    for (let at = 0; at < 10; at += 1)
      expect((await tried({ token: `rk_${'x'.repeat(43)}` })).status).toBe(401);
    const { code } = await makeSignInLink(operator, fixture.ports);
    const locked = await tried({ link: code });
    expect(problemIn(locked)).toMatchObject({ status: 429, title: 'Locked out' });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(
      await fixture.query('SELECT 1 FROM sign_in_links WHERE used_at IS NULL AND expires_at > now()'),
    ).not.toEqual([]);
  } finally {
    await other.close();
  }
});

async function fetchWithHost(host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(`${fixture.api.url}/api/tasks`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
