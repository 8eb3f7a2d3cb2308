/**
 * Asks Telegram for updates, for as long as this process is the one that does. An update counts as received only when it has
 * been worked, so one that a killed daemon was working comes again. Those of one person are worked one after the other, those
 * of several people side by side. No failure ends it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '../domain/errors.ts';
import { ApiRefused, type TelegramApi } from './api.ts';
import type { Update } from 'grammy/types';

export interface PollerOptions {
  readonly api: TelegramApi;
  readonly log: Logger;
  /** Works one update, and is called again for the same one until it resolves. @param attempt from 1 on */
  readonly work: (update: Update, attempt: number) => Promise<void>;
}

const waitSeconds = 25;
const batchMax = 100;
/** How long an ended poller waits for what is being worked. */
const endingMaxMs = 5_000;
const backOffMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
/** After such a silence Telegram may begin to count anew, so nothing is said of ids. */
const silenceMaxMs = 86_400_000;

export class Poller {
  readonly #options: PollerOptions;
  /** What is being worked, by the id of the update. */
  readonly #underWay = new Map<number, Promise<void>>();
  /** The last piece of work of each person. */
  readonly #ofPerson = new Map<number, Promise<void>>();
  #next: number | undefined;
  #lastAt = performance.now();
  #failures = 0;
  #lastSaid = '';

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Resolves after `signal` is aborted, and after what was being worked has ended or took too long. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const updates = await this.#ask(signal);
        this.#noteSuccess();
        const isNews = this.#take(updates, signal);
        if (!isNews && this.#underWay.size > 0)
          await Promise.race([...this.#underWay.values(), pause(500, signal)]);
      } catch (error) {
        await this.#rest(error, signal);
      }
    }
    await Promise.race([Promise.all(this.#underWay.values()), sleep(endingMaxMs, undefined, { ref: false })]);
  }

  /** An ended poller has nothing to report. */
  async #rest(error: unknown, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await pause(this.#noteFailure(error), signal);
  }

  /**
   * Confirms everything before the oldest update that is not worked yet. Where so many came after it that Telegram would show
   * no more of them, all are confirmed: one person who floods the bot, or is waited for, must not keep it from the others.
   */
  #ask(signal: AbortSignal): Promise<Update[]> {
    const isBusy = this.#underWay.size > 0;
    if (performance.now() - this.#lastAt > silenceMaxMs) this.#next = undefined;
    const oldest = isBusy ? Math.min(...this.#underWay.keys()) : this.#next;
    const isHidden = oldest !== undefined && this.#next !== undefined && this.#next - oldest >= batchMax;
    const offset = isHidden ? this.#next : oldest;
    return this.#options.api.call(
      'getUpdates',
      {
        ...(offset !== undefined && { offset }),
        limit: batchMax,
        timeout: isBusy ? 0 : waitSeconds,
        allowed_updates: ['message', 'callback_query'],
      },
      { timeoutMs: (waitSeconds + 10) * 1_000, signal },
    );
  }

  /** @returns whether one of them is new */
  #take(updates: readonly Update[], signal: AbortSignal): boolean {
    const fresh = updates.filter(({ update_id: id }) => Number.isSafeInteger(id) && !this.#underWay.has(id));
    for (const update of fresh) {
      const id = update.update_id;
      this.#next = Math.max(this.#next ?? 0, id + 1);
      this.#lastAt = performance.now();
      const { from } = update.message ?? update.callback_query ?? {};
      const person = from?.id ?? 0;
      const before = this.#ofPerson.get(person) ?? Promise.resolve();
      const work = before.then(() => this.#workUntilDone(update, signal));
      this.#underWay.set(id, work);
      this.#ofPerson.set(person, work);
      void work.then(() => {
        this.#underWay.delete(id);
        if (this.#ofPerson.get(person) === work) this.#ofPerson.delete(person);
      });
    }
    return fresh.length > 0;
  }

  /** Never rejects. */
  async #workUntilDone(update: Update, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#options.work(update, failures + 1);
        return;
      } catch (error) {
        const waitMs = backOff(failures);
        this.#options.log.warn(
          { updateId: update.update_id, reason: messageOf(error) },
          'an update from Telegram could not be worked; trying again',
        );
        await pause(waitMs, signal);
      }
    }
  }

  #noteSuccess(): void {
    if (this.#failures > 0) this.#options.log.info('Telegram answers again');
    this.#failures = 0;
    this.#lastSaid = '';
  }

  /** @returns how long to wait */
  #noteFailure(error: unknown): number {
    const said = messageOf(error);
    const isRepeated = said === this.#lastSaid && !/^1(0*)$/.test(String(this.#failures + 1));
    this.#lastSaid = said;
    const { log } = this.#options;
    if (!isRepeated) log.warn({ reason: said, failures: this.#failures + 1 }, adviceOn(error));
    this.#failures += 1;
    if (error instanceof ApiRefused) {
      if (error.status === 429) return (error.retryAfterMs ?? 1_000) + 100;
      if (error.status === 401 || error.status === 404) return 30_000;
      if (error.status === 409) return Math.max(3_000, backOff(this.#failures));
    }
    return backOff(this.#failures);
  }
}

function adviceOn(error: unknown): string {
  const status = error instanceof ApiRefused ? error.status : 0;
  if (status === 401 || status === 404)
    return 'Telegram does not know the bot: check TELEGRAM_BOT_TOKEN, or ask @BotFather for a new token';
  if (status === 409)
    return 'another program asks Telegram for the updates of this bot: only one may, or the bot has a webhook';
  return 'Telegram cannot be asked for updates; trying again';
}

const backOff = (failures: number): number =>
  backOffMs[Math.min(failures, backOffMs.length - 1)] ?? backOffMs[0];

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
