/**
 * The events of one account (docs/exchange.md#streams). It owns the topics and how rows become the domain's events;
 * staying connected is connection.ts.
 */
import { Retryable, Terminal } from '../../../domain/errors.ts';
import type { AccountKey, AccountListener } from '../../../ports/exchange.ts';
import type { StreamTools } from './connection-plan.ts';
import { Connection } from './connection.ts';
import { FastFills } from './fast-fills.ts';
import { loginFrame } from './login.ts';
import { FirstTime } from '../time/first-time.ts';
import {
  type DataFrame,
  executionRow,
  fastExecutionRow,
  type ExecutionRow,
  type FastExecutionRow,
  optionCategory,
  type OrderRow,
  orderRow,
  positionRow,
  type PositionRow,
  stopRow,
  type StopRow,
  walletRow,
  type WalletRow,
} from '../messages.ts';
import { stopKindOf } from '../stop-rows.ts';
import {
  isDuplicate,
  parseFastFill,
  parseFill,
  parseMargin,
  parseOrder,
  parsePosition,
  Unreadable,
} from '../parse.ts';
import type { KeptAccount } from '../kept/kept-account.ts';
import { withoutSecrets } from '../rest/secrets.ts';

export interface AccountTimes {
  /** An account whose stream is not live for so long is reported as barred. */
  readonly unreachableAfterMs: number;
  /** After so long without a request the listener is called as `idle`. */
  readonly idleAfterMs: number;
}

export const accountTimes: AccountTimes = { unreachableAfterMs: 60_000, idleAfterMs: 300_000 };

const privateTopics = ['order.option', 'execution.option', 'position.option'];
/** Only wanted to be kept, so that nothing hangs on it where it is not. */
const keptTopics = ['wallet'];
/** Comes earlier than `execution`, without fees, and not in every environment. */
const fastTopic = 'execution.fast.option';

export interface PrivateStreamOptions {
  readonly url: string;
  readonly key: AccountKey;
  readonly listener: AccountListener;
  /** Is told everything before the listener is. Default: nothing is kept. */
  readonly kept?: KeptAccount | undefined;
  readonly tools: StreamTools;
  /** A log-in was refused, perhaps because the time it was signed with is wrong. */
  readonly onTimeRefused: () => void;
  readonly times?: Pick<AccountTimes, 'unreachableAfterMs'>;
}

export class PrivateStream {
  readonly #connection: Connection;
  readonly #listener: AccountListener;
  readonly #kept: KeptAccount | undefined;
  readonly #tools: StreamTools;
  readonly #onTimeRefused: () => void;
  readonly #host: string;
  readonly #apiKey: string;
  readonly #unreachableAfterMs: number;
  readonly #fast: FastFills;
  #stopWaiting: (() => void) | null = null;
  #lastReason = 'nothing answers';
  readonly #first = new FirstTime();
  #isLive = false;
  #loginsRefused = 0;

