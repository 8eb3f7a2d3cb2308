/**
 * What happens in an installation, as it happens: steps of tasks, alerts, halts, daemons that come and go. What is given is read from the
 * database; the daemons' notices only say when to read, so that nothing is lost when one is, or when a daemon is restarted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import type { Halt } from '../domain/halt.ts';
import type { TaskVersion } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import { listAlerts, type ListedAlert } from './list-alerts.ts';
import { listHalts } from './list-halts.ts';
import type { Ports } from './ports.ts';
import { showSteps, type JournalStepView } from './show-steps.ts';

export type Followed =
  | {
      readonly kind: 'step';
      readonly taskId: string;
      readonly account: string;
      readonly step: JournalStepView;
    }
  | { readonly kind: 'alert'; readonly alert: ListedAlert }
  /** @property halts what halts the account now; none when trading goes on */
  | { readonly kind: 'halt'; readonly account: string; readonly halts: readonly Halt[] }
  | { readonly kind: 'daemon'; readonly name: string; readonly isHere: boolean }
  /** The database cannot be read now: what happens meanwhile follows when it can. */
  | { readonly kind: 'away'; readonly said: string };

export interface FollowQuestion {
  /** Only this task: its id, or as much of it as is unique. */
  readonly taskId?: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type FollowPorts = Pick<Ports, 'tasks' | 'directory' | 'halts' | 'outbox' | 'relay' | 'system'>;

/** Daemons are asked for notices so often, for three times as long. */
const askEveryMs = 2_000;
/** After this time everything that moved is looked for, whether a notice came or not. */
const lookAgainMs = 30_000;
/** Clocks and commits differ by less. */
const marginMs = 10_000;
const alertsAtOnce = 200;
const stepsAtOnce = 500;

/** @throws NotFound when the caller sees no such task; AmbiguousTask */
export async function* follow(
  caller: Caller,
  ports: FollowPorts,
  { taskId, signal }: FollowQuestion,
): AsyncGenerator<Followed> {
  const task = taskId === undefined ? null : await findTask(caller, ports, taskId);
  const follower = new Follower(caller, ports, { onlyTaskId: task?.taskId ?? null, signal });
  await follower.begin();
  let isAway = false;
  while (!signal.aborted) {
    try {
      yield* follower.news();
      isAway = false;
    } catch (error) {
      if (!isAway) yield { kind: 'away', said: messageOf(error) };
      isAway = true;
      follower.lookAtEverything();
    }
    await follower.wait({ isAway });
  }
}

interface FollowerOptions {
  readonly onlyTaskId: string | null;
  readonly signal: AbortSignal;
}

class Follower {
  readonly #caller: Caller;
  readonly #ports: FollowPorts;
  readonly #options: FollowerOptions;
  /** The last step that was given, by task. */
  readonly #versions = new Map<string, number>();
  /** Tasks that moved, by a notice, with their accounts. */
  readonly #moved = new Map<string, string>();
  readonly #accounts = new Map<string, string>();
  #daemons: ReadonlySet<string> = new Set();
  #halts = new Map<string, readonly Halt[]>();
  #seenAlerts: ReadonlySet<string | null> = new Set();
  #mayHaveAlerts = true;
  #mayHaveHalts = true;
  #looksAtEverything = false;
  #lookedAtMs = performance.now();
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(caller: Caller, ports: FollowPorts, options: FollowerOptions) {
    this.#caller = caller;
    this.#ports = ports;
    this.#options = options;
  }

  /** What is there already is not given. */
  async begin(): Promise<void> {
    const { tasks, relay, system } = this.#ports;
    await relay.listen({
      asked: () => undefined,
      missed: () => this.#again(),
      reconnected: () => this.#again(),
      received: (happenings) => {
        for (const happening of happenings) {
          if (happening.kind === 'task') this.#moved.set(happening.taskId, happening.accountId);
          if (happening.kind === 'halt') this.#mayHaveHalts = true;
          // A halt is alerted, too.
          if (happening.kind === 'alert' || happening.kind === 'halt') this.#mayHaveAlerts = true;
        }
        if (happenings.some(({ kind }) => kind !== 'price' && kind !== 'feed')) this.#wake();
      },
    });
    this.#note(await tasks.taskVersions(null, scopeOf(this.#caller)));
    this.#daemons = new Set((await system.daemons()).map(({ name }) => name));
    await this.#newAlerts();
    await this.#changedHalts();
  }

  lookAtEverything(): void {
    this.#looksAtEverything = true;
  }

