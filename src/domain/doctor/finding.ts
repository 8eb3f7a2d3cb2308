/**
 * What `doctor` finds, as data: a code with its figures, and what state that is. Judging facts is in the files beside this one,
 * sentences are in explain/doctor-text.ts.
 */
import type { DecimalString } from '../money.ts';
import type { Halt } from '../halt.ts';
import type { KeyFinding } from '../orders/key-facts.ts';
import type { ReasonOf } from '../reason.ts';

/** `unknown`: it cannot be found out, because something else is missing or nothing knows it. */
export type CheckState = 'ok' | 'warning' | 'wrong' | 'unknown';

export const checkNames = [
  'configuration',
  'open files',
  'embedded database',
  'database',
  'schema',
  'disk',
  'encryption key',
  'clock',
  'exchange',
  'prices',
  'daemon',
  'trading',
  'key',
  'private stream',
  'channel',
  'backup',
] as const;
export type CheckName = (typeof checkNames)[number];

/** Settings of a database server without which a commit can be lost. */
export type DurabilitySetting = 'fsync' | 'full_page_writes' | 'synchronous_commit';

export interface MaintenanceFigures {
  readonly title: string;
  readonly beginMs: number | null;
  readonly endMs: number | null;
}

/** Times are ms since epoch, sizes bytes, spans ms. `said` is what another program or an error said, without secrets. */
export interface DoctorFigures {
  readonly configured: { readonly mode: string; readonly place: string };
  readonly configurationWrong: { readonly path: string; readonly found: string; readonly expected: string };
  readonly configurationWarning: { readonly said: string };

  readonly filesEnough: { readonly limit: number };
  readonly filesFew: { readonly limit: number };
  readonly filesNotSaid: object;

  readonly embeddedReady: { readonly dataDir: string; readonly version: string };
  readonly embeddedBinaries: { readonly said: string };
  readonly embeddedDirectory: { readonly dataDir: string; readonly said: string };
  readonly embeddedOpenToOthers: { readonly path: string };
  readonly noDatabaseYet: { readonly dataDir: string };

  readonly databaseServes: {
    readonly place: string;
    readonly version: string;
    readonly connectionsFree: number;
    readonly connectionsMax: number;
    readonly sizeBytes: number;
  };
  readonly databaseAway: { readonly said: string };
  readonly databaseOld: { readonly version: string };
  readonly databaseReadOnly: object;
  /** @property missing what the user of the database may not do */
  readonly databaseRights: { readonly missing: readonly string[] };
  readonly databaseForgets: { readonly settings: readonly DurabilitySetting[] };
  readonly connectionsFew: { readonly free: number; readonly max: number };
  readonly sessionsShared: { readonly found: string; readonly expected: string };

  readonly schemaCurrent: { readonly latest: string };
  /** @property isMigratedByItself whether every command and start on this database applies them */
  readonly migrationsPending: { readonly names: readonly string[]; readonly isMigratedByItself: boolean };
  readonly schemaNewer: { readonly names: readonly string[] };
  readonly columnsMissing: { readonly columns: readonly string[] };

  readonly diskFree: { readonly place: string; readonly freeBytes: number };
  readonly diskShort: { readonly place: string; readonly freeBytes: number };
  readonly diskElsewhere: { readonly sizeBytes: number };

  readonly secretsOpen: { readonly secrets: number; readonly keyId: string };
  readonly secretsShut: { readonly found: string; readonly expected: string };
  readonly secretsChanged: { readonly names: readonly string[] };
  readonly formerKeyUsed: { readonly secrets: number };

  /** @property aheadMs how far the other clock is ahead of this computer's */
  readonly clockRight: { readonly of: ClockName; readonly aheadMs: number };
  readonly clockOff: { readonly of: ClockName; readonly aheadMs: number };

  /** @property saysMaintenance whether it also said that none is planned */
  readonly exchangeAnswers: {
    readonly host: string;
    readonly withinMs: number;
    readonly saysMaintenance: boolean;
  };
  readonly exchangeAway: { readonly said: string };
  readonly exchangeUnderMaintenance: MaintenanceFigures;
  readonly maintenancePlanned: MaintenanceFigures;
  readonly exchangeOfDaemon: object;

  readonly pricesCome: { readonly coin: string; readonly index: DecimalString; readonly withinMs: number };
  readonly noPrices: { readonly said: string };

  readonly daemonRuns: {
    readonly version: string | null;
    readonly accounts: number;
    readonly shards: number;
  };
  readonly daemonSilent: { readonly accounts: number };
  readonly daemonUnfit: { readonly problems: readonly string[] };
  /** @property tasks that are not over */
  readonly tradingAllowed: object;
  readonly tradingHalted: { readonly halt: Halt };

  readonly noDaemon: { readonly tasks: number };
  readonly accountUnmanaged: {
    readonly account: string;
    readonly problem: string | null;
    readonly tasks: number;
  };
  readonly versionsDiffer: { readonly versions: readonly string[] };

  readonly noAccount: object;
  readonly keyRight: { readonly expiresAtMs: number | null };
  readonly keyMadeUp: object;
  readonly keyFound: { readonly finding: KeyFinding };
  readonly keyNotAccepted: { readonly said: string };

  readonly streamLive: { readonly withinMs: number };
  readonly streamRefused: { readonly said: string };
  /** @property count of accounts whose streams were not tried */
  readonly streamsNotTried: { readonly count: number };

  readonly noChannel: object;
  readonly channelReady: { readonly deliveredAtMs: number | null };
  readonly channelTook: object;
  readonly channelUnusable: { readonly said: string };
  readonly channelDidNotTake: { readonly said: string };
  readonly channelFails: { readonly said: string; readonly waiting: number; readonly dead: number };
  readonly channelOff: object;

  readonly backupNotKnown: object;
  readonly backupMade: { readonly ageMs: number };
  readonly backupOld: { readonly ageMs: number };

  /** The check could not be made because of something that another check is about. */
  readonly needs: { readonly what: 'configuration' | 'database' | 'exchange' };
  readonly tookTooLong: { readonly limitMs: number };
  readonly checkFailed: { readonly said: string };
}

export type ClockName = 'database' | 'exchange';

export type DoctorReason = ReasonOf<DoctorFigures>;

/** One line of the report. */
export type Finding = DoctorReason & {
  readonly state: CheckState;
  /** Of which account, channel, daemon; `null` where there is one such thing alone. */
  readonly subject: string | null;
};

export interface CheckLine {
  readonly check: CheckName;
  readonly finding: Finding;
}

/** A finding about the only thing of its kind. */
export const found = (state: CheckState, reason: DoctorReason, subject: string | null = null): Finding => ({
  ...reason,
  state,
  subject,
});

export type StateCounts = Readonly<Record<CheckState, number>>;

export function countsOf(lines: readonly CheckLine[]): StateCounts {
  const count = (state: CheckState): number => lines.filter(({ finding }) => finding.state === state).length;
  return { ok: count('ok'), warning: count('warning'), wrong: count('wrong'), unknown: count('unknown') };
}
