/** What `doctor` found, as a person reads it: what is so, and what to do about it. */
import type { DoctorFigures, DoctorReason, MaintenanceFigures } from '../doctor/finding.ts';
import type { Sentences } from '../reason.ts';
import { durationText } from './duration-text.ts';
import { haltText, minuteText, wayOutOf } from './halt-text.ts';
import { keyFindingText } from './key-text.ts';

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `12 MB`, `3.4 GB`. */
function sizeText(bytes: number): string {
  const megabytes = bytes / 2 ** 20;
  return megabytes < 1_024 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1_024).toFixed(1)} GB`;
}

const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `0.4 s ahead of this computer's`; small differences in tenths. */
function aheadText(aheadMs: number): string {
  const distance = Math.abs(aheadMs);
  const span = distance < 60_000 ? `${(distance / 1_000).toFixed(1)} s` : durationText(distance);
  return `${span} ${aheadMs >= 0 ? 'ahead of' : 'behind'} this computer's`;
}

const spanText = ({ beginMs, endMs }: MaintenanceFigures): string =>
  [
    ...(beginMs === null ? [] : [`from ${minuteText(beginMs)} UTC`]),
    ...(endMs === null ? [] : [`until ${minuteText(endMs)} UTC`]),
  ].join(' ');

const maintenanceText = (figures: MaintenanceFigures): string =>
  [figures.title === '' ? 'maintenance' : figures.title, spanText(figures)].filter(Boolean).join(', ');

const shownMax = 6;
const list = (items: readonly string[]): string =>
  items.length <= shownMax
    ? items.join(', ')
    : `${items.slice(0, shownMax).join(', ')} and ${items.length - shownMax} more`;

