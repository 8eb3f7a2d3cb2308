/** What only the ownership on Postgres has: sessions, environments, what is listed. What every one has is in suites/task-ownership.ts. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Retryable, UnknownOutcome } from '../../src/domain/errors.ts';
import { AccountFences } from '../../src/store/ownership/account-fences.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import {
  addTestAccount,
  adoptAll,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  openWire,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { newTaskOf } from './suites/records.ts';

let database: TestDatabase;
let reader: Store;
const opened: Store[] = [];

const open = async (options: Partial<StoreOptions> = {}, url = database.url): Promise<Store> => {
  const store = await openTestStore(url, options);
  opened.push(store);
  return store;
};

beforeAll(async () => {
  database = await createTestDatabase();
  reader = await openTestStore(database.url);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(async () => {
  await reader.close();
  await database.drop();
});

/** What this daemon holds after claiming once more. */
const claimed = async ({ ownership }: Store): Promise<readonly string[]> =>
  (await ownership.claimAccounts()).shards.flatMap(({ accountIds }) => accountIds);

const newTask = (accountId: string, taskId: string) => newTaskOf({ accountId, taskId });

describe('Accounts', () => {
  it('of live trading are never given to a paper daemon, nor kept from a live one by it', async () => {
    const [paper, live] = [await open(), await open({ environment: 'live' })];
    const [paperId, liveId] = [await addTestAccount(reader), await addTestAccount(reader, 'live')];
    const [ofPaper, ofLive] = [await claimed(paper), await claimed(live)];
    expect(ofPaper).toContain(paperId);
    expect(ofPaper).not.toContain(liveId);
    expect(ofLive).toEqual([liveId]);
  });
});

describe('A shard that is given back', () => {
  it('is a notice to the other daemons of the environment, with how long nothing of it was watched', async () => {
    await addTestAccount(reader);
    const [leaver, next, live] = [await open(), await open(), await open({ environment: 'live' })];
    const received: unknown[] = [];
    const elsewhere: unknown[] = [];
    await next.ownership.onFreed((freed) => received.push(freed));
    await live.ownership.onFreed((freed) => elsewhere.push(freed));
    const [shard] = (await leaver.ownership.claimAccounts()).shards;
    expect((await next.ownership.claimAccounts()).heldElsewhere).toContain(shard?.shard);
    // Any user of the database can send there.
    for (const text of ['', 'no JSON', '{}', '{"class":1,"shard":1,"forMs":0}'])
      await query(database.url, 'SELECT pg_notify($1, $2)', ['rollkeeper_shards', text]);
    await leaver.ownership.resign();
    await leaver.ownership.giveBack(shard?.shard ?? -1, 12.4);
    await expect.poll(() => received, { timeout: 20_000 }).toEqual([{ shard: shard?.shard, forMs: 12 }]);
    expect(elsewhere).toEqual([]);
    expect((await next.ownership.claimAccounts()).shards.map((each) => each.shard)).toContain(shard?.shard);
  });
});

describe('What a daemon says of the shards', () => {
  it('is how many it holds, and how many with accounts were free at more than one look', async () => {
    const [holder, leaver] = [await open(), await open()];
    await addTestAccount(reader);
    await holder.ownership.claimAccounts();
    expect(holder.ownership.standing).toEqual({ held: holder.ownership.shards.length, unowned: 0 });
    expect(holder.ownership.standing.held).toBeGreaterThan(0);
    await leaver.ownership.claimAccounts();
    await leaver.ownership.resign();
    await holder.ownership.release();
    await leaver.ownership.claimAccounts();
    expect(leaver.ownership.standing.unowned).toBe(0);
    await leaver.ownership.claimAccounts();
    expect(leaver.ownership.standing.unowned).toBeGreaterThan(0);
    expect(leaver.ownership.standing.held).toBe(0);
  });
});

describe('An account that its daemon cannot manage', () => {
  it('is listed with the reason and without a daemon, until the daemon manages it', async () => {
    const daemon = await open({ daemonName: 'holder' });
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    const listed = async () =>
      (await reader.directory.accounts()).find((account) => account.accountId === accountId);
    const failed = { kind: 'failed', reason: 'wrong key', forEverybody: false, stayAwayMs: 600_000 } as const;
    await daemon.ownership.noteAccount(accountId, failed);
    expect(await listed()).toMatchObject({ daemon: null, problem: 'wrong key' });
    await daemon.ownership.noteAccount(accountId, { kind: 'managed' });
    expect(await listed()).toMatchObject({ daemon: 'holder', problem: null });
  });
});

