/**
 * What the Bot API server of the tests remembers of people, chats, messages and updates, as Telegram does: message ids count
 * up in each chat, an update stays until its id was confirmed, a deleted message is gone for everybody.
 */
export interface Person {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly is_bot: boolean;
  readonly language_code?: string;
}

export interface Button {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

export interface Markup {
  readonly inline_keyboard?: readonly (readonly Button[])[];
  readonly force_reply?: boolean;
  readonly selective?: boolean;
  readonly keyboard?: readonly (readonly Button[])[];
}

export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
}

export interface Message {
  readonly message_id: number;
  readonly from: Person;
  readonly date: number;
  text: string;
  entities?: readonly Entity[];
  reply_markup?: Markup;
  readonly reply_to_message?: { readonly message_id: number };
  /** Not part of Telegram's shape: how often it was edited, and whether it rang. */
  edits: number;
  readonly isSilent: boolean;
}

export interface Update {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

/** A private chat has its person's id, a group a negative one. */
export class Chat {
  readonly id: number;
  readonly type: 'private' | 'group';
  readonly title: string;
  /** Whether the bot may delete messages of others; in a private chat it may. */
  botMayDelete: boolean;
  /** The description of a 403 that every message gets, or null. */
  barred: string | null = null;
  /** Until then (ms since epoch) every call about this chat gets a 429. */
  floodUntilMs = 0;
  readonly #messages = new Map<number, Message>();
  #lastId = 0;

  constructor(id: number, title: string) {
    this.id = id;
    this.title = title;
    this.type = id > 0 ? 'private' : 'group';
    this.botMayDelete = id > 0;
  }

  add(message: Omit<Message, 'message_id' | 'date' | 'edits'>): Message {
    const message_id = (this.#lastId += 1);
    const added = { ...message, message_id, date: Math.floor(Date.now() / 1_000), edits: 0 };
    this.#messages.set(message_id, added);
    return added;
  }

  message(id: number): Message | undefined {
    return this.#messages.get(id);
  }

  delete(id: number): boolean {
    return this.#messages.delete(id);
  }

  /** Those that are not deleted, oldest first. */
  messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** Answers 429 to everything about this chat for so long. */
  flood(seconds: number): void {
    this.floodUntilMs = Date.now() + seconds * 1_000;
  }

  /** As Telegram shows it in a message. */
  shown(): object {
    return this.type === 'private'
      ? { id: this.id, type: 'private', first_name: this.title }
      : { id: this.id, type: 'group', title: this.title };
  }
}

export const shownMessage = (chat: Chat, message: Message): Record<string, unknown> => {
  const shown: Record<string, unknown> = { ...message, chat: chat.shown() };
  delete shown['edits'];
  delete shown['isSilent'];
  return shown;
};

/** Updates that wait, in the order in which they are handed out. */
export class UpdateQueue {
  #waiting: Update[] = [];
  #nextId: number;
  #wake: (() => void) | null = null;
  readonly given: Update[] = [];

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  add(content: Record<string, unknown>): Update {
    const update = { update_id: this.#nextId, ...content };
    this.#nextId += 1;
    this.push(update);
    return update;
  }

  /** Puts an update in as it is: one that was given before, or one of a shape that Telegram does not send. */
  push(...updates: readonly Update[]): void {
    this.#waiting.push(...updates);
    this.given.push(...updates);
    this.#wake?.();
  }

  /** Hands them out the other way round. */
  reverse(): void {
    this.#waiting.reverse();
  }

  confirm(offset: number): void {
    this.#waiting = this.#waiting.filter(({ update_id }) => update_id >= offset);
  }

  take(limit: number): readonly Update[] {
    return this.#waiting.slice(0, limit);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when an update comes, the time is over, or `end` is called. */
  async wait(timeoutMs: number): Promise<void> {
    if (timeoutMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  wakeUp(): void {
    this.#wake?.();
  }
}
