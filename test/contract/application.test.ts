/**
 * Use cases over the real store: each caller sees and asks only for what is theirs, whatever name or id they try, and what
 * is not theirs is answered like what is not there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountForTask } from '../../src/application/account-for-task.ts';
import { addAccount } from '../../src/application/add-account.ts';
import { addTask } from '../../src/application/add-task.ts';
import { addUser } from '../../src/application/add-user.ts';
import { askTask } from '../../src/application/ask-task.ts';
import { operator, type Caller } from '../../src/application/caller.ts';
import { editTask } from '../../src/application/edit-task.ts';
import { explainTask } from '../../src/application/explain-task.ts';
import { exportJournal } from '../../src/application/export-journal.ts';
import { findAccount } from '../../src/application/find-account.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { journalPages } from '../../src/application/journal-pages.ts';
import { listAccounts } from '../../src/application/list-accounts.ts';
import { listJournals } from '../../src/application/list-journals.ts';
import { listTasks } from '../../src/application/list-tasks.ts';
import { listUsers } from '../../src/application/list-users.ts';
import { previewSpec, previewTask } from '../../src/application/preview-task.ts';
import { removeTask } from '../../src/application/remove-task.ts';
import { showJournal } from '../../src/application/show-journal.ts';
import { markOrder, showResolution } from '../../src/application/resolve-task.ts';
import { printSpec } from '../../src/application/task-spec.ts';
import { showTask } from '../../src/application/show-task.ts';
import { verifyJournals } from '../../src/application/verify-journals.ts';
import type { ShellPorts } from '../../src/application/ports.ts';
import type { Store } from '../../src/store/store.ts';
import {
  createTestDatabase,
  createTestTasks,
  openTestStore,
  type TestDatabase,
} from '../support/database.ts';
import { portsOn, userCaller } from '../support/people-fixture.ts';

let database: TestDatabase;
let store: Store & ShellPorts;
let ann: Caller;
let bob: Caller;
let accounts: Record<string, string> = {};

const account = { environment: 'paper', apiSecret: 'secret' } as const;
const spec = { symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: 1000 };
const waitMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  store = portsOn(await openTestStore(database.url));
  const users = [await addUser(operator, store, 'ann'), await addUser(operator, store, 'bob')];
  [ann, bob] = users.map(({ userId }) => userCaller(userId)) as [Caller, Caller];
  for (const userName of ['ann', 'bob']) {
    const added = { ...account, userName, name: 'main', apiKey: `key-${userName}` };
    accounts = { ...accounts, [userName]: (await addAccount(operator, store, added)).accountId };
  }
  await addAccount(operator, store, { ...account, userName: 'bob', name: 'side', apiKey: 'key-side' });
  await store.ownership.claimAccounts();
  await createTestTasks(store, accounts['ann'] ?? '', ['annes']);
  await createTestTasks(store, accounts['bob'] ?? '', ['bobs']);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const unknownTask = { name: 'NotFound', what: 'task', sought: 'bobs' };

describe('A user', () => {
  it('lists themself, their accounts and their tasks, and no others', async () => {
    expect((await listUsers(ann, store)).map(({ name }) => name)).toEqual(['ann']);
    expect((await listAccounts(ann, store)).map(({ userName }) => userName)).toEqual(['ann']);
    expect((await listTasks(ann, store)).map(({ taskId }) => taskId)).toEqual(['annes']);
    expect((await listTasks(bob, store)).map(({ taskId }) => taskId)).toEqual(['bobs']);
    expect(await listTasks(ann, store, { userName: 'bob' })).toEqual([]);
  });

  const about: [string, (caller: Caller, taskId: string) => Promise<unknown>][] = [
    ['show it', (caller, taskId) => showTask(caller, store, taskId)],
    ['have it explained', (caller, taskId) => explainTask(caller, store, { taskId, waitMs })],
    ['preview it', (caller, taskId) => previewTask(caller, store, { taskId, waitMs })],
    ['account for it', (caller, taskId) => accountForTask(caller, store, { taskId, waitMs })],
    ['read its journal', (caller, taskId) => showJournal(caller, store, taskId)],
    ['export its journal', (caller, taskId) => exportJournal(caller, store, { taskId })],
    ['verify its journal', (caller, taskId) => verifyJournals(caller, store, { taskId })],
    ['know how long its journal is', (caller, taskId) => listJournals(caller, store, taskId)],
    ['pause it', (caller, taskId) => askTask(caller, store, { taskId, kind: 'pause', waitMs })],
    ['print its spec', (caller, taskId) => printSpec(caller, store, taskId)],
    ['resolve it', (caller, taskId) => showResolution(caller, store, taskId)],
    [
      'say what became of its order',
      (caller, taskId) => markOrder(caller, store, { taskId, word: { kind: 'notPlaced' }, waitMs }),
    ],
    ['edit it', (caller, taskId) => editTask(caller, store, { taskId, spec, waitMs })],
    ['remove it', (caller, taskId) => removeTask(caller, store, { taskId, waitMs })],
  ];
  it.each(about)(
    'cannot %s when it is another’s: it is unknown, as one that does not exist',
    async (_, use) => {
      await expect(use(ann, 'bobs')).rejects.toMatchObject(unknownTask);
      await expect(use(ann, 'bobs')).rejects.not.toThrow(/bob[^s]|ann|one of/);
      await expect(use(operator, 'nowhere')).rejects.toMatchObject({ ...unknownTask, sought: 'nowhere' });
      expect((await store.tasks.showTask('bobs'))?.commands).toEqual([]);
    },
  );

  // The tasks of this test have no context to explain or to account for, and no order.
  const plain = about.filter(([what]) => !/explained|account|order/.test(what));
  it.each(plain)('can %s by the beginning of its id, when it is theirs', async (_, use) => {
    await expect(use(bob, 'bob')).resolves.toBeDefined();
    await expect(use(ann, 'bob')).rejects.toMatchObject({ ...unknownTask, sought: 'bob' });
  });

  it('has no pages of another’s journal', async () => {
    const rows = [];
    for await (const page of journalPages(ann, store, { taskId: 'bobs' }))
      if (page.kind === 'rows') rows.push(...page.rows);
    expect(rows).toEqual([]);
    for await (const page of journalPages(bob, store, { taskId: 'bobs' }))
      if (page.kind === 'rows') rows.push(...page.rows);
    expect(rows).toHaveLength(1);
  });

  it('finds their own account by its name, and nothing by another’s name or owner', async () => {
    expect(await findAccount(ann, store, { name: 'main' })).toMatchObject({ userName: 'ann' });
    const unknownAccount = { name: 'NotFound', what: 'account', sought: 'side' };
    await expect(findAccount(ann, store, { name: 'side' })).rejects.toMatchObject(unknownAccount);
    const unknownUser = { name: 'NotFound', what: 'user', sought: 'bob' };
    await expect(findAccount(ann, store, { name: 'side', userName: 'bob' })).rejects.toMatchObject(
      unknownUser,
    );
    const wish = { account: { name: 'side' }, spec, waitMs };
    await expect(addTask(ann, store, wish)).rejects.toMatchObject(unknownAccount);
    await expect(previewSpec(ann, store, wish)).rejects.toMatchObject(unknownAccount);
  });

  it('adds no user, imports no journal and looks through no journals but their own', async () => {
    const refused = { name: 'NotAllowed' };
    await expect(addUser(ann, store, 'carl')).rejects.toMatchObject(refused);
    await expect(
      importJournal(ann, store, { journal: { taskId: 'x', rows: [] }, phase: 'over' }),
    ).rejects.toMatchObject(refused);
    await expect(verifyJournals(ann, store, { taskId: null })).rejects.toMatchObject(refused);
    await expect(listJournals(ann, store, null)).rejects.toMatchObject(refused);
  });

  it('adds accounts for themself alone, and gets no name of the owner of a key', async () => {
    const another = { ...account, name: 'second', apiKey: 'key-bob', userName: 'ann' };
    const added = addAccount(ann, store, another);
    await expect(added).rejects.toMatchObject({ name: 'KeyTaken', shared: 'key', holder: null });
    await expect(addAccount(operator, store, another)).rejects.toMatchObject({ holder: { userName: 'bob' } });
    await expect(addAccount(ann, store, { ...another, userName: 'bob', apiKey: 'b' })).rejects.toMatchObject({
      what: 'user',
    });
  });

  it('is named in what they ask, in the inbox and on the task’s page', async () => {
    const asked = await askTask(ann, store, { taskId: 'annes', kind: 'pause', waitMs });
    expect(asked).toMatchObject({ taskId: 'annes', status: 'queued', answer: null });
    const askedBy = `user:${ann.kind === 'user' ? ann.userId : ''}`;
    const [command] = await store.inbox.waiting([accounts['ann'] ?? '']);
    expect(command).toMatchObject({ commandId: asked.commandId, kind: 'pause', askedBy });
    expect((await showTask(ann, store, 'annes')).commands).toMatchObject([{ kind: 'pause', askedBy }]);
  });
});

describe('The operator', () => {
  it('sees those of all users', async () => {
    expect((await listUsers(operator, store)).map(({ name }) => name)).toEqual(['ann', 'bob']);
    expect((await listTasks(operator, store)).map(({ taskId }) => taskId)).toEqual(['annes', 'bobs']);
    expect(await listTasks(operator, store, { userName: 'bob' })).toHaveLength(1);
    expect(await showTask(operator, store, 'bobs')).toMatchObject({ taskId: 'bobs', userName: 'bob' });
    expect(await verifyJournals(operator, store, { taskId: null })).toEqual({
      faults: [],
      filesRead: 0,
      unread: [],
    });
    expect(await listJournals(operator, store, null)).toHaveLength(2);
  });

  it('names a task by as much of its id as is unique, and is told which ones when it is not', async () => {
    await createTestTasks(store, accounts['ann'] ?? '', ['anton']);
    expect(await showTask(operator, store, 'ant')).toMatchObject({ taskId: 'anton' });
    await expect(showTask(operator, store, 'an')).rejects.toMatchObject({
      name: 'AmbiguousTask',
      sought: 'an',
      isCutOff: false,
      matches: [
        { taskId: 'annes', state: 'IDLE.watching', symbol: null },
        { taskId: 'anton', state: 'IDLE.watching', symbol: null },
      ],
    });
    await createTestTasks(store, accounts['ann'] ?? '', ['ant']);
    expect(await showTask(operator, store, 'ant')).toMatchObject({ taskId: 'ant' });
    for (const nothing of ['', '%', 'a_', 'Ant'])
      await expect(showTask(operator, store, nothing)).rejects.toMatchObject({ name: 'NotFound' });
    const many = ['x1', 'x2', 'x3', 'x4', 'x5', 'x6'];
    await createTestTasks(store, accounts['ann'] ?? '', many);
    await expect(showTask(operator, store, 'x')).rejects.toMatchObject({
      isCutOff: true,
      matches: many.slice(0, 5).map((taskId) => ({ taskId })),
    });
  });

  it('has to say whose account is meant when several have the name', async () => {
    await expect(findAccount(operator, store, { name: 'main' })).rejects.toMatchObject({
      name: 'Ambiguous',
      sought: 'main',
    });
    expect(await findAccount(operator, store, { name: 'main', userName: 'bob' })).toMatchObject({
      accountId: accounts['bob'],
    });
  });

  it('entrusts a position by a command that waits for its daemon', async () => {
    const wish = { account: { name: 'side' }, spec, waitMs };
    const asked = await addTask(operator, store, wish);
    expect(asked).toMatchObject({ status: 'queued' });
    expect(await showTask(operator, store, asked.taskId)).toMatchObject({
      state: 'QUEUED',
      now: 'no daemon has adopted it yet',
      spec: { symbol: spec.symbol, trigger: { index: { above: '23500' } }, follow: 'strike' },
    });
    expect(await printSpec(operator, store, asked.taskId)).toMatchObject({
      state: 'QUEUED',
      hasMoved: false,
    });
    await expect(addTask(operator, store, { ...wish, spec: {} })).rejects.toThrow(/symbol: found nothing/);
  });
});
