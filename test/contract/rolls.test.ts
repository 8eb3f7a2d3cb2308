/**
 * Rolls beside the journal: written once with the turn that ends them, filled from journals that were there before and from
 * imported ones, and in all three cases what the journal itself says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { readJournal } from '../../src/application/journal-file.ts';
import {
  endedRollOf,
  partOfTurn,
  rollsIn,
  type RollTurn,
  type TimedRoll,
} from '../../src/domain/explain/roll-timing.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import type { ExportedRow } from '../../src/ports/journal-keeping.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { flushTurns } from '../../src/store/journal/flush-turns.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Store } from '../../src/store/store.ts';
import { corpusFile, readCorpus } from '../corpus/corpus.ts';
import {
  addTestAccount,
  createTestDatabase,
  openTestStore,
  fencesIn,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { portsOn } from '../support/people-fixture.ts';

type Row = Omit<ExportedRow, 'hash'>;

const fixtures = ['roll-by-delta', 'roll-out-in-time'].map((name) => {
  const file = `test/fixtures/journals/${name}.jsonl`;
  return readJournal(readFileSync(file, 'utf8'), file);
});
/** Every journal of the corpus in which a roll has begun, and whole ones that a daemon wrote. */
const journals: ReadonlyMap<string, readonly Row[]> = new Map([
  ...readCorpus(corpusFile('roll', '1')).map((rows, place): [string, Row[]] => [
    `corpus${place}`,
    withRollIds(
      `corpus${place}`,
      rows.map((row, at) => ({ ...row, atMs: 1_000 * place + at })),
    ),
  ]),
  ...fixtures.map(({ taskId, rows }): [string, readonly Row[]] => [taskId, rows]),
]);

/** As a daemon gives them: the paths of the corpus are made with one version for every turn. */
function withRollIds(taskId: string, rows: readonly Row[]): Row[] {
  let [isUnderWay, lockedVersion, lastId, last] = [false, 0, '', 'null'];
  return rows.map((row) => {
    const snapshot = JSON.parse(row.snapshotJson) as { context: RollContext };
    const { roll, lastRoll } = snapshot.context;
    if (roll !== null && !isUnderWay) lockedVersion = row.version - 1;
    isUnderWay = roll !== null;
    const rollId = `${taskId}-v${lockedVersion}`;
    if (JSON.stringify(lastRoll) !== last) [lastId, last] = [rollId, JSON.stringify(lastRoll)];
    const context = {
      ...snapshot.context,
      roll: roll && { ...roll, rollId, lockedVersion },
      lastRoll: lastRoll && { ...lastRoll, rollId: lastId },
    };
    return { ...row, snapshotJson: JSON.stringify({ ...snapshot, context }) };
  });
}

const turnOf = ({ version, atMs, state, snapshotJson }: Row): RollTurn => {
  const { roll, lastRoll } = (JSON.parse(snapshotJson) as { context: RollContext }).context;
  return { version, atMs, state, roll, lastRoll };
};
const expected = new Map([...journals].map(([taskId, rows]) => [taskId, rollsIn(rows.map(turnOf)).ended]));

/** Tasks with a roll that opens first, or that was asked whether it could. */
const openingFirst = new Set(
  [...journals].flatMap(([taskId, rows]) =>
    rows.some(({ state }) => /^ROLL_INITIATED\.(checking|openingLeg2)|^LEG1_CLOSING/.test(state))
      ? taskId
      : [],
  ),
);

const recordOf = (accountId: string, taskId: string, [before, row]: readonly [Row, Row]): TurnRecord => {
  const [then, now] = [turnOf(before), turnOf(row)];
  const [rollPart, endedRoll] = [partOfTurn(row.state, now), endedRollOf(then, now)];
  return {
    accountId,
    taskId,
    expectedVersion: before.version,
    ...row,
    phase: 'waiting',
    alerts: [],
    answers: [],
    ...(rollPart && { rollPart }),
    ...(endedRoll && { endedRoll }),
  };
};

