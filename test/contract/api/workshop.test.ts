/** Charts and backtests over HTTP: what is answered, who sees it, and what is refused with which words. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  BacktestView,
  MachineLayout,
  MachineNames,
  PlayablePrices,
  PriceFileView,
  StartedBacktest,
} from '../../../src/api/contract.ts';
import { ApiFixture, problemIn, type ApiAnswer, type Client } from '../../support/api-fixture.ts';

let fixture: ApiFixture;
let ann: Client;
let bob: Client;
let url: string;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  await fixture.user('ann');
  await fixture.user('bob');
  ann = await fixture.client('ann', 'read');
  bob = await fixture.client('bob');
  ({ url } = fixture.api);
});
afterAll(() => fixture.close());

const order = {
  spec: { symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: 1000 },
  prices: 'btc-march-2023',
  toMs: Date.UTC(2023, 2, 1, 1),
};

async function ended(client: Client, id: string): Promise<BacktestView> {
  let last: ApiAnswer<BacktestView> | null = null;
  await expect
    .poll(async () => (last = await client<BacktestView>(`/api/backtests/${id}`)).body.state, {
      timeout: 60_000,
    })
    .toMatch(/done|refused|failed/);
  return (last as unknown as ApiAnswer<BacktestView>).body;
}

/** Sends bytes as they are, which the fixture's client does not. */
async function sendFile(content: Uint8Array, type: string): Promise<ApiAnswer<PriceFileView>> {
  const response = await fetch(`${url}/api/price-files?name=mine.csv.gz`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await fixture.token('ann')}`, 'content-type': type },
    body: Buffer.from(content),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as PriceFileView,
  };
}

describe('machines', () => {
  test('are listed, and each is laid out', async () => {
    const { names } = (await ann<MachineNames>('/api/machines')).body;
    expect(names).toEqual(['roll', 'order', 'stream', 'daemon']);
    const { status, body } = await ann<MachineLayout>('/api/machines/daemon');
    expect(status).toBe(200);
    expect(body.transitions.every(({ labelBox }) => labelBox === null)).toBe(true);
    const labelled = (await ann<MachineLayout>('/api/machines/daemon?labels=drawn')).body;
    expect(labelled.transitions.some(({ labelBox }) => labelBox !== null)).toBe(true);
  }, 60_000);

  test('of another name are not there', async () => {
    expect(problemIn(await ann('/api/machines/toaster'))).toMatchObject({ status: 404 });
    expect(problemIn(await ann('/api/machines/daemon?labels=some'))).toMatchObject({
      status: 400,
      faults: [{ path: 'labels', expected: 'drawn or none' }],
    });
  });

  test('are not shown to callers who are not signed in', async () => {
    expect((await fixture.send('/api/machines/daemon')).status).toBe(401);
  });
});

describe('a backtest', () => {
  test('is started, played and shown to who asked, also with a token that only reads', async () => {
    const key = { 'idempotency-key': 'the-first-one' };
    const started = await ann<StartedBacktest>('/api/backtests', { body: order, headers: key });
    expect(started.status).toBe(202);
    const { backtestId } = started.body;
    expect(started.headers.get('location')).toBe(`/api/backtests/${backtestId}`);
    const again = await ann<StartedBacktest>('/api/backtests', { body: order, headers: key });
    expect(again.body).toEqual({ backtestId });
    expect(await ended(ann, backtestId)).toMatchObject({ state: 'done', report: { rows: 60 } });

    const path = `/api/backtests/${backtestId}`;
    expect((await bob(path)).status).toBe(404);
    expect((await bob(path, { method: 'DELETE' })).status).toBe(204);
    expect((await ann(path)).status).toBe(200);
    expect((await ann(path, { method: 'DELETE' })).status).toBe(204);
    expect((await ann(path)).status).toBe(404);
  }, 90_000);

  test.each<[string, object, string]>([
    ['a task that makes no sense', { spec: { ...order.spec, trigger: 'soon' } }, 'trigger.index.above'],
    ['a size that is no number', { qty: 'much' }, 'qty'],
    ['a volatility in per cent', { volatility: '55' }, 'volatility'],
    ['an end before its beginning', { fromMs: order.toMs + 1 }, 'toMs'],
    ['three places to sweep', { sweep: ['trigger=1', 'target=1', 'qty=1'] }, 'sweep'],
    ['a name that nothing has', { tape: 'mine' }, 'tape'],
  ])('with %s is refused, and says where', async (_, wrong, path) => {
    const problem = problemIn(await ann('/api/backtests', { body: { ...order, ...wrong } }));
    expect(problem.status).toBe(400);
    expect(problem.faults?.[0]?.path).toBe(path);
  });

  test('on prices of another user is refused as one on prices that are nowhere', async () => {
    const content = gzipSync('time,close\n1677628800000,23000\n1677628860000,23001\n');
    const { status, body } = await sendFile(content, 'application/gzip');
    expect({ status, name: body.name }).toEqual({ status: 201, name: 'mine.csv.gz' });
    expect((await ann<PlayablePrices>('/api/tapes')).body.files).toEqual([body]);
    expect((await bob<PlayablePrices>('/api/tapes')).body.files).toEqual([]);
    const theirs = await bob('/api/backtests', { body: { ...order, prices: body.priceFileId } });
    const nowhere = await bob('/api/backtests', { body: { ...order, prices: 'b'.repeat(24) } });
    expect(problemIn(theirs).detail.replace(body.priceFileId, 'ID')).toBe(
      problemIn(nowhere).detail.replace('b'.repeat(24), 'ID'),
    );
    expect(theirs.status).toBe(404);
  });
});

test('a price file that is empty, too large or no file is refused', async () => {
  expect((await sendFile(new Uint8Array(), 'text/csv')).status).toBe(400);
  expect((await sendFile(new Uint8Array(24 * 1_024 * 1_024 + 1), 'text/csv')).status).toBe(413);
  expect((await sendFile(new TextEncoder().encode('{}'), 'image/png')).status).toBe(415);
});
