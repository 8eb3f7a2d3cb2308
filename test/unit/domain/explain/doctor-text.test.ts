/**
 * Every line that `doctor` can print, with what to do about it, as a person reads it. A code without a sample here does not compile.
 */
import { expect, test } from 'vitest';
import type { DoctorFigures, DoctorReason } from '../../../../src/domain/doctor/finding.ts';
import { doctorText } from '../../../../src/domain/explain/doctor-text.ts';

const atMs = Date.parse('2023-03-01T10:00:00Z');
const hour = 3_600_000;
const halt = { cause: 'halt', scope: 'account', by: 'ann', reason: 'a holiday', sinceMs: atMs } as const;
const gigabytes = 3.4 * 2 ** 30;

const samples: { readonly [Code in keyof DoctorFigures]: readonly DoctorFigures[Code][] } = {
  configured: [{ mode: 'paper', place: '/data' }],
  configurationWrong: [{ path: 'PORT', found: '"x"', expected: 'a port' }],
  configurationWarning: [{ said: 'LOG_LEVEL is debug' }],
  filesEnough: [{ limit: 65_536 }],
  filesFew: [{ limit: 256 }],
  filesNotSaid: [{}],
  embeddedReady: [{ dataDir: '/data', version: '18.4' }],
  embeddedBinaries: [{ said: 'no such file' }],
  embeddedDirectory: [{ dataDir: '/data', said: 'permission denied' }],
  embeddedOpenToOthers: [{ path: '/data/key' }],
  noDatabaseYet: [{ dataDir: '/data' }],
  databaseServes: [
    { place: 'db:5432', version: '16.2', connectionsFree: 80, connectionsMax: 100, sizeBytes: 12 * 2 ** 20 },
  ],
  databaseAway: [{ said: 'cannot reach db:5432' }],
  databaseOld: [{ version: '14.1' }],
  databaseReadOnly: [{}],
  databaseRights: [{ missing: ['create a table', 'take an advisory lock'] }],
  databaseForgets: [{ settings: ['fsync', 'synchronous_commit'] }],
  connectionsFew: [{ free: 2, max: 20 }],
  sessionsShared: [{ found: 'a pooler in transaction mode', expected: 'a session' }],
  schemaCurrent: [{ latest: '0024_epochs' }],
  migrationsPending: [
    { names: ['0023_a'], isMigratedByItself: true },
    { names: ['0023_a', '0024_b'], isMigratedByItself: false },
  ],
  schemaNewer: [{ names: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }],
  columnsMissing: [{ columns: ['tasks.hash'] }],
  diskFree: [{ place: '/data', freeBytes: gigabytes }],
  diskShort: [{ place: '/data', freeBytes: 500 * 2 ** 20 }],
  diskElsewhere: [{ sizeBytes: gigabytes }],
  secretsOpen: [
    { secrets: 0, keyId: 'key ab12' },
    { secrets: 1, keyId: 'key ab12' },
    { secrets: 2, keyId: 'key ab12' },
  ],
  secretsShut: [{ found: 'another key', expected: 'the key ab12' }],
  secretsChanged: [{ names: ['account main'] }],
  formerKeyUsed: [{ secrets: 1 }, { secrets: 3 }],
  clockRight: [
    { of: 'database', aheadMs: -49 },
    { of: 'exchange', aheadMs: 420 },
  ],
  clockOff: [
    { of: 'database', aheadMs: -6_000 },
    { of: 'exchange', aheadMs: 2 * hour },
  ],
  exchangeAnswers: [
    { host: 'api.example', withinMs: 12.4, saysMaintenance: true },
    { host: 'api.example', withinMs: 12.4, saysMaintenance: false },
  ],
  exchangeAway: [{ said: 'timeout' }],
  exchangeUnderMaintenance: [
    { title: 'Upgrade', beginMs: atMs, endMs: atMs + hour },
    { title: '', beginMs: null, endMs: atMs + hour },
  ],
  maintenancePlanned: [
    { title: 'Upgrade', beginMs: atMs, endMs: null },
    { title: '', beginMs: null, endMs: null },
  ],
  exchangeOfDaemon: [{}],
  pricesCome: [{ coin: 'BTC', index: '23500', withinMs: 80.6 }],
  noPrices: [{ said: 'refused' }],
  daemonRuns: [
    { version: '0.1.0', accounts: 1, shards: 16 },
    { version: null, accounts: 2, shards: 1 },
  ],
  daemonSilent: [{ accounts: 2 }],
  daemonUnfit: [{ problems: ['no prices of BTC', 'the journal waits'] }],
  tradingAllowed: [{}],
  tradingHalted: [{ halt }],
  noDaemon: [{ tasks: 0 }, { tasks: 1 }, { tasks: 3 }],
  accountUnmanaged: [
    { account: 'main', problem: null, tasks: 1 },
    { account: 'main', problem: 'the key is refused', tasks: 2 },
  ],
  versionsDiffer: [{ versions: ['0.1.0', '0.2.0'] }],
  noAccount: [{}],
  keyRight: [{ expiresAtMs: null }, { expiresAtMs: atMs }],
  keyMadeUp: [{}],
  keyFound: [{ finding: { code: 'keyMayWithdraw', figures: {} } }],
  keyNotAccepted: [{ said: '10003 API key is invalid' }],
  streamLive: [{ withinMs: 99.6 }],
  streamRefused: [{ said: '10004' }],
  streamsNotTried: [{ count: 1 }, { count: 4 }],
  noChannel: [{}],
  channelReady: [{ deliveredAtMs: null }, { deliveredAtMs: atMs }],
  channelTook: [{}],
  channelUnusable: [{ said: 'no token' }],
  channelDidNotTake: [{ said: '404' }],
  channelFails: [
    { said: '', waiting: 2, dead: 0 },
    { said: '502', waiting: 0, dead: 1 },
  ],
  channelOff: [{}],
  backupNotKnown: [{}],
  backupMade: [{ ageMs: 2 * hour }],
  backupOld: [{ ageMs: 72 * hour }],
  needs: [{ what: 'configuration' }, { what: 'database' }, { what: 'exchange' }],
  tookTooLong: [{ limitMs: 10_000 }],
  checkFailed: [{ said: 'no' }],
};