const rollsOf = async ({ tasks }: Store): Promise<ReadonlyMap<string, readonly TimedRoll[]>> => {
  const ids = [...journals.keys()];
  return new Map(
    await Promise.all(
      ids.map(async (id) => [id, await tasks.timedRolls(id, 100, { userId: null })] as const),
    ),
  );
};

let database: TestDatabase;
let store: Store;
let accountId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  accountId = await addTestAccount(store);
  await store.ownership.claimAccounts();
  for (const [taskId, [first, ...rows]] of journals) {
    if (!first) throw new Error(`${taskId} is empty`);
    const answer = { commandId: `add-${taskId}`, status: 'done', text: 'added' } as const;
    await store.ownership.create({ accountId, taskId, ...first, specJson: '{}', phase: 'waiting', answer });
    let before = first;
    const commits = rows.map((row) => {
      const committed = store.journal.commit(recordOf(accountId, taskId, [before, row]));
      before = row;
      return committed;
    });
    await Promise.all(commits);
  }
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

it('a roll is written with the turn that ends it, as its journal says, however it ended', async () => {
  expect(await rollsOf(store)).toEqual(expected);
  const outcomes = new Set([...expected.values()].flat().map(({ outcome }) => outcome));
  expect([...outcomes].sort()).toEqual(['closed', 'leftFlat', 'nothing', 'rolled']);
});

it('the roll that is under way has its turns in the journal', async () => {
  const inJournal = new Map<string, unknown>();
  for (const [taskId, rows] of journals) {
    const { underWay } = rollsIn(await store.tasks.rollTurns(taskId, { userId: null }));
    expect(underWay, taskId).toEqual(rollsIn(rows.map(turnOf)).underWay);
    inJournal.set(taskId, underWay);
  }
  expect([...inJournal.values()].filter((roll) => roll !== null).length).toBeGreaterThan(20);
});

it('a flush that comes again after its answer was lost writes the roll once', async () => {
  const [task] = fixtures;
  const end = expected.get(task?.taskId ?? '')?.[0];
  const rows = (task?.rows ?? []).filter(({ version }) => version <= (end?.toVersion ?? 0));
  const [before, last] = rows.slice(-2);
  if (!before || !last || !end) throw new Error('the fixture has no roll that ended');
  const taskId = 'twice';
  const first = { ...before, version: 1 };
  const answer = { commandId: 'add-twice', status: 'done', text: 'added' } as const;
  await store.ownership.create({ accountId, taskId, ...first, specJson: '{}', phase: 'rolling', answer });
  const { owner, epochOf } = await fencesIn(database.url);
  const fence = epochOf(accountId);
  const record = recordOf(accountId, taskId, [first, { ...last, version: 2 }]);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    for (let time = 1; time <= 2; time += 1)
      expect(await flushTurns(client, owner, [{ record, writer: `${owner}/9999`, fence }])).toEqual([null]);
    expect(await store.tasks.timedRolls(taskId, 10, { userId: null })).toMatchObject([
      { rollId: end.rollId, toVersion: 2, summary: end.summary },
    ]);
    // A daemon that does not have the account any more ends no roll of it.
    const late = { record: { ...record, expectedVersion: 2 }, writer: 'late/1', fence: fence - 1 };
    const [conflict] = await flushTurns(client, owner, [late]);
    expect(conflict?.name).toBe('Conflict');
    expect(await store.tasks.timedRolls(taskId, 10, { userId: null })).toHaveLength(1);
  } finally {
    await client.end();
  }
});

it('an imported journal brings its rolls', async () => {
  const other = await createTestDatabase();
  const elsewhere = portsOn(await openTestStore(other.url));
  try {
    for (const journal of fixtures) {
      await importJournal(operator, elsewhere, { journal, phase: 'waiting' });
      const rolls = await elsewhere.tasks.timedRolls(journal.taskId, 100, { userId: null });
      expect(rolls).toEqual(expected.get(journal.taskId));
    }
  } finally {
    await elsewhere.close();
    await other.drop();
  }
});