  /** Resolves when something may have happened, or it is time to look: at once where more is to be read, unless it cannot be read now. */
  async wait({ isAway }: { readonly isAway: boolean }): Promise<void> {
    const over = new AbortController();
    this.#wake = () => over.abort();
    const { signal } = this.#options;
    if (this.#moved.size > 0 && !isAway && !signal.aborted) return;
    await sleep(askEveryMs, undefined, { signal: AbortSignal.any([over.signal, signal]) }).catch(
      () => undefined,
    );
  }

  /**
   * In the order: daemons, steps, alerts, halts. What was read is given before the next is asked for, so that nothing is lost when
   * the database goes away in between.
   */
  async *news(): AsyncGenerator<Followed> {
    yield* await this.#ask();
    const elapsedMs = performance.now() - this.#lookedAtMs;
    if (this.#looksAtEverything || elapsedMs > lookAgainMs) await this.#lookForMoved(elapsedMs + marginMs);
    for (const [taskId, accountId] of [...this.#moved]) {
      const found = await this.#newSteps(taskId, accountId);
      if (found.length < stepsAtOnce) this.#moved.delete(taskId);
      yield* found;
    }
    if (this.#mayHaveAlerts) yield* await this.#newAlerts();
    if (this.#mayHaveHalts) yield* await this.#changedHalts();
  }

  #again(): void {
    this.#looksAtEverything = true;
    this.#wake();
  }

  /** Also finds daemons that came: until they were asked they sent nothing. */
  async #ask(): Promise<readonly Followed[]> {
    if (performance.now() - this.#askedAtMs < askEveryMs) return [];
    await this.#ports.relay.ask(3 * askEveryMs);
    this.#askedAtMs = performance.now();
    const names = new Set((await this.#ports.system.daemons()).map(({ name }) => name));
    const before = this.#daemons;
    this.#daemons = names;
    const came = [...names].filter((name) => !before.has(name));
    const left = [...before].filter((name) => !names.has(name));
    if (came.length + left.length > 0) this.#looksAtEverything = true;
    return [
      ...left.map((name): Followed => ({ kind: 'daemon', name, isHere: false })),
      ...came.map((name): Followed => ({ kind: 'daemon', name, isHere: true })),
    ];
  }

  async #lookForMoved(withinMs: number): Promise<void> {
    const moved = await this.#ports.tasks.taskVersions(withinMs, scopeOf(this.#caller));
    for (const { taskId, accountId, version } of moved)
      if (version > (this.#versions.get(taskId) ?? 0)) this.#moved.set(taskId, accountId);
    this.#mayHaveAlerts = true;
    this.#mayHaveHalts = true;
    this.#looksAtEverything = false;
    this.#lookedAtMs = performance.now();
  }

  #note(versions: readonly TaskVersion[]): void {
    for (const { taskId, version } of versions) this.#versions.set(taskId, version);
  }

  async #newSteps(taskId: string, accountId: string): Promise<readonly Followed[]> {
    const { onlyTaskId } = this.#options;
    if (onlyTaskId !== null && taskId !== onlyTaskId) return [];
    const account = await this.#accountName(accountId);
    if (account === null) return [];
    const fromVersion = (this.#versions.get(taskId) ?? 0) + 1;
    const { steps } = await showSteps(this.#caller, this.#ports, { taskId, fromVersion, limit: stepsAtOnce });
    const last = steps.at(-1);
    if (last) this.#versions.set(taskId, last.version);
    return steps.map((step): Followed => ({ kind: 'step', taskId, account, step }));
  }

  /** `null` for an account that the caller does not see. */
  async #accountName(accountId: string): Promise<string | null> {
    if (!this.#accounts.has(accountId))
      for (const each of await this.#ports.directory.accounts({}, scopeOf(this.#caller)))
        this.#accounts.set(each.accountId, `${each.userName}/${each.name}`);
    return this.#accounts.get(accountId) ?? null;
  }

  /** One for each alert, whatever became of it at how many channels. */
  async #newAlerts(): Promise<readonly Followed[]> {
    const taskId = this.#options.onlyTaskId ?? undefined;
    const rows = await listAlerts(this.#caller, this.#ports, { taskId, limit: alertsAtOnce });
    this.#mayHaveAlerts = false;
    const before = this.#seenAlerts;
    // By id and not by the highest one: a lower id may be committed later.
    this.#seenAlerts = new Set(rows.map(({ alertId }) => alertId));
    const fresh = new Map(rows.map((alert) => [alert.alertId, alert]));
    return [...fresh.values()]
      .filter(({ alertId }) => alertId !== null && !before.has(alertId))
      .map((alert): Followed => ({ kind: 'alert', alert }));
  }

  async #changedHalts(): Promise<readonly Followed[]> {
    const { accounts } = await listHalts(this.#caller, this.#ports);
    this.#mayHaveHalts = false;
    const before = this.#halts;
    const now = new Map(
      accounts.map(({ userName, accountName, halts }) => [`${userName}/${accountName}`, halts]),
    );
    this.#halts = now;
    return [...new Set([...before.keys(), ...now.keys()])].flatMap((account): Followed[] => {
      const halts = now.get(account) ?? [];
      const isSame = JSON.stringify(before.get(account) ?? []) === JSON.stringify(halts);
      return isSame ? [] : [{ kind: 'halt', account, halts }];
    });
  }
}
