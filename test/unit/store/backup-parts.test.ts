import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { partOf, removeLeftParts } from '../../../src/store/embedded/backup-parts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollkeeper-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const gone = (): number => spawnSync(process.execPath, ['--version']).pid;

const part = (name: string, files: readonly string[] = []): string => {
  const path = join(folder, name);
  mkdirSync(join(path, 'postgres/base'), { recursive: true });
  for (const file of ['postgres/base/1', ...files]) writeFileSync(join(path, file), 'x');
  return path;
};

it('removes what backups of gone processes have left, and only that', async () => {
  const living = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const [host, other] = [hostname(), gone()];
  part(`monday.part-${host}-${gone()}`, ['password', 'backup.json']);
  mkdirSync(join(folder, `tuesday.part-${host}-${gone()}`));
  const kept = [
    part(`of-a-living-one.part-${host}-${living.pid}`),
    part(`of-another-machine.part-${host}x-${other}`),
    part(`with-more-in-it.part-${host}-${other}`, ['letter']),
    part(`without-a-machine.part-${other}`),
    part('wednesday'),
  ];
  writeFileSync(join(folder, `a-file.part-${host}-${other}`), 'x');
  symlinkSync(join(folder, 'wednesday'), join(folder, `a-link.part-${host}-${other}`));
  const removed = await removeLeftParts(join(folder, 'thursday'));
  expect(removed.map((name) => name.replace(/\..*/, '')).sort()).toEqual(['monday', 'tuesday']);
  expect(readdirSync(folder)).toHaveLength(kept.length + 2);
  for (const path of kept) expect(existsSync(join(path, 'postgres/base/1')), path).toBe(true);
  living.kill('SIGKILL');
});

it('removes what a former process of the same number has left, before this one begins', async () => {
  mkdirSync(partOf(join(folder, 'monday')));
  expect(await removeLeftParts(join(folder, 'monday'))).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
  expect(await removeLeftParts(join(folder, 'nowhere/monday'))).toEqual([]);
});
