/**
 * Sends alerts to chats: one attempt each, as the deliverer asks for it. A question whether to roll gets two buttons, and
 * loses them when it is over, wherever it was answered.
 */
import { messageOf } from '../domain/errors.ts';
import type { BotMemory } from '../ports/bot-memory.ts';
import type { AlertSender, ChannelAddress, OutgoingAlert, SendOutcome } from '../ports/channels.ts';
import { ApiRefused, type TelegramApi } from './api.ts';
import { editMeaning, Messenger } from './messenger.ts';
import { foreign, plainPage, type Page } from './page.ts';

type Address = ChannelAddress<'telegram'>;

export interface SenderOptions {
  readonly api: TelegramApi;
  readonly memory: ApprovalMemory;
}

type ApprovalMemory = Pick<BotMemory, 'noteApproval' | 'noteApprovalMessage' | 'approvalIn'>;

const marks = { critical: '🔴', warning: '🟡', info: 'ℹ️' } as const;

export class TelegramSender implements AlertSender<'telegram'> {
  readonly #memory: ApprovalMemory;
  readonly #messenger: Messenger;

  constructor({ api, memory }: SenderOptions) {
    this.#memory = memory;
    this.#messenger = new Messenger(api, new AbortController().signal);
  }

  async send(alert: OutgoingAlert, address: Address, signal: AbortSignal): Promise<SendOutcome> {
    try {
      return { kind: 'delivered', reference: await this.#deliver(alert, address, signal) };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** @returns the id of the message */
  async #deliver(alert: OutgoingAlert, address: Address, signal: AbortSignal): Promise<string> {
    const approvalId = approvalIn(alert);
    if (alert.code === 'approvalWanted' && approvalId !== null && alert.taskId !== null)
      return this.#ask(alert, address, { approvalId, taskId: alert.taskId, signal });
    if (alert.code === 'approvalOver' && approvalId !== null) {
      const closed = await this.#close(alert, address, approvalId);
      if (closed !== null) return closed;
    }
    return this.#messenger.sendOnce(address, alertPage(alert), { isSilent: alert.isSilent, signal });
  }

  async #ask(
    alert: OutgoingAlert,
    address: Address,
    { approvalId, taskId, signal }: { approvalId: string; taskId: string; signal: AbortSignal },
  ): Promise<string> {
    const { text } = alertPage(alert);
    const asked = await this.#memory.noteApproval({ approvalId, taskId, chatId: address.chatId, text });
    if (asked.messageId !== null) return asked.messageId;
    const { to } = figuresOf(alert);
    const opens = !Array.isArray(to) || to.length > 0;
    const buttons = [
      [
        { text: opens ? 'Roll' : 'Close it', data: `a:${asked.id}:r` },
        { text: 'Skip', data: `a:${asked.id}:s` },
      ],
    ];
    const page = plainPage(text, buttons);
    const messageId = await this.#messenger.sendOnce(address, page, { isSilent: alert.isSilent, signal });
    await this.#memory.noteApprovalMessage(asked.id, messageId);
    return messageId;
  }

  /** @returns `null` when the chat does not show the question: then its end is a message of its own */
  async #close(alert: OutgoingAlert, { chatId }: Address, approvalId: string): Promise<string | null> {
    const asked = await this.#memory.approvalIn(chatId, approvalId);
    if (asked?.messageId == null) return null;
    const page = plainPage(`${asked.text}\n\n${alertPage(alert).text}`);
    try {
      await this.#messenger.editOnce(chatId, asked.messageId, page);
    } catch (error) {
      const meaning = editMeaning(error);
      if (meaning === 'gone') return null;
      if (meaning === null) throw error;
    }
    return asked.messageId;
  }
}

const figuresOf = ({ figures }: OutgoingAlert): Readonly<Record<string, unknown>> => ({ ...figures });

const approvalIn = (alert: OutgoingAlert): string | null => {
  const id = figuresOf(alert)['approvalId'];
  return typeof id === 'string' && id !== '' ? id : null;
};

/** The text says of which account it is. */
export function alertPage({ severity, text, taskId }: OutgoingAlert): Page {
  const foot = taskId === null ? '' : `\n/task ${taskId}`;
  // Figures of an alert may hold what an exchange or a person wrote.
  const body = text
    .split('\n')
    .map((line) => foreign(line, 1_500))
    .join('\n');
  return plainPage(`${marks[severity]} ${body}${foot}`);
}

/** What Telegram's answer means for the deliverer. */
export function outcomeOf(error: unknown): SendOutcome {
  const said = messageOf(error);
  if (!(error instanceof ApiRefused)) return { kind: 'later', retryAfterMs: null, said };
  const { status, retryAfterMs } = error;
  if (status === 429) return { kind: 'later', retryAfterMs: retryAfterMs ?? 1_000, said };
  // A wrong token is the operator's to mend, and says nothing of the chat.
  if (status === 401 || status === 404 || status === 409)
    return { kind: 'later', retryAfterMs: 60_000, said };
  return { kind: 'refused', said };
}
