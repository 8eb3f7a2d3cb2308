/**
 * What a command or a dialogue works with while it handles one update of one person: who that is, what use cases need, and
 * how to answer. A press is answered in the message that was pressed, everything else in a new one.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Caller } from '../application/caller.ts';
import type { Ports } from '../application/ports.ts';
import type { Preset } from '../domain/spec/preset.ts';
import type { BotMemory } from '../ports/bot-memory.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { ChatChannels } from './chat-channels.ts';
import type { Messenger } from './messenger.ts';
import { plainPage, type Page } from './page.ts';
import type { Visit } from './visit.ts';

/** What is the same for every update. */
export interface Workshop {
  readonly ports: Ports;
  readonly memory: BotMemory;
  readonly messenger: Messenger;
  readonly log: Logger;
  /** Which exchange accounts are added for. */
  readonly environment: ExchangeEnvironment;
  readonly presets: readonly Preset[];
  readonly channels: ChatChannels;
  readonly botId: string;
  /** Without the `@`. */
  readonly botName: string;
  readonly nowMs: () => number;
  /** How long a person waits for a daemon's answer. */
  readonly waitMs: number;
}

export interface Room extends Workshop {
  readonly visit: Visit;
  readonly caller: Caller;
  /** The person's time zone, of the IANA database. */
  readonly zone: string;
  readonly destination: { readonly chatId: string; readonly topicId: string | null };
}

export const roomFor = (
  shop: Workshop,
  visit: Visit,
  { caller, zone }: Pick<Room, 'caller' | 'zone'>,
): Room => ({
  ...shop,
  visit,
  caller,
  zone,
  destination: { chatId: visit.place.chatId, topicId: visit.topicId },
});

/** In a group it answers the message, so that everybody sees whom it means. @returns the id of the message */
export function say(room: Room, what: Page | string, { wantsReply = false } = {}): Promise<string> {
  const { visit, messenger, destination } = room;
  const page = typeof what === 'string' ? plainPage(what) : what;
  const { input, isPrivate } = visit;
  return messenger.send(destination, page, {
    ...(!isPrivate && input.kind === 'text' && { replyTo: input.messageId }),
    wantsReply: wantsReply && !isPrivate,
  });
}

/** In the message whose button was pressed, else in a new one. @returns the id of the message */
export async function show(room: Room, what: Page | string): Promise<string> {
  const page = typeof what === 'string' ? plainPage(what) : what;
  const { input, place } = room.visit;
  if (input.kind === 'press' && input.messageId !== null) {
    const outcome = await room.messenger.edit(place.chatId, input.messageId, page);
    if (outcome !== 'gone') return input.messageId;
  }
  return say(room, page);
}

/**
 * Ports with which every command that is sent has an id made of `key`: however often the same is carried out, each command
 * is stored once.
 */
export function portsSendingOnce({ ports, botId }: Pick<Room, 'ports' | 'botId'>, key: string): Ports {
  const { commands } = ports;
  let sent = 0;
  return {
    ...ports,
    commands: {
      send: (command) => {
        sent += 1;
        return commands.send({ ...command, commandId: commandIdOf({ botId }, key, sent) });
      },
      awaitAnswer: (commandId, timeoutMs) => commands.awaitAnswer(commandId, timeoutMs),
    },
  };
}

/** @param place among the commands that are sent for the key, from 1 on */
export const commandIdOf = ({ botId }: Pick<Room, 'botId'>, key: string, place: number): string =>
  `telegram-${botId}-${key}-${place}`;

/** Short words for buttons that cannot be guessed from others and say nothing. */
export const tokenOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 8);
