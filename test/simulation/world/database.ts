/**
 * The database of a simulated world: tasks, journal, outbox, inbox and the locks of sessions, with the conditions that
 * the real statements have (store/sql). It owns what is durable; how a daemon reaches it, and when not, is in store.ts.
 */
import { Conflict } from '../../../src/domain/errors.ts';
import type { Alert } from '../../../src/ports/alerts.ts';
import type { Command, CommandAnswer } from '../../../src/ports/inbox.ts';
import type { NewTask, StoredTask, TurnRecord } from '../../../src/ports/journal.ts';
import type { Member, Slice } from '../../../src/store/ownership/fair-share.ts';
import type { Turn } from '../../../src/store/journal/turn-writer.ts';
import { noBoundsWitness, SimAccountBounds, type BoundsWitness } from './account-books.ts';

interface Fence {
  readonly owner: string;
  readonly epoch: number;
}

interface TaskRow extends StoredTask {
  /** Who wrote the newest version. */
  readonly writer: string;
}

/** Told of everything that becomes durable, at that moment. */
export interface DatabaseWitness {
  created(task: NewTask): void;
  committed(record: TurnRecord, owner: string): void;
  /** A daemon has taken an account over: no other stores turns of its tasks any more. */
  fenced(accountId: string, owner: string): void;
  /** A task with a roll under way got a version for it. */
  adopted(task: StoredTask, owner: string): void;
}

export class SimDatabase {
  readonly #witness: DatabaseWitness;
  readonly #tasks = new Map<string, TaskRow>();
  /** By account. */
  readonly #fences = new Map<string, Fence>();
  readonly #writers = new Map<string, Set<string>>();
  readonly alerts: (Alert & { readonly taskId: string })[] = [];
  readonly #commands: Command[] = [];
  readonly #answers = new Map<string, CommandAnswer>();
  /** Account → session that holds its lock. */
  readonly #locks = new Map<string, string>();
  readonly #sessions = new Set<string>();
  readonly #numbers = new Map<string, number>();
  /** Sessions of daemons that want their share. */
  readonly #members = new Set<string>();
  readonly accountIds: string[] = [];
  /** Halts and limits. */
  readonly bounds: SimAccountBounds;
  isAway = false;

  constructor(witness: DatabaseWitness, boundsWitness: BoundsWitness = noBoundsWitness) {
    this.#witness = witness;
    this.bounds = new SimAccountBounds(boundsWitness);
  }

