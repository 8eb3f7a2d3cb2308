/** Makes task ids. They are random, so that the link ids made from them are unique at the exchange for ever. */
import { createHash, randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz23456789';
const idLength = 10;

/** Ten letters and digits, without `0` and `1`. */
export const newTaskId = (): string =>
  Array.from({ length: idLength }, () => letters[randomInt(letters.length)]).join('');

/** As random as the request's id is: the same request always gets the same task. */
export const taskIdOf = (requestId: string): string =>
  Array.from(
    createHash('sha256').update(`task ${requestId}`).digest().subarray(0, idLength),
    (byte) => letters[byte % letters.length],
  ).join('');

/** The id of the command that a request leads to. */
export const commandIdOf = (requestId: string): string =>
  createHash('sha256').update(`command ${requestId}`).digest('hex').slice(0, 32);
