/** What a use case could not find is told to the operator with the names that there are and what to type. */
import { describe, expect, it } from 'vitest';
import { advised, type KnownNames } from '../../../src/cli/shell/advised.ts';
import { BadInput, Retryable } from '../../../src/domain/errors.ts';
import { Ambiguous, KeyTaken, NotFound } from '../../../src/domain/request-errors.ts';

const all = [
  { name: 'main', userName: 'ann' },
  { name: 'main', userName: 'bob' },
  { name: 'side', userName: 'bob' },
];
const names: KnownNames = {
  users: () => Promise.resolve(['ann', 'bob']),
  accounts: (userName) =>
    Promise.resolve(all.filter((one) => userName === undefined || one.userName === userName)),
};
const nobody: KnownNames = { users: () => Promise.resolve([]), accounts: () => Promise.resolve([]) };

async function textOf(error: Error, known = names): Promise<string> {
  const told = await advised(error, known);
  expect(told).toBeInstanceOf(BadInput);
  return String(told);
}

describe('The operator is told', () => {
  it.each<[string, Error, KnownNames, RegExp]>([
    [
      'which users there are',
      new NotFound('user', 'carl'),
      names,
      /Unknown user\n {2}user: found "carl", expected one of ann, bob$/,
    ],
    [
      'that there is no user yet',
      new NotFound('user', 'carl'),
      nobody,
      /expected a user to be added first \(there is none\)$/,
    ],
    [
      'which accounts there are',
      new NotFound('account', 'x'),
      names,
      /no such account\n {2}--account: found "x", expected one of main, side$/,
    ],
    ['which of one user', new NotFound('account', 'x', 'ann'), names, /expected one of main$/],
    [
      'how to add an account',
      new NotFound('account', 'x'),
      nobody,
      /added first: .*rollkeeper account add main --user NAME/,
    ],
    [
      'where ids of tasks are shown',
      new NotFound('task', 'x'),
      names,
      /id: found "x", expected the id of a task, as shown by: .*rollkeeper task list/,
    ],
    [
      'whose accounts have one name',
      new Ambiguous('main'),
      names,
      /More than one account.*\n {2}--account: found "main", expected --user beside it: one of ann, bob$/,
    ],
  ])('%s', async (_, error, known, text) => {
    expect(await textOf(error, known)).toMatch(text);
  });

  it('who has a key already', async () => {
    const holder = { accountId: '7', name: 'main', userName: 'ann' };
    expect(await textOf(new KeyTaken(true, holder))).toMatch(
      /apiKey: found the key, as account "main" of ann \(id 7\) has it, expected a key of another account/,
    );
    expect(await textOf(new KeyTaken(false, holder))).toMatch(
      /found another key of the same user of the exchange, as account "main"/,
    );
    expect(await textOf(new KeyTaken(true, null))).toContain('found a key that another account has');
  });

  it('nothing else than what happened, when it was no name', async () => {
    const error = new Retryable('the database is away');
    expect(await advised(error, names)).toBe(error);
  });
});

describe('A use case itself', () => {
  it.each([
    new NotFound('account', 'x', 'ann'),
    new NotFound('task', 'x'),
    new Ambiguous('main'),
    new KeyTaken(true, { accountId: '7', name: 'main', userName: 'zoe' }),
  ])('names no flag, no command and nobody else: %s', (error) => {
    expect(error.message).not.toMatch(/--|rollkeeper|zoe|one of/);
  });
});
