/** What is the same for every route: who is let in, how failures are answered, what the document says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiFixture, problemIn, type Client } from '../../support/api-fixture.ts';
import { openTestStore } from '../../support/database.ts';

let fixture: ApiFixture;
let ann: Client;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann', { accountName: 'main' });
  ann = await fixture.client('ann');
});
afterAll(() => fixture.close());

it('lets in who has a token, and says 401 to everybody else', async () => {
  expect(await ann('/api/tasks')).toMatchObject({ status: 200, body: [] });
  const without = await fixture.send('/api/tasks');
  expect(problemIn(without)).toMatchObject({ status: 401, title: 'Not signed in' });
  expect(without.headers.get('www-authenticate')).toBe('Bearer');
  const wrong = await fixture.send('/api/tasks', {
    headers: { authorization: `Bearer rk_${'a'.repeat(43)}` },
  });
  expect(problemIn(wrong)).toMatchObject({ status: 401 });
});

it('says what was found and what would be right', async () => {
  const answer = await ann('/api/tasks?withOver=perhaps&nonsense=1');
  expect(problemIn(answer)).toMatchObject({
    status: 400,
    faults: [
      { path: 'withOver', found: '"perhaps"', expected: 'true or false' },
      { path: 'nonsense', found: 'an unknown key', expected: 'no such key' },
    ],
  });
  expect(problemIn(await ann('/api/tasks/nowhere'))).toMatchObject({ status: 404, title: 'Unknown task' });
  expect(problemIn(await ann('/api/nowhere'))).toMatchObject({ status: 404 });
  expect(problemIn(await ann('/api/tasks/%00'))).toMatchObject({ status: 400 });
});

it.each([
  ['PATCH', '/api/tasks/x', 'DELETE, GET, HEAD, PUT'],
  ['DELETE', '/api/tasks?withOver=true', 'GET, HEAD, POST'],
  ['OPTIONS', '/api/tasks/x/pause', 'POST'],
  ['POST', '/healthz', 'GET, HEAD'],
])('refuses %s %s with what the address takes: %s', async (method, path, allow) => {
  const answer = await ann(path, { method });
  expect(problemIn(answer)).toMatchObject({ status: 405, title: 'Method Not Allowed' });
  expect(answer.headers.get('allow')).toBe(allow);
});

it('describes itself', async () => {
  const { status, body } = await fixture.send<{ openapi: string; paths: Record<string, object> }>(
    '/api/openapi.json',
  );
  expect({ status, openapi: body.openapi }).toEqual({ status: 200, openapi: '3.1.0' });
  expect(body.paths['/api/tasks']).toMatchObject({
    get: { operationId: 'listTasks', responses: { 200: {}, 401: {} } },
  });
  expect((await fixture.send('/api/docs')).body).toContain('swagger-ui');
  const { port } = new URL(fixture.api.url);
  expect(body).toMatchObject({
    components: { securitySchemes: { session: { in: 'cookie', name: `rollkeeper_session_${port}` } } },
  });
});

it('describes itself to everybody without making the description anew, and not more often than others are answered', async () => {
  for (const path of ['/api/docs', '/api/openapi.json']) {
    const { status, headers } = await fixture.send(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(headers.get('x-ratelimit-limit'), path).toBe('1000000');
  }
  for (const path of ['/api/docs/json', '/api/docs/yaml']) {
    const { status, headers } = await fixture.send(path);
    expect({ path, status }).toEqual({ path, status: 302 });
    expect(headers.get('location')).toBe('/api/openapi.json');
  }
  expect(fixture.logged).toEqual([]);
});

it('says what has to be put right first where a stored secret cannot be opened', async () => {
  await ann('/api/channels', {
    body: { name: 'phone', kind: 'ntfy', address: 'https://ntfy.example/topic' },
  });
  const store = await openTestStore(fixture.databaseUrl, { encryptionKey: Buffer.alloc(32, 8) });
  const later = await ApiFixture.open({ on: { url: fixture.databaseUrl, store } });
  try {
    const client = await later.client('ann');
    const refused = problemIn(await client('/api/channels/phone/test', { method: 'POST' }));
    expect(refused).toMatchObject({ status: 409, title: 'Something has to be put right first' });
    expect(refused.detail).toMatch(/The address of channel .* cannot be opened: .*ENCRYPTION_KEY/);
    expect(later.logged).toEqual([]);
  } finally {
    await later.close();
    await store.close();
  }
});
