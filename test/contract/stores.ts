/** Every store there is, opened for the suites of journal, ownership and inbox: Postgres, simulated, and in memory. */
import { MemoryStore as BacktestStore } from '../../src/backtest/memory-store.ts';
import type { Command } from '../../src/ports/inbox.ts';
import type { StoredTask } from '../../src/ports/journal.ts';
import type { JournalBounds } from '../../src/store/journal/group-commit.ts';
import { silentLog } from '../../src/store/log.ts';
import { AccountFences } from '../../src/store/ownership/account-fences.ts';
import { PostgresJournal } from '../../src/store/journal/postgres-journal.ts';
import { openPool } from '../../src/store/pool.ts';
import { Listening } from '../../src/store/commands/listening.ts';
import { PostgresInbox } from '../../src/store/commands/postgres-inbox.ts';
import type { Store } from '../../src/store/store.ts';
import { SimDatabase } from '../simulation/world/database.ts';
import { Process } from '../simulation/world/process.ts';
import { Chance } from '../simulation/world/random.ts';
import { SimStore } from '../simulation/world/store.ts';
import { Timeline } from '../simulation/world/timeline.ts';
import {
  addTestAccount,
  createTestDatabase,
  fencesIn,
  openTestStore,
  openWire,
  query,
} from '../support/database.ts';
import { MemoryStore as UnitStore } from '../unit/runtime/memory-store.ts';
import { until } from './exchange-fixture.ts';
import { cannot } from './suites/contract.ts';
import type { InboxFixture } from './suites/inbox.ts';
import type { JournaledTurn, JournalFixture } from './suites/journal.ts';
import type { DaemonStore, OwnershipFixture } from './suites/ownership-fixture.ts';
import { batchesOf, newTaskOf } from './suites/records.ts';
import { VirtualDrive } from './virtual-drive.ts';

export type StoreFixture = InboxFixture & JournalFixture & OwnershipFixture;

/** So many turns may wait where the database is away. */
const waitingMax = 10;

const command = (accountId: string, commandId: string, changes: Partial<Command> = {}): Command => ({
  accountId,
  commandId,
  taskId: 'task',
  kind: 'pause',
  askedBy: 'operator',
  payload: null,
  ...changes,
});

/** On a database of its own. */
export async function openPostgres(): Promise<StoreFixture> {
  const database = await createTestDatabase();
  const stores: Store[] = [];
  const join = async (daemonName: string): Promise<Store> => {
    const joined = await openTestStore(database.url, { daemonName });
    stores.push(joined);
    return joined;
  };
  const store = await join('daemon-a');
  const { journal, ownership, tasks, commands } = store;
  const [accountId, reading] = [await addTestAccount(store), await onWire(database.url)];
  const make = async (taskId: string): Promise<void> => {
    await ownership.claimAccounts();
    await ownership.create(newTaskOf({ accountId, taskId }));
  };
  return {
    journal,
    ownership,
    inbox: reading.inbox,
    accountId,
    otherAccountId: String(Number(accountId) + 1),
    addAccount: () => addTestAccount(store),
    join,
    make,
    loseSession: async () => {
      const name = 'rollkeeper shards daemon-a';
      const statement = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity';
      await query(database.url, `${statement} WHERE application_name = $1 AND datname = current_database()`, [
        name,
      ]);
    },
    stored: async (taskId) => {
      const rows = await query<StoredTask>(
        database.url,
        `SELECT account_id::text AS "accountId", id AS "taskId", version, state, phase, snapshot::text AS "snapshotJson",
           machine FROM tasks WHERE id = $1`,
        [taskId],
      );
      return rows[0] ?? null;
    },
    rows: (taskId) => tasks.journalRows(taskId),
    alerts: async (taskId) => (await tasks.showTask(taskId))?.alerts ?? [],
    ask: async (changes = {}) => {
      const { taskId, kind, askedBy, payload } = command(accountId, '', changes);
      if (kind !== 'add' && (await tasks.showTask(taskId)) === null) await make(taskId);
      return commands.send({ accountId, taskId, kind, askedBy, payload });
    },
    answerTo: (commandId) => commands.awaitAnswer(commandId, 0),
    takeOver: async () => {
      await ownership.release();
      const successor = await join('daemon-b');
      await successor.ownership.claimAccounts();
      await batchesOf(successor.ownership, accountId);
    },
    onAwayDatabase: async () => {
      const wire = await openWire(database.url);
      await make('first');
      const options = {
        databaseUrl: wire.url,
        ...(await fencesIn(database.url)),
        log: silentLog,
        waitingMax,
      };
      const goAway = (): void => {
        wire.mode = 'refused';
        wire.cut();
      };
      reading.wires.push(wire);
      return {
        journal: new PostgresJournal(options),
        waitingMax,
        goAway,
        comeBack: () => (wire.mode = 'on'),
      };
    },
    loseConnection: reading.lose,
    until,
    close: async () => {
      await reading.close();
      await Promise.all(stores.map((each) => each.close()));
      await database.drop();
    },
  };
}

