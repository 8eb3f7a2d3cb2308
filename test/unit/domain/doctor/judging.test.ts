/** What each fact of an installation means, and that everything that can be found has words for what it is. */
import { expect, test } from 'vitest';
import { countsOf, type DoctorReason, type Finding } from '../../../../src/domain/doctor/finding.ts';
import {
  judgeDatabase,
  judgeDisk,
  judgeSchema,
  type DatabaseFacts,
} from '../../../../src/domain/doctor/judge-database.ts';
import { judgeEmbedded, type EmbeddedFacts } from '../../../../src/domain/doctor/judge-embedded.ts';
import {
  judgeBackup,
  judgeClock,
  judgeExchange,
  judgeFiles,
} from '../../../../src/domain/doctor/judge-surroundings.ts';
import { dayMs, hourMs } from '../../../../src/domain/units.ts';
import { doctorText } from '../../../../src/domain/explain/doctor-text.ts';

const brief = (findings: readonly Finding[]): string[] =>
  findings.map(({ state, code }) => `${state} ${code}`);

const good: DatabaseFacts = {
  place: 'db:5432/rolls',
  version: '18.4',
  versionNumber: 180_004,
  isReadOnly: false,
  rightsMissing: [],
  settings: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  connectionsFree: 50,
  connectionsMax: 97,
  sizeBytes: 12 * 2 ** 20,
};

test.each<[string, Partial<DatabaseFacts>, string[]]>([
  ['as it should be', {}, ['ok databaseServes']],
  ['too old', { versionNumber: 140_012 }, ['wrong databaseOld']],
  ['the oldest that is used', { versionNumber: 150_000 }, ['ok databaseServes']],
  ['a replica', { isReadOnly: true }, ['wrong databaseReadOnly']],
  ['rights missing', { rightsMissing: ['INSERT on journal'] }, ['wrong databaseRights']],
  ['without fsync', { settings: { ...good.settings, fsync: 'off' } }, ['wrong databaseForgets']],
  [
    'commits that are not waited for',
    { settings: { ...good.settings, synchronous_commit: 'off' } },
    ['wrong databaseForgets'],
  ],
  ['a local commit', { settings: { ...good.settings, synchronous_commit: 'local' } }, ['ok databaseServes']],
  ['few connections', { connectionsFree: 4 }, ['warning connectionsFew']],
  [
    'several at once',
    { isReadOnly: true, connectionsFree: 0 },
    ['wrong databaseReadOnly', 'warning connectionsFew'],
  ],
])('A database that is %s', (_, changes, expected) => {
  expect(brief(judgeDatabase({ ...good, ...changes }))).toEqual(expected);
});

test('A schema that lacks migrations is wrong where only a person applies them, and a warning where the next command does', () => {
  const schema = { own: ['1', '2'], missing: ['2'], unknown: [], columnsMissing: [] };
  expect(brief([judgeSchema(schema, false), judgeSchema(schema, true)])).toEqual([
    'wrong migrationsPending',
    'warning migrationsPending',
  ]);
  expect(brief([judgeSchema({ ...schema, missing: [], unknown: ['3'] }, true)])).toEqual([
    'wrong schemaNewer',
  ]);
  expect(brief([judgeSchema({ ...schema, missing: [], columnsMissing: ['tasks.hash'] }, false)])).toEqual([
    'wrong columnsMissing',
  ]);
  expect(brief([judgeSchema({ ...schema, missing: [] }, false)])).toEqual(['ok schemaCurrent']);
});

test('Room is short below 3 GB, and too little below 300 MB', () => {
  const at = (megabytes: number) => judgeDisk('/data', megabytes * 2 ** 20);
  expect(brief([at(100), at(1_000), at(10_000)])).toEqual([
    'wrong diskShort',
    'warning diskShort',
    'ok diskFree',
  ]);
});

test('An embedded database is looked at before it is there, and its password is for one user alone', () => {
  const embedded: EmbeddedFacts = {
    dataDir: '/data',
    isThere: true,
    version: '18.4',
    binariesProblem: null,
    directoryProblem: null,
    openPaths: [],
  };
  const judged = (changes: Partial<EmbeddedFacts>) => brief(judgeEmbedded({ ...embedded, ...changes }));
  expect(judged({})).toEqual(['ok embeddedReady']);
  expect(judged({ isThere: false })).toEqual(['warning noDatabaseYet']);
  expect(judged({ openPaths: ['/data/password'] })).toEqual(['wrong embeddedOpenToOthers']);
  expect(judged({ version: null, binariesProblem: 'not installed', directoryProblem: 'EACCES' })).toEqual([
    'wrong embeddedBinaries',
    'wrong embeddedDirectory',
  ]);
});

