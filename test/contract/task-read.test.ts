/** What the page of a task is made of, read out of a real database: its rolls, its journal a page at a time, its payoff. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser } from '../../src/application/add-user.ts';
import { operator } from '../../src/application/caller.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import type { Ports } from '../../src/application/ports.ts';
import { showPayoff } from '../../src/application/show-payoff.ts';
import { showRolls } from '../../src/application/show-rolls.ts';
import { showTask } from '../../src/application/show-task.ts';
import { showSteps } from '../../src/application/show-steps.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase, openTestStore, type TestDatabase } from '../support/database.ts';
import { portsOn, userCaller } from '../support/people-fixture.ts';
import { journalIn } from '../support/replayed.ts';
import { readFileSync } from 'node:fs';
import { readJournal } from '../../src/application/journal-file.ts';

const file = 'test/fixtures/journals/roll-by-delta.jsonl';
const rows = journalIn(file);
const taskId = 'dc25vkcxtq';
const outOfTime = 'test/fixtures/journals/roll-out-in-time.jsonl';

let database: TestDatabase;
let store: Store & Ports;

beforeAll(async () => {
  database = await createTestDatabase();
  store = portsOn(await openTestStore(database.url));
  for (const each of [file, outOfTime]) {
    const journal = readJournal(readFileSync(each, 'utf8'), each);
    await importJournal(operator, store, { journal, phase: 'waiting' });
  }
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('the rolls of a task', () => {
  it('have their parts, and what the ledger has of them', async () => {
    const [timing, ...others] = await showRolls(operator, store, taskId);
    expect(others).toEqual([]);
    expect(timing?.phases.map(({ kind }) => kind)).toEqual(['planning', 'leg1', 'interval', 'leg2']);
    expect(timing).toMatchObject({ fromVersion: 2, toVersion: 24, outcome: 'rolled', netCredit: '-360' });
    const atMs = new Map(rows.map((row) => [row.version, 'atMs' in row ? row.atMs : 0]));
    expect(timing?.phases[0]?.fromMs).toBe(atMs.get(2));
    expect(timing?.phases.at(-1)?.toMs).toBe(atMs.get(24));
    const summaries = await store.tasks.rollsOf(taskId, { userId: null });
    expect(summaries.map(({ rollId, fee }) => [rollId, fee])).toEqual([[timing?.rollId, timing?.fee]]);
  });

  it('are the newest of those that have ended, and the one that is under way', async () => {
    const ended = await store.tasks.timedRolls(taskId, 1, { userId: null });
    expect(ended).toMatchObject([{ rollId: `${taskId}-v1`, toVersion: 24, summary: { netCredit: '-360' } }]);
    expect(await store.tasks.rollTurns(taskId, { userId: null })).toEqual([]);
  });
});

describe('the journal of a task', () => {
  it('ends with the newest step where nothing else is asked for', async () => {
    const view = await showSteps(operator, store, { taskId: taskId.slice(0, 4), limit: 3 });
    expect(view).toMatchObject({ taskId, version: 25 });
    expect(view.steps.map(({ version }) => version)).toEqual([23, 24, 25]);
    expect(view.steps.at(-1)?.text).toBe('the wait is over; watching');
  });

  it('is whole in pages, with what each turn changed across them', async () => {
    const all = await showSteps(operator, store, { taskId, fromVersion: 1 });
    expect(all.steps.map(({ version }) => version)).toEqual(rows.map(({ version }) => version));
    expect(all.steps.map(({ eventJson }) => eventJson)).toEqual(rows.map(({ eventJson }) => eventJson));
    const pages = await Promise.all(
      [1, 11, 21].map((fromVersion) => showSteps(operator, store, { taskId, fromVersion, limit: 10 })),
    );
    expect(pages.flatMap(({ steps }) => steps)).toEqual(all.steps);
  });

  it('has the state of the order that is being worked, and the roll', async () => {
    const { steps } = await showSteps(operator, store, { taskId, fromVersion: 2, limit: 6 });
    expect(steps.map(({ orderState, rollId }) => [orderState, rollId])).toEqual([
      [null, 'dc25vkcxtq-v1'],
      ['submitting', 'dc25vkcxtq-v1'],
      ['working', 'dc25vkcxtq-v1'],
      ['working', 'dc25vkcxtq-v1'],
      ['repricing.quoting', 'dc25vkcxtq-v1'],
      ['repricing.amending', 'dc25vkcxtq-v1'],
    ]);
  });

  it('takes any numbers, and gives what there is', async () => {
    const at = async (fromVersion: number, limit: number) =>
      (await showSteps(operator, store, { taskId, fromVersion, limit })).steps.length;
    expect([await at(-7, 1), await at(24, 100), await at(26, 5), await at(1, 0), await at(1.7, 2.9)]).toEqual(
      [1, 2, 0, 1, 2],
    );
  });
});

it('the payoff of a task is drawn from what is stored while no daemon answers', async () => {
  const view = await showPayoff(operator, store, { taskId, waitMs: 0 });
  expect(view.curves.map(({ kind, text }) => [kind, text])).toEqual([
    ['before', 'short 0.5 BTC-31MAR23-29000-C-USDT'],
  ]);
  expect(view).toMatchObject({ settleCoin: 'USDT', index: null, triggers: [] });
  // 212.02 received, bought back for 510 and sold again for 150, less fees.
  expect(view.curves[0]?.results[0]).toBe('-155.77852676');
});

it('the page of a task says what a person can do about it', async () => {
  const { urgency, waysOut } = await showTask(operator, store, taskId);
  expect(urgency).toBe('waiting');
  expect(waysOut).toEqual([
    {
      kind: 'remove',
      isPossible: true,
      text: 'removed; Sell 0.5 BTC-31MAR23-29000-C-USDT is left as it is',
    },
  ]);
});

it('nobody reads of a task that is not theirs', async () => {
  const { userId } = await addUser(operator, store, 'bob');
  const bob = userCaller(userId);
  const unknown = { name: 'NotFound', what: 'task', sought: taskId };
  await expect(showRolls(bob, store, taskId)).rejects.toMatchObject(unknown);
  await expect(showSteps(bob, store, { taskId })).rejects.toMatchObject(unknown);
  await expect(showPayoff(bob, store, { taskId, waitMs: 0 })).rejects.toMatchObject(unknown);
  expect(await store.tasks.rollTurns(taskId, { userId })).toEqual([]);
  expect(await store.tasks.timedRolls(taskId, 10, { userId })).toEqual([]);
  expect(await store.tasks.rollsOf(taskId, { userId })).toEqual([]);
  expect(await store.tasks.journalSteps(taskId, { fromVersion: 1, limit: 10 }, { userId })).toEqual([]);
});