/** An inbox that learns of commands at once or not at all, on a connection that can be lost. */
async function onWire(databaseUrl: string) {
  const wire = await openWire(databaseUrl);
  const pool = openPool({ databaseUrl, name: 'test', log: silentLog });
  const listening = new Listening({ databaseUrl: wire.url, log: silentLog });
  const inbox = new PostgresInbox({ listening, pool, log: silentLog, pollMs: 600_000 });
  const wires = [wire];
  return {
    inbox,
    wires,
    lose: async (meanwhile: () => Promise<unknown>): Promise<void> => {
      wire.mode = 'refused';
      wire.cut();
      await meanwhile();
      wire.mode = 'on';
    },
    close: async (): Promise<void> => {
      inbox.close();
      await listening.close();
      await pool.end();
      await Promise.all(wires.map((each) => each.close()));
    },
  };
}

/** On the database of a simulated world, with its latencies; every account is a shard of its own. */
export function openSimulated(): StoreFixture {
  const timeline = new Timeline();
  const drive = new VirtualDrive(timeline);
  const rows = new Map<string, JournaledTurn[]>();
  const note = (taskId: string, row: JournaledTurn): void => {
    const before = rows.get(taskId);
    if (before) before.push(row);
    else rows.set(taskId, [row]);
  };
  const database = new SimDatabase({
    created: (task) => note(task.taskId, { ...task, version: 1 }),
    committed: (record) => note(record.taskId, { ...record, version: record.expectedVersion + 1 }),
    fenced: () => undefined,
    adopted: (task, owner) =>
      note(task.taskId, { ...task, eventJson: `{"type":"ADOPTED","daemon":"${owner}"}` }),
  });
  const fences = new AccountFences();
  const join = (
    owner: string,
    more: { readonly bounds?: JournalBounds; readonly fences?: AccountFences } = {},
  ): SimStore =>
    new SimStore({
      database,
      ...more,
      timeline,
      owner,
      process: new Process(timeline, () => {}),
      chance: new Chance(7),
      trouble: { lostAnswers: 0 },
    });
  const daemonOf = (store: SimStore): DaemonStore => ({
    ownership: drive.driven(store),
    journal: drive.driven(store.journal),
  });
  const addAccount = (): Promise<string> => {
    database.accountIds.push(String(database.accountIds.length + 1));
    return Promise.resolve(String(database.accountIds.length));
  };
  void addAccount();
  const [accountId, store] = ['1', join('daemon-a', { fences })];
  const first = daemonOf(store);
  let asked = 0;
  return {
    ...first,
    inbox: drive.driven(store),
    accountId,
    otherAccountId: '99',
    addAccount,
    join: (owner) => Promise.resolve(daemonOf(join(owner))),
    make: async (taskId) => {
      await first.ownership.claimAccounts();
      await first.ownership.create(newTaskOf({ accountId, taskId }));
    },
    loseSession: () => {
      store.loseSession(50);
      return Promise.resolve();
    },
    stored: (taskId) => Promise.resolve(database.task(taskId) ?? null),
    rows: (taskId) => Promise.resolve(rows.get(taskId) ?? []),
    alerts: (taskId) => Promise.resolve(database.alerts.filter((alert) => alert.taskId === taskId)),
    ask: (changes) => {
      const commandId = `c${(asked += 1)}`;
      database.ask(command(accountId, commandId, changes));
      store.notify();
      return Promise.resolve(commandId);
    },
    answerTo: (commandId) => Promise.resolve(database.answerTo(commandId) ?? null),
    takeOver: async () => {
      await first.ownership.release();
      const successor = daemonOf(join('daemon-b'));
      await successor.ownership.claimAccounts();
      await batchesOf(successor.ownership, accountId);
    },
    onAwayDatabase: () =>
      Promise.resolve({
        journal: drive.driven(join('daemon-a', { bounds: { waitingMax }, fences }).journal),
        waitingMax,
        goAway: () => (database.isAway = true),
        comeBack: () => (database.isAway = false),
      }),
    loseConnection: cannot,
    until: drive.until,
  };
}

