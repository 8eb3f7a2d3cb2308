/** A stage for what becomes of the daemon's own process, on a database that others share. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { addToken } from '../../src/application/tokens.ts';
import { operator } from '../../src/application/caller.ts';
import { fileLimitIn } from '../../src/daemon/doctor/process-probe.ts';
import { query } from '../support/database.ts';
import { portsOn } from '../support/people-fixture.ts';
import { DrillStage, type StageOptions } from './stage.ts';

export class ProcessStage extends DrillStage {
  static async openOn(options: StageOptions): Promise<ProcessStage> {
    const fixture = await DrillStage.fixtureFor(options);
    return new ProcessStage(fixture, options, await DrillStage.environmentOf(fixture, options));
  }

  sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.fixture.database.url, text, values);
  }

  /** Ends sessions of the daemon at the server. @param name how they begin */
  async endSessions(name: string): Promise<void> {
    await this.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1 || '%' AND pid <> pg_backend_pid()`,
      [name],
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.daemon.process.kill(signal);
  }

  /** How many files the daemon's process may have open from now on. @returns what gives it as many as it had */
  async limitFiles(limit: number): Promise<() => Promise<void>> {
    const pid = String(this.daemon.process.pid);
    const set = (soft: number) =>
      promisify(execFile)('prlimit', [`--pid=${pid}`, `--nofile=${String(soft)}:`]);
    const before = fileLimitIn(await readFile(`/proc/${pid}/limits`, 'utf8')) ?? limit;
    await set(limit);
    return async () => {
      await set(before);
    };
  }

  /** No turn is stored until it is unlocked. */
  async lockJournal(): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: this.fixture.database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE');
    return () => client.end();
  }

  /** Where the daemon serves its API, and a token for it. */
  async api(): Promise<{ readonly url: string; readonly token: string }> {
    const served = this.daemon.logs.find((line) => line.includes('the page and the API are served')) ?? '';
    const { token } = await addToken(operator, portsOn(this.fixture.store), {
      userName: 'fixture',
      scope: 'read',
      tokenName: 'drill',
    });
    return { url: /"url":"([^"]+)"/.exec(served)?.[1] ?? '', token };
  }
}
