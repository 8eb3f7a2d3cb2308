/**
 * /v5/public/linear and /v5/public/option: which connection listens to what, the replies of each of the two (they
 * differ), and publishing after a tick. Also the probes by which a racing tape waits for its listeners.
 */
import type { Side } from '../../../domain/market/order.ts';
import type { PaperFill } from '../engine/types.ts';
import type { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import { topicsOf, type RequestFrame, type Stream } from './frames.ts';
import { publicTradeRow } from './rows.ts';
import { linearTopic, optionTopic, type Topic } from './topics.ts';

interface Listened {
  readonly topic: Topic;
  readonly listeners: Set<Connection>;
}

const argsMaxCharacters = 21_000;
const optionTopicsMax = 2_000;

export class PublicStream implements Stream {
  readonly #kind: 'linear' | 'option';
  readonly #context: ServerContext;
  readonly #topics = new Map<string, Listened>();
  readonly #connections = new Set<Connection>();

  constructor(kind: 'linear' | 'option', context: ServerContext) {
    this.#kind = kind;
    this.#context = context;
  }

  opened(connection: Connection): void {
    this.#connections.add(connection);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    for (const name of connection.topics) this.#leave(connection, name);
  }

  received(connection: Connection, frame: RequestFrame | null): void {
    if (frame?.op === 'ping') connection.send(this.#pong(connection, frame));
    else if (frame?.op === 'subscribe') this.#subscribe(connection, frame);
    else if (frame?.op === 'unsubscribe') this.#unsubscribe(connection, frame);
    else connection.send(failureFrame(connection, frame, frame ? 'Invalid op' : 'Params Error'));
  }

  /** Sends what changed to every listener. */
  publish(): void {
    for (const { topic, listeners } of this.#topics.values()) {
      const text = topic.update();
      if (text === null) continue;
      for (const connection of listeners) connection.sendText(text);
    }
  }

  /** Trades of options are published by base coin (Bybit docs: v5/websocket/public/trade). */
  traded(fills: readonly PaperFill[], side: Side): void {
    const [first] = fills;
    const name = `publicTrade.${first?.baseCoin ?? ''}`;
    const listeners = this.#topics.get(name)?.listeners;
    if (!first || !listeners) return;
    const ts = this.#context.player.nowMs();
    const data = fills.map((fill) => publicTradeRow(fill, side));
    const text = JSON.stringify({
      id: `${name}-${first.seq}-${ts}`,
      topic: name,
      ts,
      type: 'snapshot',
      data,
    });
    for (const connection of listeners) connection.sendText(text);
  }

  /** Sends a protocol ping to every listening socket; returns how many pongs will call `onPong`. */
  probe(onPong: () => void): number {
    let sent = 0;
    for (const connection of this.#connections)
      if (connection.topics.size > 0 && connection.probe(onPong)) sent += 1;
    return sent;
  }

  #subscribe(connection: Connection, frame: RequestFrame): void {
    const names = topicsOf(frame);
    if (!names) {
      connection.send(failureFrame(connection, frame, 'Params Error'));
      return;
    }
    const characters = [...connection.topics, ...names].join('').length;
    if (characters > argsMaxCharacters) {
      connection.send(failureFrame(connection, frame, 'args length exceeds 21000 characters'));
      return;
    }
    const known = names.filter((name) => this.#topicFor(name) !== null);
    const unknown = names.filter((name) => !known.includes(name));
    if (this.#kind === 'option') {
      const fits = connection.topics.size + known.length <= optionTopicsMax;
      connection.send(commandResponse(connection, fits ? known : [], fits ? unknown : names));
      if (fits) this.#joinAll(connection, known);
      return;
    }
    // The linear stream takes a request as a whole or not at all.
    if (unknown.length > 0) {
      connection.send(failureFrame(connection, frame, `error:handler not found,topic:${unknown.join(',')}`));
      return;
    }
    connection.send(successFrame(connection, frame));
    this.#joinAll(connection, known);
  }

  #unsubscribe(connection: Connection, frame: RequestFrame): void {
    const names = topicsOf(frame) ?? [];
    for (const name of names) this.#leave(connection, name);
    connection.send(
      this.#kind === 'option' ? commandResponse(connection, names, []) : successFrame(connection, frame),
    );
  }

  #joinAll(connection: Connection, names: readonly string[]): void {
    for (const name of names) {
      const topic = this.#topicFor(name);
      if (!topic) continue;
      const listened = this.#topics.get(name) ?? { topic, listeners: new Set() };
      this.#topics.set(name, listened);
      listened.listeners.add(connection);
      connection.topics.add(name);
      const text = listened.topic.snapshot();
      if (text !== null) connection.sendText(text);
    }
    if (names.length > 0) this.#context.player.subscribed();
  }

  #leave(connection: Connection, name: string): void {
    connection.topics.delete(name);
    const listened = this.#topics.get(name);
    listened?.listeners.delete(connection);
    if (listened?.listeners.size === 0) this.#topics.delete(name);
  }

  #topicFor(name: string): Topic | null {
    const known = this.#topics.get(name)?.topic;
    return known ?? (this.#kind === 'linear' ? linearTopic : optionTopic)(name, this.#context);
  }

  #pong(connection: Connection, frame: RequestFrame): unknown {
    if (this.#kind === 'option') return { args: [String(this.#context.player.nowMs())], op: 'pong' };
    return { success: true, ret_msg: 'pong', conn_id: connection.id, req_id: frame.req_id ?? '', op: 'ping' };
  }
}

const successFrame = (connection: Connection, frame: RequestFrame) => ({
  success: true,
  ret_msg: '',
  conn_id: connection.id,
  req_id: frame.req_id ?? '',
  op: frame.op,
});

const failureFrame = (connection: Connection, frame: RequestFrame | null, why: string) => ({
  success: false,
  ret_msg: why,
  conn_id: connection.id,
  req_id: frame?.req_id ?? '',
  op: frame?.op ?? '',
});

/** The option stream's reply has no `op` and no `req_id` (docs/exchange.md#streams). */
const commandResponse = (
  connection: Connection,
  successTopics: readonly string[],
  failTopics: readonly string[],
) => ({
  success: failTopics.length === 0,
  conn_id: connection.id,
  data: { failTopics, successTopics },
  type: 'COMMAND_RESP',
});