describe('A daemon whose lock session dies', () => {
  it('learns of a session that only falls silent by its heartbeat', async () => {
    const wire = await openWire(database.url);
    await addTestAccount(reader, 'testnet');
    const { PostgresOwnership } = await import('../../src/store/ownership/postgres-ownership.ts');
    const ownership = new PostgresOwnership({
      databaseUrl: wire.url,
      daemonName: 'silent',
      owner: 'silent/1',
      environment: 'testnet',
      fences: new AccountFences(),
      heartbeatMs: 100,
    });
    const lost: string[] = [];
    ownership.onLost((reason) => lost.push(reason));
    await ownership.claimAccounts();
    expect(ownership.shards).toHaveLength(1);
    wire.mode = 'stalled';
    await expect.poll(() => lost).toEqual([expect.stringMatching(/heartbeat/)]);
    expect(ownership.shards).toEqual([]);
    await wire.close();
    await expect(ownership.claimAccounts()).rejects.toBeInstanceOf(Retryable);
  });

  it('because its process was stopped, socket open and silent, loses its accounts to the next, and learns of it', async () => {
    const accountId = await addTestAccount(reader, 'live');
    const script = fileURLToPath(new URL('../support/hold-accounts.ts', import.meta.url));
    const stopped = spawn(process.execPath, ['--import', 'tsx', script, database.url, '300']);
    const said: string[] = [];
    stopped.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await expect.poll(() => said.join('')).toMatch(/holds [1-9]/);
    const successor = await open({ environment: 'live', daemonName: 'successor' });
    expect(await claimed(successor)).not.toContain(accountId);
    stopped.kill('SIGSTOP');
    await expect.poll(() => claimed(successor)).toContain(accountId);
    stopped.kill('SIGCONT');
    await expect.poll(() => said.join('')).toMatch(/lost: .*(idle-session timeout|no answer to a heartbeat)/);
    stopped.kill('SIGKILL');
  });

  it('gets an unknown outcome for a creation, and finds the task by adopting', async () => {
    const wire = await openWire(database.url);
    const daemon = await open({ environment: 'demo' }, wire.url);
    const accountId = await addTestAccount(reader, 'demo');
    await daemon.ownership.claimAccounts();
    await adoptAll(daemon, accountId);
    wire.mode = 'mute answers';
    const creation = daemon.ownership.create(newTask(accountId, 'maybe'));
    await expect.poll(() => reader.ownership.reload(accountId, 'maybe')).not.toBeNull();
    wire.cut();
    await expect(creation).rejects.toBeInstanceOf(UnknownOutcome);
    wire.mode = 'on';
    await daemon.ownership.claimAccounts();
    expect(await adoptAll(daemon, accountId)).toMatchObject([{ taskId: 'maybe', version: 1 }]);
    await daemon.close();
    await wire.close();
  });
});

describe('Adopting', () => {
  it('brings an account of thousands of tasks in several batches, each task once', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    await query(
      database.url,
      `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine)
       SELECT $1, 'thousands' || n, 1, 'nobody', 'IDLE.watching', 'waiting', '{}', '{}', '2' FROM generate_series(1, 4500) AS n`,
      [accountId],
    );
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const batch of daemon.ownership.adopt(accountId)) {
      sizes.push(batch.length);
      for (const { taskId } of batch) seen.add(taskId);
    }
    expect(sizes).toEqual([0, 2_000, 2_000, 500]);
    expect(seen.size).toBe(4_500);
  });

  it('journals who took a roll over and when', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    await daemon.ownership.create(newTaskOf({ accountId, taskId: 'kept' }, { phase: 'rolling' }));
    await adoptAll(daemon, accountId);
    const [, row] = await reader.tasks.journalRows('kept');
    expect(row).toMatchObject({
      version: 2,
      eventJson: '{"type":"ADOPTED","daemon":"daemon-a"}',
      machine: '1',
    });
    expect(Math.abs((row?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});

describe('The owner of a task', () => {
  it('is shown while its session lives, and as the last one after that', async () => {
    const daemon = await open({ daemonName: 'mortal' });
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    await createTestTasks(daemon, accountId, ['owned']);
    expect((await reader.tasks.showTask('owned'))?.owner).toMatch(/^mortal\//);
    await daemon.ownership.release();
    await expect.poll(async () => (await reader.tasks.showTask('owned'))?.owner).toBeNull();
    expect((await reader.tasks.showTask('owned'))?.lastOwner).toMatch(/^mortal\//);
  });
});

describe('A task that was asked for', () => {
  it('is shown as queued until it is created', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    const question = {
      accountId,
      taskId: 'new',
      kind: 'add',
      askedBy: 'operator',
      payload: { a: 1 },
    } as const;
    const commandId = await reader.commands.send(question);
    expect((await reader.tasks.showTask('new'))?.state).toBe('QUEUED');
    const answer = { commandId, status: 'done' as const, text: 'watching' };
    await daemon.ownership.create({ ...newTask(accountId, 'new'), answer });
    expect(await reader.tasks.showTask('new')).toMatchObject({ state: 'IDLE.watching', version: 1 });
  });
});
