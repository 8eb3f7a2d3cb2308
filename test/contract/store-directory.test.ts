/** Users, accounts and their secrets, as stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { migrate } from '../../src/store/migrate.ts';
import { silentLog } from '../../src/store/log.ts';
import type { TaskRow } from '../../src/ports/task-reading.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  query,
  type TestDatabase,
} from '../support/database.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  await store.directory.addUser('ann');
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const account = {
  userName: 'ann',
  name: 'main',
  environment: 'demo',
  apiKey: 'K1',
  apiSecret: 'S-1',
} as const;

describe('Accounts', () => {
  it('give their secret to the daemon and to no list, and lie encrypted in the database', async () => {
    const { accountId } = await store.directory.addAccount(account);
    expect(await store.directory.credentials(accountId)).toEqual({ accountId, ...account });
    expect(JSON.stringify(await store.directory.accounts())).not.toContain('S-1');
    const [row] = await query<{ dump: string }>(
      database.url,
      `SELECT encode(secret_ciphertext, 'escape') || row_to_json(accounts)::text AS dump FROM accounts WHERE id = $1`,
      [accountId],
    );
    expect(row?.dump).not.toContain('S-1');
  });

  it.each([
    ['taken by the same user', account, /account: found "main"/],
    ['without a name', { ...account, name: ' ' }, /account: found " "/],
    ['of an unknown environment', { ...account, environment: 'prod' as 'demo' }, /environment: found "prod"/],
  ])('%s are refused with what would be right', async (_, wrong, message) => {
    await expect(store.directory.addAccount(wrong)).rejects.toThrow(message);
    await expect(store.directory.addAccount(wrong)).rejects.toBeInstanceOf(BadInput);
  });

  it('of a user that is not known, or not to be seen, are answered as unknown without naming others', async () => {
    const [ann] = await store.directory.users();
    const bob = { name: 'NotFound', what: 'user', sought: 'bob' };
    await expect(store.directory.addAccount({ ...account, userName: 'bob' })).rejects.toMatchObject(bob);
    await store.directory.addUser('bob');
    const annOnly = { userId: ann?.userId ?? '' };
    await expect(
      store.directory.addAccount({ ...account, userName: 'bob', apiKey: 'B1' }, annOnly),
    ).rejects.toMatchObject(bob);
    await expect(store.directory.accounts({ userName: 'bob' }, annOnly)).rejects.toMatchObject(bob);
    expect(await store.directory.users(annOnly)).toMatchObject([{ name: 'ann' }]);
  });

  it('cannot share one API key, and the error names the user who has it', async () => {
    for (const environment of ['live', 'paper'] as const) {
      const one = { ...account, environment, apiKey: 'ONE' };
      await store.directory.addAccount({ ...one, name: `${environment} 1` });
      const holder = { name: `${environment} 1`, userName: 'ann', accountId: expect.any(String) as string };
      await expect(store.directory.addAccount({ ...one, name: `${environment} 2` })).rejects.toMatchObject({
        name: 'KeyTaken',
        shared: 'key',
        holder,
      });
    }
  });

  it('cannot share one user of the exchange, whatever keys they have', async () => {
    const sub = { ...account, apiKey: 'SUB-A', exchangeUserId: '4711' };
    await store.directory.addAccount({ ...sub, name: 'sub a' });
    await expect(
      store.directory.addAccount({ ...sub, apiKey: 'SUB-B', name: 'sub b' }),
    ).rejects.toMatchObject({
      name: 'KeyTaken',
      shared: 'user',
      holder: { name: 'sub a', userName: 'ann' },
    });
    await store.directory.addAccount({ ...sub, apiKey: 'SUB-C', exchangeUserId: '4712', name: 'sub c' });
  });

  it('of one user that comes out later: the older is kept, and the younger says what to do', async () => {
    const [older, younger] = [
      await store.directory.addAccount({ ...account, apiKey: 'OLD', name: 'older' }),
      await store.directory.addAccount({ ...account, apiKey: 'YOUNG', name: 'younger' }),
    ];
    const user = () => Promise.resolve('815');
    await store.directory.assertOnlyOne(younger.accountId, user);
    await store.directory.assertOnlyOne(older.accountId, user);
    await expect(store.directory.assertOnlyOne(younger.accountId, user)).rejects.toThrow(
      /same user of the exchange as account "older" of ann \(id \d+\), which is older.*add them to "older"/s,
    );
    await store.directory.assertOnlyOne(older.accountId, user);
    const listed = await store.directory.accounts();
    expect(listed.find(({ name }) => name === 'younger')?.problem).toMatch(
      /same account at the exchange as older/,
    );
  });

  it('do not open with a secret moved from another row, a swapped API key or another encryption key', async () => {
    const { accountId: first } = await store.directory.addAccount({
      ...account,
      apiKey: 'K3',
      name: 'first',
    });
    const { accountId: second } = await store.directory.addAccount({
      ...account,
      apiKey: 'K4',
      name: 'second',
      apiSecret: 'S-2',
    });
    const move = `UPDATE accounts SET secret_ciphertext = (SELECT secret_ciphertext FROM accounts WHERE id = $1) WHERE id = $2`;
    await query(database.url, move, [first, second]);
    await expect(store.directory.credentials(second)).rejects.toThrow(
      /another row.*give the account its API key and secret again/s,
    );
    await query(database.url, `UPDATE accounts SET api_key = 'K2' WHERE id = $1`, [first]);
    await expect(store.directory.credentials(first)).rejects.toThrow(/cannot be opened/);
    await query(database.url, `UPDATE accounts SET api_key = 'K3' WHERE id = $1`, [first]);
    expect((await store.directory.credentials(first)).apiSecret).toBe('S-1');
    const stranger = await openTestStore(database.url, { encryptionKey: Buffer.alloc(32, 8) });
    await expect(stranger.directory.credentials(first)).rejects.toMatchObject({
      name: 'Terminal',
      scope: 'account',
    });
    await stranger.close();
  });
});

describe('Users', () => {
  it('have names of their own', async () => {
    await store.directory.addUser('carl');
    await expect(store.directory.addUser('carl')).rejects.toThrow(/found "carl"/);
    await expect(store.directory.addUser('')).rejects.toBeInstanceOf(BadInput);
    expect(await store.directory.users()).toMatchObject([
      { name: 'ann' },
      { name: 'bob' },
      { name: 'carl', accountsTotal: 0 },
    ]);
    expect(await store.directory.accounts({ userName: 'carl' })).toEqual([]);
    await expect(store.directory.accounts({ userName: 'dora' })).rejects.toMatchObject({
      name: 'NotFound',
      what: 'user',
      sought: 'dora',
    });
  });

  it('see their own tasks and no others', async () => {
    await store.ownership.claimAccounts();
    const accountId = await addTestAccount(store);
    const accounts = await store.directory.accounts();
    const userName = accounts.find((one) => one.accountId === accountId)?.userName;
    await store.ownership.claimAccounts();
    await createTestTasks(store, accountId, ['theirs']);
    await store.commands.send({
      accountId,
      taskId: 'wished',
      kind: 'add',
      askedBy: 'operator',
      payload: { trigger: 25_500 },
    });
    expect(await store.tasks.listTasks({ userName })).toMatchObject([
      { taskId: 'theirs', state: 'IDLE.watching', version: 1, userName, accountId },
      { taskId: 'wished', state: 'QUEUED', version: 0, spec: { trigger: 25_500 } },
    ]);
    expect(await store.tasks.listTasks({ userName: 'ann' })).toEqual([]);
    const headsOf = (rows: readonly TaskRow[]) => rows.map(({ spec: _, snapshotJson: __, ...head }) => head);
    for (const name of [userName, 'ann', undefined])
      expect(await store.tasks.taskHeads({ userName: name })).toEqual(
        headsOf(await store.tasks.listTasks({ userName: name })),
      );
    expect(await store.tasks.countTransitions()).toBe(1);
  });
});

describe('The hierarchy', () => {
  it.each([
    ['an account without a user', `INSERT INTO accounts VALUES (99, 4711, 'x', 'paper', '', '')`],
    [
      'a task without an account',
      `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine) VALUES (4711, 'x', 1, '', '', 'waiting', '{}', '{}', '')`,
    ],
    [
      'a journal row without a task',
      `INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
       VALUES (4711, 'x', 1, 0, '', '{}', '', '{}', '')`,
    ],
    [
      'an alert without a task',
      `INSERT INTO alerts (account_id, task_id, version, severity, code, figures, at_ms) VALUES (4711, 'x', 1, 'info', '', '{}', 0)`,
    ],
    [
      'a command without an account',
      `INSERT INTO commands (account_id, id, task_id, kind, payload, asked_by) VALUES (4711, 'x', 'x', 'add', '{}', 'x')`,
    ],
    ['removing a user who has accounts', `DELETE FROM users`],
  ])('does not allow %s', async (_, statement) => {
    await expect(query(database.url, statement)).rejects.toMatchObject({ code: '23503' });
  });
});

describe('A store on a database that was not migrated', () => {
  it('does not open, and names what is missing and what to run', async () => {
    const empty = await createTestDatabase({ migrated: false });
    await expect(openTestStore(empty.url)).rejects.toThrow(/0001_accounts.*rollkeeper migrate/);
    await migrate(empty.url, silentLog);
    await (await openTestStore(empty.url)).close();
    await empty.drop();
  });
});