test.each([
  [0, 10, 'ok clockRight'],
  [1_100, 10, 'warning clockOff'],
  [-5_000, 10, 'warning clockOff'],
  [90_000, 10, 'wrong clockOff'],
  [-90_000, 10, 'wrong clockOff'],
  // An answer that took four seconds can be that wrong by itself.
  [1_900, 4_000, 'ok clockRight'],
])('A clock that is %i ms ahead by an answer that took %i ms: %s', (aheadMs, withinMs, expected) => {
  expect(brief([judgeClock('exchange', { aheadMs, withinMs })])).toEqual([expected]);
});

test('Maintenance that goes on is wrong, planned within a week a warning, over or far away nothing', () => {
  const nowMs = 1_800_000_000_000;
  const facts = (maintenance: Parameters<typeof judgeExchange>[0]['maintenance']) =>
    brief(judgeExchange({ host: 'x', withinMs: 20, maintenance }, nowMs));
  const planned = {
    title: 'upgrade',
    state: 'scheduled',
    beginMs: nowMs + dayMs,
    endMs: nowMs + dayMs + hourMs,
  } as const;
  const now = { title: '', state: 'ongoing', beginMs: nowMs - hourMs, endMs: null } as const;
  expect(facts([])).toEqual(['ok exchangeAnswers']);
  expect(facts(null)).toEqual(['ok exchangeAnswers']);
  expect(facts([planned, now])).toEqual(['wrong exchangeUnderMaintenance', 'warning maintenancePlanned']);
  expect(facts([{ ...planned, beginMs: nowMs + 9 * dayMs, endMs: null }])).toEqual(['ok exchangeAnswers']);
  expect(facts([{ ...now, endMs: nowMs - 1 }])).toEqual(['ok exchangeAnswers']);
});

test('Files and backups', () => {
  expect(brief([judgeFiles(null), judgeFiles(100), judgeFiles(1_024), judgeFiles(65_536)])).toEqual([
    'unknown filesNotSaid',
    'wrong filesFew',
    'warning filesFew',
    'ok filesEnough',
  ]);
  expect(
    brief([judgeBackup(null), judgeBackup(hourMs), judgeBackup(3 * dayMs), judgeBackup(30 * dayMs)]),
  ).toEqual(['unknown backupNotKnown', 'ok backupMade', 'warning backupOld', 'wrong backupOld']);
});

test('What is found has words, and what is to be done about it where something is', () => {
  const text = (reason: DoctorReason) => doctorText(reason);
  expect(text({ code: 'databaseForgets', figures: { settings: ['fsync'] } })).toEqual({
    found: 'fsync off: what was committed can be lost',
    fix: 'switch it on in postgresql.conf, and for the database and its user: a lost commit can trade twice',
  });
  expect(text({ code: 'clockOff', figures: { of: 'exchange', aheadMs: -90_000 } }).found).toBe(
    "that of the exchange is 1 min behind this computer's",
  );
  expect(text({ code: 'diskShort', figures: { place: '/data', freeBytes: 2 ** 30 * 1.5 } }).found).toBe(
    'only 1.5 GB free at /data',
  );
  const title = 'upgrade';
  const [beginMs, endMs] = [Date.UTC(2026, 11, 1, 8), Date.UTC(2026, 11, 1, 9)];
  expect(text({ code: 'maintenancePlanned', figures: { title, beginMs, endMs } }).found).toBe(
    'maintenance is planned: upgrade, from 2026-12-01 08:00 UTC until 2026-12-01 09:00 UTC',
  );
  expect(
    text({ code: 'keyFound', figures: { finding: { code: 'keyMayWithdraw', figures: {} } } }),
  ).toMatchObject({
    found: 'a key that may withdraw money',
    fix: expect.stringContaining('take the right to withdraw away') as string,
  });
});

test('A summary counts by state', () => {
  const line = (state: Finding['state']) =>
    ({ check: 'disk', finding: { state, subject: null, code: 'channelTook', figures: {} } }) as const;
  expect(countsOf([line('ok'), line('ok'), line('wrong'), line('unknown')])).toEqual({
    ok: 2,
    warning: 0,
    wrong: 1,
    unknown: 1,
  });
});
