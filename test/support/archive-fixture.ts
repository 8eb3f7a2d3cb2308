/**
 * Journals in a database, an archive in a folder or in S3, and what is looked at of both; a journal and a folder of its own for every
 * test.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveJournals, type ArchiveReport } from '../../src/application/archive-journals.ts';
import { operator } from '../../src/application/caller.ts';
import { exportJournal } from '../../src/application/export-journal.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import type { ShellPorts } from '../../src/application/ports.ts';
import { sealedFilesWith } from '../../src/files/sealed-files.ts';
import { verifyJournals, type VerifiedJournals } from '../../src/application/verify-journals.ts';
import type { ExportedJournal } from '../../src/ports/journal-keeping.ts';
import type { Seal } from '../../src/ports/seal.ts';
import type { Store } from '../../src/store/store.ts';
import {
  createTestDatabase,
  openTestStore,
  query,
  temporaryDirectory,
  type TestDatabase,
} from './database.ts';
import { longJournal, type LongJournal } from './long-journal.ts';
import { portsOn } from './people-fixture.ts';
import type { S3Server } from './s3-server.ts';

export type ArchivePorts = Store & ShellPorts;

export const aMinuteAhead = (): number => Date.now() + 60_000;

export class ArchiveFixture {
  readonly database: TestDatabase;
  readonly ports: ArchivePorts;
  readonly #store: S3Server | null;
  taskId = '';
  folder = '';
  #made = 0;

  private constructor(database: TestDatabase, ports: ArchivePorts, store: S3Server | null) {
    this.database = database;
    this.ports = ports;
    this.#store = store;
  }

  /** @param store where the archive is to lie; default: in a folder */
  static async open(store: S3Server | null = null): Promise<ArchiveFixture> {
    const database = await createTestDatabase();
    const ports = {
      ...portsOn(await openTestStore(database.url)),
      ...(store && { sealedFiles: sealedFilesWith(store.given) }),
    };
    // The account of imported journals is made when it is first needed.
    await importJournal(operator, ports, { journal: longJournal({ taskId: 'other' }), phase: 'waiting' });
    return new ArchiveFixture(database, ports, store);
  }

  async close(): Promise<void> {
    await this.ports.close();
    await this.database.drop();
  }

  /** @returns what removes the folder */
  async begin(): Promise<() => Promise<void>> {
    this.#made += 1;
    this.taskId = `sealed${this.#made}`;
    if (this.#store) {
      this.folder = `s3://${this.#store.bucket}/test ${this.#made}`;
      return () => Promise.resolve();
    }
    const folder = await temporaryDirectory();
    this.folder = folder;
    return () => rm(folder, { recursive: true });
  }

  async given(options: Omit<LongJournal, 'taskId'> = {}): Promise<ExportedJournal> {
    const journal = longJournal({ taskId: this.taskId, ...options });
    await importJournal(operator, this.ports, { journal, phase: 'waiting' });
    return journal;
  }

  archive(
    on: ArchivePorts = this.ports,
    changes: { readonly beforeMs?: number; readonly isDryRun?: boolean } = {},
  ): Promise<ArchiveReport> {
    const { folder, taskId } = this;
    return archiveJournals(operator, on, {
      folder,
      beforeMs: aMinuteAhead(),
      isDryRun: false,
      taskId,
      ...changes,
    });
  }

  verified(within?: string): Promise<VerifiedJournals> {
    return verifyJournals(operator, this.ports, { taskId: this.taskId, folder: within });
  }

  async versionsLeft(): Promise<number[]> {
    return (await this.ports.tasks.journalRows(this.taskId)).map(({ version }) => version);
  }

  /** Places of all files in the folder. */
  async files(): Promise<string[]> {
    if (this.#store) return this.#store.places().filter((place) => place.startsWith(`${this.folder}/`));
    const all = await readdir(this.folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  }

  seals(): Promise<readonly Seal[]> {
    return this.ports.tasks.sealsOf(this.taskId);
  }

  async exported(): Promise<string> {
    return (await exportJournal(operator, this.ports, { taskId: this.taskId })).text;
  }

  /** As an intruder would who has the database's password. */
  async tamper(statement: string): Promise<void> {
    await query(this.database.url, 'ALTER TABLE journal DISABLE TRIGGER USER');
    await query(this.database.url, statement);
    await query(this.database.url, 'ALTER TABLE journal ENABLE TRIGGER USER');
  }
}

/** The same port, of which one method stops the run: after it has done its work for the nth time, or before. */
export function stopping<Port extends object>(
  port: Port,
  method: keyof Port & string,
  { after, before }: { after?: number; before?: number },
): Port {
  let calls = 0;
  return new Proxy(port, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== method) return (value as (...given: unknown[]) => unknown).bind(target);
      return async (...given: unknown[]) => {
        calls += 1;
        if (calls === before) throw new Error('stopped');
        const done = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, given);
        if (calls === after) throw new Error('stopped');
        return done;
      };
    },
  });
}
