/**
 * Where drills happen: one installation with one daemon, and for each drill an account with a task of its own. It reads what a
 * person would read (the log, the alerts, readyz, doctor, status, metrics), and shows at the end of a drill that a roll is two orders.
 */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { query, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { runnerIn, workingDirectory } from '../e2e/cli-run.ts';
import type { Drill, Place, Sight } from './drill.ts';

export interface StageOptions {
  readonly drills: readonly Drill<never>[];
  readonly onDatabase?: TestDatabase | undefined;
  /** Of the daemon. */
  readonly environment?: (fixture: DaemonFixture) => Readonly<Record<string, string>>;
  readonly daemonArguments?: readonly string[];
}

interface Since {
  readonly lines: number;
  readonly alertId: string;
}

const lookEveryMs = 100;
const patienceMs = 120_000;

/** A roll that a busy machine does not keep from ending. */
const spec = {
  trigger: 99_000,
  execution: { style: 'walk', every: '300ms', steps: 2, deadline: '5m' },
  guards: { cooldown: '1s' },
};

export class DrillStage {
  readonly fixture: DaemonFixture;
  /** Of commands that a person types. */
  commandEnvironment: Readonly<Record<string, string>> = {};
  readonly #environment: Readonly<Record<string, string>>;
  readonly #arguments: readonly string[];
  readonly #drills: readonly string[];
  readonly #run = runnerIn(workingDirectory());
  readonly #tasks = new Map<string, string>();
  #daemon: NamedDaemon | null = null;
  #since: Since = { lines: 0, alertId: '0' };

  constructor(fixture: DaemonFixture, options: StageOptions, environment: Readonly<Record<string, string>>) {
    this.fixture = fixture;
    this.#environment = environment;
    this.#arguments = options.daemonArguments ?? [];
    this.#drills = options.drills.map(({ name }) => name);
  }

  static async fixtureFor({ drills, onDatabase }: StageOptions): Promise<DaemonFixture> {
    return DaemonFixture.open('Sell', { accountsTotal: drills.length, onDatabase: onDatabase ?? null });
  }

  static async environmentOf(fixture: DaemonFixture, options: StageOptions): Promise<Record<string, string>> {
    return { METRICS_PORT: String(await freePort()), ...options.environment?.(fixture) };
  }

  static async open(options: StageOptions): Promise<DrillStage> {
    const fixture = await DrillStage.fixtureFor(options);
    return new DrillStage(fixture, options, await DrillStage.environmentOf(fixture, options));
  }

  get daemon(): NamedDaemon {
    if (this.#daemon === null) throw new Error('the daemon is started with the first drill');
    return this.#daemon;
  }

  /** The account that is the drill's own, by its place. */
  accountOf(drill: string): number {
    return this.#drills.indexOf(drill);
  }

  taskOf(drill: string): string {
    return this.#tasks.get(drill) ?? '';
  }

  /** Starts the daemon where none runs, and gives the drill its task. */
  async begin({ name }: Pick<Drill<never>, 'name'>): Promise<void> {
    if (this.#daemon === null) await this.#start();
    await this.fixture.until(async () => (await this.problems()).length === 0);
    const accountId = this.fixture.accountIds[this.accountOf(name)] ?? '';
    this.#tasks.set(name, await this.fixture.addTask(spec, accountId));
    this.#since = { lines: this.daemon.logs.length, alertId: await this.#newestAlert() };
  }

  async #start(): Promise<void> {
    const daemon = this.fixture.startDaemon(this.#environment, ...this.#arguments);
    this.#daemon = daemon;
    const managed = () => daemon.logs.filter((line) => line.includes('account is managed')).length;
    await this.fixture.until(() => managed() === this.#drills.length);
  }

  /** Waits until the words are there; those of the log come one after the other. */
  async sees(sight: Sight): Promise<void> {
    const pattern = patternOf(sight.says);
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const lines = await this.#readAt(sight.at).catch((error: unknown) => [String(error)]);
      const at = lines.findIndex((line) => pattern.test(line));
      if (at >= 0 && sight.at === 'log') this.#since = { ...this.#since, lines: this.#since.lines + at + 1 };
      if (at >= 0) return;
      if (performance.now() > deadline)
        throw new Error(`not seen at ${sight.at}: ${sight.says}\nbut:\n${lines.slice(-60).join('\n')}`);
      if (this.daemon.process.exitCode !== null || this.daemon.process.signalCode !== null)
        throw new Error(`the daemon has ended\n${lines.slice(-60).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  /** Asks for the roll of the drill's task. */
  async roll({ name }: Pick<Drill<never>, 'name'>): Promise<void> {
    const accountId = this.fixture.accountIds[this.accountOf(name)] ?? '';
    const taskId = this.taskOf(name);
    const command = {
      accountId,
      taskId,
      kind: 'rollNow',
      askedBy: 'operator',
      payload: { rule: null },
    } as const;
    // Its own connections were cut, too.
    for (let isSent = false; !isSent;)
      isSent = await this.fixture.store.commands.send(command).then(
        () => true,
        () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), lookEveryMs)),
      );
  }

  /** Waits for the roll, and gives what was traded. */
  async rolled({ name }: Pick<Drill<never>, 'name'>): Promise<readonly string[]> {
    const taskId = this.taskOf(name);
    await this.fixture.until(
      async () => (await this.fixture.task(taskId).catch(() => null))?.context.rollsDone === 1,
      async () => JSON.stringify(await this.fixture.task(taskId).catch(String)),
    );
    return this.fixture
      .orders(this.accountOf(name))
      .filter((order) => !/ 0 /.test(order))
      .map((order) => order.replace(/-a\d+$/, ''));
  }

  /** Why the daemon does not do its work, as readyz says. */
  async problems(): Promise<readonly string[]> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#environment['METRICS_PORT'] ?? ''}/readyz`);
      return ((await answer.json()) as { problems: string[] }).problems;
    } catch (error) {
      return [`readyz does not answer: ${String(error)}`];
    }
  }

  /** A command as people run it, on what the daemon works with. */
  async command(...args: readonly string[]): Promise<string> {
    const { paper, database } = this.fixture;
    const { stdout, stderr } = await this.#run(args, {
      env: {
        DATABASE_URL: database.url,
        BYBIT_REST_URL: paper.url,
        BYBIT_WS_URL: paper.wsUrl,
        BYBIT_TIMEOUT_SECONDS: '5',
        ...this.#environment,
        METRICS_PORT: '',
        ...this.commandEnvironment,
      },
    });
    return `${stdout}${stderr}`;
  }

  close(): Promise<void> {
    return this.fixture.close();
  }

  async #readAt(place: Place): Promise<readonly string[]> {
    switch (place) {
      case 'log':
        return this.daemon.logs.slice(this.#since.lines).map(spoken);
      case 'alert':
        return this.#alerts();
      case 'ready':
        return this.problems();
      case 'doctor':
        return (await this.command('doctor')).split('\n').map((line) => line.trim());
      case 'status':
        return (await this.command('status')).split('\n').map((line) => line.trim());
    }
  }

  async #newestAlert(): Promise<string> {
    const [row] = await query<{ id: string }>(
      this.fixture.database.url,
      'SELECT coalesce(max(id), 0)::text AS id FROM alerts',
    );
    return row?.id ?? '0';
  }

  async #alerts(): Promise<readonly string[]> {
    const rows = await query<{ severity: string; code: string; figures: object }>(
      this.fixture.database.url,
      'SELECT severity, code, figures FROM alerts WHERE id > $1 ORDER BY id',
      [this.#since.alertId],
    );
    return rows.map(({ severity, code, figures }) => `${severity}: ${alertText({ code, figures })}`);
  }
}

/** `error: the shards were lost (the connection was closed)`: level, message and reason of a line of the log. */
function spoken(line: string): string {
  try {
    const { level, msg, reason } = JSON.parse(line) as { level: string; msg: string; reason?: string };
    return `${level}: ${msg}${reason === undefined ? '' : ` (${reason})`}`;
  } catch {
    return line;
  }
}

const patternOf = (says: string): RegExp =>
  new RegExp(
    says
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
    's',
  );
