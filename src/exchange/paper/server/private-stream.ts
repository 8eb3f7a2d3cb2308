/**
 * /v5/private: authentication, subscriptions, and the engine's events as frames (docs/exchange.md#streams). A frame is
 * made the moment something happens and may be sent later, so a delayed frame shows what was true at the event.
 */
import type { Account } from '../engine/account.ts';
import { Refusal } from '../engine/refusal.ts';
import type { EngineEvents } from '../engine/events.ts';
import { stopPricesOf } from '../engine/stop-rules.ts';
import { authenticateSocket } from './auth.ts';
import type { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { topicsOf, type RequestFrame, type Stream } from './frames.ts';
import { linearPositionPush } from './holding-rows.ts';
import { executionPush, fastExecutionPush, greekRows, orderPush, positionPush, walletRow } from './rows.ts';

const categorised = ['order', 'execution', 'position', 'execution.fast'] as const;
const categories = ['option', 'linear', 'spot', 'inverse'] as const;
const plainTopics = new Set<string>([...categorised, 'wallet', 'greeks']);
const categoryTopics = new Set<string>(
  categorised.flatMap((topic) => categories.map((category) => `${topic}.${category}`)),
);
const otherTopics = new Set(['dcp.option', 'dcp.future', 'dcp.spot']);

interface Push {
  readonly kind: string;
  /** Default: options. */
  readonly category?: (typeof categories)[number];
  /** Asked for only when a connection listens. */
  readonly rows: () => unknown;
  readonly delayMs: number;
}

export class PrivateStream implements Stream, Omit<EngineEvents, 'changed' | 'traded'> {
  readonly #context: () => ServerContext;
  readonly #accounts = new Map<Connection, Account>();
  #frames = 0;

  /** @param context asked for later, because the engine in it is made with this stream */
  constructor(context: () => ServerContext) {
    this.#context = context;
  }

  opened(): void {
    // A connection has no account before it authenticates.
  }

  closed(connection: Connection): void {
    this.#accounts.delete(connection);
  }

  received(connection: Connection, frame: RequestFrame | null): void {
    if (frame?.op === 'ping') {
      const now = String(this.#context().player.nowMs());
      connection.send({ req_id: frame.req_id ?? '', op: 'pong', args: [now], conn_id: connection.id });
    } else if (frame?.op === 'auth') this.#authenticate(connection, frame);
    else if (frame?.op === 'subscribe') this.#subscribe(connection, frame);
    else if (frame?.op === 'unsubscribe') {
      for (const name of topicsOf(frame) ?? []) connection.topics.delete(name);
      answer(connection, frame, '');
    } else answer(connection, frame, frame ? 'Invalid op' : 'Params Error');
  }

  order: EngineEvents['order'] = (account, { order, overrides, delayMs }) => {
    this.#push(account, { kind: 'order', delayMs, rows: () => [orderPush({ ...order, ...overrides })] });
  };

  fills: EngineEvents['fills'] = (account, fills, delayMs) => {
    const { faults } = this.#context();
    const { apiKey } = account;
    const site = { apiKey, linkId: fills[0]?.linkId ?? null, symbol: fills[0]?.symbol ?? '' };
    const fastLateMs = faults.strike('delayFastFills', site)?.ms ?? 0;
    if (!faults.strike('loseFastFills', site)) {
      const rows = () => fills.map(fastExecutionPush);
      this.#push(account, { kind: 'execution.fast', delayMs: delayMs + fastLateMs, rows });
    }
    const lateMs = faults.strike('delayFills', site)?.ms ?? 0;
    if (faults.strike('loseFills', site)) return;
    this.#push(account, {
      kind: 'execution',
      delayMs: delayMs + lateMs,
      rows: () => fills.map(executionPush),
    });
  };

  position: EngineEvents['position'] = (account, symbol, delayMs) => {
    const { market, engine } = this.#context();
    const held = account.state.positions[symbol];
    const stops = stopPricesOf(account, symbol);
    // One that is flat has no row of its own any more: it is as of what was traded last.
    const seq = held?.seq ?? engine.context.seq;
    const rows = () => [{ ...positionPush(symbol, held, engine.context), seq, ...stops }];
    this.#push(account, { kind: 'position', delayMs, rows });
    this.#push(account, { kind: 'greeks', delayMs, rows: () => greekRows(account, market) });
  };

  wallet: EngineEvents['wallet'] = (account, delayMs) => {
    const { engine } = this.#context();
    this.#push(account, { kind: 'wallet', delayMs, rows: () => [walletRow(account, engine.context)] });
  };

  holding = (account: Account, symbol: string): void => {
    const { engine } = this.#context();
    const rows = () => [linearPositionPush(symbol, account.state.holdings?.[symbol], engine.context)];
    this.#push(account, { kind: 'position', category: 'linear', delayMs: 0, rows });
  };

  #authenticate(connection: Connection, frame: RequestFrame): void {
    const { engine, player } = this.#context();
    player.touch('request');
    const account = authenticateSocket(frame.args ?? [], engine.context.accounts, player.clock);
    if (account instanceof Refusal) {
      answer(connection, frame, account.text);
      return;
    }
    this.#accounts.set(connection, account);
    answer(connection, frame, '');
  }

  #subscribe(connection: Connection, frame: RequestFrame): void {
    const names = topicsOf(frame);
    const refusal = names ? this.#whyNot(connection, names) : 'Params Error';
    if (names && refusal === '') for (const name of names) connection.topics.add(name);
    answer(connection, frame, refusal);
  }

  #whyNot(connection: Connection, names: readonly string[]): string {
    if (!this.#accounts.has(connection)) return 'Request not authorized';
    const unknown = names.filter(
      (name) => !plainTopics.has(name) && !categoryTopics.has(name) && !otherTopics.has(name),
    );
    const refused = names.find((topic) => this.#isRefused(topic));
    if (refused !== undefined) return `error:handler not found,topic:${refused}`;
    if (unknown.length > 0) return `error:handler not found,topic:${unknown.join(',')}`;
    const mixed = categorised.some(
      (topic) =>
        names.includes(topic) && categories.some((category) => names.includes(`${topic}.${category}`)),
    );
    return mixed ? 'All-in-one topics and categorised topics cannot be in the same subscription request' : '';
  }

  #isRefused(topic: string): boolean {
    const rule = this.#context().faults.pending('refuseTopic', { apiKey: '' });
    return rule?.topic === topic;
  }

  #push(account: Account, { kind, category = 'option', rows, delayMs }: Push): void {
    const names = [kind, `${kind}.${category}`];
    const targets = [...this.#accounts].flatMap(([connection, owner]) =>
      owner === account
        ? names.filter((topic) => connection.topics.has(topic)).map((topic) => ({ connection, topic }))
        : [],
    );
    if (targets.length === 0) return;
    const { player, engine } = this.#context();
    const data = rows();
    const creationTime = player.nowMs();
    for (const { connection, topic } of targets) {
      this.#frames += 1;
      const text = JSON.stringify({ id: `${account.apiKey}_${this.#frames}`, topic, creationTime, data });
      if (delayMs > 0) engine.context.later(delayMs, () => connection.sendText(text));
      else connection.sendText(text);
    }
  }
}

function answer(connection: Connection, frame: RequestFrame | null, refusal: string): void {
  connection.send({
    success: refusal === '',
    ret_msg: refusal,
    op: frame?.op ?? '',
    conn_id: connection.id,
    ...(frame?.req_id === undefined ? {} : { req_id: frame.req_id }),
  });
}
