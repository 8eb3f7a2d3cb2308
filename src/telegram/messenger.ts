/**
 * Sends, edits and deletes the bot's messages. It obeys flood limits, tries again when Telegram cannot be reached, and knows
 * what Telegram's refusals mean: a message that is gone, one that is the same already, a person who has blocked the bot.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiRefused, ApiUnreachable, type TelegramApi } from './api.ts';
import { fitted, split, type Page } from './page.ts';

export interface Destination {
  readonly chatId: string;
  /** The topic of a group. */
  readonly topicId?: string | null;
}

export interface SendOptions {
  readonly isSilent?: boolean;
  readonly replyTo?: string;
  /** Opens the keyboard for an answer, for the person of `replyTo` alone: in a group the bot sees answers to its messages only. */
  readonly wantsReply?: boolean;
}

/** How long one message is tried, all waiting included. */
const insistMaxMs = 60_000;
const pausesMs = [300, 1_000, 3_000] as const;

export class Messenger {
  readonly #api: TelegramApi;
  /** Aborted when this process may not speak for the bot any more. */
  readonly #signal: AbortSignal;

  constructor(api: TelegramApi, signal: AbortSignal) {
    this.#api = api;
    this.#signal = signal;
  }

  /** @returns the id of the message, of a long one of the last part. @throws ApiRefused and ApiUnreachable */
  async send(to: Destination, page: Page, options: SendOptions = {}): Promise<string> {
    let id = '';
    for (const part of split(page)) {
      const sent = await this.#insist(() => this.#api.call('sendMessage', messageOf(to, part, options)));
      id = String(sent.message_id);
    }
    return id;
  }

  /** Makes one attempt, for callers that have a queue of their own. @throws ApiRefused and ApiUnreachable */
  async sendOnce(to: Destination, page: Page, { isSilent = false, signal }: AttemptOptions): Promise<string> {
    const payload = messageOf(to, fitted(page), { isSilent });
    const sent = await this.#api.call('sendMessage', payload, signal ? { signal } : {});
    return String(sent.message_id);
  }

  /** @returns `gone` when there is no such message any more. @throws ApiRefused and ApiUnreachable */
  async edit(chatId: string, messageId: string, page: Page): Promise<'edited' | 'same' | 'gone'> {
    try {
      await this.#insist(() => this.editOnce(chatId, messageId, page));
      return 'edited';
    } catch (error) {
      const meaning = editMeaning(error);
      if (meaning === null) throw error;
      return meaning;
    }
  }

  /** Makes one attempt. @throws ApiRefused, also for a message that is the same or gone, and ApiUnreachable */
  async editOnce(chatId: string, messageId: string, page: Page): Promise<void> {
    const { text, entities, reply_markup, link_preview_options } = contentOf(fitted(page));
    await this.#api.call('editMessageText', {
      chat_id: Number(chatId),
      message_id: Number(messageId),
      text,
      entities,
      link_preview_options,
      reply_markup: reply_markup ?? { inline_keyboard: [] },
    });
  }

  /** Takes the buttons of a message away and leaves its text. Never rejects. */
  async withoutButtons(chatId: string, messageId: string): Promise<void> {
    const payload = { chat_id: Number(chatId), message_id: Number(messageId) };
    await this.#api
      .call('editMessageReplyMarkup', { ...payload, reply_markup: { inline_keyboard: [] } })
      .catch(() => undefined);
  }

  /** @returns whether it is gone now. Never rejects. */
  async delete(chatId: string, messageId: string): Promise<boolean> {
    const payload = { chat_id: Number(chatId), message_id: Number(messageId) };
    try {
      await this.#insist(() => this.#api.call('deleteMessage', payload));
      return true;
    } catch (error) {
      return error instanceof ApiRefused && error.message.includes('not found');
    }
  }

  /** Ends the waiting sign on a button; a text is shown over the chat. Never rejects: the press may be too old for it. */
  async answerPress(queryId: string, text = ''): Promise<void> {
    const payload = {
      callback_query_id: queryId,
      ...(text !== '' && { text: text.slice(0, 200), show_alert: text.length > 60 }),
    };
    await this.#api.call('answerCallbackQuery', payload).catch(() => undefined);
  }

  async #insist<T>(call: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + insistMaxMs;
    for (let failures = 0; ; failures += 1) {
      try {
        return await call();
      } catch (error) {
        const waitMs = waitAfter(error, failures);
        if (waitMs === null || this.#signal.aborted || performance.now() + waitMs > deadline) throw error;
        await sleep(waitMs, undefined, { signal: this.#signal });
      }
    }
  }
}

interface AttemptOptions {
  readonly isSilent?: boolean;
  readonly signal?: AbortSignal;
}

/** `null` when trying again is of no use. */
function waitAfter(error: unknown, failures: number): number | null {
  if (error instanceof ApiRefused) return error.status === 429 ? (error.retryAfterMs ?? 1_000) + 100 : null;
  if (error instanceof ApiUnreachable) return pausesMs[failures] ?? null;
  return null;
}

/** What a refused edit means; `null` for another failure. */
export function editMeaning(error: unknown): 'same' | 'gone' | null {
  if (!(error instanceof ApiRefused) || error.status !== 400) return null;
  if (error.message.includes('message is not modified')) return 'same';
  return /message to edit not found|message can't be edited|MESSAGE_ID_INVALID|chat not found/.test(
    error.message,
  )
    ? 'gone'
    : null;
}

function messageOf(
  { chatId, topicId }: Destination,
  page: Page,
  { isSilent = false, replyTo, wantsReply = false }: SendOptions,
) {
  const { reply_markup, ...content } = contentOf(page);
  const keyboard = reply_markup ?? (wantsReply ? ({ force_reply: true, selective: true } as const) : null);
  return {
    chat_id: Number(chatId),
    ...(topicId !== undefined && topicId !== null && { message_thread_id: Number(topicId) }),
    ...content,
    ...(isSilent && { disable_notification: true }),
    ...(replyTo !== undefined && {
      reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
    }),
    ...(keyboard && { reply_markup: keyboard }),
  };
}

function contentOf({ text, ranges, buttons }: Page) {
  const keyboard = buttons.map((row) => row.map((each) => ({ text: each.text, callback_data: each.data })));
  return {
    text,
    entities: ranges.map(({ type, offset, length }) => ({ type, offset, length })),
    link_preview_options: { is_disabled: true },
    ...(keyboard.length > 0 && { reply_markup: { inline_keyboard: keyboard } }),
  };
}
