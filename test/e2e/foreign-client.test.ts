/**
 * A client that knows nothing but the OpenAPI document: a function for each operation, made in this test, which reads every answer with
 * the document's schema. With it a program takes a task through its whole life, with a real daemon on the paper exchange.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { addToken } from '../../src/application/tokens.ts';
import { answerCheck } from '../support/openapi/answer-check.ts';
import { operationsOf, type Document } from '../support/openapi/document.ts';
import { probeOf } from '../support/openapi/probes.ts';
import { openLine, type Line } from '../support/openapi/sending.ts';
import { callSymbol, DaemonFixture } from '../support/daemon-fixture.ts';
import { freePort } from '../support/free-port.ts';

interface Said {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param given by name, wherever the document wants it; `body` is the body */
type Call = (given?: Readonly<Record<string, unknown>>) => Promise<Said>;

/** @throws Error for an answer that is not as the document says */
function clientOf(document: Document, line: Line, token: string): (operationId: string) => Call {
  const complaintOf = answerCheck(document);
  const operations = new Map(operationsOf(document).map((operation) => [operation.id, operation]));
  return (operationId) =>
    async ({ body, ...parameters } = {}) => {
      const operation = operations.get(operationId);
      if (!operation) throw new Error(`The document has no ${operationId}`);
      const { method, path, headers, body: text } = probeOf(operation, { parameters, body });
      const authorization = `Bearer ${token}`;
      const answer = await line.send({ method, path, headers: { ...headers, authorization }, body: text });
      const complaint = complaintOf(operation, answer);
      if (complaint !== null) throw new Error(complaint);
      const said: unknown = answer.text === '' ? {} : JSON.parse(answer.text);
      return { status: answer.status, etag: answer.headers.etag, body: said as Said['body'] };
    };
}

let fixture: DaemonFixture;
let line: Line;
let call: (operationId: string) => Call;
beforeAll(async () => {
  fixture = await DaemonFixture.open();
  const port = await freePort();
  fixture.startDaemon({ API_PORT: String(port) });
  line = openLine(`http://127.0.0.1:${port}`);
  await fixture.until(() => isUp(line));
  const wanted = { tokenName: 'foreign', userName: 'fixture', scope: 'manage' } as const;
  const { token } = await addToken(operator, fixture.store, wanted);
  const { text } = await line.send({ method: 'GET', path: '/api/openapi.json', headers: {}, body: null });
  call = clientOf(JSON.parse(text) as Document, line, token);
});
afterAll(async () => {
  line.close();
  await fixture.close();
});

async function isUp({ send }: Line): Promise<boolean> {
  try {
    return (await send({ method: 'GET', path: '/readyz', headers: {}, body: null })).status === 200;
  } catch {
    return false;
  }
}

const spec = {
  symbol: callSymbol,
  trigger: 24_500,
  target: '+1000',
  execution: { style: 'walk', every: '200ms', steps: 2, deadline: '5s' },
};

it('takes a task through its whole life with a client that was made of the document alone', async () => {
  const [account] = (await call('listAccounts')()).body as unknown as { name: string }[];
  const named = { name: account?.name ?? '' };
  expect((await call('checkTask')({ body: { spec } })).status).toBe(200);
  // Refused until the daemon has connected the account.
  await expect
    .poll(async () => (await call('previewNewTask')({ body: { account: named, spec } })).body)
    .toMatchObject({ kind: 'advice' });
  const wanted = { 'idempotency-key': 'a-foreign-client', body: { account: named, spec } };
  const added = await call('addTask')(wanted);
  expect(added).toMatchObject({ status: 201, body: { status: 'done' } });
  expect((await call('addTask')(wanted)).body).toEqual(added.body);
  const id = added.body['taskId'];
  expect((await call('listTasks')()).body).toMatchObject([{ taskId: id, urgency: 'waiting' }]);
  expect((await call('explainTask')({ id })).body).toMatchObject({ userName: 'fixture' });
  expect(await call('pauseTask')({ id })).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await call('resumeTask')({ id })).toMatchObject({ status: 200, body: { status: 'done' } });

  const seen = await call('showTask')({ id });
  const changed = { ...spec, target: '+2000' };
  expect(await call('editTask')({ id, 'if-match': '"1"', body: { spec: changed } })).toMatchObject({
    status: 412,
  });
  expect((await call('editTask')({ id, 'if-match': seen.etag, body: { spec: changed } })).status).toBe(200);

  expect(await call('rollNow')({ id })).toMatchObject({ status: 200 });
  await fixture.untilTask(String(id), ({ context }) => context.held.symbol.includes('-27000-'));
  expect(fixture.positions()).toContain('Sell 0.3 BTC-31MAR23-27000-C-USDT');
  expect((await call('listTaskRolls')({ id })).body).toMatchObject([{ fromSymbol: callSymbol }]);
  expect((await call('showLedger')({ id })).status).toBe(200);
  expect((await call('listRolls')({ days: 1 })).body).toMatchObject([{ taskId: id }]);

  const now = await call('showTask')({ id });
  expect((await call('removeTask')({ id, 'if-match': now.etag })).status).toBe(200);
  expect((await call('listTasks')()).body).toEqual([]);
});
