/** New task ids: random, so that the link ids made from them are unique at the exchange for ever. */
import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz23456789';
const idLength = 10;

export const newTaskId = (): string =>
  Array.from({ length: idLength }, () => letters[randomInt(letters.length)]).join('');
