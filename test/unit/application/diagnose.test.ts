/** The checks of doctor against probes that answer, fail and hang: each is said, and none keeps another from running. */
import { expect, test, vi } from 'vitest';
import { operator, type Caller } from '../../../src/application/caller.ts';
import { diagnose, diagnoseWithout, type DoctorPorts } from '../../../src/application/diagnose.ts';
import { withinLimit } from '../../../src/application/doctor/check.ts';
import { judgeDaemon } from '../../../src/application/doctor/daemon-checks.ts';
import { found, type CheckLine } from '../../../src/domain/doctor/finding.ts';
import { Retryable } from '../../../src/domain/errors.ts';
import { NotAllowed } from '../../../src/domain/request-errors.ts';
import type { Probes } from '../../../src/ports/probes.ts';

const away = () =>
  Promise.reject(new Retryable('The database at db:5432/rolls cannot be used: ECONNREFUSED'));
const hangs = () => new Promise<never>(() => undefined);

/** Nothing is there but the exchange. */
const probes: Probes = {
  fileLimit: () => Promise.resolve(65_536),
  embedded: () => Promise.resolve(null),
  disk: () => Promise.resolve(null),
  database: away,
  ownSessions: away,
  databaseClock: away,
  schema: away,
  exchange: () =>
    Promise.resolve({
      facts: { host: 'exchange', withinMs: 12, maintenance: [] },
      clock: { aheadMs: 3, withinMs: 12 },
      nowMs: 1_800_000_000_000,
    }),
  price: () => Promise.resolve({ coin: 'BTC', index: '60000.5', withinMs: 80 }),
  privateStream: () => Promise.resolve(20),
  backupAge: () => Promise.resolve(null),
};

const ports = (changes: Partial<Probes> = {}): DoctorPorts => ({
  configuration: { mode: 'testnet', place: 'db:5432/rolls', warnings: ['X does nothing'] },
  probes: { ...probes, ...changes },
  stored: () => Promise.resolve(null),
  isMigratedByItself: false,
});

async function report(given: DoctorPorts, caller: Caller = operator): Promise<string[]> {
  const lines: CheckLine[] = [];
  for await (const line of diagnose(caller, given, { sendsTests: false })) lines.push(line);
  return lines.map(({ check, finding }) => `${check}: ${finding.state} ${finding.code}`);
}

test('Without a database everything else is still looked at, and what needs one says so', async () => {
  expect(await report(ports())).toEqual([
    'configuration: ok configured',
    'configuration: warning configurationWarning',
    'open files: ok filesEnough',
    'database: wrong databaseAway',
    'schema: unknown needs',
    'disk: unknown needs',
    'encryption key: unknown needs',
    'clock: unknown needs',
    'clock: ok clockRight',
    'exchange: ok exchangeAnswers',
    'prices: ok pricesCome',
    'key: unknown needs',
    'private stream: unknown needs',
    'daemon: unknown needs',
    'trading: unknown needs',
    'channel: unknown needs',
    'backup: unknown backupNotKnown',
  ]);
});

test('A probe that fails and one that never answers are wrong, and every other check is made', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const running = report(
      ports({ price: hangs, backupAge: () => Promise.reject(new Error('no such disk')) }),
    );
    const hasEnded = vi.fn();
    void running.finally(hasEnded);
    while (hasEnded.mock.calls.length === 0) await vi.advanceTimersByTimeAsync(1_000);
    const lines = await running;
    expect(lines).toContain('backup: wrong checkFailed');
    expect(lines).toContain('prices: wrong tookTooLong');
    expect(lines).toContain('exchange: ok exchangeAnswers');
  } finally {
    vi.useRealTimers();
  }
});

test('Part of a check that takes too long is named with its limit', async () => {
  expect(await withinLimit(hangs, { limitMs: 5, subject: 'ann/main' })).toEqual([
    found('wrong', { code: 'tookTooLong', figures: { limitMs: 5 } }, 'ann/main'),
  ]);
});

test('An embedded database that is not there yet is neither made nor asked', async () => {
  const asked = vi.fn(away);
  const embedded = {
    dataDir: '/data',
    isThere: false,
    version: '18.4',
    binariesProblem: null,
    directoryProblem: null,
    openPaths: [],
  };
  const disk = { place: '/', freeBytes: 2 ** 40 };
  const given = ports({
    embedded: () => Promise.resolve(embedded),
    disk: () => Promise.resolve(disk),
    database: asked,
    schema: asked,
  });
  expect(await report(given)).toEqual(
    expect.arrayContaining([
      'embedded database: warning noDatabaseYet',
      'database: unknown needs',
      'disk: ok diskFree',
    ]),
  );
  expect(asked).not.toHaveBeenCalled();
});

test('On the paper exchange of a daemon there is no exchange to ask', async () => {
  const none = () => Promise.resolve(null);
  const lines = await report(ports({ exchange: none, price: none }));
  expect(lines).toContain('exchange: ok exchangeOfDaemon');
  expect(lines.filter((line) => /^(prices|private stream)/.test(line))).toEqual([]);
});

test('A configuration that is wrong is said key by key, and nothing else is tried', () => {
  const issues = [{ path: 'ENCRYPTION_KEY', found: 'nothing', expected: '64 hex digits' }];
  const lines = diagnoseWithout(issues, 1_024);
  expect(lines[0]?.finding).toMatchObject({ state: 'wrong', code: 'configurationWrong', figures: issues[0] });
  const states = new Map(
    lines.slice(1).map(({ check, finding }) => [check, `${finding.state} ${finding.code}`]),
  );
  expect(states.get('open files')).toBe('warning filesFew');
  expect(states.get('key')).toBe('unknown needs');
});

test('A daemon is judged by its word, and one without a word is said to be silent', () => {
  const daemon = { name: 'a', isThisOne: false, shards: 64, accounts: 2 };
  const word = { daemon: 'a', version: '1.0.0', problems: [], tasksHere: 3 };
  expect(judgeDaemon({ ...daemon, word })).toMatchObject([{ state: 'ok', code: 'daemonRuns', subject: 'a' }]);
  expect(judgeDaemon({ ...daemon, word: null })).toMatchObject([{ state: 'warning', code: 'daemonSilent' }]);
  expect(judgeDaemon({ ...daemon, word: { ...word, problems: ['no prices'] } })).toMatchObject([
    { state: 'wrong', code: 'daemonUnfit', figures: { problems: ['no prices'] } },
  ]);
});

test('Only the operator may examine an installation', async () => {
  await expect(report(ports(), { kind: 'nobody', from: 'nowhere' })).rejects.toThrow(NotAllowed);
});
