/**
 * Takes one update, finds out who wrote it, and hands it to a command, a dialogue or a question. It owns what is the same for
 * all of them: an update acts once, strangers learn nothing, secrets leave the chat before anything else happens, and a
 * failure is said to the person and ends nothing.
 */
import type { Update } from 'grammy/types';
import type { Caller } from '../application/caller.ts';
import { messageOf } from '../domain/errors.ts';
import { isPassing as isPassingFailure } from '../net/passing-failure.ts';
import { ApiUnreachable } from './api.ts';
import { answerApproval } from './approvals.ts';
import { botCommands } from './commands/all.ts';
import { pressAlerts } from './commands/alerts.ts';
import { beginAccount } from './commands/accounts.ts';
import { pressTask } from './commands/task.ts';
import { openBoard } from './board.ts';
import { awaitsSecret, pressed, written } from './dialogues/dialogue.ts';
import { steps } from './dialogues/all.ts';
import { answerBack } from './questions.ts';
import { failureText } from './texts/failure-text.ts';
import { roomFor, say, type Room, type Workshop } from './room.ts';
import { readCommand, readVisit, type Visit } from './visit.ts';

export interface Person {
  readonly caller: Caller;
  /** Of the IANA database. */
  readonly zone: string;
}

export interface Bot {
  readonly shop: Workshop;
  /** Who a person of Telegram is here. */
  readonly admit: (personId: string) => Promise<Person>;
  /** Sends alerts to the private chat of a known person. */
  readonly welcome: (caller: Caller, chatId: string) => Promise<void>;
  /** Takes a voucher. @returns what to say, and who the person is then */
  readonly redeem: (
    visit: Visit,
    code: string,
  ) => Promise<{ readonly text: string; readonly person: Person | null }>;
}

/**
 * Resolves when the update has been worked. Rejects when that cannot be known, and it has to be worked again.
 * @param attempt from 1 on
 */
export async function workUpdate(bot: Bot, update: Update, attempt: number): Promise<void> {
  const { memory, botId, log } = bot.shop;
  const visit = readVisit(update, botId);
  if (visit === null) return;
  const standing = await memory.begin(visit.updateId);
  if (standing === 'done') return;
  try {
    await receive(bot, { ...visit, isAgain: standing === 'again' });
  } catch (error) {
    if (isPassing(error, attempt)) throw error;
    log.error({ updateId: visit.updateId, reason: messageOf(error) }, 'an update from Telegram failed');
    const room = roomFor(bot.shop, visit, { caller: nobody(visit), zone: 'UTC' });
    await say(
      room,
      'Something failed here, and it was logged. Nothing more will happen; please ask again.',
    ).catch(() => undefined);
  }
  await memory.finish(visit.updateId);
}

/** Answers that could not be sent are tried so often, with what they are about: that acts once. */
const answerAttemptsMax = 4;

/** What a later attempt may get past: the database is away, or Telegram is. */
function isPassing(error: unknown, attempt: number): boolean {
  if (error instanceof ApiUnreachable) return attempt < answerAttemptsMax;
  return isPassingFailure(error);
}

const nobody = ({ place }: Visit): Caller => ({ kind: 'nobody', from: `telegram ${place.personId}` });

async function receive(bot: Bot, visit: Visit): Promise<void> {
  const { caller, zone } = await bot.admit(visit.place.personId);
  const room = roomFor(bot.shop, visit, { caller, zone });
  if (visit.input.kind === 'text') {
    if (!isAddressed(visit, bot.shop.botName) && (await bot.shop.memory.dialogue(visit.place)) === null)
      return;
    if (caller.kind === 'nobody') return receiveStranger(bot, room);
    await reported(room, () => receiveText(bot, room));
    return;
  }
  if (caller.kind === 'nobody') {
    await room.messenger.answerPress(visit.input.queryId, strangersLine);
    return;
  }
  await reported(room, () => receivePress(room));
}

/** In a group the bot is meant by a command or an answer to it. */
function isAddressed({ isPrivate, input }: Visit, botName: string): boolean {
  if (isPrivate || input.kind === 'press') return true;
  const command = readCommand(input.text, botName);
  return input.repliesToBot || (command !== null && command !== 'for another');
}

