/**
 * Translates what a use case could not find or do into the words of this command line: which argument was wrong, which names
 * exist, and what to type next. The operator may see the names of all users; use cases themselves never name anything that was
 * not asked for.
 */
import { BadInput, type InputIssue } from '../../domain/errors.ts';
import { Ambiguous, KeyTaken, NotFound } from '../../domain/request-errors.ts';
import { typedCommand } from './output.ts';

/** The names that exist. */
export interface KnownNames {
  users(): Promise<readonly string[]>;
  /** Accounts of one user, or of all users. */
  accounts(userName?: string): Promise<readonly { readonly name: string; readonly userName: string }[]>;
}

/** @returns the error to throw instead: `BadInput` with advice for a wrong name, any other error as it is */
export async function advised(error: unknown, names: KnownNames): Promise<unknown> {
  if (error instanceof NotFound) return missing(error, names);
  if (error instanceof KeyTaken) return keyTaken(error);
  if (!(error instanceof Ambiguous)) return error;
  const accounts = await names.accounts();
  const owners = accounts.filter(({ name }) => name === error.sought).map(({ userName }) => userName);
  return new BadInput('More than one account has this name', [
    {
      path: '--account',
      found: JSON.stringify(error.sought),
      expected: `--user beside it: one of ${owners.join(', ')}`,
    },
  ]);
}

async function missing({ what, sought, ofUser }: NotFound, names: KnownNames): Promise<BadInput> {
  const found = JSON.stringify(sought);
  const issueAt = (path: string, expected: string): InputIssue[] => [{ path, found, expected }];
  switch (what) {
    case 'user':
      return new BadInput('Unknown user', issueAt('user', anyOf(await names.users())));
    case 'account':
      return new BadInput('There is no such account', issueAt('--account', await anAccount(names, ofUser)));
    case 'task': {
      const list = typedCommand('rollkeeper task list');
      return new BadInput('There is no such task', issueAt('id', `the id of a task, as shown by: ${list}`));
    }
  }
}

const anyOf = (names: readonly string[]): string =>
  names.length === 0 ? 'a user to be added first (there is none)' : `one of ${names.join(', ')}`;

async function anAccount(names: KnownNames, ofUser: string | undefined): Promise<string> {
  const accounts = await names.accounts(ofUser);
  return accounts.length === 0
    ? `an account to be added first: ${typedCommand('rollkeeper account add main --user NAME')}`
    : `one of ${[...new Set(accounts.map(({ name }) => name))].join(', ')}`;
}

function keyTaken({ shared, holder }: KeyTaken): BadInput {
  const has = holder
    ? `account ${JSON.stringify(holder.name)} of ${holder.userName} (id ${holder.accountId}) has it`
    : '';
  const found = holder
    ? `${shared === 'key' ? 'the key' : 'another key of the same user of the exchange'}, as ${has}`
    : 'a key that another account has';
  const expected =
    'a key of another account at the exchange: two accounts here would trade the same positions twice. ' +
    'Use the account that is there, or make a sub-account at the exchange';
  return new BadInput('Wrong apiKey', [{ path: 'apiKey', found, expected }]);
}
