/** The methods of the Bot API that the bot uses, with the refusals that Telegram gives, in its words. */
import type { Chat, Entity, Markup, Message } from './chats.ts';
import { shownMessage } from './chats.ts';

export class ApiRefusal extends Error {
  readonly status: number;
  readonly retryAfter: number | undefined;
  constructor(status: number, description: string, retryAfter?: number) {
    super(description);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export type Parameters = Readonly<Record<string, unknown>>;

export interface MethodState {
  readonly me: { readonly id: number; readonly username: string; readonly first_name: string };
  chat(id: number): Chat | undefined;
  /** Callback queries that may still be answered, and what they were answered with. */
  readonly queries: Map<string, { text: string; isAlert: boolean } | null>;
  readonly commands: Map<string, unknown>;
}

const bad = (description: string): ApiRefusal => new ApiRefusal(400, `Bad Request: ${description}`);

/** @throws ApiRefusal */
export function callMethod(state: MethodState, method: string, given: Parameters): unknown {
  const call = methods[method];
  if (!call) throw new ApiRefusal(404, 'Not Found');
  return call(state, given);
}

const methods: Readonly<Record<string, (state: MethodState, given: Parameters) => unknown>> = {
  getMe: ({ me }) => ({ ...me, is_bot: true, can_join_groups: true, can_read_all_group_messages: false }),
  deleteWebhook: () => true,
  getChat: (state, { chat_id }) => chatOf(state, chat_id).shown(),
  sendMessage: (state, given) => {
    const chat = chatOf(state, given['chat_id']);
    if (chat.barred !== null) throw new ApiRefusal(403, `Forbidden: ${chat.barred}`);
    const { text, entities, markup } = contentOf(given);
    const replyTo = (given['reply_parameters'] as { message_id?: number } | undefined)?.message_id;
    const message = chat.add({
      from: { id: state.me.id, first_name: state.me.first_name, is_bot: true },
      text,
      ...(entities && { entities }),
      ...(markup && { reply_markup: markup }),
      ...(replyTo !== undefined && { reply_to_message: { message_id: replyTo } }),
      isSilent: given['disable_notification'] === true,
    });
    return shownMessage(chat, message);
  },
  editMessageText: (state, given) => {
    const { chat, message } = ownMessage(state, given);
    const { text, entities, markup } = contentOf(given);
    change(message, { text, entities, markup });
    return shownMessage(chat, message);
  },
  editMessageReplyMarkup: (state, given) => {
    const { chat, message } = ownMessage(state, given);
    change(message, { text: message.text, entities: message.entities, markup: markupOf(given) });
    return shownMessage(chat, message);
  },
  deleteMessage: (state, given) => {
    const chat = chatOf(state, given['chat_id']);
    const id = Number(given['message_id']);
    const message = chat.message(id);
    if (!message) throw bad('message to delete not found');
    if (message.from.id !== state.me.id && !chat.botMayDelete) throw bad("message can't be deleted");
    return chat.delete(id);
  },
  answerCallbackQuery: ({ queries }, given) => {
    const id = String(given['callback_query_id']);
    if (queries.get(id) !== null)
      throw bad('query is too old and response timeout expired or query ID is invalid');
    const text = typeof given['text'] === 'string' ? given['text'] : '';
    if (text.length > 200) throw bad('MESSAGE_TOO_LONG');
    queries.set(id, { text, isAlert: given['show_alert'] === true });
    return true;
  },
  setMyCommands: ({ commands }, given) => {
    const list = given['commands'] as readonly { command: string; description: string }[];
    for (const { command, description } of list) {
      if (!/^[a-z0-9_]{1,32}$/.test(command)) throw bad('BOT_COMMAND_INVALID');
      if (description.length < 1 || description.length > 256) throw bad('BOT_COMMAND_DESCRIPTION_INVALID');
    }
    commands.set(JSON.stringify(given['scope'] ?? { type: 'default' }), list);
    return true;
  },
};

function chatOf(state: MethodState, id: unknown): Chat {
  const chat = state.chat(Number(id));
  if (!chat) throw bad('chat not found');
  const leftMs = chat.floodUntilMs - Date.now();
  if (leftMs > 0) {
    const seconds = Math.ceil(leftMs / 1_000);
    throw new ApiRefusal(429, `Too Many Requests: retry after ${seconds}`, seconds);
  }
  return chat;
}

function ownMessage(state: MethodState, given: Parameters): { chat: Chat; message: Message } {
  const chat = chatOf(state, given['chat_id']);
  const message = chat.message(Number(given['message_id']));
  if (!message) throw bad('message to edit not found');
  if (message.from.id !== state.me.id) throw bad("message can't be edited");
  return { chat, message };
}

function change(
  message: Message,
  next: { text: string; entities: readonly Entity[] | undefined; markup: Markup | undefined },
): void {
  const key = (one: typeof next): string =>
    JSON.stringify([one.text, one.entities ?? null, one.markup?.inline_keyboard ?? []]);
  if (key(next) === key({ text: message.text, entities: message.entities, markup: message.reply_markup }))
    throw bad(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  message.text = next.text;
  delete message.entities;
  delete message.reply_markup;
  if (next.entities) message.entities = next.entities;
  if (next.markup) message.reply_markup = next.markup;
  message.edits += 1;
}

function contentOf(given: Parameters): {
  text: string;
  entities: readonly Entity[] | undefined;
  markup: Markup | undefined;
} {
  const text = typeof given['text'] === 'string' ? given['text'].trimEnd() : '';
  if (text.trim() === '') throw bad('message text is empty');
  if (given['parse_mode'] === 'HTML' && /<(?!\/?(b|i|u|s|code|pre|a)\b)/.test(text))
    throw bad(`can't parse entities: Unsupported start tag at byte offset ${text.indexOf('<')}`);
  if (text.length > 4_096) throw bad('message is too long');
  const entities = given['entities'] as readonly Entity[] | undefined;
  for (const { offset, length } of entities ?? [])
    if (!(offset >= 0 && length > 0 && offset + length <= (given['text'] as string).length))
      throw bad('ENTITY_BOUNDS_INVALID');
  return { text, entities, markup: markupOf(given) };
}

function markupOf(given: Parameters): Markup | undefined {
  const markup = given['reply_markup'] as Markup | undefined;
  const buttons = (markup?.inline_keyboard ?? []).flat();
  if (buttons.length > 100) throw bad('REPLY_MARKUP_TOO_LONG');
  for (const { text, callback_data, url } of buttons) {
    if (text === '') throw bad('BUTTON_TEXT_EMPTY');
    const bytes = Buffer.byteLength(callback_data ?? '');
    if (url === undefined && (bytes < 1 || bytes > 64)) throw bad('BUTTON_DATA_INVALID');
  }
  return markup && markup.inline_keyboard?.length === 0 ? undefined : markup;
}
