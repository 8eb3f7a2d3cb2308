/**
 * Questions for advice and answers to commands travel as notices of the database: nothing is written for a question, an
 * answer wakes the one who waits, and a lost connection delays both without losing them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Advice } from '../../src/domain/explain/advice.ts';
import type { AdviceReply } from '../../src/ports/advice.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  openWire,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { startPooler } from '../support/transaction-pooler.ts';

let database: TestDatabase;
let daemon: Store;
let asking: Store;
let accountId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  daemon = await openTestStore(database.url);
  asking = await openTestStore(database.url, { daemonName: 'visitor' });
  accountId = await addTestAccount(daemon);
  await daemon.ownership.claimAccounts();
  await createTestTasks(daemon, accountId, ['task']);
  await daemon.advice.answerWith((question) => Promise.resolve(replies(question.taskId, question.spec)));
});
afterAll(async () => {
  await asking.close();
  await daemon.close();
  await database.drop();
});

const adviceOf = (taskId: string, now: string): AdviceReply => ({
  kind: 'advice',
  advice: { taskId, now } as Advice,
});

/** How often the daemon of these tests was asked. */
let answered = 0;

/** What it says. */
function replies(taskId: string, spec: unknown): AdviceReply | null {
  answered += 1;
  if (taskId === 'elsewhere') return null;
  if (taskId === 'refused') return { kind: 'refused', reason: 'the account holds no such position' };
  return adviceOf(taskId, spec === null ? 'waiting' : JSON.stringify(spec));
}

/** Every row of every table as it lies there: one that is written anew has another mark, even if nothing in it differs. */
async function rows(): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    database.url,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const marks = tables.map(async ({ name }): Promise<[string, string]> => {
    const [row] = await query<{ marks: string | null }>(
      database.url,
      `SELECT string_agg(xmin::text || ctid::text, ' ' ORDER BY ctid) AS marks FROM ${name}`,
    );
    return [name, row?.marks ?? ''];
  });
  return Object.fromEntries(await Promise.all(marks));
}

const question = (taskId: string, spec: unknown = null) => ({ accountId, taskId, spec });

describe('A question for advice', () => {
  it('is answered by the daemon that manages the account, also when it cannot say', async () => {
    expect(await asking.advice.ask(question('task'), 5_000)).toEqual(adviceOf('task', 'waiting'));
    expect(await asking.advice.ask(question('refused'), 5_000)).toEqual({
      kind: 'refused',
      reason: 'the account holds no such position',
    });
  });

  it('reaches the daemon once when it is asked several times at once, and again a moment later', async () => {
    const answeredBefore = answered;
    const answers = await Promise.all([1, 2, 3].map(() => asking.advice.ask(question('task'), 4_000)));
    expect(answers).toEqual([1, 2, 3].map(() => adviceOf('task', 'waiting')));
    expect(answered - answeredBefore).toBe(1);
    const other = await asking.advice.ask(question('task', { qty: '1' }), 4_000);
    expect(other).toEqual(adviceOf('task', '{"qty":"1"}'));
    await expect
      .poll(async () => {
        await asking.advice.ask(question('task'), 4_000);
        return answered - answeredBefore;
      })
      .toBeGreaterThan(2);
  });

  it('writes no row and changes none, in any table, also without an answer', async () => {
    const before = await rows();
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['commands', 'tasks', 'journal', 'alerts']));
    await asking.advice.ask(question('task'), 5_000);
    await asking.advice.ask(question('new', { symbol: 'BTC-31MAR23-25000-C-USDT' }), 5_000);
    expect(await asking.advice.ask(question('elsewhere'), 1_500)).toBeNull();
    expect(await rows()).toEqual(before);
    const command = { accountId, taskId: 'task', kind: 'pause', payload: null, askedBy: 'operator' } as const;
    await asking.commands.send(command);
    expect(await rows()).not.toEqual(before);
  });

  it('is asked and answered on a database that is read-only', async () => {
    const other = await createTestDatabase();
    const name = new URL(other.url).pathname.slice(1);
    await query(other.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const [one, two] = [await openTestStore(other.url), await openTestStore(other.url)];
    await expect(one.directory.addUser('ann')).rejects.toThrow(/read-only transaction/);
    await two.advice.answerWith(({ taskId }) => Promise.resolve(adviceOf(taskId, 'waiting')));
    expect(await one.advice.ask(question('task'), 5_000)).toEqual(adviceOf('task', 'waiting'));
    await one.close();
    await two.close();
    await other.drop();
  });

  it('and its answer may be far longer than a notice, in any letters', async () => {
    const spec = { note: 'é€😀 “\u0000”'.repeat(4_000) };
    expect(await asking.advice.ask(question('long', spec), 5_000)).toEqual(
      adviceOf('long', JSON.stringify(spec)),
    );
  });

  it('that is longer than a person would write is refused before it is sent', async () => {
    const spec = { note: 'x'.repeat(500_000) };
    await expect(asking.advice.ask(question('longer', spec), 5_000)).rejects.toThrow(/too long/);
  });

  it('several at once each get their own answer', async () => {
    const ids = Array.from({ length: 10 }, (_, at) => `task-${at}`);
    const answers = await Promise.all(ids.map((id) => asking.advice.ask(question(id), 5_000)));
    expect(answers).toEqual(ids.map((id) => adviceOf(id, 'waiting')));
  });

  it('is asked again until the daemon listens, and answered then', async () => {
    const other = await createTestDatabase();
    const early = await openTestStore(other.url);
    const late = await openTestStore(other.url);
    const answer = early.advice.ask(question('task'), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await late.advice.answerWith(({ taskId }) => Promise.resolve(adviceOf(taskId, 'here now')));
    expect(await answer).toEqual(adviceOf('task', 'here now'));
    await early.close();
    await late.close();
    await other.drop();
  });

  it('is answered though the connection of the one who asks was cut meanwhile', async () => {
    const wire = await openWire(database.url);
    const cut = await openTestStore(wire.url);
    expect(await cut.advice.ask(question('task'), 5_000)).not.toBeNull();
    wire.cut();
    expect(await cut.advice.ask(question('task'), 10_000)).toEqual(adviceOf('task', 'waiting'));
    await cut.close();
    await wire.close();
  });

  it('is answered through a pooler that lends sessions for as long as we are connected', async () => {
    const pooler = await startPooler(database.url, { mode: 'session' });
    const pooled = await openTestStore(pooler.url);
    expect(await pooled.advice.ask(question('task'), 5_000)).toEqual(adviceOf('task', 'waiting'));
    await pooled.close();
    await pooler.close();
  });

  it('is not disturbed by what others send on its channels', async () => {
    for (const payload of ['', 'nonsense', 'a 1/1 e30=', 'a 2/1 e30=', 'a 1/99 e30=', 'a 1/2 e30=', '💥'])
      await query(database.url, `SELECT pg_notify('rollkeeper_question', $1)`, [payload]);
    expect(await asking.advice.ask(question('task'), 5_000)).toEqual(adviceOf('task', 'waiting'));
  });

  it('takes no time when it may not wait', async () => {
    expect(await asking.advice.ask(question('task'), 0)).toBeNull();
  });
});

