/**
 * The installation under torture: a Postgres cluster of its own, the paper exchange in its own process, the accounts of
 * the portfolio, and the daemons. Opens all of it, and leaves nothing behind however the run ends.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperKey } from '../../src/config.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Store } from '../../src/store/store.ts';
import { endPostmaster, openTestStore, startTestCluster } from '../support/database.ts';
import { DaemonPool, type LogLine } from './daemons.ts';
import { PositionOwner } from './owner-actions.ts';
import { startPaperProcess, type PaperProcess } from './paper-process.ts';
import { paperAccounts, portfolio, priceSource } from './portfolio.ts';

export interface Installation {
  readonly databaseUrl: string;
  readonly store: Store;
  readonly paper: PaperProcess;
  readonly daemons: DaemonPool;
  readonly owners: readonly PositionOwner[];
  /** Ends the postmaster; the cluster starts it again on the same port. @returns false when none runs just now */
  endPostgres(signal: NodeJS.Signals): boolean;
  close(): Promise<void>;
}

export async function openInstallation(seed: number, onLine: (line: LogLine) => void): Promise<Installation> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const cwd = await mkdtemp(join(tmpdir(), 'rollkeeper-torture-'));
    closers.push(() => rm(cwd, { recursive: true, force: true }));
    const cluster = await startTestCluster();
    closers.push(() => cluster.remove());
    await migrate(cluster.url, silentLog);
    const store = await openTestStore(cluster.url, { encryptionKey: paperKey(), daemonName: 'torturer' });
    closers.push(() => store.close());
    const paper = await startPaperProcess({ source: priceSource, accounts: paperAccounts(), seed });
    closers.push(() => paper.close());
    const owners = await openOwners(store);
    const daemons = new DaemonPool({ databaseUrl: cluster.url, exchange: paper, cwd, onLine });
    closers.push(() => daemons.close());
    await daemons.fill();
    const endPostgres = (signal: NodeJS.Signals) => endPostmaster(cluster.dataDir, signal);
    return { databaseUrl: cluster.url, store, paper, daemons, owners, endPostgres, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOwners(store: Store): Promise<PositionOwner[]> {
  await store.directory.addUser('torture');
  const owners: PositionOwner[] = [];
  for (const account of portfolio) {
    const { accountId } = await store.directory.addAccount({
      userName: 'torture',
      environment: 'paper',
      ...account,
    });
    for (const opening of account.positions)
      owners.push(new PositionOwner({ store, account, accountId, opening, offset: owners.length * 50 }));
  }
  return owners;
}
