/** What single values of the environment look like: each shape's message is the phrase of what would be right. */
import { resolve } from 'node:path';
import { z } from 'zod';

export const oneOf = <const T extends string>(values: readonly T[]): z.ZodType<T, string> =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `one of ${values.join(', ')}` }));

const yes = new Set(['true', 't', 'yes', 'on', '1']);
const no = new Set(['false', 'f', 'no', 'off', '0']);
export const flag = z
  .string()
  .toLowerCase()
  .refine((text) => yes.has(text) || no.has(text), 'true or false')
  .transform((text) => yes.has(text));

export const seconds = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, `a number of seconds from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a number of seconds from ${min} to ${max}`);

export const wholeNumber = (min: number, max: number): z.ZodType<number, string> => {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
};

/** Where the operator's calendar of events is. */
export type CalendarPlace =
  | { readonly kind: 'file'; readonly path: string }
  /** Its path and query may be a secret: anybody who has them can read the calendar. */
  | { readonly kind: 'url'; readonly url: string };

/** This machine: what is sent there cannot be read on its way. */
export const isLoopback = ({ hostname }: URL): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Encrypted, or to this machine. */
export const isPrivateAddress = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));

const calendarExpected =
  'a file .yaml or .ics, or an address of an iCalendar: https://, or http:// on this machine';
const isAddress = (text: string): boolean => text.includes('://');

/** `webcal://` is how calendars are offered to subscribe to. */
const addressOf = (text: string): string => text.replace(/^webcals?:\/\//i, 'https://');
const isCalendarAddress = (text: string): boolean =>
  URL.canParse(addressOf(text)) && isPrivateAddress(new URL(addressOf(text)));

export const calendarPlace = (cwd: string): z.ZodType<CalendarPlace, string> =>
  z
    .string()
    .refine(
      (text) => (isAddress(text) ? isCalendarAddress(text) : /\.(ya?ml|ics)$/i.test(text)),
      calendarExpected,
    )
    .transform((text) =>
      isAddress(text)
        ? { kind: 'url' as const, url: addressOf(text) }
        : { kind: 'file' as const, path: resolve(cwd, text) },
    );

export const daemonName = z
  .string()
  .regex(/^[\w.:-]{1,63}$/, 'at most 63 letters, digits, dots, colons, dashes or underscores');

export const encryptionKey = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, '64 hex digits (32 bytes), as made by: openssl rand -hex 32')
  .transform((hex) => Buffer.from(hex, 'hex'));

const keysExpected = 'former values of ENCRYPTION_KEY, each 64 hex digits, separated by commas';
export const encryptionKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => /^[0-9a-f]{64}$/i.test(part)), keysExpected)
  .transform((parts) => parts.map((part) => Buffer.from(part, 'hex')));

/** User and password are written with % before two hex digits where they hold other letters; anything else cannot be read. */
export const isWellEscaped = ({ username, password }: URL): boolean => {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
};

/** An unescaped character in the password ends it too early, and its rest would be taken for the host. */
const hasUnescapedPassword = (text: string): boolean => {
  const afterScheme = text.slice(text.indexOf('://') + 3);
  const lastAt = afterScheme.lastIndexOf('@');
  return lastAt >= 0 && /[@/?#]/.test(afterScheme.slice(0, lastAt));
};

export const postgresUrl = z
  .string()
  .refine((text) => !hasUnescapedPassword(text), {
    error: 'one @, before the host: in user and password write %40 for @, %2F for /, %3F for ?, %23 for #',
    abort: true,
  })
  .refine(
    (text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol),
    'an address like postgres://user:password@host:5432/database',
  );

export const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'a port from 1 to 65535')
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65_535, 'a port from 1 to 65535');
