/**
 * One daemon's turn at delivering: plans new alerts, loads what is due, sends it within bounds and settles it. It stops at
 * once when the turn is lost. Order and pauses of a channel are channel-queue.ts, one attempt is attempt.ts.
 */
import { setMaxListeners } from 'node:events';
import type { AlertSenders, SendOutcome } from '../ports/channels.ts';
import type { DeliveryTurn, DueDelivery, Settlement } from '../ports/deliveries.ts';
import { attempt } from './attempt.ts';
import { isGivenUp, obeyed, waitMsAfter, type BackOff } from './back-off.ts';
import { ChannelQueue } from './channel-queue.ts';
import type { AlertLog } from './log.ts';
import { Settling } from './settling.ts';

export interface DeliveryLimits {
  readonly backOff: BackOff;
  /** Time for one attempt. */
  readonly timeoutMs: number;
  /** How often what is due is looked for, besides notices. */
  readonly lookEveryMs: number;
  /** A critical alert that a channel has not delivered by then goes to the next one. */
  readonly criticalMs: number;
  readonly digestsEveryMs: number;
}

export interface DeliveryRunOptions {
  readonly turn: DeliveryTurn;
  readonly senders: AlertSenders;
  readonly limits: DeliveryLimits;
  readonly log: AlertLog;
  readonly nowMs: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** Called once when the run cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

const plannedAtOnceMax = 500;
const channelsAtOnceMax = 200;
const loadedOfChannelMax = 50;
/** Bounds memory, however many channels have how much waiting. */
const loadedMax = 5_000;
/** Of one channel at once; a receiver sees the order of tasks all the same. */
const underWayOfChannelMax = 4;
/** Channels that failed last have slots of their own, so that those that hang keep none of the others waiting. */
const slotsMax = { healthy: 256, failing: 32 };

export class DeliveryRun {
  readonly #options: DeliveryRunOptions;
  readonly #settling: Settling;
  readonly #abandon = new AbortController();
  readonly #queues = new Map<string, ChannelQueue>();
  readonly #toLoad = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Under way, by whether their channel failed last when they began. */
  readonly #slots = { healthy: 0, failing: 0 };
  #isPlanning = false;
  #hasNews = false;
  #isLoading = false;
  #isStopping = false;

  constructor(options: DeliveryRunOptions) {
    this.#options = options;
    this.#settling = new Settling(options.turn);
    // One for each attempt that is under way.
    setMaxListeners(0, this.#abandon.signal);
  }

  start(): void {
    const { lookEveryMs, digestsEveryMs } = this.#options.limits;
    this.wake();
    this.#every(lookEveryMs, () => this.#lookAround());
    this.#every(digestsEveryMs, async () => this.#load(await this.#options.turn.makeDigests()));
  }

  /** There may be new alerts. */
  wake(): void {
    this.#hasNews = true;
    if (!this.#isPlanning) void this.#guarded(() => this.#plan());
  }

  /** Begins nothing more and drops what is under way; the next deliverer repeats it. */
  abandon(): void {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#abandon.abort();
  }

  /** Begins nothing more, and lets what is under way end for so long. */
  async drain(withinMs: number): Promise<void> {
    this.#isStopping = true;
    const until = Date.now() + withinMs;
    while (this.#underWay > 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 20));
    this.abandon();
  }

  /** Asked anew after a wait. */
  #hasStopped(): boolean {
    return this.#isStopping;
  }

  get #underWay(): number {
    return this.#slots.healthy + this.#slots.failing;
  }

  get #loaded(): number {
    return [...this.#queues.values()].reduce((sum, { size }) => sum + size, 0);
  }

  async #plan(): Promise<void> {
    this.#isPlanning = true;
    try {
      while (this.#hasNews && !this.#isStopping) {
        this.#hasNews = false;
        const { alerts, channelIds } = await this.#options.turn.plan(plannedAtOnceMax);
        this.#load(channelIds);
        if (alerts === plannedAtOnceMax) this.#hasNews = true;
      }
    } finally {
      this.#isPlanning = false;
    }
  }

  async #lookAround(): Promise<void> {
    this.wake();
    const { turn, limits } = this.#options;
    this.#load(await turn.passOn(limits.criticalMs));
    this.#load(await turn.dueChannels());
  }