/** As they were read from the journal before there was a table of rolls. */
const readFromSnapshots = {
  ofTasks: `SELECT task_id, json_agg(roll ORDER BY version) AS rolls FROM (
      SELECT DISTINCT ON (task_id, snapshot->'context'->'lastRoll'->>'rollId') task_id, version,
        snapshot->'context'->'lastRoll' AS roll
      FROM journal WHERE snapshot->'context'->'lastRoll'->>'rollId' IS NOT NULL
      ORDER BY task_id, snapshot->'context'->'lastRoll'->>'rollId', version
    ) AS ended GROUP BY task_id ORDER BY task_id`,
  since: `SELECT "taskId", roll FROM (
      SELECT DISTINCT ON (task_id, snapshot->'context'->'lastRoll'->>'rollId') task_id AS "taskId", at_ms,
        snapshot->'context'->'lastRoll' AS roll
      FROM journal
      WHERE at_ms >= $1 AND (snapshot->'context'->'lastRoll'->>'endedAtMs')::bigint >= $1
      ORDER BY task_id, snapshot->'context'->'lastRoll'->>'rollId', version
    ) AS ended ORDER BY at_ms, "taskId"`,
};

it('journals that were there before bring their rolls with the migration, and profit stays what it was', async () => {
  const old = await createTestDatabase({ migrated: false });
  const client = new Client({ connectionString: old.url });
  await client.connect();
  try {
    const dir = 'migrations';
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    const count = readdirSync(dir).filter((file) => file < '0021').length;
    await runner({
      dbClient: client,
      dir,
      migrationsTable: 'schema_migrations',
      direction: 'up',
      logger,
      count,
    });
    // No program that wrote the older schema opened first.
    const isOlder = (taskId: string): boolean => !openingFirst.has(taskId);
    for (const table of ['users', 'accounts', 'tasks', 'journal']) await copyTable(table, client);
    const ofTasks = await client.query(readFromSnapshots.ofTasks);
    const since = await Promise.all(
      [0, 1_678_000_000_000].map((sinceMs) => client.query(readFromSnapshots.since, [sinceMs])),
    );
    await migrate(old.url, silentLog);
    const migrated = await openTestStore(old.url);
    expect(await rollsOf(migrated)).toEqual(
      new Map([...expected].map(([taskId, rolls]) => [taskId, isOlder(taskId) ? rolls : []])),
    );
    const rolls = await client.query(
      `SELECT task_id, json_agg(summary ORDER BY to_version) AS rolls FROM rolls WHERE summary IS NOT NULL
       GROUP BY task_id ORDER BY task_id`,
    );
    expect(rolls.rows).toEqual(ofTasks.rows);
    expect(rolls.rows.length).toBeGreaterThan(5);
    for (const [place, sinceMs] of [0, 1_678_000_000_000].entries()) {
      const now = await migrated.tasks.rollsSince(sinceMs, { userId: null });
      expect(now.map(({ taskId, roll }) => ({ taskId, roll }))).toEqual(since[place]?.rows);
    }
    const parts = `SELECT task_id, journal.version, roll_part FROM journal JOIN tasks ON tasks.id = task_id
      WHERE journal.snapshot->'context'->'roll'->>'rollId' = tasks.snapshot->'context'->'roll'->>'rollId'
      ORDER BY task_id, journal.version`;
    // A roll that goes on after the migration is summed up with all of its parts.
    const here = await query<{ task_id: string }>(database.url, parts);
    expect((await client.query(parts)).rows).toEqual(here.filter((row) => isOlder(row.task_id)));
    await migrated.close();
  } finally {
    await client.end();
    await old.drop();
  }
});

/** Columns and tasks that the older schema has. */
async function copyTable(table: string, into: Client): Promise<void> {
  const columns = await into.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'`,
    [table],
  );
  const names = columns.rows.map(({ name }) => name).join(', ');
  const rows = await query<{ rows: unknown }>(
    database.url,
    `SELECT json_agg(each) AS rows FROM ${table} AS each WHERE to_jsonb(each)->>'${table === 'journal' ? 'task_id' : 'id'}' <> ALL ($1)`,
    [['twice', ...openingFirst]],
  );
  await into.query(
    `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    [JSON.stringify(rows[0]?.rows ?? [])],
  );
}
