/**
 * A Bot API server on loopback that keeps state as Telegram does, and people who write to the bot and press its buttons. It
 * can also behave badly on request: flood limits, refusals, errors of the server, resets, silence.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Chat, shownMessage, UpdateQueue, type Message, type Person, type Update } from './chats.ts';
import { ApiRefusal, callMethod, type MethodState, type Parameters } from './methods.ts';

/** What a call gets instead of its answer. */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** The method is carried out, and the connection is cut before the answer. */
  | { readonly kind: 'lost answer' };

export interface Call {
  readonly method: string;
  readonly given: Parameters;
}

const firstUpdateId = 500_000_001;

export class BotApi implements MethodState {
  readonly token: string;
  readonly me;
  readonly queries: MethodState['queries'] = new Map();
  readonly commands: MethodState['commands'] = new Map();
  readonly updates = new UpdateQueue(firstUpdateId);
  /** Every call that came with the right token, oldest first. */
  readonly calls: Call[] = [];
  /** How often a poller was sent away because another one came. */
  conflicts = 0;
  readonly #chats = new Map<number, Chat>();
  readonly #faults = new Map<string, Fault[]>();
  readonly #server: Server;
  #endPoll: ((error: ApiRefusal) => void) | null = null;
  #queryCount = 0;

  private constructor(token: string) {
    this.token = token;
    this.me = { id: Number(token.split(':')[0]), username: 'RollkeeperTestBot', first_name: 'Rollkeeper' };
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(token = '7000001:AAmarkedTokenOfTheTests_0123456789abcd'): Promise<BotApi> {
    const api = new BotApi(token);
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The environment of a daemon that uses this server. */
  get environment(): Record<string, string> {
    return { TELEGRAM_BOT_TOKEN: this.token, TELEGRAM_API_URL: this.url };
  }

  chat(id: number): Chat | undefined {
    return this.#chats.get(id);
  }

  group(title: string, id = -1_000 - this.#chats.size): Chat {
    const chat = new Chat(id, title);
    this.#chats.set(id, chat);
    return chat;
  }

  /** The next calls of the method get these, one each. */
  fail(method: string, ...faults: readonly Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  person(id: number, name: string, more: Partial<Person> = {}): Actor {
    const chat = this.#chats.get(id) ?? new Chat(id, name);
    this.#chats.set(id, chat);
    return new Actor(this, chat, { id, first_name: name, is_bot: false, ...more });
  }

  newQuery(): string {
    const id = `4${String((this.#queryCount += 1)).padStart(17, '0')}`;
    this.queries.set(id, null);
    return id;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
      if (token !== this.token) throw new ApiRefusal(401, 'Unauthorized');
      const text = Buffer.concat(chunks).toString();
      const given = text === '' ? {} : (JSON.parse(text) as Parameters);
      this.calls.push({ method, given });
      const fault = this.#faults.get(method)?.shift();
      if (fault && fault.kind !== 'lost answer') {
        this.#misbehave(fault, request, response);
        return;
      }
      const result =
        method === 'getUpdates' ? await this.#getUpdates(given) : callMethod(this, method, given);
      if (fault) request.socket.destroy();
      else send(response, 200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      const { status, message, retryAfter } = error;
      const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
      send(response, status, { ok: false, error_code: status, description: message, ...parameters });
    }
  }

  #misbehave(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
    if (fault.kind === 'hang') return;
    if (fault.kind === 'reset') request.socket.resetAndDestroy();
    else if (fault.kind === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/json' });
      response.end(fault.body);
    }
  }

  /** A second poller ends the first one's request with 409, as Telegram does. */
  async #getUpdates(given: Parameters): Promise<readonly Update[]> {
    this.#endPoll?.(
      new ApiRefusal(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      ),
    );
    const offset = Number(given['offset'] ?? 0);
    if (offset > 0) this.updates.confirm(offset);
    const limit = Math.min(100, Number(given['limit'] ?? 100));
    if (this.updates.waiting === 0) {
      const ended = new Promise<never>((_, reject) => {
        this.#endPoll = (error) => {
          this.conflicts += 1;
          reject(error);
        };
      });
      ended.catch(() => undefined);
      const mine = this.#endPoll;
      try {
        await Promise.race([this.updates.wait(Number(given['timeout'] ?? 0) * 1_000), ended]);
      } finally {
        if (this.#endPoll === mine) this.#endPoll = null;
      }
    }
    return this.updates.take(limit);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const patienceMs = 30_000;

/** A person with a phone. */
export class Actor {
  readonly api: BotApi;
  /** The private chat with the bot. */
  readonly chat: Chat;
  readonly person: Person;

  constructor(api: BotApi, chat: Chat, person: Person) {
    this.api = api;
    this.chat = chat;
    this.person = person;
  }

  writes(text: string, { chat = this.chat, replyTo }: { chat?: Chat; replyTo?: Message } = {}): Message {
    const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
    const message = chat.add({
      from: this.person,
      text,
      ...(command !== undefined && {
        entities: [{ type: 'bot_command', offset: 0, length: command.length }],
      }),
      ...(replyTo && { reply_to_message: { message_id: replyTo.message_id } }),
      isSilent: false,
    });
    const shown = shownMessage(chat, message);
    this.api.updates.add({
      message: replyTo ? { ...shown, reply_to_message: shownMessage(chat, replyTo) } : shown,
    });
    return message;
  }

  /**
   * Presses a button of the newest message that has it, or of `message`. @returns the id of the query
   * @throws Error when no message has such a button
   */
  presses(label: string, { chat = this.chat, message }: { chat?: Chat; message?: Message } = {}): string {
    const buttonIn = (one: Message) =>
      one.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === label);
    const found = message ?? chat.messages().findLast((one) => buttonIn(one) !== undefined);
    const data = found && buttonIn(found)?.callback_data;
    if (!found || data === undefined) throw new Error(`no button "${label}" in:\n${textOf(chat)}`);
    return this.sendsData(data, { chat, message: found });
  }

  /** As a client may that makes its own callback data. */
  sendsData(data: string, { chat = this.chat, message }: { chat?: Chat; message?: Message } = {}): string {
    const id = this.api.newQuery();
    this.api.updates.add({
      callback_query: {
        id,
        from: this.person,
        chat_instance: '1',
        data,
        ...(message && { message: shownMessage(chat, message) }),
      },
    });
    return id;
  }

  /** Waits for a message of the bot that says so, and returns the newest. */
  async reads(what: string | RegExp, { chat = this.chat, after = 0 } = {}): Promise<Message> {
    const says = ({ text }: Message): boolean =>
      typeof what === 'string' ? text.includes(what) : what.test(text);
    for (const deadline = performance.now() + patienceMs; ;) {
      const found = chat.messages().findLast((one) => one.from.is_bot && one.message_id > after && says(one));
      if (found) return found;
      if (performance.now() > deadline)
        throw new Error(`no message like ${String(what)} in:\n${textOf(chat)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Writes, and waits for an answer that says so. */
  async asks(text: string, what: string | RegExp, { chat = this.chat } = {}): Promise<Message> {
    const { message_id: after } = this.writes(text, { chat });
    return this.reads(what, { chat, after });
  }

  /** Waits for what a press was answered with. */
  async sees(query: string): Promise<string> {
    for (const deadline = performance.now() + patienceMs; ;) {
      const answer = this.api.queries.get(query);
      if (answer) return answer.text;
      if (performance.now() > deadline) throw new Error(`the press ${query} was not answered`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A chat as a person sees it. */
export const textOf = (chat: Chat): string =>
  chat
    .messages()
    .map(({ from, text, reply_markup }) => {
      const rows = (reply_markup?.inline_keyboard ?? []).map((row) =>
        row.map((button) => `[${button.text}]`).join(' '),
      );
      return [`${from.first_name}:`, text, ...rows].join('\n');
    })
    .join('\n\n');
