/** What the page of a task is made of, read out of a real database: its rolls, its journal a page at a time, its payoff. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser } from '../../src/application/add-user.ts';
import { operator } from '../../src/application/caller.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import type { Ports } from '../../src/application/ports.ts';
import { showPayoff } from '../../src/application/show-payoff.ts';
import { showProfit } from '../../src/application/show-profit.ts';
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

describe('what all tasks have brought', () => {
  /** As if a daemon said that it is this moment at the exchange. */
  const at = (atMs: number): Pick<Ports, 'tasks' | 'rules' | 'advice'> => ({
    tasks: store.tasks,
    rules: store.rules,
    advice: {
      look: () => Promise.resolve({ kind: 'look', look: { atMs, positions: [], tasks: [] } }),
      ask: () => Promise.resolve(null),
    },
  });
  const profitAt = (atMs: number, days: number, zone = 'UTC') =>
    showProfit(operator, at(atMs), { days, zone, waitMs: 0 });

  const earned = { settleCoin: 'USDT', rolls: 1, deliveries: 0 };
  const out = { ...earned, net: '250', fees: '5.9215065' };
  const up = { ...earned, net: '-360', fees: '7.7999475' };

  it('is told by day, in all, and of all tasks since they were added', async () => {
    expect(await profitAt(Date.UTC(2023, 2, 31), 40)).toEqual({
      zone: 'UTC',
      daysAsked: 40,
      days: [
        { day: '2023-03-14', ...up },
        { day: '2023-03-08', ...out },
      ],
      total: [{ ...earned, rolls: 2, net: '-110', fees: '13.721454' }],
      coins: [
        {
          baseCoin: 'BTC',
          settleCoin: 'USDT',
          tasks: 2,
          realised: '-255.801497535',
          fees: '13.721454',
          cashFlow: '-123.721454',
        },
      ],
    });
  });

  it('is that of so many days with today, from midnight in the zone that is asked for', async () => {
    const daysAt = async (atMs: number, days: number, zone?: string) =>
      (await profitAt(atMs, days, zone)).days.map(({ day }) => day);
    const noon = Date.UTC(2023, 2, 14, 14);
    expect(await daysAt(noon, 1)).toEqual(['2023-03-14']);
    expect(await daysAt(noon, 6)).toEqual(['2023-03-14']);
    expect(await daysAt(noon, 7)).toEqual(['2023-03-14', '2023-03-08']);
    expect(await daysAt(noon + 86_400_000, 1)).toEqual([]);
    // Rolled at 12:55 and at 08:00 UTC, which is the next day on one side of the date line and the day before on the other.
    expect(await daysAt(noon, 30, 'Pacific/Kiritimati')).toEqual(['2023-03-15', '2023-03-08']);
    expect(await daysAt(noon, 30, 'Pacific/Pago_Pago')).toEqual(['2023-03-14', '2023-03-07']);
  });

  it('is that of today by the exchange, and by this computer while no daemon says what time it is there', async () => {
    const ofToday = await showProfit(operator, store, { days: 1, zone: 'UTC', waitMs: 0 });
    expect([ofToday.days, ofToday.total]).toEqual([[], []]);
    expect(ofToday.coins).toMatchObject([{ tasks: 2 }]);
  });
});

it('nobody reads of a task that is not theirs', async () => {
  const { userId } = await addUser(operator, store, 'bob');
  const bob = userCaller(userId);
  const unknown = { name: 'NotFound', what: 'task', sought: taskId };
  await expect(showRolls(bob, store, taskId)).rejects.toMatchObject(unknown);
  await expect(showSteps(bob, store, { taskId })).rejects.toMatchObject(unknown);
  await expect(showPayoff(bob, store, { taskId, waitMs: 0 })).rejects.toMatchObject(unknown);
  expect(await showProfit(bob, store, { days: 4_000, zone: 'UTC', waitMs: 0 })).toMatchObject({
    days: [],
    total: [],
    coins: [],
  });
  expect(await store.tasks.rollTurns(taskId, { userId })).toEqual([]);
  expect(await store.tasks.timedRolls(taskId, 10, { userId })).toEqual([]);
  expect(await store.tasks.rollsOf(taskId, { userId })).toEqual([]);
  expect(await store.tasks.journalSteps(taskId, { fromVersion: 1, limit: 10 }, { userId })).toEqual([]);
});
