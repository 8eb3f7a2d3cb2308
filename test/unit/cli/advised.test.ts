/** What a use case could not find is reported to the operator with the existing names and the command to type. */
import { describe, expect, it } from 'vitest';
import { advised, type KnownNames } from '../../../src/cli/shell/advised.ts';
import { BadInput, Retryable } from '../../../src/domain/errors.ts';
import { Ambiguous, AmbiguousTask, KeyTaken, NotFound } from '../../../src/domain/request-errors.ts';

const all = [
  { name: 'main', userName: 'ann' },
  { name: 'main', userName: 'bob' },
  { name: 'side', userName: 'bob' },
];
const call = { taskId: 'k7m2p9qx4d', symbol: 'BTC-31MAR23-26000-C-USDT', state: 'IDLE.watching' };
const queued = { taskId: 'k7a2222222', symbol: null, state: 'QUEUED' };
const names: KnownNames = {
  tasksLike: (prefix) => Promise.resolve([call, queued].filter(({ taskId }) => taskId.startsWith(prefix))),
  users: () => Promise.resolve(['ann', 'bob']),
  accounts: (userName) =>
    Promise.resolve(all.filter((one) => userName === undefined || one.userName === userName)),
};
const noNames: KnownNames = {
  users: () => Promise.resolve([]),
  accounts: () => Promise.resolve([]),
  tasksLike: () => Promise.resolve([]),
};

async function textOf(error: Error, known = names): Promise<string> {
  const advice = await advised(error, known);
  expect(advice).toBeInstanceOf(BadInput);
  return String(advice);
}

describe('The operator is shown', () => {
  it.each<[string, Error, RegExp]>([
    [
      'which users there are',
      new NotFound('user', 'carl'),
      /Unknown user\n {2}user: found "carl", expected one of ann, bob$/,
    ],
    [
      'which accounts there are',
      new NotFound('account', 'x'),
      /no such account\n {2}--account: found "x", expected one of main, side$/,
    ],
    ['which accounts one user has', new NotFound('account', 'x', 'ann'), /expected one of main$/],
    [
      'where ids of tasks are listed',
      new NotFound('task', 'x'),
      /id: found "x", expected the id of a task, as shown by: .*rollkeeper task list/,
    ],
    [
      'the task whose id begins like the wrong one for longest',
      new NotFound('task', 'k7m2p9qx5d'),
      /id: found "k7m2p9qx5d", expected the id of a task, like k7m2p9qx4d \(BTC-31MAR23-26000-C-USDT, IDLE.watching\); all of them: /,
    ],
    [
      'which tasks begin so',
      new AmbiguousTask('k7', [call, queued], { isCutOff: true }),
      /Several tasks begin so\n {2}id: found "k7", expected more letters of one of: k7m2p9qx4d \(BTC-31MAR23-26000-C-USDT, IDLE.watching\), k7a2222222 \(\?, QUEUED\), or one of the others in: .*rollkeeper task list$/,
    ],
    [
      'which users have an account of that name',
      new Ambiguous('main'),
      /More than one account.*\n {2}--account: found "main", expected --user beside it: one of ann, bob$/,
    ],
  ])('%s', async (_, error, text) => {
    expect(await textOf(error)).toMatch(text);
  });

  it.each<[string, Error, RegExp]>([
    [
      'that there is no user yet',
      new NotFound('user', 'carl'),
      /expected a user to be added first \(there is none\)$/,
    ],
    [
      'how to add the first account',
      new NotFound('account', 'x'),
      /added first: .*rollkeeper account add main --user NAME/,
    ],
  ])('%s', async (_, error, text) => {
    expect(await textOf(error, noNames)).toMatch(text);
  });

  it('which account has a key already', async () => {
    const holder = { accountId: '7', name: 'main', userName: 'ann' };
    expect(await textOf(new KeyTaken('key', holder))).toMatch(
      /apiKey: found the key, as account "main" of ann \(id 7\) has it, expected a key of another account/,
    );
    expect(await textOf(new KeyTaken('user', holder))).toMatch(
      /found another key of the same user of the exchange, as account "main"/,
    );
    expect(await textOf(new KeyTaken('key', null))).toContain('found a key that another account has');
  });

  it('any other error as it is', async () => {
    const error = new Retryable('the database is away');
    expect(await advised(error, names)).toBe(error);
  });
});

describe('The error of a use case', () => {
  it.each([
    new NotFound('account', 'x', 'ann'),
    new NotFound('task', 'x'),
    new Ambiguous('main'),
    new KeyTaken('key', { accountId: '7', name: 'main', userName: 'zoe' }),
  ])('names no flag, no command and no other account: %s', (error) => {
    expect(error.message).not.toMatch(/--|rollkeeper|zoe|one of/);
  });
});
