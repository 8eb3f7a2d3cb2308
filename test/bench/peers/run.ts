/** Runs a peer in a process of its own and reads what it measured: transitions a second by number of machines. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { newTask } from '../../../src/capacity/live-tasks.ts';
import { query } from '../../support/database.ts';
import { peersFolder } from './folder.ts';

const perSecondShape = z.record(z.string(), z.number());

export interface PeerSpeed {
  /** By number of machines. */
  readonly at: ReadonlyMap<number, number>;
  readonly best: number;
}

async function run(
  program: string,
  place: string,
  seconds: number,
  sizes: readonly number[],
): Promise<PeerSpeed> {
  const script = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const { snapshotJson } = newTask('1', 'peer');
  const values = [peersFolder, place, snapshotJson, String(seconds), ...sizes.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...values], { timeout: 180_000 });
  const perSecond = perSecondShape.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  const at = new Map(Object.entries(perSecond).map(([size, speed]) => [Number(size), speed]));
  return { at, best: Math.max(...at.values()) };
}

let databases = 0;

/** Steps of DBOS workflows, in a database of their own on the same server. */
export async function runDbos(
  adminUrl: string,
  seconds: number,
  sizes: readonly number[],
): Promise<PeerSpeed> {
  const name = `dbos_${(databases += 1)}`;
  await query(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  try {
    return await run('dbos', url.href, seconds, sizes);
  } finally {
    await query(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** Transitions of XState machines on a Restate server with a fresh data directory. */
export async function runRestate(seconds: number, sizes: readonly number[]): Promise<PeerSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'rollkeeper-restate-'));
  try {
    return await run('restate', folder, seconds, sizes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
