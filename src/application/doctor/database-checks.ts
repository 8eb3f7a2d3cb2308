/** The database: embedded or not, its server, its schema, its disk, and whether its secrets open. */
import { BadInput, messageOf } from '../../domain/errors.ts';
import { found, type Finding } from '../../domain/doctor/finding.ts';
import { judgeDatabase, judgeDisk, judgeSchema } from '../../domain/doctor/judge-database.ts';
import { judgeEmbedded } from '../../domain/doctor/judge-embedded.ts';
import { needs, type Check, type CheckTools } from './check.ts';

/** A server that has to be started, or recovers from a crash, takes a while. */
const databaseLimitMs = 40_000;

/** False when there is no database to be asked: an embedded one that was never made, or that cannot be started. */
async function isToBeAsked({ probes }: CheckTools): Promise<boolean> {
  const embedded = await probes.embedded();
  return (
    embedded === null ||
    (embedded.isThere && embedded.binariesProblem === null && embedded.directoryProblem === null)
  );
}

const embedded: Check = {
  name: 'embedded database',
  limitMs: databaseLimitMs,
  run: async ({ probes }) => {
    const facts = await probes.embedded();
    return facts === null ? [] : judgeEmbedded(facts);
  },
};

const database: Check = {
  name: 'database',
  limitMs: databaseLimitMs,
  run: async (tools) => {
    if (!(await isToBeAsked(tools))) return [needs('database')];
    const { probes } = tools;
    try {
      const findings = judgeDatabase(await probes.database());
      return [...(await sharedSessions(tools)), ...findings];
    } catch (error) {
      return [found('wrong', { code: 'databaseAway', figures: { said: messageOf(error) } })];
    }
  },
};

/** Empty when each connection is a session of its own. */
async function sharedSessions({ probes }: CheckTools): Promise<readonly Finding[]> {
  try {
    await probes.ownSessions();
    return [];
  } catch (error) {
    const [issue] = error instanceof BadInput ? error.issues : [];
    if (!issue) throw error;
    const { found: seen, expected } = issue;
    return [found('wrong', { code: 'sessionsShared', figures: { found: seen, expected } })];
  }
}

const schema: Check = {
  name: 'schema',
  limitMs: databaseLimitMs,
  run: async (tools) => {
    if (!(await isToBeAsked(tools))) return [needs('database')];
    const facts = await tools.probes.schema().catch(() => null);
    return facts === null ? [needs('database')] : [judgeSchema(facts, tools.isMigratedByItself)];
  },
};

const disk: Check = {
  name: 'disk',
  limitMs: databaseLimitMs,
  run: async (tools) => {
    const here = await tools.probes.disk();
    if (here !== null) return [judgeDisk(here.place, here.freeBytes)];
    const facts = await tools.probes.database().catch(() => null);
    if (facts === null) return [needs('database')];
    return [found('ok', { code: 'diskElsewhere', figures: { sizeBytes: facts.sizeBytes } })];
  },
};

const encryptionKey: Check = {
  name: 'encryption key',
  limitMs: databaseLimitMs,
  run: async ({ stored }) => {
    const ports = await stored();
    if (ports === null) return [needs('database')];
    const { presentKeyId, uses } = await ports.keys.report();
    const findings: Finding[] = [];
    try {
      await ports.keys.assertOpenable();
    } catch (error) {
      const [issue] = error instanceof BadInput ? error.issues : [];
      if (!issue) throw error;
      const { found: seen, expected } = issue;
      findings.push(found('wrong', { code: 'secretsShut', figures: { found: seen, expected } }));
    }
    const names = uses.flatMap(({ kind, changed }) => changed.map(({ name }) => `${kind} ${name}`));
    if (names.length > 0) findings.push(found('wrong', { code: 'secretsChanged', figures: { names } }));
    const former = sum(
      uses
        .filter(({ keyId }) => keyId !== presentKeyId)
        .map(({ secrets, keyMissing }) => secrets - keyMissing),
    );
    if (former > 0) findings.push(found('warning', { code: 'formerKeyUsed', figures: { secrets: former } }));
    if (findings.length > 0) return findings;
    const secrets = sum(uses.map((use) => use.secrets));
    return [found('ok', { code: 'secretsOpen', figures: { secrets, keyId: presentKeyId } })];
  },
};

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

export const databaseChecks: readonly Check[] = [embedded, database, schema, disk, encryptionKey];
