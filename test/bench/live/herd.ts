/**
 * A herd: tasks of many accounts that one price wakes all at once. Each roll lifts the strike and the trigger by one step,
 * so the same tasks roll again at the next price. The bench starts and kills daemons as it likes; every roll is counted in
 * the exchange's books, and one that traded a leg twice ends the bench.
 */
import { callSymbol } from '../../support/daemon-fixture.ts';
import { optionNamed } from '../../support/options.ts';
import { bareAcceptsMs } from './bare-accepts.ts';
import type { Daemon } from './daemons.ts';
import type { HerdTally } from './exchange-words.ts';
import { keyPrefix, openInstallation, strikeStep, taskQty, type Installation } from './installation.ts';

export interface HerdSize {
  readonly accounts: number;
  readonly tasksEach: number;
}

const firstLevel = 24_000;
const barePrefix = 'bare-';

export class Herd {
  readonly installation: Installation;
  readonly tasks: number;
  readonly #size: HerdSize;
  #rolls = 0;
  #bareRuns = 0;

  private constructor(installation: Installation, size: HerdSize) {
    this.installation = installation;
    this.#size = size;
    this.tasks = size.accounts * size.tasksEach;
  }

  /** @param bareRuns how often `bareMs` may be asked */
  static async open(size: HerdSize, bareRuns = 0): Promise<Herd> {
    const installation = await openInstallation({ ...size, levelOf: () => firstLevel });
    const herd = new Herd(installation, size);
    const { accounts, tasksEach } = size;
    const qty = (Number(taskQty) * tasksEach * bareRuns).toFixed(2);
    if (bareRuns > 0) await installation.exchange.ask('open', { accounts, prefix: barePrefix, qty });
    return herd;
  }

  /** Time for as many orders as there are tasks, from as many accounts, sent by a client that only sends. */
  async bareMs(): Promise<number> {
    const { exchange } = this.installation;
    this.#bareRuns += 1;
    const exchangeMs = await exchange.ask('nowMs');
    return bareAcceptsMs({
      url: exchange.url,
      prefix: barePrefix,
      accounts: this.#size.accounts,
      total: this.tasks,
      price: this.#crossingPrice(),
      mark: `bare-${this.#bareRuns}`,
      skewMs: exchangeMs - Date.now(),
    });
  }

  /** Above the ask of the call, and within the exchange's price band of a tenth of the index. */
  #crossingPrice(): string {
    const index = firstLevel + Math.max(0, this.#rolls - 1) * strikeStep;
    const { strike } = optionNamed(callSymbol);
    return String(Math.max(0, index - Number(strike)) + 2_000);
  }

  /** Wakes all of them. @returns a function that counts what they have traded so far */
  async wake(): Promise<() => Promise<HerdTally>> {
    const { exchange } = this.installation;
    const sinceMs = await exchange.ask('setIndex', (firstLevel + this.#rolls * strikeStep + 1).toFixed(2));
    this.#rolls += 1;
    return async () => {
      const tally = await exchange.ask('tally', {
        ...this.#size,
        prefix: keyPrefix,
        qty: taskQty,
        sinceMs,
      });
      if (tally.twice.length > 0) throw new Error(`traded twice: ${tally.twice.join(', ')}`);
      return tally;
    };
  }

  /** Wakes all of them and waits until every roll is done. */
  async roll(): Promise<HerdTally> {
    return this.untilRolled(await this.wake());
  }

  untilRolled(tallyNow: () => Promise<HerdTally>): Promise<HerdTally> {
    const { exchange, until } = this.installation;
    let accepted = -1;
    let last: HerdTally | null = null;
    return until(
      async () => {
        // The books are read only when no order comes in: the daemon that is measured shares a core with the exchange.
        const acceptedBefore = accepted;
        accepted = await exchange.ask('ordersAccepted');
        if (accepted !== acceptedBefore) return null;
        last = await tallyNow();
        return last.rolled === this.tasks ? last : null;
      },
      () =>
        `only ${last?.rolled ?? 0} of ${this.tasks} have rolled, ${last?.closing ?? 0} old legs were sent`,
    );
  }

  /** Waits until every task waits for its next price, each daemon managing its share of them. */
  async untilShared(cluster: readonly Daemon[]): Promise<void> {
    const { query, until } = this.installation;
    const shareMin = this.tasks / cluster.length / 2;
    let ready: number[] = [];
    await until(
      async () => {
        const rows = await query<{ owner: string; ready: number }>(
          `SELECT split_part(account_fences.owner, '/', 1) AS owner, count(*)::int AS ready
           FROM tasks JOIN account_fences USING (account_id) WHERE state = 'IDLE.watching' GROUP BY 1`,
        );
        ready = cluster.map(({ name }) => rows.find(({ owner }) => owner === name)?.ready ?? 0);
        const total = ready.reduce((sum, each) => sum + each, 0);
        return total === this.tasks && ready.every((each) => each >= shareMin) ? ready : null;
      },
      () => `only ${ready.join(' + ')} of ${this.tasks} tasks wait`,
    );
  }

  close(): Promise<void> {
    return this.installation.close();
  }
}
