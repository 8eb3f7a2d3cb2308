/** What the server refuses before a handler runs, and how it answers when the database is away or TLS ends before it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operator } from '../../../src/application/caller.ts';
import { makeSignInLink } from '../../../src/application/sessions.ts';
import { ApiFixture, problemIn, type Client } from '../../support/api-fixture.ts';
import { createTestDatabase, openTestStore, openWire } from '../../support/database.ts';

const web = { publicUrl: null, trustedProxies: [], requestsPerMinute: 1_000_000, pageDirectory: null };

let fixture: ApiFixture;
let ann: Client;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann', { accountName: 'main' });
  ann = await fixture.client('ann');
});
afterAll(() => fixture.close());

/** Another server on the same database. */
async function beside(
  changed: Partial<typeof web> | object,
  use: (other: ApiFixture) => Promise<void>,
): Promise<void> {
  const on = { url: fixture.databaseUrl, store: fixture.ports };
  const other = await ApiFixture.open({ on, services: { web: { ...web, ...changed } } });
  try {
    await use(other);
  } finally {
    await other.close();
  }
}

it('refuses bodies that are too large, no JSON, too deep or cannot be stored', async () => {
  const check = (body: string, type = 'application/json') =>
    ann('/api/tasks/check', { method: 'POST', body, headers: { 'content-type': type } });
  expect(problemIn(await check(JSON.stringify({ spec: 'x'.repeat(70_000) }))).status).toBe(413);
  expect(problemIn(await check('{"spec":')).status).toBe(400);
  expect(problemIn(await check('spec: {}', 'text/yaml')).status).toBe(415);
  expect(problemIn(await check('{"__proto__":{"a":1},"spec":{}}')).status).toBe(400);
  expect(problemIn(await check(`{"spec":${'['.repeat(40)}${']'.repeat(40)}}`))).toMatchObject({
    status: 400,
  });
  const unstorable = problemIn(await check('{"spec":{"symbol":"a\\u0000b"}}'));
  expect(unstorable).toMatchObject({ status: 400, faults: [{ path: 'spec.symbol' }] });
});

it('one caller may ask so often in a minute, whatever others do', async () => {
  await beside({ requestsPerMinute: 5 }, async (other) => {
    await other.user('carl');
    const carl = await other.client('carl');
    for (let at = 0; at < 5; at += 1) expect((await carl('/api/session')).status).toBe(200);
    const refused = await carl('/api/session');
    expect(problemIn(refused)).toMatchObject({ status: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await (await other.client('ann'))('/api/session')).status).toBe(200);
  });
});

it('where TLS ends before it the cookie is sent encrypted only, to this host only', async () => {
  await beside({ publicUrl: 'https://rolls.example.com' }, async (other) => {
    const { code } = await makeSignInLink(operator, other.ports, { userName: 'ann' });
    const headers = {
      origin: 'https://rolls.example.com',
      'x-rollkeeper': 'page',
      'sec-fetch-site': 'same-origin',
    };
    const opened = await other.send('/api/session', { method: 'POST', body: { link: code }, headers });
    expect(opened.status).toBe(200);
    expect(opened.headers.getSetCookie()[0]).toMatch(/^__Host-rollkeeper_session=.*; Path=\/;.*; Secure/);
  });
});

it('the address of a caller is taken from a proxy that is trusted, and from nobody else', async () => {
  const tried = (other: ApiFixture) =>
    other.send('/api/session', {
      method: 'POST',
      body: { token: `rk_${'y'.repeat(43)}` },
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
  await beside({ publicUrl: 'https://rolls.example.com', trustedProxies: ['127.0.0.1'] }, async (other) => {
    for (let at = 0; at < 11; at += 1) await tried(other);
    expect(problemIn(await tried(other)).detail).toContain('203.0.113.7');
  });
  await beside({}, async (other) => {
    for (let at = 0; at < 11; at += 1) await tried(other);
    expect(problemIn(await tried(other)).detail).toContain('127.0.0.1');
  });
});

it('what the operator does in a browser is recorded as done there', async () => {
  const { code } = await makeSignInLink(operator, fixture.ports);
  const own = { origin: fixture.api.url, 'x-rollkeeper': 'page' };
  const opened = await fixture.send('/api/session', { method: 'POST', body: { link: code }, headers: own });
  const [cookie = ''] = opened.headers.getSetCookie().map((each) => each.split(';', 1)[0] ?? '');
  const made = { body: { name: 'dora' }, headers: { ...own, cookie } };
  expect((await fixture.send('/api/users', made)).status).toBeLessThan(300);
  const acts = await fixture.query(
    "SELECT actor, came_from FROM audit WHERE act = 'user.add' ORDER BY id DESC LIMIT 1",
  );
  expect(acts).toEqual([{ actor: 'operator', came_from: 'browser at 127.0.0.1' }]);
});

it('says 503 while the database is away, without a word of what it was asked', async () => {
  const database = await createTestDatabase();
  const wire = await openWire(database.url);
  const store = await openTestStore(wire.url);
  const other = await ApiFixture.open({ on: { url: wire.url, store } });
  try {
    await other.user('ann');
    const asking = await other.client('ann');
    wire.mode = 'refused';
    wire.cut();
    const answer = await asking('/api/tasks');
    expect(problemIn(answer)).toMatchObject({ status: 503, title: 'Not available now' });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(JSON.stringify(answer.body)).not.toMatch(/SELECT|postgres|ECONN|at /);
    wire.mode = 'on';
    await expect.poll(async () => (await asking('/api/tasks')).status).toBe(200);
  } finally {
    await other.close();
    await store.close();
    await wire.close();
    await database.drop();
  }
});