const found: Sentences<DoctorFigures> = {
  configured: ({ mode, place }) => `mode ${mode}, database ${place}`,
  configurationWrong: ({ path, found: seen }) => `${path}: found ${seen}`,
  configurationWarning: ({ said }) => said,

  filesEnough: ({ limit }) => `a process may have ${limit} files open`,
  filesFew: ({ limit }) => `a process may have only ${limit} files open`,
  filesNotSaid: () => 'this system does not say how many files a process may have open',

  embeddedReady: ({ dataDir, version }) => `${dataDir}, Postgres ${version}`,
  embeddedBinaries: ({ said }) => `the programs of the embedded Postgres do not run: ${said}`,
  embeddedDirectory: ({ dataDir, said }) => `${dataDir} cannot be used: ${said}`,
  embeddedOpenToOthers: ({ path }) => `${path} can be read by other users of this computer`,
  noDatabaseYet: ({ dataDir }) => `there is no database at ${dataDir} yet`,

  databaseServes: ({ place, version, connectionsFree, connectionsMax, sizeBytes }) =>
    `${place} answers: Postgres ${version}, ${sizeText(sizeBytes)}, ${connectionsFree} of ${connectionsMax} connections free, commits are kept`,
  databaseAway: ({ said }) => said,
  databaseOld: ({ version }) => `it is Postgres ${version}`,
  databaseReadOnly: () => 'it takes no writes: it is a replica, or recovers',
  databaseRights: ({ missing }) => `its user may not: ${list(missing)}`,
  databaseForgets: ({ settings }) => `${settings.join(', ')} off: what was committed can be lost`,
  connectionsFew: ({ free, max }) => `only ${free} of ${max} connections are free`,
  sessionsShared: ({ found: seen }) => seen,

  schemaCurrent: ({ latest }) => `that of this program, up to ${latest}`,
  migrationsPending: ({ names }) => `not applied: ${list(names)}`,
  schemaNewer: ({ names }) => `it is newer than this program, which does not know ${list(names)}`,
  columnsMissing: ({ columns }) => `changed by hand: there is no column ${list(columns)}`,

  diskFree: ({ place, freeBytes }) => `${sizeText(freeBytes)} free at ${place}`,
  diskShort: ({ place, freeBytes }) => `only ${sizeText(freeBytes)} free at ${place}`,
  diskElsewhere: ({ sizeBytes }) =>
    `the database has ${sizeText(sizeBytes)}; how much room its server has cannot be seen from here`,

  secretsOpen: ({ secrets, keyId }) =>
    secrets === 0 ? `${keyId}; no secret is stored yet` : `${keyId} opens ${counted(secrets, 'secret')}`,
  secretsShut: ({ found: seen }) => seen,
  secretsChanged: ({ names }) => `the stored secret was changed: ${list(names)}`,
  formerKeyUsed: ({ secrets }) =>
    `${counted(secrets, 'secret is', 'secrets are')} still sealed with a former key`,

  clockRight: ({ of, aheadMs }) =>
    Math.abs(aheadMs) < 50
      ? `that of the ${of} agrees with this computer's`
      : `that of the ${of} is ${aheadText(aheadMs)}`,
  clockOff: ({ of, aheadMs }) => `that of the ${of} is ${aheadText(aheadMs)}`,

  exchangeAnswers: ({ host, withinMs, saysMaintenance }) =>
    `${host} answers within ${Math.round(withinMs)} ms` +
    (saysMaintenance ? ', no maintenance is announced' : ', and does not say whether maintenance is planned'),
  exchangeAway: ({ said }) => said,
  exchangeUnderMaintenance: (figures) => `under maintenance: ${maintenanceText(figures)}`,
  maintenancePlanned: (figures) => `maintenance is planned: ${maintenanceText(figures)}`,
  exchangeOfDaemon: () => "the daemon's own, on paper: it is there while a daemon runs",

  pricesCome: ({ coin, index, withinMs }) =>
    `the public stream gave ${coin} at ${index} within ${Math.round(withinMs)} ms`,
  noPrices: ({ said }) => `the public stream gives no price: ${said}`,

  daemonRuns: ({ version, accounts, shards }) =>
    `does its work: version ${version ?? '?'}, ${counted(accounts, 'account')} in ${counted(shards, 'shard')}`,
  daemonSilent: ({ accounts }) =>
    `holds ${counted(accounts, 'account')} and does not say how it stands: it hangs, or its program is older than this one`,
  daemonUnfit: ({ problems }) => problems.join('; '),
  tradingAllowed: () => 'no account is halted',
  tradingHalted: ({ halt }) => haltText(halt),

  noDaemon: ({ tasks }) =>
    tasks === 0
      ? 'no daemon is running'
      : `no daemon is running, and ${counted(tasks, 'task waits', 'tasks wait')} for one`,
  accountUnmanaged: ({ account, problem, tasks }) =>
    `no daemon manages account ${account} (${counted(tasks, 'task')})${problem === null ? '' : `: ${problem}`}`,
  versionsDiffer: ({ versions }) => `daemons of several versions run: ${versions.join(', ')}`,

  noAccount: () => 'there is no account yet',
  keyRight: ({ expiresAtMs }) =>
    `may trade options, may not withdraw, ${expiresAtMs === null ? 'has no end that is known' : `ends on ${dayText(expiresAtMs)}`}`,
  keyMadeUp: () => "made up for the daemon's own paper exchange: nothing to check",
  keyFound: ({ finding }) => keyFindingText(finding).found,
  keyNotAccepted: ({ said }) => `the exchange does not accept it: ${said}`,

  streamLive: ({ withinMs }) => `signed in within ${Math.round(withinMs)} ms`,
  streamRefused: ({ said }) => `cannot be opened: ${said}`,
  streamsNotTried: ({ count }) => `those of ${counted(count, 'more account')} were not tried`,

  noChannel: () => 'there is none: alerts go to the log alone',
  channelReady: ({ deliveredAtMs }) =>
    deliveredAtMs === null
      ? 'can be used; nothing was sent there yet'
      : `last used ${minuteText(deliveredAtMs)} UTC`,
  channelTook: () => 'took the test',
  channelUnusable: ({ said }) => `cannot be used: ${said}`,
  channelDidNotTake: ({ said }) => `did not take the test: ${said}`,
  channelFails: ({ said, waiting, dead }) =>
    `${said === '' ? 'failed before' : `failed last: ${said}`} (${waiting} waiting, ${dead} given up)`,
  channelOff: () => 'switched off',

  backupNotKnown: () => 'nothing here knows when the database was backed up',
  backupMade: ({ ageMs }) => `the newest is ${durationText(ageMs)} old`,
  backupOld: ({ ageMs }) => `the newest is ${durationText(ageMs)} old`,

  needs: ({ what }) =>
    ({
      configuration: 'cannot be looked at without a configuration that is right',
      database: 'cannot be looked at without a database that can be used',
      exchange: 'cannot be looked at while the exchange does not answer',
    })[what],
  tookTooLong: ({ limitMs }) => `no answer within ${durationText(limitMs)}`,
  checkFailed: ({ said }) => said,
};

const nothing = (): string => '';

