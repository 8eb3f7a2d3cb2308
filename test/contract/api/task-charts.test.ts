/** What the page draws of a task, over a socket: the same as the use cases give, and for those alone who see the task. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JournalView, PayoffView, RollTiming } from '../../../src/api/contract.ts';
import { operator } from '../../../src/application/caller.ts';
import { importJournal } from '../../../src/application/import-journal.ts';
import { readJournal } from '../../../src/application/journal-file.ts';
import { ApiFixture, problemIn, type Client } from '../../support/api-fixture.ts';

const file = 'test/fixtures/journals/roll-by-delta.jsonl';
const taskId = 'dc25vkcxtq';
let fixture: ApiFixture;
let owner: Client;
let bob: Client;
beforeAll(async () => {
  fixture = await ApiFixture.open();
  const journal = readJournal(readFileSync(file, 'utf8'), file);
  await importJournal(operator, fixture.ports, { journal, phase: 'waiting' });
  const [holder] = await fixture.query<{ name: string }>(
    'SELECT users.name FROM tasks JOIN accounts ON accounts.id = account_id JOIN users ON users.id = user_id',
  );
  owner = await fixture.client(holder?.name ?? '', 'read');
  await fixture.user('bob');
  bob = await fixture.client('bob');
});
afterAll(() => fixture.close());

it('gives payoff, rolls and journal of a task, also by the beginning of its id', async () => {
  const payoff = await owner<PayoffView>(`/api/tasks/${taskId}/payoff`);
  expect(payoff).toMatchObject({ status: 200, body: { settleCoin: 'USDT' } });
  expect(payoff.body.curves[0]?.results).toHaveLength(payoff.body.prices.length);
  const rolls = await owner<readonly RollTiming[]>(`/api/tasks/${taskId.slice(0, 5)}/rolls`);
  expect(rolls).toMatchObject({ status: 200, body: [{ outcome: 'rolled', netCredit: '-360' }] });
  const journal = await owner<JournalView>(`/api/tasks/${taskId}/journal?from=3&limit=2`);
  expect(journal.body.steps.map(({ version }) => version)).toEqual([3, 4]);
  expect(journal.body).toMatchObject({ version: 25, sealed: [] });
});

it.each(['payoff', 'rolls', 'journal'])('says 404 of the %s of another’s task', async (what) => {
  expect(problemIn(await bob(`/api/tasks/${taskId}/${what}`))).toMatchObject({
    status: 404,
    title: 'Unknown task',
  });
});

it('refuses a page of the journal that is none', async () => {
  for (const query of ['from=0', 'limit=501', 'limit=all', 'from=1.5', 'since=3'])
    expect(problemIn(await owner(`/api/tasks/${taskId}/journal?${query}`)).status).toBe(400);
});
