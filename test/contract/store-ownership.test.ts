/** Who holds which accounts, and what adopting them does to their tasks. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Conflict, Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
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

const newTask = (accountId: string, taskId: string) => ({
  accountId,
  taskId,
  atMs: 1,
  specJson: '{}',
  eventJson: '{}',
  state: 'IDLE',
  phase: 'waiting' as const,
  snapshotJson: '{}',
  machine: '1',
  answer: { commandId: '', status: 'done' as const, text: '' },
});

describe('Accounts', () => {
  it('belong to one daemon at a time, and pass to the next when it lets go', async () => {
    const [first, second] = [await open(), await open({ daemonName: 'daemon-b' })];
    const accountId = await addTestAccount(reader);
    expect(await claimed(first)).toContain(accountId);
    expect(await claimed(second)).toEqual([]);
    await expect(adoptAll(second, accountId)).rejects.toBeInstanceOf(Conflict);
    await first.ownership.release();
    expect(await claimed(second)).toContain(accountId);
    expect(await claimed(first)).toEqual([]);
  });

  it('added later are found by claiming again', async () => {
    const daemon = await open();
    const before = await claimed(daemon);
    const accountId = await addTestAccount(reader);
    expect(await claimed(daemon)).toEqual([...before, accountId]);
  });

  it('of live trading are never given to a paper daemon, nor kept from a live one by it', async () => {
    const [paper, live] = [await open(), await open({ environment: 'live' })];
    const [paperId, liveId] = [await addTestAccount(reader), await addTestAccount(reader, 'live')];
    const [ofPaper, ofLive] = [await claimed(paper), await claimed(live)];
    expect(ofPaper).toContain(paperId);
    expect(ofPaper).not.toContain(liveId);
    expect(ofLive).toEqual([liveId]);
  });
});

describe('Several daemons', () => {
  let shared: TestDatabase;
  let accounts: string[];
  beforeEach(async () => {
    shared = await createTestDatabase();
    const store = await open({}, shared.url);
    accounts = [];
    for (let at = 0; at < 7; at += 1) accounts.push(await addTestAccount(store));
  });
  afterEach(() => shared.drop());

  const join = (name: string): Promise<Store> => open({ daemonName: name }, shared.url);
  /** One look around, as the supervisor does it: take what is free, give back what is too much. */
  const look = async ({ ownership }: Store): Promise<readonly string[]> => {
    const { shards, surplus, movable = [] } = await ownership.claimAccounts();
    const given = movable.slice(0, surplus);
    for (const shard of given) await ownership.giveBack(shard);
    return shards.filter(({ shard }) => !given.includes(shard)).flatMap(({ accountIds }) => accountIds);
  };
  const lookAll = async (...stores: Store[]): Promise<number[]> => {
    const held = [];
    for (const store of stores) held.push(await look(store));
    for (const store of stores) held.push(await look(store));
    const settled = held.slice(stores.length);
    expect(settled.flat().sort()).toEqual([...accounts].sort());
    return settled.map(({ length }) => length).sort();
  };

  it('share the accounts: whoever joins gets a share, whoever leaves leaves his, nobody twice and nobody missing', async () => {
    const [a, b, c] = [await join('a'), await join('b'), await join('c')];
    expect(await lookAll(a)).toEqual([7]);
    expect(await lookAll(a, b)).toEqual([3, 4]);
    expect(await lookAll(a, b, c)).toEqual([2, 2, 3]);
    await b.close();
    expect(await lookAll(a, c)).toEqual([3, 4]);
    await a.close();
    expect(await lookAll(c)).toEqual([7]);
  });

  it('leave none out that one of them resigned from: it takes no more, and is no longer counted', async () => {
    const [a, b] = [await join('a'), await join('b')];
    await look(a);
    await a.ownership.resign();
    expect(await look(b)).toEqual([]);
    for (const shard of a.ownership.shards) await a.ownership.giveBack(shard);
    expect(await look(b)).toHaveLength(7);
    await b.ownership.release();
    expect(await look(a)).toEqual([]);
  });

  it('leave an account to one that can manage it, and keep what nobody can', async () => {
    const [a, b] = [await join('a'), await join('b')];
    const [first = ''] = accounts;
    const fail = ({ ownership }: Store, accountId: string) =>
      ownership.noteAccount(accountId, {
        ...{ kind: 'failed', reason: 'wrong key', forEverybody: false, stayAwayMs: 600_000 },
      });
    await lookAll(a, b);
    const hasFirst = async (store: Store): Promise<boolean> => (await look(store)).includes(first);
    const [holder, other] = (await hasFirst(a)) ? [a, b] : [b, a];
    await fail(holder, first);
    expect(await hasFirst(holder)).toBe(false);
    expect(await hasFirst(other)).toBe(true);
    expect(await hasFirst(holder)).toBe(false);
    expect((await other.ownership.claimAccounts()).unmanageable).toEqual([]);
    await fail(other, first);
    for (let looks = 0; looks < 3; looks += 1) {
      expect(await hasFirst(other)).toBe(true);
      expect(await hasFirst(holder)).toBe(false);
    }
    expect((await other.ownership.claimAccounts()).unmanageable).toEqual([first]);
    const listed = await other.directory.accounts();
    expect(listed.find(({ accountId }) => accountId === first)).toMatchObject({
      ...{ daemon: null, problem: 'wrong key' },
    });
    await other.ownership.noteAccount(first, { kind: 'managed' });
    const [name] = [other === a ? 'a' : 'b'];
    expect((await other.directory.accounts()).find(({ accountId }) => accountId === first)).toMatchObject({
      ...{ daemon: name, problem: null },
    });
  });

  it('are not counted twice, nor is somebody who only reads', async () => {
    const [a, b] = [await join('a'), await join('b')];
    await look(a);
    await look(a);
    await b.ownership.reload(accounts[0] ?? '', 'none');
    expect(await look(a)).toHaveLength(7);
  });
});

