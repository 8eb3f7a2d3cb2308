/** Looks at an embedded database without opening it: its programs, its directory and who may read that. Nothing is made. */
import { access, constants, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EmbeddedFacts } from '../../domain/doctor/judge-embedded.ts';
import { messageOf } from '../../domain/errors.ts';
import { installedPackage, runnableBinaries } from './binaries.ts';
import { clusterPath } from './cluster.ts';
import { serverIdentity } from './identity.ts';

/** @param dataDir an absolute path */
export async function examineEmbedded(dataDir: string): Promise<EmbeddedFacts> {
  const cluster = clusterPath(dataDir);
  const programs = await programsFor(cluster);
  const isThere = await isFile(join(cluster, 'PG_VERSION'));
  return {
    dataDir,
    isThere,
    ...programs,
    directoryProblem: await directoryProblemOf(dataDir, isThere ? programs.version : null),
    openPaths: await openPathsIn(dataDir),
  };
}

async function programsFor(cluster: string): Promise<Pick<EmbeddedFacts, 'version' | 'binariesProblem'>> {
  try {
    const { version } = await runnableBinaries(await installedPackage(), await serverIdentity(cluster));
    return { version, binariesProblem: null };
  } catch (error) {
    return { version: null, binariesProblem: messageOf(error) };
  }
}

async function directoryProblemOf(dataDir: string, version: string | null): Promise<string | null> {
  const place = await nearestThere(dataDir);
  try {
    if (!(await stat(place)).isDirectory()) return `${place} is not a directory`;
    await access(place, constants.W_OK | constants.X_OK);
    if (await isFile(join(dataDir, 'password'))) await access(join(dataDir, 'password'), constants.R_OK);
  } catch (error) {
    return messageOf(error);
  }
  if (version === null) return null;
  const made = (await readFile(join(clusterPath(dataDir), 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  const [major = ''] = version.split('.');
  return made === major || made === ''
    ? null
    : `it was made by Postgres ${made}, the programs are ${version}`;
}

/** The directory, or the nearest one above it that is there. */
export async function nearestThere(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = await stat(path).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
  return isThere || parent === path ? path : nearestThere(parent);
}

/** Mode bits of those who are neither the owner nor in the group, and of the group. */
const othersMask = 0o077;

/** Windows has no such bits. */
async function openPathsIn(dataDir: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const path = join(dataDir, 'password');
  const found = await stat(path).catch(() => null);
  return found !== null && (found.mode & othersMask) !== 0 ? [path] : [];
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