  #load(channelIds: readonly string[]): void {
    const nowMs = this.#options.nowMs();
    for (const channelId of channelIds)
      if ((this.#queues.get(channelId)?.pausedUntilMs ?? 0) <= nowMs) this.#toLoad.add(channelId);
    if (!this.#isLoading && this.#toLoad.size > 0) void this.#guarded(() => this.#loadAll());
  }

  async #loadAll(): Promise<void> {
    this.#isLoading = true;
    try {
      while (this.#toLoad.size > 0 && !this.#isStopping && this.#loaded < loadedMax) {
        const wanted = [...this.#toLoad].slice(0, channelsAtOnceMax);
        for (const channelId of wanted) this.#toLoad.delete(channelId);
        const due = await this.#options.turn.due(wanted, loadedOfChannelMax);
        if (this.#hasStopped()) return;
        for (const [channelId, deliveries] of byChannel(due))
          this.#queue(channelId).accept(deliveries, loadedOfChannelMax);
        this.#pump();
      }
    } finally {
      this.#isLoading = false;
    }
  }

  #queue(channelId: string): ChannelQueue {
    const known = this.#queues.get(channelId);
    if (known) return known;
    const queue = new ChannelQueue(channelId);
    this.#queues.set(channelId, queue);
    return queue;
  }

  /** Begins whatever may begin now, one of each channel in turn. */
  #pump(): void {
    for (let hasBegun = true; hasBegun && !this.#isStopping;) {
      hasBegun = false;
      for (const queue of this.#queues.values()) {
        if (this.#slots.healthy >= slotsMax.healthy && this.#slots.failing >= slotsMax.failing) return;
        hasBegun = this.#beginOf(queue) || hasBegun;
      }
    }
  }

  #beginOf(queue: ChannelQueue): boolean {
    // A channel that has not proved to work is tried with one delivery at a time.
    if (queue.underWay >= (queue.works ? underWayOfChannelMax : 1)) return false;
    const slot = queue.failures > 0 ? 'failing' : 'healthy';
    if (this.#slots[slot] >= slotsMax[slot]) return false;
    const delivery = queue.begin(this.#options.nowMs());
    if (delivery === null) return false;
    this.#slots[slot] += 1;
    void this.#guarded(() => this.#deliver(queue, delivery)).finally(() => {
      this.#slots[slot] -= 1;
      this.#afterwards(queue);
    });
    return true;
  }

  async #deliver(queue: ChannelQueue, delivery: DueDelivery): Promise<void> {
    const { senders, limits, nowMs } = this.#options;
    if (!delivery.hasAccess) {
      await this.#settling.add(settled(delivery, 'dropped', 'the user no longer has access'));
      queue.end(delivery, { hasFailed: false });
      return;
    }
    const options = { senders, timeoutMs: limits.timeoutMs, nowMs: nowMs() };
    const outcome = await attempt(delivery, options, this.#abandon.signal);
    if (this.#abandon.signal.aborted) return;
    if (outcome.kind === 'delivered') {
      await this.#settling.add({
        ...settled(delivery, 'delivered', null),
        reference: outcome.reference ?? null,
      });
      queue.end(delivery, { hasFailed: false });
    } else await this.#failed(queue, delivery, outcome);
  }

  async #failed(
    queue: ChannelQueue,
    delivery: DueDelivery,
    outcome: Exclude<SendOutcome, { kind: 'delivered' }>,
  ): Promise<void> {
    const { limits, log, turn } = this.#options;
    const { channelId, kind, severity, code, ageMs } = delivery;
    const tries = delivery.tries + 1;
    const isDead = outcome.kind === 'refused' || isGivenUp({ tries, ageMs }, limits.backOff);
    const waitMs = outcome.kind === 'later' ? this.#pause(queue, tries, outcome.retryAfterMs) : 0;
    const words = { channelId, kind, code, severity, tries, said: outcome.said };
    if (isDead) {
      log.error(words, 'an alert could not be delivered and was given up');
      await this.#settling.add(settled(delivery, 'dead', outcome.said));
      queue.end(delivery, { hasFailed: true });
      if (severity === 'critical') this.#load(await turn.passOn(limits.criticalMs));
      return;
    }
    if (queue.failures <= 1) log.warn({ ...words, waitMs }, 'an alert could not be delivered, trying again');
    await this.#settling.add({ ...settled(delivery, 'waiting', outcome.said), waitMs });
    queue.postpone(delivery);
    this.#later(waitMs, channelId);
  }

  /** The whole channel pauses, because most failures are the receiver's and not the message's. */
  #pause(queue: ChannelQueue, tries: number, retryAfterMs: number | null): number {
    const { limits, nowMs, chance } = this.#options;
    queue.noteFailure();
    // Loaded again after the pause, so that many channels that fail do not fill the memory for those that work.
    queue.unload();
    if (retryAfterMs !== null) {
      // One that asks for no wait, again and again, would else use up all attempts within seconds.
      const waitMs = Math.max(obeyed(retryAfterMs, chance()), waitMsAfter(tries, limits.backOff, chance()));
      queue.pauseUntil(nowMs() + waitMs);
      return waitMs;
    }
    const pauseMs = waitMsAfter(queue.failures, limits.backOff, chance());
    queue.pauseUntil(nowMs() + pauseMs);
    return Math.max(pauseMs, waitMsAfter(tries, limits.backOff, chance()));
  }

  #later(waitMs: number, channelId: string): void {
    const pausedForMs = (this.#queues.get(channelId)?.pausedUntilMs ?? 0) - this.#options.nowMs();
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#load([channelId]);
        this.#pump();
      },
      Math.max(waitMs, pausedForMs) + 5,
    );
    this.#timers.add(timer);
  }

  #afterwards(queue: ChannelQueue): void {
    if (this.#isStopping) return;
    this.#pump();
    // Loaded again before it is empty.
    if (queue.hasMore && queue.size - queue.underWay <= loadedOfChannelMax / 4) this.#load([queue.channelId]);
    if (queue.size === 0 && queue.failures === 0) this.#queues.delete(queue.channelId);
    if (this.#toLoad.size > 0) this.#load([]);
  }

  #every(everyMs: number, work: () => Promise<void> | void): void {
    const tick = async (): Promise<void> => {
      if (this.#isStopping) return;
      await this.#guarded(async () => work());
      if (this.#hasStopped()) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void tick();
      }, everyMs);
      this.#timers.add(timer);
    };
    void tick();
  }

  /** An error ends the run: what is not settled is repeated. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#isStopping) return;
      this.abandon();
      this.#options.onFailure(error);
    }
  }
}

const settled = (
  { deliveryId }: DueDelivery,
  state: Settlement['state'],
  said: string | null,
): Settlement => ({ deliveryId, state, said, reference: null, waitMs: 0 });

function byChannel(deliveries: readonly DueDelivery[]): ReadonlyMap<string, readonly DueDelivery[]> {
  const groups = new Map<string, DueDelivery[]>();
  for (const delivery of deliveries) {
    const group = groups.get(delivery.channelId);
    if (group) group.push(delivery);
    else groups.set(delivery.channelId, [delivery]);
  }
  return groups;
}