  constructor(options: PrivateStreamOptions) {
    const { url, key, listener, kept, tools, onTimeRefused, times = accountTimes } = options;
    this.#host = new URL(url).host;
    this.#apiKey = key.apiKey;
    this.#unreachableAfterMs = times.unreachableAfterMs;
    this.#listener = listener;
    this.#kept = kept;
    const topics = kept ? [...privateTopics, ...keptTopics] : privateTopics;
    this.#tools = tools;
    this.#fast = new FastFills({ local: tools.local, overdue: (fill) => listener.fill(fill) });
    this.#onTimeRefused = onTimeRefused;
    this.#connection = new Connection(
      {
        name: `account ${key.accountId}`,
        shownAs: 'account',
        url,
        login: () => loginFrame(key, tools.clock),
        topicsPerRequest: topics.length,
        mask: (text) => withoutSecrets(text, key),
        listener: {
          data: (frame) => this.#data(frame),
          live: () => this.#live(),
          stale: (reason) => this.#lost(reason),
          lost: (reason) => this.#lost(reason),
          loginRefused: (reason) => this.#loginRefused(reason),
        },
      },
      tools,
    );
    for (const name of topics) this.#connection.add({ name, proof: 'answer' });
    this.#connection.add({ name: fastTopic, proof: 'answer', isSpare: true });
  }

  /**
   * Resolves when it is live for the first time.
   * @throws Terminal (scope `account`) when the exchange does not accept the key; Retryable when it is closed before
   */
  open(): Promise<void> {
    this.#waitForLive();
    this.#connection.open();
    return this.#first.promise;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  close(): void {
    this.#stopWaiting?.();
    this.#fast.forget();
    this.#first.fail(new Retryable('The account stream was closed'));
    this.#connection.close();
  }

  /** A frame may carry several rows; a row that cannot be read does not affect the others. */
  #data(frame: DataFrame): boolean {
    const kind = frame.topic === fastTopic ? fastTopic : frame.topic.split('.')[0];
    if (!Array.isArray(frame.data)) throw new Unreadable('data is no list');
    let problem: unknown = null;
    for (const row of frame.data as unknown[]) {
      try {
        this.#row(kind ?? '', row);
      } catch (error) {
        problem ??= error;
      }
    }
    if (problem !== null) throw problem as Error;
    return true;
  }

  #row(kind: string, row: unknown): void {
    const { category } = Object(row) as { category?: unknown };
    if (category !== undefined && category !== optionCategory) return;
    if (kind === 'order') this.#order(orderRow.parse(row), stopRow.parse(row));
    else if (kind === 'execution') this.#fill(executionRow.parse(row));
    else if (kind === fastTopic) this.#fastFill(fastExecutionRow.parse(row));
    else if (kind === 'position') this.#position(positionRow.parse(row));
    else if (kind === 'wallet') this.#wallet(walletRow.parse(row));
    else throw new Unreadable('a topic that was not asked for');
  }

  #order(row: OrderRow, stop: StopRow): void {
    const kind = stopKindOf(stop);
    if (kind !== null) this.#kept?.stopChanged();
    if (!isDuplicate(row)) {
      const report = parseOrder(row);
      this.#kept?.order(report);
      this.#listener.order(report);
    }
    if (kind !== null) this.#listener.stop?.(kind, row.symbol);
  }

  #fill(row: ExecutionRow): void {
    const fill = parseFill(row);
    this.#fast.came(fill);
    this.#kept?.fill(fill, row.seq);
    this.#listener.fill(fill);
  }

  #fastFill(row: FastExecutionRow): void {
    const fill = parseFastFill(row);
    this.#kept?.fill(fill, row.seq);
    this.#fast.told(fill);
  }

  #position(row: PositionRow): void {
    const position = parsePosition(row);
    this.#kept?.position({ position, seq: row.seq });
    this.#listener.position(position);
  }

  #wallet(row: WalletRow): void {
    if (row.accountType === 'UNIFIED') this.#kept?.wallet(parseMargin(row));
  }

  /** Counts local time, because an outage has nothing to do with the exchange's clock. */
  #waitForLive(): void {
    const { local } = this.#tools;
    this.#stopWaiting?.();
    this.#stopWaiting = local.after(this.#unreachableAfterMs, () => {
      const forSeconds = Math.round(this.#unreachableAfterMs / 1_000);
      this.#listener.barred?.(
        `the account stream at ${this.#host} is down for ${forSeconds} s: ${this.#lastReason}`,
      );
    });
  }

  #live(): void {
    this.#isLive = true;
    this.#kept?.live();
    this.#stopWaiting?.();
    this.#loginsRefused = 0;
    this.#first.happened();
    this.#listener.connected();
  }

  #lost(reason: string): void {
    this.#lastReason = reason;
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#fast.forget();
    this.#kept?.forget();
    this.#waitForLive();
    this.#listener.disconnected(reason);
  }

  /** The first refusal may be due to our clock; after the clock was measured again, a second one is due to the key. */
  #loginRefused(reason: string): void {
    this.#onTimeRefused();
    this.#loginsRefused += 1;
    if (this.#loginsRefused < 2) return;
    const words = reason.replaceAll(this.#apiKey, '<api key>');
    const problem = `${this.#host} refuses the log-in of the account stream: Bybit answered "${words}"`;
    this.#first.fail(new Terminal(problem, { scope: 'account' }));
    this.#listener.barred?.(problem);
  }
}