test('every line says what is so, and what to do where something is to be done', () => {
  const lines = Object.entries(samples).flatMap(([code, figures]) =>
    figures.map((each) => {
      const { found, fix } = doctorText({ code, figures: each } as DoctorReason);
      return `${code}: ${found}${fix === '' ? '' : ` → ${fix}`}`;
    }),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "configured: mode paper, database /data
    configurationWrong: PORT: found "x" → it should be a port
    configurationWarning: LOG_LEVEL is debug → change it in the environment or .env, or leave it if it is meant so
    filesEnough: a process may have 65536 files open
    filesFew: a process may have only 256 files open → raise it: LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for docker, ulimit -n in a shell
    filesNotSaid: this system does not say how many files a process may have open
    embeddedReady: /data, Postgres 18.4
    embeddedBinaries: the programs of the embedded Postgres do not run: no such file → install with optional dependencies (npm ci), or use DATABASE_URL
    embeddedDirectory: /data cannot be used: permission denied → run as the user that it belongs to, or name another directory with --data DIR
    embeddedOpenToOthers: /data/key can be read by other users of this computer → chmod go= /data/key
    noDatabaseYet: there is no database at /data yet → rollkeeper start makes it, and so does rollkeeper user add; or name another with --data or DATABASE_URL
    databaseServes: db:5432 answers: Postgres 16.2, 12 MB, 80 of 100 connections free, commits are kept
    databaseAway: cannot reach db:5432 → start the server, or correct DATABASE_URL
    databaseOld: it is Postgres 14.1 → use Postgres 15 or newer
    databaseReadOnly: it takes no writes: it is a replica, or recovers → give DATABASE_URL of the primary
    databaseRights: its user may not: create a table, take an advisory lock → grant it to the user of DATABASE_URL, or make that user the owner of the database
    databaseForgets: fsync, synchronous_commit off: what was committed can be lost → switch it on in postgresql.conf, and for the database and its user: a lost commit can trade twice
    connectionsFew: only 2 of 20 connections are free → raise max_connections, or end other programs: a daemon keeps about ten open
    sessionsShared: a pooler in transaction mode → it should be a session
    schemaCurrent: that of this program, up to 0024_epochs
    migrationsPending: not applied: 0023_a → the next command or start applies them
    migrationsPending: not applied: 0023_a, 0024_b → rollkeeper migrate (rollkeeper start does it itself, unless ROLLKEEPER_MIGRATE_AT_START=false)
    schemaNewer: it is newer than this program, which does not know a, b, c, d, e, f and 2 more → use the version of rollkeeper that applied them, or a newer one
    columnsMissing: changed by hand: there is no column tasks.hash → name them back, or restore a backup
    diskFree: 3.4 GB free at /data
    diskShort: only 500 MB free at /data → make room: a server that cannot write stops, and no roll begins then
    diskElsewhere: the database has 3.4 GB; how much room its server has cannot be seen from here
    secretsOpen: key ab12; no secret is stored yet
    secretsOpen: key ab12 opens 1 secret
    secretsOpen: key ab12 opens 2 secrets
    secretsShut: another key → it should be the key ab12
    secretsChanged: the stored secret was changed: account main → give the account its key again (rollkeeper account key NAME), or make the channel anew
    formerKeyUsed: 1 secret is still sealed with a former key → rollkeeper keys rotate
    formerKeyUsed: 3 secrets are still sealed with a former key → rollkeeper keys rotate
    clockRight: that of the database agrees with this computer's
    clockRight: that of the exchange is 0.4 s ahead of this computer's
    clockOff: that of the database is 6.0 s behind this computer's → switch on the time synchronisation (NTP) of both computers
    clockOff: that of the exchange is 2 h ahead of this computer's → switch on the time synchronisation (NTP) of both computers
    exchangeAnswers: api.example answers within 12 ms, no maintenance is announced
    exchangeAnswers: api.example answers within 12 ms, and does not say whether maintenance is planned
    exchangeAway: timeout → look at network, firewall and proxy, and at the address if the configuration names one
    exchangeUnderMaintenance: under maintenance: Upgrade, from 2023-03-01 10:00 UTC until 2023-03-01 11:00 UTC → nothing trades meanwhile; triggers are judged again when prices come
    exchangeUnderMaintenance: under maintenance: maintenance, until 2023-03-01 11:00 UTC → nothing trades meanwhile; triggers are judged again when prices come
    maintenancePlanned: maintenance is planned: Upgrade, from 2023-03-01 10:00 UTC → nothing trades meanwhile: rolls under way wait, and you may want to halt before
    maintenancePlanned: maintenance is planned: maintenance → nothing trades meanwhile: rolls under way wait, and you may want to halt before
    exchangeOfDaemon: the daemon's own, on paper: it is there while a daemon runs
    pricesCome: the public stream gave BTC at 23500 within 81 ms
    noPrices: the public stream gives no price: refused → let websockets out through firewall and proxy; without prices no trigger fires
    daemonRuns: does its work: version 0.1.0, 1 account in 16 shards
    daemonRuns: does its work: version ?, 2 accounts in 1 shard
    daemonSilent: holds 2 accounts and does not say how it stands: it hangs, or its program is older than this one → look at its log, and restart it when it hangs
    daemonUnfit: no prices of BTC; the journal waits → look at its log; it goes on by itself when the cause is gone
    tradingAllowed: no account is halted
    tradingHalted: trading is halted in this account since 2023-03-01 10:00 UTC by ann: a holiday → To go on: rollkeeper resume --account NAME
    noDaemon: no daemon is running → rollkeeper start, or systemctl start rollkeeper
    noDaemon: no daemon is running, and 1 task waits for one → rollkeeper start, or systemctl start rollkeeper
    noDaemon: no daemon is running, and 3 tasks wait for one → rollkeeper start, or systemctl start rollkeeper
    accountUnmanaged: no daemon manages account main (1 task) → rollkeeper account list shows why; daemons look for free accounts every second
    accountUnmanaged: no daemon manages account main (2 tasks): the key is refused → rollkeeper account list shows why; daemons look for free accounts every second
    versionsDiffer: daemons of several versions run: 0.1.0, 0.2.0 → upgrade the others, too
    noAccount: there is no account yet → rollkeeper account add main --user NAME
    keyRight: may trade options, may not withdraw, has no end that is known
    keyRight: may trade options, may not withdraw, ends on 2023-03-01
    keyMadeUp: made up for the daemon's own paper exchange: nothing to check
    keyFound: a key that may withdraw money → one without that right: edit the key at the exchange and take the right to withdraw away. Whoever got hold of it could take all money out
    keyNotAccepted: the exchange does not accept it: 10003 API key is invalid → make a key at the exchange and give it with rollkeeper account key NAME
    streamLive: signed in within 100 ms
    streamRefused: cannot be opened: 10004 → without it fills are only found by asking, later: look at key and network
    streamsNotTried: those of 1 more account were not tried
    streamsNotTried: those of 4 more accounts were not tried
    noChannel: there is none: alerts go to the log alone → rollkeeper channel add --help
    channelReady: can be used; nothing was sent there yet
    channelReady: last used 2023-03-01 10:00 UTC
    channelTook: took the test
    channelUnusable: cannot be used: no token → correct what the operator sets, or make the channel anew: rollkeeper channel add --help
    channelDidNotTake: did not take the test: 404 → correct the address: rollkeeper channel remove, then rollkeeper channel add
    channelFails: failed before (2 waiting, 0 given up) → rollkeeper alerts list --dead, then rollkeeper alerts retry --all; try it with doctor --send
    channelFails: failed last: 502 (0 waiting, 1 given up) → rollkeeper alerts list --dead, then rollkeeper alerts retry --all; try it with doctor --send
    channelOff: switched off
    backupNotKnown: nothing here knows when the database was backed up → make sure that something backs it up (docs/operations.md)
    backupMade: the newest is 2 h old
    backupOld: the newest is 72 h old → look why none was made since
    needs: cannot be looked at without a configuration that is right
    needs: cannot be looked at without a database that can be used
    needs: cannot be looked at while the exchange does not answer
    tookTooLong: no answer within 10 s → look at what it depends on, then try again
    checkFailed: no → with --verbose the log says more"
  `);
});