/** Says what a use case would not do. @throws what is no fault of the person */
async function reported(room: Room, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const text = failureText(error);
    if (text === null) throw error;
    await say(room, text);
  }
}

const strangersLine =
  'I do not know you. Ask the operator for an invitation, then write /start with its code.';

async function receiveStranger(bot: Bot, room: Room): Promise<void> {
  const { input, place, isPrivate } = room.visit;
  if (input.kind !== 'text') return;
  const command = readCommand(input.text, room.botName);
  if (
    command !== null &&
    command !== 'for another' &&
    command.name === 'start' &&
    command.rest !== '' &&
    isPrivate
  ) {
    await redeem(bot, room, command.rest);
    return;
  }
  if (await room.memory.noteStranger(place.personId)) await say(room, strangersLine);
}

async function redeem(bot: Bot, room: Room, code: string): Promise<void> {
  const { text, person } = await bot.redeem(room.visit, code.split(/\s/, 1)[0]?.slice(0, 100) ?? '');
  await say(room, text);
  if (person !== null) await botCommands.get('help')?.run({ ...room, ...person }, '');
}

/** Long words of letters and digits are what keys and secrets look like, whatever stands before and behind them. */
const looksSecret = (text: string): boolean =>
  text.split(/[^A-Za-z0-9]+/).some((word) => word.length >= 28 && /\d/.test(word));

async function receiveText(bot: Bot, room: Room): Promise<void> {
  const { input, isPrivate } = room.visit;
  if (input.kind !== 'text') return;
  const { text } = input;
  const command = readCommand(text, room.botName);
  if (command === 'for another') return;
  const isSecretAwaited = command === null && (await awaitsSecret(room, steps));
  if (isSecretAwaited || looksSecret(text)) await hide(room, input.messageId);
  if (command === null) {
    if (await written(room, steps, text)) return;
    if (isPrivate)
      await say(
        room,
        looksSecret(text)
          ? 'This looks like a key. Keys are sent after /accounts add only.'
          : 'I answer to commands: /help lists them.',
      );
    return;
  }
  if (command.name === 'cancel') {
    const wasThere = await room.memory.endDialogue(room.visit.place);
    await say(room, wasThere ? 'Cancelled. Nothing was changed.' : 'There was nothing to cancel.');
    return;
  }
  if (command.name === 'start' && command.rest !== '') {
    if (isPrivate) return redeem(bot, room, command.rest);
    await say(room, `Others read a code in a group. Write it to me in private: @${room.botName}`);
    return;
  }
  if (command.name === 'start' && isPrivate) await bot.welcome(room.caller, room.visit.place.chatId);
  const found = botCommands.get(command.name === 'start' ? 'help' : command.name);
  const isAllowed =
    found?.isForAdministrators !== true || (room.caller.kind === 'user' && room.caller.isAdministrator);
  if (!found || !isAllowed) {
    await say(room, 'There is no such command: /help lists them.');
    return;
  }
  await found.run(room, command.rest);
}

async function hide(room: Room, messageId: string): Promise<void> {
  const isGone = await room.messenger.delete(room.visit.place.chatId, messageId);
  if (!isGone)
    await say(room, '⚠ I could not delete your message with the key. Delete it yourself, now.').catch(
      () => undefined,
    );
}

async function receivePress(room: Room): Promise<void> {
  const { input } = room.visit;
  if (input.kind !== 'press') return;
  const [, kind = '', rest = ''] = /^([a-z])(?::([\s\S]*))?$/.exec(input.data) ?? [];
  switch (kind) {
    case 'y':
      return answerBack(room, rest, 'confirm');
    case 'n':
      return answerBack(room, rest, 'cancel');
    case 'd':
      return pressed(room, steps, rest);
    case 't':
      return pressTask(room, steps, rest);
    case 'a':
      return answerApproval(room, rest);
    case 's':
      await room.messenger.answerPress(input.queryId);
      return openBoard(room);
    case 'l':
      return pressAlerts(room, rest);
    case 'k':
      await room.messenger.answerPress(input.queryId);
      return beginAccount(room, steps);
    default:
      await room.messenger.answerPress(input.queryId, 'This button is of no use any more.');
  }
}