describe('The answer to a command', () => {
  const send = (store: Store): Promise<string> =>
    store.commands.send({ accountId, taskId: 'task', kind: 'resume', payload: null, askedBy: 'user:7' });
  const answerOf = (commandId: string) => ({ commandId, status: 'done' as const, text: 'resumed' });
  /** How long after the answer was stored the one who waited had it. */
  async function waitedMs(store: Store): Promise<number> {
    const commandId = await send(store);
    const answered = store.commands.awaitAnswer(commandId, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const before = performance.now();
    await daemon.inbox.answer(answerOf(commandId));
    expect(await answered).toEqual(answerOf(commandId));
    return performance.now() - before;
  }

  it('wakes the one who waits, long before they would look for themselves', async () => {
    const waits = [];
    for (let round = 0; round < 5; round += 1) waits.push(await waitedMs(asking));
    expect(Math.min(...waits)).toBeLessThan(200);
  });

  it('wakes them through a pooler that lends sessions for as long as we are connected', async () => {
    const pooler = await startPooler(database.url, { mode: 'session' });
    const pooled = await openTestStore(pooler.url);
    const waits = [];
    for (let round = 0; round < 5; round += 1) waits.push(await waitedMs(pooled));
    expect(Math.min(...waits)).toBeLessThan(200);
    await pooled.close();
    await pooler.close();
  });

  it('is found without any notice, behind a pooler that lends sessions by transaction', async () => {
    const pooler = await startPooler(database.url, { mode: 'transaction', sessionsMax: 2 });
    const pooled = await openTestStore(pooler.url);
    expect(await waitedMs(pooled)).toBeLessThan(5_000);
    await pooled.close();
    await pooler.close();
  });

  it('that came before it was awaited is given at once', async () => {
    const commandId = await send(asking);
    await daemon.inbox.answer(answerOf(commandId));
    const before = performance.now();
    expect(await asking.commands.awaitAnswer(commandId, 10_000)).toEqual(answerOf(commandId));
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('comes to every caller that waits for it, and says whom it was for', async () => {
    const commandId = await send(asking);
    const answers = [asking, asking, daemon].map((store) => store.commands.awaitAnswer(commandId, 10_000));
    expect(
      (await daemon.inbox.waiting([accountId])).find((one) => one.commandId === commandId),
    ).toMatchObject({ askedBy: 'user:7', kind: 'resume' });
    await daemon.inbox.answer(answerOf(commandId));
    expect(await Promise.all(answers)).toEqual(answers.map(() => answerOf(commandId)));
    const shown = await asking.tasks.showTask('task');
    expect(shown?.commands.find((one) => one.commandId === commandId)?.askedBy).toBe('user:7');
  });
});
