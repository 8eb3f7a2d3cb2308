/** What `upgrade --check` says of an older database, and what its lines come to. */
import { expect, test } from 'vitest';
import { operator, type Caller } from '../../../src/application/caller.ts';
import { checkUpgrade, type UpgradePorts } from '../../../src/application/check-upgrade.ts';
import type { MigrationNote } from '../../../src/domain/doctor/migration-note.ts';
import { upgradeVerdict, type UpgradeLine } from '../../../src/domain/doctor/upgrade-finding.ts';
import { upgradeText, verdictText } from '../../../src/domain/explain/upgrade-text.ts';
import { NotAllowed } from '../../../src/domain/request-errors.ts';
import type { ExportedRow } from '../../../src/ports/journal-keeping.ts';
import type { UpgradeReading } from '../../../src/ports/upgrade.ts';

const note = (name: string, changes: Partial<MigrationNote> = {}): MigrationNote => ({
  name,
  undo: 'nothing is lost.',
  noWayBack: null,
  older: { kind: 'goOn', text: 'go on.' },
  hasUndoStatements: true,
  ...changes,
});
const row = (version: number, machine = '1'): ExportedRow => ({
  version,
  atMs: 0,
  path: '',
  eventJson: '{}',
  state: 'IDLE.watching',
  snapshotJson: '{}',
  machine,
  hash: '',
});

const reading: UpgradeReading = {
  migrations: () => Promise.resolve({ applied: ['0019_api'], unknown: [], pending: [], isReadable: true }),
  machinesInFlight: () => Promise.resolve([{ machine: '1', tasks: 3, rolling: 1 }]),
  activeJournals: () => Promise.resolve(['a', 'b', 'c'].map((taskId) => ({ taskId, rows: 2 }))),
  newestRows: () => Promise.resolve({ start: null, rows: [row(1), row(2)] }),
};
interface Changes {
  readonly upgrade?: Partial<UpgradeReading>;
  readonly disagreement?: (start: unknown, rows: readonly ExportedRow[]) => string | null;
}
const ports = ({ upgrade = {}, disagreement = () => null }: Changes): UpgradePorts => ({
  upgrade: { ...reading, ...upgrade },
  replaying: { disagreement },
  machines: ['1'],
  system: {
    shardsTotal: 64,
    daemons: () => Promise.resolve([{ name: 'old', isThisOne: false, shards: 64, accounts: 2 }]),
    activeTasks: () => Promise.resolve(3),
    outboxBacklog: () => Promise.reject(new Error('not asked')),
  },
  relay: {
    listen: (listener) => {
      listener.standing?.({ daemon: 'old', version: '0.0.9', problems: [], tasksHere: 3 });
      return Promise.resolve();
    },
    askStandings: () => Promise.resolve(),
  } as UpgradePorts['relay'],
});

async function linesOf(
  changes: Changes = {},
  rowsMax = 100,
  caller: Caller = operator,
): Promise<UpgradeLine[]> {
  const lines: UpgradeLine[] = [];
  for await (const line of checkUpgrade(caller, ports(changes), { rowsMax, onProgress: () => undefined }))
    lines.push(line);
  return lines;
}
const codesOf = (lines: readonly UpgradeLine[]): string[] =>
  lines.map(({ check, finding: { state, code, subject } }) => `${check} ${subject ?? ''}: ${state} ${code}`);

test('a database that nothing is wrong with is ready, with its daemon and what is under way', async () => {
  const lines = await linesOf();
  expect(codesOf(lines)).toEqual([
    'schema : ok schemaCurrent',
    'machine 1: ok machineKnown',
    'journal : ok journalsAgree',
    'daemon old: ok daemonRuns',
    'rolls : ok rollsUnderWay',
  ]);
  expect(lines.map(({ finding }) => upgradeText(finding).found)).toEqual([
    'that of this program, up to 0019_api: no migration is pending',
    'moves 3 active tasks, and this program has it',
    '6 rows of 3 active tasks replay byte for byte',
    'runs: version 0.0.9, 2 accounts',
    '1 roll is under way',
  ]);
  const verdict = upgradeVerdict(lines);
  expect(verdict).toEqual({
    isReady: true,
    pending: 0,
    stopFirst: [],
    limited: [],
    noWayBack: [],
    daemons: 1,
  });
  expect(verdictText(verdict).join(' ')).toMatch(/^Ready\. Start a daemon of this version/);
});

test('each pending migration says whether it can be undone and what becomes of older daemons, and the steps follow from that', async () => {
  const pendingOf = (...pending: readonly MigrationNote[]) => ({
    upgrade: {
      migrations: () => Promise.resolve({ applied: ['0019_api'], unknown: [], pending, isReadable: true }),
    },
  });
  const gentle = await linesOf(
    pendingOf(note('0020_a'), note('0021_b', { older: { kind: 'limited', text: 'go on, but slowly.' } })),
  );
  expect(codesOf(gentle).slice(0, 3)).toEqual([
    'schema : ok schemaBehind',
    'migration 0020_a: ok migrationPending',
    'migration 0021_b: warning migrationPending',
  ]);
  const [ready, ...steps] = verdictText(upgradeVerdict(gentle));
  expect(ready).toBe('Ready, without a pause:');
  expect(steps.join(' ')).toContain('mind what is said above of 0021_b');

  const hard = await linesOf(
    pendingOf(
      note('0020_a', {
        undo: null,
        noWayBack: 'texts are codes.',
        older: { kind: 'stop', text: 'must stop first, because they fail.' },
      }),
    ),
  );
  const [, migration] = hard;
  expect(migration && upgradeText(migration.finding)).toEqual({
    found: 'cannot be undone: texts are codes. Daemons of older versions must stop first, because they fail.',
    fix: 'make a backup: only a backup leads back; stop every running daemon before',
  });
  const verdict = upgradeVerdict(hard);
  expect(verdict).toMatchObject({ isReady: true, stopFirst: ['0020_a'], noWayBack: ['0020_a'] });
  expect(verdictText(verdict).join(' ')).toMatch(
    /with a pause: Make a backup.* Stop every daemon \(1 is running\)/,
  );
});

