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
const endsWithinMs = 180_000;

export interface PeerSpeed {
  /** By number of machines. */
  readonly at: ReadonlyMap<number, number>;
  readonly best: number;
  /** The number of machines at which it was fastest. */
  readonly bestLoad: number;
}

export interface PeerOrder {
  /** Of each load. */
  readonly seconds: number;
  /** Numbers of machines, one after another. */
  readonly loads: readonly number[];
}

/** @throws with what the peer said when it could not be measured */
async function run(program: string, place: string, { seconds, loads }: PeerOrder): Promise<PeerSpeed> {
  const script = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const { snapshotJson } = newTask('1', 'peer');
  const values = [peersFolder, place, snapshotJson, String(seconds), ...loads.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...values], {
    timeout: endsWithinMs,
  }).catch((error: unknown) => {
    throw new Error(reasonOf(error) ?? `did not end within ${endsWithinMs / 1_000} s`, { cause: error });
  });
  const perSecond = perSecondShape.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  const at = new Map(Object.entries(perSecond).map(([load, speed]) => [Number(load), speed]));
  const [bestLoad, best] = [...at].reduce((one, other) => (other[1] > one[1] ? other : one));
  return { at, best, bestLoad };
}

function reasonOf(error: unknown): string | undefined {
  const printed = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const lines = printed.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
}

let databases = 0;

/** Steps of DBOS workflows, in a database of their own on the same server. */
export async function runDbos(adminUrl: string, order: PeerOrder): Promise<PeerSpeed> {
  const name = `dbos_${(databases += 1)}`;
  await query(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  try {
    return await run('dbos', url.href, order);
  } finally {
    await query(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** Transitions of XState machines on a Restate server with a fresh data directory. */
export async function runRestate(order: PeerOrder): Promise<PeerSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'rollkeeper-restate-'));
  try {
    return await run('restate', folder, order);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
