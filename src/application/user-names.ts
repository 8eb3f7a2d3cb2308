/**
 * Names for users who come by themselves. What a messenger calls a person is anybody's choice, so a name made of it has
 * letters, digits, dots and dashes alone, of one script, and is none that means something here.
 */
import { randomInt } from 'node:crypto';
import type { Administrators } from '../ports/people.ts';

const lengthMax = 32;
const usual = 'user';
/** `archive` owns imported journals; the others are how callers without a user are called. */
const taken = ['archive', 'operator', 'nobody', 'administrator', 'admin', 'root'];
const numberedMax = 9;

/**
 * Candidates, the first one that is free is to be used; the last ones are random, so that one of them always is.
 * @param given as the person calls itself; whatever it is
 */
export function userNamesFor(given: string, { names }: Administrators): readonly string[] {
  const reserved = new Set([...taken, ...names].map((name) => name.toLowerCase()));
  const base = baseOf(given);
  const numbered = Array.from({ length: numberedMax - 1 }, (_, at) => `${base}-${String(at + 2)}`);
  const random = Array.from({ length: 5 }, () => `${base}-${String(randomInt(1e9))}`);
  return [base, ...numbered, ...random].filter((name) => !reserved.has(name.toLowerCase()));
}

/** More of a name is not looked at. */
const inspectedMax = 256;

function baseOf(given: string): string {
  const plain = written(
    given
      .slice(0, inspectedMax)
      .normalize('NFKC')
      .replace(/\p{M}+/gu, ''),
    /[^\p{L}\p{N}._-]+/gu,
  );
  const isMixed = /\p{Script=Latin}/u.test(plain) && /[^\p{Script=Latin}\p{N}._-]/u.test(plain);
  const base = isMixed ? written(plain, /[^A-Za-z0-9._-]+/g) : plain;
  return base === '' ? usual : base;
}

const written = (text: string, foreign: RegExp): string =>
  Array.from(
    text
      .replace(foreign, '-')
      .replace(/-+/g, '-')
      .replace(/^[._-]+/, ''),
  )
    .slice(0, lengthMax)
    .join('')
    .replace(/[._-]+$/, '');
