/** The Telegram bot: its token, and how its server is reached. */
import { z } from 'zod';
import { hidden, addressHidden, type Reader } from './reader.ts';
import { isPrivateAddress, isWellEscaped } from './shapes.ts';

export interface TelegramChoice {
  /** As @BotFather gives it: the bot's id, a colon, a secret. */
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** May hold a password; `null` for none. */
  readonly proxyUrl: string | null;
}

const usualUrl = 'https://api.telegram.org';

const botToken = z
  .string()
  .regex(/^\d{4,15}:[\w-]{20,100}$/, 'a token as @BotFather gives it, like 123456789:AAF…');

/** Nothing stands before the host or behind the path: the methods of the API are put there. */
const isBare = ({ username, password, search, hash }: URL): boolean =>
  [username, password, search, hash].every((part) => part === '');

/** Everything that people write goes there, and the token with it. */
const apiAddress = z
  .string()
  .refine(
    (text) => URL.canParse(text) && isPrivateAddress(new URL(text)) && isBare(new URL(text)),
    'an address like https://api.telegram.org, or http:// on this machine',
  )
  .transform((text) => text.replace(/\/+$/, ''));

const proxyAddress = z
  .string()
  .refine(
    (text) =>
      URL.canParse(text) &&
      ['http:', 'https:', 'socks5:'].includes(new URL(text).protocol) &&
      isWellEscaped(new URL(text)),
    'an address like http://host:3128, https://host or socks5://host:1080; in user and password %40 for an @, %25 for a %',
  );

/** @returns `null` without a token: then there is no bot */
export function readTelegram(reader: Reader): TelegramChoice | null {
  const token = reader.read('TELEGRAM_BOT_TOKEN', botToken, hidden);
  const apiUrl = reader.read('TELEGRAM_API_URL', apiAddress, addressHidden) ?? usualUrl;
  const proxyUrl = reader.read('TELEGRAM_PROXY', proxyAddress, addressHidden) ?? null;
  return token === undefined ? null : { token, apiUrl, proxyUrl };
}
