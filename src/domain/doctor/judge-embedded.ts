/** What there is of an embedded database, judged: whether its programs run and its directory can be used by one user alone. */
import { found, type Finding } from './finding.ts';

export interface EmbeddedFacts {
  readonly dataDir: string;
  /** Whether there is a database in the directory. */
  readonly isThere: boolean;
  /** Of the server's programs; `null` when they do not run. */
  readonly version: string | null;
  /** Why the programs do not run; `null` when they do. */
  readonly binariesProblem: string | null;
  /** Why the directory cannot be used; `null` when it can, or when it is not there yet and can be made. */
  readonly directoryProblem: string | null;
  /** What other users of this computer may read of it: it has the password of the database. */
  readonly openPaths: readonly string[];
}

/** What is wrong first. */
export function judgeEmbedded(facts: EmbeddedFacts): readonly Finding[] {
  const { dataDir, version, binariesProblem, directoryProblem, openPaths } = facts;
  const findings: Finding[] = [];
  if (binariesProblem !== null)
    findings.push(found('wrong', { code: 'embeddedBinaries', figures: { said: binariesProblem } }));
  if (directoryProblem !== null)
    findings.push(
      found('wrong', { code: 'embeddedDirectory', figures: { dataDir, said: directoryProblem } }),
    );
  for (const path of openPaths)
    findings.push(found('wrong', { code: 'embeddedOpenToOthers', figures: { path } }));
  if (findings.length > 0) return findings;
  if (!facts.isThere) return [found('warning', { code: 'noDatabaseYet', figures: { dataDir } })];
  return [found('ok', { code: 'embeddedReady', figures: { dataDir, version: version ?? '' } })];
}
