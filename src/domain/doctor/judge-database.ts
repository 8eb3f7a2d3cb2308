/** What a database server and its schema say of themselves, judged: whether a daemon can work on it and lose nothing. */
import { found, type DurabilitySetting, type Finding } from './finding.ts';

export interface DatabaseFacts {
  /** `host:port/name`, without user and password. */
  readonly place: string;
  /** As the server prints it, `18.4`. */
  readonly version: string;
  /** `server_version_num`: 180004. */
  readonly versionNumber: number;
  /** It recovers, or is a replica. */
  readonly isReadOnly: boolean;
  /** What the user of the database may not do. */
  readonly rightsMissing: readonly string[];
  /** As this session has them. */
  readonly settings: Readonly<Record<DurabilitySetting, string>>;
  /** For this user, now. */
  readonly connectionsFree: number;
  readonly connectionsMax: number;
  readonly sizeBytes: number;
}

export interface SchemaFacts {
  /** Of this program, in order. */
  readonly own: readonly string[];
  /** Migrations of this program that the database does not have. */
  readonly missing: readonly string[];
  /** Migrations of the database that this program does not know. */
  readonly unknown: readonly string[];
  /** `table.column` that the queries use and the database has not; known only when no migration is missing. */
  readonly columnsMissing: readonly string[];
}

/** The oldest major version that the program is used with. */
const versionMin = 150_000;
/** A daemon keeps about ten open, and needs them when it starts. */
const connectionsFewMax = 12;
/** Settings that lose commits where they have this value. */
const off = 'off';

/** What is wrong first. */
export function judgeDatabase(facts: DatabaseFacts): readonly Finding[] {
  const { place, version, connectionsFree, connectionsMax, sizeBytes } = facts;
  const lost = (Object.keys(facts.settings) as DurabilitySetting[]).filter(
    (name) => facts.settings[name] === off,
  );
  const wrong: Finding[] = [];
  if (facts.versionNumber < versionMin)
    wrong.push(found('wrong', { code: 'databaseOld', figures: { version } }));
  if (facts.isReadOnly) wrong.push(found('wrong', { code: 'databaseReadOnly', figures: {} }));
  if (facts.rightsMissing.length > 0)
    wrong.push(found('wrong', { code: 'databaseRights', figures: { missing: facts.rightsMissing } }));
  if (lost.length > 0) wrong.push(found('wrong', { code: 'databaseForgets', figures: { settings: lost } }));
  if (connectionsFree < connectionsFewMax)
    wrong.push(
      found('warning', { code: 'connectionsFew', figures: { free: connectionsFree, max: connectionsMax } }),
    );
  if (wrong.length > 0) return wrong;
  const figures = { place, version, connectionsFree, connectionsMax, sizeBytes };
  return [found('ok', { code: 'databaseServes', figures })];
}

/** @param isMigratedByItself every command and start on this database applies what is missing */
export function judgeSchema(facts: SchemaFacts, isMigratedByItself: boolean): Finding {
  if (facts.unknown.length > 0)
    return found('wrong', { code: 'schemaNewer', figures: { names: facts.unknown } });
  if (facts.missing.length > 0) {
    const figures = { names: facts.missing, isMigratedByItself };
    return found(isMigratedByItself ? 'warning' : 'wrong', { code: 'migrationsPending', figures });
  }
  if (facts.columnsMissing.length > 0)
    return found('wrong', { code: 'columnsMissing', figures: { columns: facts.columnsMissing } });
  return found('ok', { code: 'schemaCurrent', figures: { latest: facts.own.at(-1) ?? '' } });
}

const megabyte = 2 ** 20;
/** The server stops when it cannot write its log any more. */
const diskWrongBytes = 300 * megabyte;
const diskShortBytes = 3_000 * megabyte;

export function judgeDisk(place: string, freeBytes: number): Finding {
  const figures = { place, freeBytes };
  if (freeBytes < diskWrongBytes) return found('wrong', { code: 'diskShort', figures });
  if (freeBytes < diskShortBytes) return found('warning', { code: 'diskShort', figures });
  return found('ok', { code: 'diskFree', figures });
}
