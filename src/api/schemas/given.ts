/**
 * Names, counts and moments in requests. Bounds are wider than those of use cases, which say in their own words what is wrong.
 */
import { z } from 'zod';

const nameText = 'a name, without control characters, of at most 200 characters';

/** A name that a person gave to something. */
export const name = z
  .string({ error: nameText })
  .min(1, { error: nameText })
  .max(200, { error: nameText })
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: nameText });

/** Whose it is. Needed where several users that the caller sees have something of that name. */
export const userName = name.optional().describe('Whose it is; needed where several have that name');
/** The same in a query. */
export const ofUser = z.strictObject({ user: userName });

/** A text of a person. */
export const text = (lengthMax: number) => {
  const error = `a text of at most ${String(lengthMax)} characters`;
  return z.string({ error }).max(lengthMax, { error });
};

const keyText = 'an API key, as the exchange shows it';
export const apiKey = z.string({ error: keyText }).regex(/^[\x21-\x7e]{4,128}$/, { error: keyText });

/** @param of what is counted: `days` */
export const count = (of: string, most: number) => {
  const error = `a whole number of ${of}, from 1 to ${String(most)}`;
  return z.int({ error }).min(1, { error }).max(most, { error });
};

const numberText = 'the number that it is listed with';
/** Ids that the database counts: of vouchers, deliveries. */
export const numericId = z.string({ error: numberText }).regex(/^\d{1,18}$/, { error: numberText });

const momentText = 'ms since epoch, before the year 3000';
export const latestMs = Date.UTC(3_000, 0);
export const moment = z
  .int({ error: momentText })
  .min(0, { error: momentText })
  .max(latestMs, { error: momentText });

export const flag = z.boolean({ error: 'true or false' });