describe('A daemon whose lock session dies', () => {
  it('is told, may not act, and can claim and adopt again', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    const lost: string[] = [];
    daemon.ownership.onLost((reason) => lost.push(reason));
    await query(
      database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'rollkeeper shards daemon-a' AND datname = current_database()`,
    );
    await expect.poll(() => lost.length).toBe(1);
    await expect(adoptAll(daemon, accountId)).rejects.toBeInstanceOf(Conflict);
    await expect(daemon.ownership.create(newTask(accountId, 'too-late'))).rejects.toBeInstanceOf(Conflict);
    expect(await claimed(daemon)).toContain(accountId);
    expect(await adoptAll(daemon, accountId)).toEqual([]);
    expect(lost).toHaveLength(1);
  });

  it('learns of a session that only falls silent by its heartbeat', async () => {
    const wire = await openWire(database.url);
    await addTestAccount(reader, 'testnet');
    const { PostgresOwnership } = await import('../../src/store/ownership/postgres-ownership.ts');
    const ownership = new PostgresOwnership({
      databaseUrl: wire.url,
      daemonName: 'silent',
      owner: 'silent/1',
      environment: 'testnet',
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
    await expect.poll(() => said.join('')).toMatch(/lost: .*idle-session timeout/);
    stopped.kill('SIGKILL');
  });

  it('is told the outcome of a creation is unknown, and finds the task by adopting', async () => {
    const wire = await openWire(database.url);
    const daemon = await open({ environment: 'demo' }, wire.url);
    const accountId = await addTestAccount(reader, 'demo');
    await daemon.ownership.claimAccounts();
    wire.mode = 'mute answers';
    const creation = daemon.ownership.create(newTask(accountId, 'maybe'));
    await expect.poll(() => reader.ownership.reload(accountId, 'maybe')).not.toBeNull();
    wire.cut();
    await expect(creation).rejects.toBeInstanceOf(UnknownOutcome);
    wire.mode = 'on';
    await daemon.ownership.claimAccounts();
    expect(await adoptAll(daemon, accountId)).toMatchObject([{ taskId: 'maybe', version: 2 }]);
    await daemon.close();
    await wire.close();
  });
});

describe('Adopting', () => {
  const turnTo = (
    { state, phase }: Pick<TurnRecord, 'state' | 'phase'>,
    task: Pick<TurnRecord, 'accountId' | 'taskId' | 'expectedVersion'>,
  ): TurnRecord => ({
    ...task,
    atMs: 1,
    path: '',
    eventJson: '{}',
    state,
    phase,
    snapshotJson: '{}',
    machine: '1',
    alerts: [],
    answers: [],
  });
  const opening = { state: 'LEG2_OPENING.opening', phase: 'rolling' } as const;
  const closing = { state: 'ROLL_INITIATED.closingLeg1', phase: 'rolling' } as const;

  it('returns every task that is not over, rolls under way first', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    const phases = {
      a: 'waiting',
      b: 'waiting',
      c: 'over',
      d: 'rolling',
      e: 'rolling',
    } as const;
    for (const [taskId, phase] of Object.entries(phases))
      await createTestTasks(daemon, accountId, [taskId], { state: 'whatever it is called', phase });
    const adopted = await adoptAll(daemon, accountId);
    expect(adopted.map(({ taskId }) => taskId)).toEqual(['d', 'e', 'a', 'b']);
    expect(adopted.map(({ version }) => version)).toEqual([2, 2, 2, 2]);
    expect((await daemon.ownership.reload(accountId, 'c'))?.version).toBe(1);
  });

  it('leaves a roll alone that was adopted under way and has ended before the waiting tasks come', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    await createTestTasks(daemon, accountId, ['ending'], opening);
    await createTestTasks(daemon, accountId, ['waiting']);
    const batches = daemon.ownership.adopt(accountId)[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject([{ taskId: 'ending', version: 2 }]);
    await daemon.journal.commit(
      turnTo(
        { state: 'IDLE.coolingDown', phase: 'waiting' },
        { accountId, taskId: 'ending', expectedVersion: 2 },
      ),
    );
    expect((await batches.next()).value).toMatchObject([{ taskId: 'waiting', version: 2 }]);
    expect((await batches.next()).done).toBe(true);
    expect((await daemon.ownership.reload(accountId, 'ending'))?.version).toBe(3);
  });

  it('finds a roll that began after the rolls under way were taken over', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    await createTestTasks(daemon, accountId, ['under-way'], opening);
    await createTestTasks(daemon, accountId, ['late']);
    const batches = daemon.ownership.adopt(accountId)[Symbol.asyncIterator]();
    expect((await batches.next()).value).toMatchObject([{ taskId: 'under-way' }]);
    // A turn that was decided before the account was lost, and whose commit comes through only now.
    const late = { accountId, taskId: 'late', expectedVersion: 1 };
    await daemon.journal.commit(turnTo(closing, late));
    expect((await batches.next()).value).toMatchObject([{ taskId: 'late', version: 3, ...closing }]);
    expect((await batches.next()).done).toBe(true);
  });

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
    expect(sizes).toEqual([2_000, 2_000, 500]);
    expect(seen.size).toBe(4_500);
  });

  it('journals who adopted and keeps the snapshot byte for byte', async () => {
    const daemon = await open();
    const accountId = await addTestAccount(reader);
    await daemon.ownership.claimAccounts();
    const snapshotJson = ' {"b":1 ,"a":"\\u0000 é"}';
    await daemon.ownership.create({ ...newTask(accountId, 'kept'), snapshotJson });
    const [task] = await adoptAll(daemon, accountId);
    expect(task?.snapshotJson).toBe(snapshotJson);
    const [, row] = await reader.tasks.journalRows('kept');
    expect(row).toMatchObject({
      version: 2,
      eventJson: '{"type":"ADOPTED","daemon":"daemon-a"}',
      snapshotJson,
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

describe('Creating a task', () => {
  it('answers the command that asked for it, and refuses an id that is taken by anybody', async () => {
    const daemon = await open();
    const [mine, other] = [await addTestAccount(reader), await addTestAccount(reader)];
    await daemon.ownership.claimAccounts();
    const commandId = await reader.commands.send({
      accountId: mine,
      taskId: 'new',
      kind: 'add',
      askedBy: 'operator',
      payload: { a: 1 },
    });
    expect((await reader.tasks.showTask('new'))?.state).toBe('QUEUED');
    const answer = { commandId, status: 'done' as const, text: 'watching' };
    await daemon.ownership.create({ ...newTask(mine, 'new'), answer });
    expect(await reader.commands.awaitAnswer(commandId, 0)).toEqual(answer);
    expect(await reader.tasks.showTask('new')).toMatchObject({ state: 'IDLE', version: 1 });
    await expect(daemon.ownership.create(newTask(mine, 'new'))).rejects.toBeInstanceOf(Conflict);
    await expect(daemon.ownership.create(newTask(other, 'new'))).rejects.toBeInstanceOf(Conflict);
    const broken = { ...newTask(mine, 'broken'), snapshotJson: '{' };
    await expect(daemon.ownership.create(broken)).rejects.toBeInstanceOf(Terminal);
    expect(await reader.tasks.showTask('broken')).toBeNull();
  });
});