  tasks(): readonly StoredTask[] {
    return [...this.#tasks.values()];
  }

  task(taskId: string): StoredTask | undefined {
    return this.#tasks.get(taskId);
  }

  ownerOf(taskId: string): string | undefined {
    return this.#fences.get(this.#tasks.get(taskId)?.accountId ?? '')?.owner;
  }

  /** 0 while no daemon has taken it over. */
  epochOf(accountId: string): number {
    return this.#fences.get(accountId)?.epoch ?? 0;
  }

  /** As `flush-turns.sql` and `examine-refused-turns.sql` together. */
  flush(owner: string, turns: readonly Turn[]): readonly (Conflict | null)[] {
    const refused = new Set<string>();
    return turns.map(({ record, writer, fence }) => {
      const row = this.#tasks.get(record.taskId);
      if (this.#writers.get(record.taskId)?.has(writer)) return null;
      const { accountId } = record;
      const isRefused = row?.version !== record.expectedVersion || fence !== this.epochOf(accountId);
      if (isRefused || refused.has(record.taskId)) {
        refused.add(record.taskId);
        return new Conflict(
          `Task ${record.taskId}: version ${record.expectedVersion} in epoch ${fence} expected, but version ${row?.version ?? '-'} in epoch ${this.epochOf(accountId)} is stored`,
        );
      }
      const { state, phase, snapshotJson, machine } = record;
      this.#store({ ...row, state, phase, snapshotJson, machine, version: row.version + 1, writer });
      for (const alert of record.alerts) this.alerts.push({ ...alert, taskId: record.taskId });
      for (const answer of record.answers) this.answer(answer);
      this.bounds.committed(record);
      this.#witness.committed(record, owner);
      return null;
    });
  }

  openSession(session: string): void {
    this.#numbers.set(session, this.#numbers.size + 1);
    this.#sessions.add(session);
    this.#members.add(session);
  }

  endSession(session: string): void {
    this.#sessions.delete(session);
    this.#members.delete(session);
    for (const [accountId, holder] of this.#locks) if (holder === session) this.#locks.delete(accountId);
  }

  hasSession(session: string): boolean {
    return this.#sessions.has(session);
  }

  numberOf(session: string): number {
    return this.#numbers.get(session) ?? 0;
  }

  /** As `shard-census.sql`, with a shard for every account. */
  census(): { readonly members: readonly Member[]; readonly slices: readonly Slice[] } {
    const slices = this.accountIds.map((accountId): Slice => {
      const holder = this.#locks.get(accountId);
      return {
        shard: Number(accountId),
        isFree: holder === undefined,
        holder: holder === undefined ? null : this.numberOf(holder),
        failedBy: [],
        avoidedBy: [],
      };
    });
    return {
      members: [...this.#members].map((session) => ({ number: this.numberOf(session), isDoubtful: false })),
      slices,
    };
  }

  resign(session: string): void {
    this.#members.delete(session);
  }

  /** Takes those of the accounts that are free. */
  claim(session: string, accountIds: readonly string[]): void {
    for (const accountId of accountIds) if (!this.#locks.has(accountId)) this.#locks.set(accountId, session);
  }

  held(session: string): readonly string[] {
    return this.accountIds.filter((accountId) => this.#locks.get(accountId) === session);
  }

  giveBack(session: string, accountId: string): void {
    if (this.#locks.get(accountId) === session) this.#locks.delete(accountId);
  }

  /** As `fence-accounts.sql`. @returns the epoch */
  fence(accountId: string, owner: string): number {
    const epoch = this.epochOf(accountId) + 1;
    this.#fences.set(accountId, { owner, epoch });
    this.#witness.fenced(accountId, owner);
    return epoch;
  }

  /** As `tasks-to-adopt.sql` and `adopt-tasks.sql`: tasks in which nothing is under way are only read. */
  adopt(accountId: string, owner: string, isWanted: (task: StoredTask) => boolean): readonly StoredTask[] {
    const picked = [...this.#tasks.values()].filter(
      (task) => task.accountId === accountId && task.phase !== 'over' && isWanted(task),
    );
    return picked.map((row) => {
      if (row.phase !== 'rolling') return row;
      const taken = { ...row, version: row.version + 1, writer: `${owner}/adopt` };
      this.#store(taken);
      this.#witness.adopted(taken, owner);
      return taken;
    });
  }

  /** @throws Conflict when the id is taken */
  create(task: NewTask, owner: string): void {
    const { accountId, taskId, state, phase, snapshotJson, machine } = task;
    if (this.#tasks.has(taskId)) throw new Conflict(`Task ${taskId} exists already`);
    this.#store({
      accountId,
      taskId,
      state,
      phase,
      snapshotJson,
      machine,
      version: 1,
      writer: `${owner}/create`,
    });
    this.answer(task.answer);
    this.#witness.created(task);
  }

  ask(command: Command): void {
    this.#commands.push(command);
  }

  waiting(accountIds: readonly string[]): readonly Command[] {
    return this.#commands.filter(
      ({ accountId, commandId }) => accountIds.includes(accountId) && !this.#answers.has(commandId),
    );
  }

  /** Answering twice keeps the first answer. */
  answer(answer: CommandAnswer): void {
    if (!this.#answers.has(answer.commandId)) this.#answers.set(answer.commandId, answer);
  }

  /** To the command that asked for the task. */
  answerToAdding(taskId: string): CommandAnswer | undefined {
    const adding = this.#commands.find((command) => command.taskId === taskId && command.kind === 'add');
    return adding && this.#answers.get(adding.commandId);
  }

  answerTo(commandId: string): CommandAnswer | undefined {
    return this.#answers.get(commandId);
  }

  #store(row: TaskRow): void {
    this.#tasks.set(row.taskId, row);
    const writers = this.#writers.get(row.taskId) ?? new Set();
    this.#writers.set(row.taskId, writers.add(row.writer));
  }
}
