/**
 * This daemon's share of the accounts: claims it shard by shard, has its accounts managed, and hands over what other
 * daemons are to have as soon as nothing is under way there; all of it when the daemon drains.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { FreedShard, Holding, Shard, TaskOwnership } from '../../ports/journal.ts';
import type { CommandHandler } from '../commands/command-handler.ts';
import type { RuntimeObserver } from '../../ports/observer.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import { pause } from '../pause.ts';
import type { Admission } from '../task/admission.ts';
import type { TaskHost } from '../task/task-host.ts';
import type { ManagedAccounts } from './managed-accounts.ts';
import { Unwatched } from './unwatched.ts';

export interface ShardsOptions extends AccountNames {
  readonly ownership: Pick<TaskOwnership, 'claimAccounts' | 'giveBack' | 'resign'>;
  readonly accounts: ManagedAccounts;
  readonly tasks: Pick<TaskHost, 'isRolling' | 'rolling'>;
  readonly commands: CommandHandler;
  readonly admission: Admission;
  readonly observer?: Pick<RuntimeObserver, 'watchedAgain'> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a claim waits for its accounts to answer. */
const claimWaitMs = 15_000;
const drainPollMs = 50;

/** The shards that this daemon holds, and the claims and hand-overs of the accounts in them. */
export class Shards {
  readonly #options: ShardsOptions;
  /** Held, and not being handed over. */
  #shards: readonly Shard[] = [];
  /** Claims, adoptions and hand-overs under way: `end` waits for them. */
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #unwatched = new Unwatched();
  #isDraining = false;

  constructor(options: ShardsOptions) {
    this.#options = options;
  }

  /**
   * Takes this daemon's share of the accounts, and hands over what exceeds it. To be repeated. Resolves when the
   * accounts are managed, or after 15 s: an account that cannot be reached holds up no other, and its attempt
   * continues.
   * @throws what `TaskOwnership.claimAccounts` throws
   */
  async claim(): Promise<void> {
    const { ownership, accounts, admission, clock } = this.#options;
    if (this.#isEnding()) return;
    const askedAtMs = clock.nowMs();
    const holding = await this.#tracked(ownership.claimAccounts());
    this.#unwatched.seenHeld(holding.heldElsewhere ?? [], askedAtMs);
    this.#shards = holding.shards;
    if (this.#isEnding()) return;
    await this.#handOver(holding);
    await this.#follow(holding);
    const due = this.#shards
      .flatMap(({ accountIds }) => accountIds)
      .filter((accountId) => accounts.isDue(accountId));
    if (due.length === 0) return;
    const takeover = Promise.race([
      Promise.all(due.map((accountId) => this.#tracked(this.#manage(accountId)))),
      pause(clock, claimWaitMs),
    ]);
    await admission.giveWay(takeover);
  }

  /**
   * Claims nothing any more, and hands each account over as soon as no roll is under way there. Resolves when no roll
   * is under way at all, or after `boundMs`.
   */
  async drain(boundMs: number): Promise<void> {
    const { ownership, tasks, clock, log } = this.#options;
    this.#isDraining = true;
    this.#tracked(ownership.resign()).catch((error: unknown) =>
      log.warn({ err: error }, 'other daemons count this one until its session ends'),
    );
    const deadlineMs = clock.nowMs() + boundMs;
    for (;;) {
      void this.#handOver({ surplus: this.#shards.length });
      if (tasks.rolling().length === 0 || clock.nowMs() >= deadlineMs) return;
      await pause(clock, drainPollMs);
    }
  }

  /** Another daemon says that it has given a shard back. */
  freed(freed: FreedShard): void {
    this.#unwatched.freed(freed, this.#options.clock.nowMs());
  }

  /** Releases every account. The shards themselves end with the session that holds them. */
  async abandon(): Promise<void> {
    for (const { shard } of this.#shards) this.freed({ shard, forMs: 0 });
    this.#shards = [];
    await this.#options.accounts.releaseAll();
  }

  /** Releases every account for good, and waits for claims and hand-overs under way. Never rejects because of these. */
  async end(): Promise<void> {
    this.#isDraining = true;
    await this.abandon();
    await Promise.allSettled(this.#underWay);
  }

  async #manage(accountId: string): Promise<void> {
    const { accounts, commands } = this.#options;
    if (!(await accounts.manage(accountId))) return;
    this.#report(accountId);
    void commands.work();
  }

  /** How long no daemon can have watched the account: what a price did meanwhile and took back was seen by none. */
  #report(accountId: string): void {
    const { clock, observer, log } = this.#options;
    const shard = this.#shards.find(({ accountIds }) => accountIds.includes(accountId))?.shard;
    const unwatchedMaxMs = shard === undefined ? null : this.#unwatched.forMs(shard, clock.nowMs());
    if (unwatchedMaxMs === null) return;
    observer?.watchedAgain(unwatchedMaxMs);
    const account = nameOf(this.#options, accountId);
    log.info({ account, accountId, unwatchedMaxMs }, 'account is watched again after another daemon');
  }

  /** Reports unmanageable accounts, and releases duplicates in which nothing is under way. */
  async #follow({ duplicates = [], unmanageable = [] }: Holding): Promise<void> {
    const { accounts } = this.#options;
    accounts.reportUnmanageable(unmanageable);
    const leaving = duplicates.filter(
      (accountId) => accounts.get(accountId) !== undefined && this.#isQuiet(accountId),
    );
    await Promise.all(leaving.map((accountId) => accounts.release(accountId)));
  }

  /** Hands over surplus shards in which nothing is under way; the others wait for the next claim. */
  async #handOver({ surplus, movable }: Pick<Holding, 'surplus' | 'movable'>): Promise<void> {
    const candidates = movable
      ? movable.flatMap((wanted) => this.#shards.filter(({ shard }) => shard === wanted))
      : this.#shards;
    const leaving = candidates
      .filter(({ accountIds }) => accountIds.every((accountId) => this.#isQuiet(accountId)))
      .slice(0, surplus);
    this.#shards = this.#shards.filter((shard) => !leaving.includes(shard));
    await Promise.all(leaving.map((shard) => this.#tracked(this.#handOverShard(shard))));
  }

  /** Never rejects: a shard that cannot be given back ends with the session that holds it. */
  async #handOverShard({ shard, accountIds }: Shard): Promise<void> {
    const { ownership, accounts, clock, log } = this.#options;
    const sinceMs = clock.nowMs();
    try {
      await Promise.all(accountIds.map((accountId) => accounts.release(accountId)));
      await ownership.giveBack(shard, clock.nowMs() - sinceMs);
      this.freed({ shard, forMs: clock.nowMs() - sinceMs });
      log.info({ shard, accountIds }, 'accounts are handed over');
    } catch (error) {
      log.warn({ shard, accountIds, err: error }, 'a shard could not be given back');
    }
  }

  #isQuiet(accountId: string): boolean {
    const { commands, tasks } = this.#options;
    return !commands.isWorkingFor(accountId) && !tasks.isRolling(accountId);
  }

  /** A method, because a field that may change during an await would be narrowed by the compiler. */
  #isEnding(): boolean {
    return this.#isDraining;
  }

  #tracked<Result>(work: Promise<Result>): Promise<Result> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
    return work;
  }
}