/** As a backtest keeps it: one account, one daemon, and nothing is ever lost. */
export function openBacktest(): StoreFixture {
  const accountId = '1';
  const store = new BacktestStore(accountId, () => {});
  const { journal, ownership, inbox } = store;
  let asked = 0;
  return {
    journal,
    ownership,
    inbox,
    accountId,
    otherAccountId: '2',
    addAccount: cannot,
    join: cannot,
    make: (taskId) => ownership.create(newTaskOf({ accountId, taskId })),
    loseSession: cannot,
    stored: (taskId) => ownership.reload(accountId, taskId),
    rows: cannot,
    alerts: cannot,
    ask: (changes) => {
      const commandId = `c${(asked += 1)}`;
      store.ask(command(accountId, commandId, changes));
      return Promise.resolve(commandId);
    },
    answerTo: (commandId) =>
      Promise.resolve(store.answers.find((answer) => answer.commandId === commandId) ?? null),
    takeOver: cannot,
    onAwayDatabase: cannot,
    loseConnection: cannot,
    until: cannot,
  };
}

/** As the tests of the runtime keep it. */
export function openUnit(): StoreFixture {
  const store = new UnitStore();
  const { journal, ownership, inbox } = store;
  const accountId = '1';
  let asked = 0;
  return {
    journal,
    ownership,
    inbox,
    accountId,
    otherAccountId: '2',
    addAccount: () => {
      const added = String(store.accountIds.length + 1);
      store.accountIds.push(added);
      return Promise.resolve(added);
    },
    join: cannot,
    make: (taskId) => ownership.create(newTaskOf({ accountId, taskId })),
    loseSession: cannot,
    stored: (taskId) => Promise.resolve(store.tasks.get(taskId) ?? null),
    rows: (taskId) => {
      const first = newTaskOf({ accountId, taskId });
      const turns = store.records.filter((record) => record.taskId === taskId);
      const written = turns.map((record) => ({ ...record, version: record.expectedVersion + 1 }));
      return Promise.resolve([{ ...first, version: 1 }, ...written]);
    },
    alerts: (taskId) =>
      Promise.resolve(
        store.records.filter((record) => record.taskId === taskId).flatMap(({ alerts }) => alerts),
      ),
    ask: (changes) => {
      const commandId = `c${(asked += 1)}`;
      store.commands.push(command(accountId, commandId, changes));
      return Promise.resolve(commandId);
    },
    answerTo: (commandId) =>
      Promise.resolve(store.answers.find((answer) => answer.commandId === commandId) ?? null),
    takeOver: (taskId) => {
      store.takeAway(taskId);
      return Promise.resolve();
    },
    onAwayDatabase: cannot,
    loseConnection: cannot,
    until: cannot,
  };
}
