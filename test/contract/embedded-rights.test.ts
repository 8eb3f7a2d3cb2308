/** The embedded database on unfriendly ground: as root, as an unprivileged user, without links, in folders that cannot be entered. */
import { spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedPackage, runnableBinaries } from '../../src/store/embedded/binaries.ts';
import { canEnter } from '../../src/store/embedded/identity.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { query, temporaryDirectory } from '../support/database.ts';

const isRoot = process.getuid?.() === 0;
const unprivileged = { uid: 65534, gid: 65534 };
const sourceDir = new URL('../../', import.meta.url).pathname;
/** Why tests that need another user cannot run here, or null. */
const noOtherUser = !isRoot
  ? 'only root can become another user'
  : (await canEnter(unprivileged, sourceDir))
    ? null
    : `uid ${unprivileged.uid} cannot read ${sourceDir}`;

let home: string;
beforeEach(async () => {
  home = await temporaryDirectory();
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The package as npm leaves it when install scripts are switched off: no links between libraries. */
async function packageWithoutLinks(): Promise<{ nativeDir: string; packageVersion: string }> {
  const { nativeDir } = await installedPackage();
  const copy = join(home, 'package/native');
  await mkdir(join(home, 'package'));
  await cp(nativeDir, copy, { recursive: true, verbatimSymlinks: true });
  for (const entry of await readdir(join(copy, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(copy, 'lib', entry.name));
  }
  return { nativeDir: copy, packageVersion: 'test' };
}

/** Runs a module that prints JSON, as another user. */
const runAs = (user: typeof unprivileged, program: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', program];
    const child = spawn(process.execPath, args, { ...user, cwd: sourceDir, env: { PATH: '' } });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors))));
  });
const moduleUrl = (path: string): string =>
  JSON.stringify(new URL(`../../src/store/${path}`, import.meta.url).href);

describe('Binaries installed without install scripts', () => {
  it('get their links at start, in place', async () => {
    const without = await packageWithoutLinks();
    const binaries = await runnableBinaries(without, isRoot ? unprivileged : null, []);
    expect(binaries.postgres.startsWith(without.nativeDir)).toBe(true);
    expect(binaries.version).toMatch(/^18\./);
  });

  it('are copied when their place cannot be written', async ({ skip }) => {
    if (noOtherUser !== null) skip(noOtherUser);
    const without = await packageWithoutLinks();
    await mkdir(join(home, 'cache'), { mode: 0o755 });
    await chown(join(home, 'cache'), unprivileged.uid, unprivileged.gid);
    const result = await runAs(
      unprivileged,
      `const { runnableBinaries } = await import(${moduleUrl('embedded/binaries.ts')});
       const found = await runnableBinaries(${JSON.stringify(without)}, null, [${JSON.stringify(join(home, 'cache'))}]);
       process.stdout.write(JSON.stringify(found));`,
    );
    expect(result).toMatchObject({
      postgres: join(home, 'cache/rollkeeper-postgres-test-65534/bin/postgres'),
    });
  });
});

describe('Root', () => {
  const behindClosedDoors = async (): Promise<string> => {
    const closed = join(home, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    return closed;
  };

  it('runs a copy of binaries that lie where the server’s user cannot go, made once by two at once', async ({
    skip,
  }) => {
    if (!isRoot) skip('only root drops its rights');
    const { nativeDir } = await installedPackage();
    const hidden = join(await behindClosedDoors(), 'native');
    await cp(nativeDir, hidden, { recursive: true, verbatimSymlinks: true });
    const cache = join(home, 'cache');
    const find = () => runnableBinaries({ nativeDir: hidden, packageVersion: 'test' }, unprivileged, [cache]);
    const [first, second] = await Promise.all([find(), find()]);
    expect(first).toEqual(second);
    expect(first.postgres).toBe(join(cache, 'rollkeeper-postgres-test-0/bin/postgres'));
    expect(await readdir(cache)).toEqual(['rollkeeper-postgres-test-0']);
  });

  it('does not run a copy that another user could have written', async ({ skip }) => {
    if (!isRoot) skip('only root drops its rights');
    const { nativeDir } = await installedPackage();
    const hidden = join(await behindClosedDoors(), 'native');
    await cp(nativeDir, hidden, { recursive: true, verbatimSymlinks: true });
    const planted = join(home, 'cache/rollkeeper-postgres-test-0');
    await cp(nativeDir, planted, { recursive: true, verbatimSymlinks: true });
    await chown(planted, unprivileged.uid, unprivileged.gid);
    const find = runnableBinaries({ nativeDir: hidden, packageVersion: 'test' }, unprivileged, [
      join(home, 'cache'),
    ]);
    await expect(find).rejects.toThrow(/can be written by others; remove it/);
  });

  it('keeps the database in its data directory even where the server’s user cannot go', async ({ skip }) => {
    if (!isRoot || process.platform !== 'linux')
      skip('only root on Linux starts a server inside a directory');
    const dataDir = join(await behindClosedDoors(), 'data');
    const open = () => openEmbeddedDatabase(dataDir, { role: 'daemon', log: silentLog });
    const database = await open();
    await query(database.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const { uid } = await stat(join(dataDir, 'postgres/PG_VERSION'));
    expect(uid).toBe(65534);
    await database.close();
    const again = await open();
    expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await again.close();
  });
});

describe('An ordinary user', () => {
  it('runs the embedded database with its own rights', async ({ skip }) => {
    if (noOtherUser !== null) skip(noOtherUser);
    const dataDir = join(home, 'own/data');
    await mkdir(join(home, 'own'));
    await chown(join(home, 'own'), unprivileged.uid, unprivileged.gid);
    const result = await runAs(
      unprivileged,
      `const { openEmbeddedDatabase } = await import(${moduleUrl('embedded/embedded-postgres.ts')});
       const log = { debug() {}, info() {}, warn() {}, error() {} };
       const db = await openEmbeddedDatabase(${JSON.stringify(dataDir)}, { role: 'daemon', log });
       const url = db.url;
       await db.close();
       process.stdout.write(JSON.stringify({ started: db.started, url }));`,
    );
    expect(result).toMatchObject({ started: true });
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(unprivileged.uid);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
  });

  it('gets an error when the data directory is another user’s', async ({ skip }) => {
    if (noOtherUser !== null) skip(noOtherUser);
    const dataDir = join(home, 'data');
    await (await openEmbeddedDatabase(dataDir, { role: 'daemon', log: silentLog })).close();
    const attempt = runAs(
      unprivileged,
      `const { openEmbeddedDatabase } = await import(${moduleUrl('embedded/embedded-postgres.ts')});
       await openEmbeddedDatabase(${JSON.stringify(dataDir)}, { role: 'visitor', log: {} });`,
    );
    await expect(attempt).rejects.toThrow(/data directory belongs to another user/);
  });
});

describe('A data directory that cannot be made', () => {
  // reason: no other system has /proc
  it.skipIf(process.platform !== 'linux')(
    'is refused at once where the system denies it, as under /proc',
    async () => {
      await expect(
        openEmbeddedDatabase('/proc/rollkeeper/data', { role: 'visitor', log: silentLog }),
      ).rejects.toThrow(/data directory cannot be used.*\/proc\/rollkeeper\/data/s);
    },
  );

  it('because a file lies there, or above it, is said as such', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'data')])
      await expect(openEmbeddedDatabase(path, { role: 'visitor', log: silentLog })).rejects.toThrow(
        /data directory cannot be used.*not a directory/s,
      );
  });
});