test('a machine that this program does not have, a journal that it would decide otherwise, and a newer schema are refused', async () => {
  const unknown = await linesOf({
    upgrade: {
      machinesInFlight: () =>
        Promise.resolve([
          { machine: '1', tasks: 2, rolling: 0 },
          { machine: '2', tasks: 1, rolling: 0 },
        ]),
      newestRows: (taskId) => Promise.resolve({ start: null, rows: [row(1, taskId === 'c' ? '2' : '1')] }),
    },
  });
  expect(codesOf(unknown)).toContain('machine 2: wrong machineUnknown');
  expect(upgradeVerdict(unknown).isReady).toBe(false);

  const differs = await linesOf({ disagreement: (_, rows) => `version ${rows.length}` });
  expect(codesOf(differs).filter((line) => line.startsWith('journal'))).toEqual([
    'journal a: wrong journalDiffers',
    'journal b: wrong journalDiffers',
    'journal c: wrong journalDiffers',
  ]);

  const newer = await linesOf({
    upgrade: {
      migrations: () =>
        Promise.resolve({ applied: ['0099_x'], unknown: ['0099_x'], pending: [], isReadable: true }),
    },
  });
  expect(newer[0]?.finding).toMatchObject({ state: 'wrong', code: 'schemaNewer' });
  expect(verdictText(upgradeVerdict(newer))).toEqual([
    'Not ready: see what is WRONG above. Nothing was changed.',
  ]);
});

test('more rows than are asked for are left out and counted, and a schema that is too old is looked at no further', async () => {
  expect(codesOf(await linesOf({}, 3))).toContain('journal : warning journalsLeft');
  const old = await linesOf({
    upgrade: {
      migrations: () =>
        Promise.resolve({ applied: ['0004_x'], unknown: [], pending: [note('0005_y')], isReadable: false }),
      machinesInFlight: () => Promise.reject(new Error('there is no such column')),
    },
  });
  expect(codesOf(old)).toEqual(['schema : warning schemaTooOld', 'migration 0005_y: ok migrationPending']);
});

const journalsOf = (count: number, rows = 2) => ({
  machinesInFlight: () => Promise.resolve([{ machine: '1', tasks: count, rolling: 0 }]),
  activeJournals: () =>
    Promise.resolve(Array.from({ length: count }, (_, at) => ({ taskId: `t${at}`, rows }))),
});

test('no further journal is read once as many rows were replayed as are asked for', async () => {
  const read: string[] = [];
  const newestRows: UpgradeReading['newestRows'] = (taskId) => {
    read.push(taskId);
    return Promise.resolve({ start: null, rows: [row(1), row(2)] });
  };
  await linesOf({ upgrade: { ...journalsOf(5), newestRows } }, 4);
  expect(read).toEqual(['t0', 't1']);
});

test('twenty journals that differ are named, and no more are looked at', async () => {
  const lines = codesOf(await linesOf({ upgrade: journalsOf(25), disagreement: () => 'another state' }));
  expect(lines.filter((line) => line.endsWith('wrong journalDiffers'))).toHaveLength(20);
  expect(lines).toContain('journal : warning journalsLeft');
});

test('a journal with any row of a machine that this program lacks is not replayed', async () => {
  const replayed: number[] = [];
  await linesOf({
    upgrade: {
      newestRows: (taskId) =>
        Promise.resolve({ start: null, rows: taskId === 'b' ? [row(1), row(2, '2'), row(3)] : [row(1)] }),
    },
    disagreement: (_, rows) => {
      replayed.push(rows.length);
      return null;
    },
  });
  expect(replayed).toEqual([1, 1]);
});

test.each([
  { rows: 2, rowsMax: 100, total: 6 },
  { rows: 2, rowsMax: 5, total: 5 },
  { rows: 5_000, rowsMax: 100_000, total: 3_000 },
])(
  'progress is of $total rows for three journals of $rows, $rowsMax asked for',
  async ({ rows, rowsMax, total }) => {
    const progress: number[][] = [];
    const wishes = { rowsMax, onProgress: (...given: number[]) => void progress.push(given) };
    for await (const line of checkUpgrade(operator, ports({ upgrade: journalsOf(3, rows) }), wishes))
      expect(line.finding.state).not.toBe('wrong');
    expect(progress[0]).toEqual([0, total]);
    expect(progress.slice(1)).toEqual([2, 2, 2].map((read) => [read, total]));
  },
);

test('nobody but the operator is answered', async () => {
  await expect(linesOf({}, 1, { kind: 'nobody', from: 'here' })).rejects.toThrow(NotAllowed);
});
