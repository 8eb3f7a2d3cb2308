/** The life of a task over HTTP: a daemon that is another process owns the account and answers, and what comes twice is done once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandResult, TaskPage, TaskStanding } from '../../src/api/contract.ts';
import { ApiFixture, problemIn, type Client } from '../support/api-fixture.ts';
import { callSymbol, DaemonFixture, putSymbol } from '../support/daemon-fixture.ts';

const patientMs = 120_000;
const account = { name: 'fixture-key-0', userName: 'fixture' };
const spec = { symbol: callSymbol, trigger: 24_500, target: '+1000', guards: { cooldown: '1h' } };

let daemons: DaemonFixture;
let fixture: ApiFixture;
let owner: Client;
beforeAll(async () => {
  daemons = await DaemonFixture.open();
  daemons.startDaemon({ API_PORT: 'off' });
  fixture = await ApiFixture.open({
    on: { url: daemons.database.url, store: daemons.store },
    services: { waits: { commandMs: patientMs, adviceMs: patientMs } },
  });
  owner = await fixture.client('fixture');
});
afterAll(async () => {
  await fixture.close();
  await daemons.close();
});

const add = (key: string, changes: object = {}) =>
  owner<CommandResult>('/api/tasks', {
    body: { account, spec: { ...spec, ...changes } },
    headers: { 'idempotency-key': key },
  });
const page = (id: string) => owner<TaskPage>(`/api/tasks/${id}`);
const tagOf = async (id: string): Promise<string> => (await page(id)).headers.get('etag') ?? '';

it('a task is added once, however often the request comes, and answered by the daemon that owns the account', async () => {
  const key = randomUUID();
  const answers = await Promise.all([add(key), add(key), add(key)]);
  const made = answers.find(({ status }) => status === 201);
  expect(made?.body).toMatchObject({ status: 'done', answer: expect.stringMatching(/^adopted/) as string });
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  const again = await add(key);
  expect(again).toMatchObject({ status: 201, body: made?.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(problemIn(await add(key, { trigger: 24_600 }))).toMatchObject({ status: 422 });
  const { body: tasks } = await owner<TaskStanding[]>('/api/tasks');
  expect(tasks.map(({ symbol }) => symbol)).toEqual([callSymbol]);
  expect(tasks[0]).toMatchObject({ taskId: made?.body.taskId, isFresh: true });
});

it('what the daemon refuses is a problem with its sentence', async () => {
  const taken = await add(randomUUID());
  expect(problemIn(taken)).toMatchObject({ status: 409, title: 'Refused' });
  expect(problemIn(taken).detail).toContain(callSymbol);
  const wrong = await add(randomUUID(), { trigger: 'soon' });
  expect(problemIn(wrong)).toMatchObject({
    status: 400,
    faults: [{ path: 'trigger.index.above', found: '"soon"' }],
  });
});

it('an edit is made of the version that was seen, or not at all', async () => {
  const [task] = (await owner<TaskStanding[]>('/api/tasks')).body;
  const id = task?.taskId ?? '';
  const path = `/api/tasks/${id}`;
  const edited = { spec: { ...spec, trigger: 24_800 } };
  const put = (body: object, match?: string) =>
    owner<CommandResult>(path, {
      method: 'PUT',
      body,
      ...(match !== undefined && { headers: { 'if-match': match } }),
    });
  expect(problemIn(await put(edited))).toMatchObject({ status: 428 });
  const seen = await tagOf(id);
  expect(await put(edited, seen)).toMatchObject({ status: 200, body: { status: 'done' } });
  const stale = await put({ spec: { ...spec, trigger: 24_900 } }, seen);
  expect(problemIn(stale)).toMatchObject({ status: 412 });
  expect(stale.headers.get('etag')).toBe(await tagOf(id));
  expect((await page(id)).body.spec).toMatchObject({ trigger: { index: { above: '24800' } } });
  // Two edits of one version at the same time: one is made.
  const tag = await tagOf(id);
  const both = await Promise.all([24_810, 24_820].map((trigger) => put({ spec: { ...spec, trigger } }, tag)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
});

it('pause, resume and remove; preview, explanation and ledger on the way', async () => {
  const made = await add(randomUUID(), { symbol: putSymbol, trigger: 22_500, target: '-1000' });
  const { taskId: id } = made.body;
  expect(await owner(`/api/tasks/${id}/pause`, { method: 'POST' })).toMatchObject({
    status: 200,
    body: { status: 'done' },
  });
  expect((await page(id)).body.state).toBe('PAUSED');
  // Nothing was tried for a version that has passed: the same request may be made for the one that stands.
  const resume = (match: string) =>
    owner(`/api/tasks/${id}/resume`, {
      method: 'POST',
      headers: { 'if-match': match, 'idempotency-key': `resume-${id}` },
    });
  expect(problemIn(await resume('"1"'))).toMatchObject({ status: 412 });
  const resumed = await resume(await tagOf(id));
  expect(resumed).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await resume('"1"')).toMatchObject({ status: 200, body: resumed.body });
  expect(await owner(`/api/tasks/${id}/pause`, { method: 'POST' })).toMatchObject({ status: 200 });
  expect(problemIn(await owner(`/api/tasks/${id}/retry`, { method: 'POST' }))).toMatchObject({ status: 409 });
  expect(await owner(`/api/tasks/${id}/resume`, { method: 'POST' })).toMatchObject({ status: 200 });
  for (const [part, expected] of [
    ['explanation', { accountName: account.name, reply: { kind: 'advice' } }],
    ['preview', { kind: 'advice' }],
    ['preview?trade=close', { kind: 'advice' }],
    ['ledger', { taskId: id, isPriced: true }],
    ['rolls', []],
    ['payoff', { curves: expect.anything() as unknown }],
  ] as const)
    // Prices of an option that nobody has asked for before come a moment later.
    await expect
      .poll(() => owner(`/api/tasks/${id}/${part}`), { message: part })
      .toMatchObject({ status: 200, body: expected });
  const preview = await owner('/api/tasks/preview', {
    body: { account, spec: { ...spec, trigger: 24_000 } },
  });
  expect(preview).toMatchObject({ status: 200, body: { kind: 'advice' } });
  expect(await owner(`/api/tasks/${id.slice(0, 6)}`, { method: 'DELETE' })).toMatchObject({ status: 200 });
  expect((await page(id)).body.state).toBe('COMPLETED');
});

it('nothing of it is there for another user, and a viewer may only look', async () => {
  await fixture.user('bob');
  const bob = await fixture.client('bob');
  const [task] = (await owner<TaskStanding[]>('/api/tasks')).body;
  const id = task?.taskId ?? '';
  expect(await bob('/api/tasks')).toMatchObject({ status: 200, body: [] });
  for (const path of [`/api/tasks/${id}`, `/api/tasks/${id}/pause`]) {
    const seen = problemIn(await bob(path, { method: path.endsWith('pause') ? 'POST' : 'GET' }));
    const unknown = problemIn(
      await bob(path.replace(id, 'nowhere001'), { method: path.endsWith('pause') ? 'POST' : 'GET' }),
    );
    expect(seen).toEqual({ ...unknown, detail: unknown.detail.replace('nowhere001', id) });
  }
  expect(
    (await owner('/api/accounts/fixture-key-0/shares/bob', { method: 'PUT', body: { role: 'viewer' } }))
      .status,
  ).toBeLessThan(300);
  expect((await bob(`/api/tasks/${id}`)).status).toBe(200);
  expect(problemIn(await bob(`/api/tasks/${id}/pause`, { method: 'POST' }))).toMatchObject({ status: 403 });
  const reader = await fixture.client('fixture', 'read');
  expect(problemIn(await reader(`/api/tasks/${id}/pause`, { method: 'POST' }))).toMatchObject({
    status: 403,
  });
  expect((await page(id)).body.state).toBe('IDLE.watching');
});

it('without a daemon a command is queued, and its answer is there when one has come', async () => {
  const slow = await ApiFixture.open({ on: { url: daemons.database.url, store: daemons.store } });
  try {
    const elsewhere = await slow.client('fixture');
    await slow.user('nobody', { accountName: 'unmanaged' });
    const unmanaged = await slow.client('nobody');
    const queued = await unmanaged<CommandResult>('/api/tasks', {
      body: { account: { name: 'unmanaged' }, spec },
    });
    expect(queued).toMatchObject({ status: 202, body: { status: 'queued', answer: null } });
    expect(await unmanaged(`/api/tasks/${queued.body.taskId}`)).toMatchObject({ body: { state: 'QUEUED' } });
    expect((await elsewhere(`/api/tasks/${queued.body.taskId}`)).status).toBe(404);
    expect(
      await unmanaged('/api/tasks/preview', { body: { account: { name: 'unmanaged' }, spec } }),
    ).toMatchObject({
      status: 200,
      body: { kind: 'refused', reason: expect.stringContaining('no daemon') as string },
    });
  } finally {
    await slow.close();
  }
});
