/** Reads an update: who wrote or pressed what, and where. Updates are foreign data: what has another shape is left out. */
import { z } from 'zod';
import { plainText } from '../domain/foreign-text.ts';
import type { Place } from '../ports/bot-memory.ts';

export interface Visit {
  readonly updateId: number;
  /** It was begun before, and perhaps carried out. */
  readonly isAgain: boolean;
  readonly place: Place;
  /** The topic of a group. */
  readonly topicId: string | null;
  readonly isPrivate: boolean;
  /** As Telegram shows it: foreign text. */
  readonly personName: string;
  readonly input: Input;
}

export type Input =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly messageId: string;
      /** The message that it answers, when that is the bot's. */
      readonly repliesToBot: boolean;
    }
  | {
      readonly kind: 'press';
      readonly queryId: string;
      readonly data: string;
      /** `null` when Telegram does not show the message any more. */
      readonly messageId: string | null;
    };

const id = z.number().int();
const person = z.object({
  id: id.positive(),
  is_bot: z.boolean().default(false),
  first_name: z.string().default(''),
  username: z.string().optional(),
});
const chat = z.object({ id, type: z.string() });
const message = z.object({
  message_id: id,
  from: person.optional(),
  chat,
  message_thread_id: id.optional(),
  is_topic_message: z.boolean().optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  reply_to_message: z.object({ from: z.object({ id }).optional() }).optional(),
});
const shape = z.object({
  update_id: id.nonnegative(),
  message: message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: person,
      data: z.string().optional(),
      message: z
        .object({
          message_id: id,
          chat,
          message_thread_id: id.optional(),
          is_topic_message: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
});

/** @param botId the bot's own @returns `null` for what no person wrote to the bot */
export function readVisit(update: unknown, botId: string): Visit | null {
  const read = shape.safeParse(update);
  if (!read.success) return null;
  const { update_id: updateId, message: written, callback_query: pressed } = read.data;
  if (written) {
    const { from, chat: where, text = written.caption ?? '', reply_to_message: answered } = written;
    if (!from || from.is_bot) return null;
    return {
      updateId,
      isAgain: false,
      ...standing(from, where, written),
      input: {
        kind: 'text',
        text,
        messageId: String(written.message_id),
        repliesToBot: String(answered?.from?.id) === botId,
      },
    };
  }
  if (!pressed?.message || pressed.from.is_bot) return null;
  return {
    updateId,
    isAgain: false,
    ...standing(pressed.from, pressed.message.chat, pressed.message),
    input: {
      kind: 'press',
      queryId: pressed.id,
      data: pressed.data ?? '',
      messageId: String(pressed.message.message_id),
    },
  };
}

function standing(
  from: z.output<typeof person>,
  where: z.output<typeof chat>,
  thread: {
    readonly message_thread_id?: number | undefined;
    readonly is_topic_message?: boolean | undefined;
  },
): Pick<Visit, 'place' | 'topicId' | 'isPrivate' | 'personName'> {
  const isTopic = thread.is_topic_message === true && thread.message_thread_id !== undefined;
  return {
    place: { chatId: String(where.id), personId: String(from.id) },
    topicId: isTopic ? String(thread.message_thread_id) : null,
    isPrivate: where.type === 'private',
    personName: plainText(from.username ?? from.first_name, 64),
  };
}

export interface WrittenCommand {
  /** In small letters, without the slash. */
  readonly name: string;
  /** What follows, trimmed. */
  readonly rest: string;
}

/** @returns `null` for a text that is no command, `for another` for one that names another bot */
export function readCommand(text: string, botName: string): WrittenCommand | 'for another' | null {
  const [, name, addressee, rest = ''] =
    /^\/(\w{1,32})(?:@(\w{1,64}))?(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
  if (name === undefined) return null;
  if (addressee !== undefined && addressee.toLowerCase() !== botName.toLowerCase()) return 'for another';
  return { name: name.toLowerCase(), rest: rest.trim() };
}
