/** A standby of a test's server: copied while that runs, follows it, and may take its place. */
import { cp, mkdir, readFile, rm, stat, writeFile, chown, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { silentLog } from '../../src/store/log.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { query } from '../support/database.ts';

export interface Standby {
  /** As the superuser. */
  readonly adminUrl: string;
  /** Takes over; resolves when it can be written. */
  promote(): Promise<void>;
  close(): Promise<void>;
}

/** Commits on the primary wait for it from now on, so that none is lost. @param home where its files may lie */
export async function openStandby(primaryUrl: string, primaryDir: string, home: string): Promise<Standby> {
  const dataDir = join(home, 'standby');
  await copyCluster(primaryUrl, primaryDir, dataDir);
  const opened = await openEmbeddedDatabase(dataDir, { role: 'visitor', log: silentLog });
  await query(primaryUrl, `ALTER SYSTEM SET synchronous_standby_names = '*'`);
  await query(primaryUrl, 'SELECT pg_reload_conf()');
  await until(primaryUrl, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
  return {
    adminUrl: opened.url,
    promote: async () => {
      await query(opened.url, 'SELECT pg_promote()');
      await until(opened.url, 'SELECT 1 WHERE NOT pg_is_in_recovery()');
    },
    close: async () => {
      await opened.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function copyCluster(primaryUrl: string, primaryDir: string, dataDir: string): Promise<void> {
  const [from, to] = [join(primaryDir, 'postgres'), join(dataDir, 'postgres')];
  const { uid, gid } = await stat(from);
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  await cp(join(primaryDir, 'password'), join(dataDir, 'password'));
  const session = new Client({ connectionString: primaryUrl });
  await session.connect();
  await session.query(`SELECT pg_backup_start('standby', true)`);
  await cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !/postmaster\.(pid|opts)$/.test(path),
  });
  const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  await session.end();
  await writeFile(join(to, 'backup_label'), rows[0]?.labelfile ?? '');
  await writeFile(join(to, 'standby.signal'), '');
  const { hostname, port, username } = new URL(primaryUrl);
  const password = await readFile(join(primaryDir, 'password'), 'utf8');
  const place = `host=${hostname} port=${port} user=${username} password=${password}`;
  await appendFile(join(to, 'postgresql.auto.conf'), `primary_conninfo = '${place}'\n`);
  await own(to, { uid, gid });
}

/** Where the server is another user's, its files are. */
async function own(path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { readdir } = await import('node:fs/promises');
  for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), uid, gid);
  await chown(path, uid, gid);
}

async function until(url: string, text: string): Promise<void> {
  while ((await query(url, text).catch(() => [])).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
