/**
 * Examines an installation: every check runs at once, each within its own time, and none keeps the others from running. Nothing
 * is changed. What is missing altogether (a configuration, a database) is said once, and by those that need it.
 */
import { found, type CheckLine } from '../domain/doctor/finding.ts';
import { judgeBackup, judgeFiles } from '../domain/doctor/judge-surroundings.ts';
import type { InputIssue } from '../domain/errors.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { Probes } from '../ports/probes.ts';
import { assertOperator, type Caller } from './caller.ts';
import { channelCheck } from './doctor/channel-check.ts';
import { linesOf, needs, type Check, type CheckTools, type StoredPorts } from './doctor/check.ts';
import { daemonCheck } from './doctor/daemon-checks.ts';
import { databaseChecks } from './doctor/database-checks.ts';
import { exchangeChecks } from './doctor/exchange-checks.ts';
import { haltCheck } from './doctor/halt-check.ts';

export interface ReadConfiguration {
  readonly mode: ExchangeEnvironment;
  /** Where the database is, without user and password. */
  readonly place: string;
  /** Sentences about what may be meant otherwise. */
  readonly warnings: readonly string[];
}

export interface DoctorPorts {
  readonly configuration: ReadConfiguration;
  readonly probes: Probes;
  /** `null` when the database cannot be used as it is; asked once. */
  readonly stored: () => Promise<StoredPorts | null>;
  readonly isMigratedByItself: boolean;
}

export interface DoctorWishes {
  /** Send a test by each channel. */
  readonly sendsTests: boolean;
}

/** Lines in the order of the checks, each as soon as it and those before it are known. @throws NotAllowed to all but the operator */
export async function* diagnose(
  caller: Caller,
  { configuration, ...ports }: DoctorPorts,
  { sendsTests }: DoctorWishes,
): AsyncGenerator<CheckLine> {
  assertOperator(caller, 'examine the installation');
  yield* configurationLines(configuration);
  const tools: CheckTools = { ...ports, sendsTests };
  const running = checksFor(configuration.mode).map((check) => linesOf(check, tools));
  for (const lines of running) yield* await lines;
}

/** The report where the configuration is wrong: nothing else can be asked without one. */
export function diagnoseWithout(
  issues: readonly InputIssue[],
  fileLimit: number | null,
): readonly CheckLine[] {
  const wrong = issues.map(({ path, found: seen, expected }): CheckLine => {
    const figures = { path, found: seen, expected };
    return { check: 'configuration', finding: found('wrong', { code: 'configurationWrong', figures }) };
  });
  const others = checksFor('paper').map(({ name }): CheckLine => ({
    check: name,
    finding: name === 'open files' ? judgeFiles(fileLimit) : needs('configuration'),
  }));
  return [...wrong, ...others];
}

const configurationLines = ({ mode, place, warnings }: ReadConfiguration): readonly CheckLine[] => [
  { check: 'configuration', finding: found('ok', { code: 'configured', figures: { mode, place } }) },
  ...warnings.map((said): CheckLine => ({
    check: 'configuration',
    finding: found('warning', { code: 'configurationWarning', figures: { said } }),
  })),
];

const quickLimitMs = 10_000;

const files: Check = {
  name: 'open files',
  limitMs: quickLimitMs,
  run: async ({ probes }) => [judgeFiles(await probes.fileLimit())],
};

const backup: Check = {
  name: 'backup',
  limitMs: quickLimitMs,
  run: async ({ probes }) => [judgeBackup(await probes.backupAge())],
};

const checksFor = (environment: ExchangeEnvironment): readonly Check[] => [
  files,
  ...databaseChecks,
  ...exchangeChecks(environment),
  daemonCheck(environment),
  haltCheck(environment),
  channelCheck,
  backup,
];
