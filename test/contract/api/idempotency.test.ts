/** A request with a key is worked once: what comes again gets the same answer, and the keys of others do not matter. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiFixture, problemIn, type ApiAnswer, type Client } from '../../support/api-fixture.ts';

let fixture: ApiFixture;
let ann: Client;
let bob: Client;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann');
  await fixture.user('bob');
  ann = await fixture.client('ann');
  bob = await fixture.client('bob');
});
afterAll(() => fixture.close());

const makeToken = (client: Client, name: string, key: string): Promise<ApiAnswer<{ token: string }>> =>
  client('/api/tokens', { body: { name, scope: 'read' }, headers: { 'idempotency-key': key } });

it('gives the first answer again, also one that is shown only once', async () => {
  const key = randomUUID();
  const first = await makeToken(ann, 'laptop', key);
  expect(first.status).toBe(201);
  const again = await makeToken(ann, 'laptop', key);
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const rows = await fixture.query<{ t: string }>('SELECT t::text AS t FROM kept_answers t');
  expect(JSON.stringify(rows)).not.toContain(first.body.token);
  expect(JSON.stringify(rows)).not.toContain(Buffer.from(first.body.token).toString('hex'));
  expect(problemIn(await makeToken(ann, 'another', key))).toMatchObject({ status: 422 });
  expect((await makeToken(bob, 'laptop', key)).body.token).not.toBe(first.body.token);
});

it('an answer to a token that may do everything is not for one that may only read, whatever key it shows', async () => {
  const key = randomUUID();
  expect((await makeToken(ann, 'mine', key)).status).toBe(201);
  const refused = await makeToken(await fixture.client('ann', 'read'), 'mine', key);
  expect(problemIn(refused)).toMatchObject({ status: 403 });
  expect((await makeToken(await fixture.client('ann'), 'mine', key)).status).toBe(201);
});

it('of many that come at the same time one is worked', async () => {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 6 }, () => makeToken(ann, 'many', key)));
  for (const { status } of answers) expect([201, 409]).toContain(status);
  const tokens = answers.flatMap(({ status, body }) => (status === 201 ? [body.token] : []));
  expect(new Set(tokens).size).toBe(1);
  expect(await fixture.query("SELECT 1 FROM access_tokens WHERE name = 'many'")).toHaveLength(1);
});

it('a request whose process died is worked again, after a minute', async () => {
  const key = randomUUID();
  expect((await makeToken(ann, 'dead', key)).status).toBe(201);
  await fixture.query('DELETE FROM access_tokens WHERE name = $1', ['dead']);
  const newest = 'created_at = (SELECT max(created_at) FROM kept_answers)';
  await fixture.query(
    `UPDATE kept_answers SET status = NULL, sealed_body = NULL, worked_until = now() + interval '1 minute' WHERE ${newest}`,
  );
  const early = await makeToken(ann, 'dead', key);
  expect(problemIn(early)).toMatchObject({ status: 409, title: 'Under way' });
  expect(early.headers.get('retry-after')).toBe('2');
  await fixture.query(`UPDATE kept_answers SET worked_until = now() - interval '1 second' WHERE ${newest}`);
  expect((await makeToken(ann, 'dead', key)).status).toBe(201);
});

it('a refusal is an answer, too; a key that others could guess is none', async () => {
  const key = randomUUID();
  const refused = await makeToken(ann, '?', key);
  expect(refused.status).toBe(400);
  expect(await makeToken(ann, '?', key)).toMatchObject({ status: 400, body: refused.body });
  expect(problemIn(await makeToken(ann, 'short', '1'))).toMatchObject({
    status: 400,
    faults: [{ path: 'idempotency-key', found: '"1"' }],
  });
});

it('a command that was queued or whose process died stands in the inbox once, however often it is asked with its key', async () => {
  await fixture.user('carl', { accountName: 'main' });
  const carl = await fixture.client('carl');
  const body = {
    account: { name: 'main' },
    spec: { symbol: 'BTC-31MAR23-25000-C-USDT', trigger: 40_000, target: '+1000' },
  };
  const added = await carl<{ taskId: string }>('/api/tasks', { body });
  expect(added.status).toBe(202);
  const path = `/api/tasks/${added.body.taskId}/roll-now`;
  const roll = async (key: string): Promise<string> => {
    const asked = { body: {}, headers: { 'idempotency-key': key } };
    const { status, body: given } = await carl<{ commandId: string }>(path, asked);
    expect(status).toBe(202);
    return given.commandId;
  };
  const key = randomUUID();
  const first = await roll(key);
  expect(await roll(key)).toBe(first);
  const newest = 'created_at = (SELECT max(created_at) FROM kept_answers)';
  await fixture.query(`UPDATE kept_answers SET worked_until = now() - interval '1 second' WHERE ${newest}`);
  expect(await roll(key)).toBe(first);
  expect(await fixture.query("SELECT 1 FROM commands WHERE kind = 'rollNow'")).toHaveLength(1);
  expect(await roll(randomUUID())).not.toBe(first);
  // On another day the key is a new one.
  await fixture.query(`UPDATE kept_answers SET created_at = created_at - interval '2 days'`);
  expect(await roll(key)).not.toBe(first);
});