const fixes: Sentences<DoctorFigures> = {
  configured: nothing,
  configurationWrong: ({ expected }) => `it should be ${expected}`,
  configurationWarning: () => 'change it in the environment or .env, or leave it if it is meant so',
  filesEnough: nothing,
  filesFew: () =>
    'raise it: LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for docker, ulimit -n in a shell',
  filesNotSaid: nothing,
  embeddedReady: nothing,
  embeddedBinaries: () => 'install with optional dependencies (npm ci), or use DATABASE_URL',
  embeddedDirectory: () => 'run as the user that it belongs to, or name another directory with --data DIR',
  embeddedOpenToOthers: ({ path }) => `chmod go= ${path}`,
  noDatabaseYet: () =>
    'rollkeeper start makes it, and so does rollkeeper user add; or name another with --data or DATABASE_URL',
  databaseServes: nothing,
  databaseAway: () => 'start the server, or correct DATABASE_URL',
  databaseOld: () => 'use Postgres 15 or newer',
  databaseReadOnly: () => 'give DATABASE_URL of the primary',
  databaseRights: () => 'grant it to the user of DATABASE_URL, or make that user the owner of the database',
  databaseForgets: () =>
    'switch it on in postgresql.conf, and for the database and its user: a lost commit can trade twice',
  connectionsFew: () => 'raise max_connections, or end other programs: a daemon keeps about ten open',
  sessionsShared: ({ expected }) => `it should be ${expected}`,
  schemaCurrent: nothing,
  migrationsPending: ({ isMigratedByItself }) =>
    isMigratedByItself
      ? 'the next command or start applies them'
      : 'rollkeeper migrate (rollkeeper start does it itself, unless ROLLKEEPER_MIGRATE_AT_START=false)',
  schemaNewer: () => 'use the version of rollkeeper that applied them, or a newer one',
  columnsMissing: () => 'name them back, or restore a backup',
  diskFree: nothing,
  diskShort: () => 'make room: a server that cannot write stops, and no roll begins then',
  diskElsewhere: nothing,
  secretsOpen: nothing,
  secretsShut: ({ expected }) => `it should be ${expected}`,
  secretsChanged: () =>
    'give the account its key again (rollkeeper account key NAME), or make the channel anew',
  formerKeyUsed: () => 'rollkeeper keys rotate',
  clockRight: nothing,
  clockOff: () => 'switch on the time synchronisation (NTP) of both computers',
  exchangeAnswers: nothing,
  exchangeAway: () =>
    'look at network, firewall and proxy, and at the address if the configuration names one',
  exchangeUnderMaintenance: () => 'nothing trades meanwhile; triggers are judged again when prices come',
  maintenancePlanned: () => 'nothing trades meanwhile: rolls under way wait, and you may want to halt before',
  exchangeOfDaemon: nothing,
  pricesCome: nothing,
  noPrices: () => 'let websockets out through firewall and proxy; without prices no trigger fires',
  daemonRuns: nothing,
  daemonSilent: () => 'look at its log, and restart it when it hangs',
  daemonUnfit: () => 'look at its log; it goes on by itself when the cause is gone',
  tradingAllowed: nothing,
  tradingHalted: ({ halt }) => wayOutOf(halt),
  noDaemon: () => 'rollkeeper start, or systemctl start rollkeeper',
  accountUnmanaged: () => 'rollkeeper account list shows why; daemons look for free accounts every second',
  versionsDiffer: () => 'upgrade the others, too',
  noAccount: () => 'rollkeeper account add main --user NAME',
  keyRight: nothing,
  keyMadeUp: nothing,
  keyFound: ({ finding }) => keyFindingText(finding).fix,
  keyNotAccepted: () => 'make a key at the exchange and give it with rollkeeper account key NAME',
  streamLive: nothing,
  streamRefused: () => 'without it fills are only found by asking, later: look at key and network',
  streamsNotTried: nothing,
  noChannel: () => 'rollkeeper channel add --help',
  channelReady: nothing,
  channelTook: nothing,
  channelUnusable: () =>
    'correct what the operator sets, or make the channel anew: rollkeeper channel add --help',
  channelDidNotTake: () => 'correct the address: rollkeeper channel remove, then rollkeeper channel add',
  channelFails: () =>
    'rollkeeper alerts list --dead, then rollkeeper alerts retry --all; try it with doctor --send',
  channelOff: nothing,
  backupNotKnown: () => 'make sure that something backs it up (docs/operations.md)',
  backupMade: nothing,
  backupOld: () => 'look why none was made since',
  needs: nothing,
  tookTooLong: () => 'look at what it depends on, then try again',
  checkFailed: () => 'with --verbose the log says more',
};

const say = (sentences: Sentences<DoctorFigures>, { code, figures }: DoctorReason): string =>
  (sentences[code] as (figures: unknown) => string)(figures);

export interface DoctorText {
  /** A clause, without a full stop. */
  readonly found: string;
  /** What to do; `""` where there is nothing to do. */
  readonly fix: string;
}

export const doctorText = (reason: DoctorReason): DoctorText => ({
  found: say(found, reason),
  fix: say(fixes, reason),
});
