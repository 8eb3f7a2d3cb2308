/** Makes task ids. They are random, so that the link ids made from them are unique at the exchange for ever. */
import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz23456789';
const idLength = 10;

/** Ten letters and digits, without `0` and `1`. */
export const newTaskId = (): string =>
  Array.from({ length: idLength }, () => letters[randomInt(letters.length)]).join('');
