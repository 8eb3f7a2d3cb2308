/**
 * Translates what a use case could not find or do into the words of this command line: which argument was wrong, which names
 * exist, and what to type next. The operator may see the names of all users; use cases themselves never name anything that was
 * not asked for.
 */
import { BadInput, type InputIssue } from '../../domain/errors.ts';
import {
  Ambiguous,
  AmbiguousTask,
  KeyTaken,
  NotFound,
  type PossibleTask,
} from '../../domain/request-errors.ts';
import { typedCommand } from './output.ts';

/** The names that exist. */
export interface KnownNames {
  users(): Promise<readonly string[]>;
  /** Accounts of one user, or of all users. */
  accounts(userName?: string): Promise<readonly { readonly name: string; readonly userName: string }[]>;
  /** Tasks whose id begins so, at most `limit`. */
  tasksLike(prefix: string, limit: number): Promise<readonly PossibleTask[]>;
}

/** @returns the error to throw instead: `BadInput` with advice for a wrong name, any other error as it is */
export async function advised(error: unknown, names: KnownNames): Promise<unknown> {
  if (error instanceof NotFound) return missing(error, names);
  if (error instanceof KeyTaken) return keyTaken(error);
  if (error instanceof AmbiguousTask) return severalTasks(error);
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
    case 'channel': {
      const list = typedCommand('rollkeeper channel list');
      return new BadInput('There is no such channel', issueAt('name', `a channel as shown by: ${list}`));
    }
    case 'task': {
      const list = typedCommand('rollkeeper task list');
      const near = await nearTasks(names, sought);
      const expected =
        near.length === 0
          ? `the id of a task, as shown by: ${list}`
          : `the id of a task, like ${near.map(taskText).join(' or ')}; all of them: ${list}`;
      return new BadInput('There is no such task', issueAt('id', expected));
    }
    case 'voucher':
      return new BadInput('There is no such voucher', issueAt('id', shownBy('rollkeeper voucher list')));
    case 'token':
      return new BadInput('There is no such token', issueAt('name', shownBy('rollkeeper token list')));
    case 'identity':
      return new BadInput('Nobody is known by this', issueAt('id', shownBy('rollkeeper user show NAME')));
    case 'share':
      return new BadInput(
        `Account ${JSON.stringify(ofUser)} is not shared with this user`,
        issueAt('--with', shownBy('rollkeeper account list')),
      );
    // Only the API asks for these.
    case 'machine':
    case 'backtest':
    case 'price file':
      return new BadInput(`There is no such ${what}`, issueAt('name', 'one that is there'));
  }
}

const shownBy = (command: string): string => `one that is shown by: ${typedCommand(command)}`;

const nearMax = 3;
/** As much of an id has to be right to be taken for a slip of the pen. */
const nearFrom = 3;

/** The tasks whose ids begin as long as possible like the one that is not there. */
async function nearTasks(names: KnownNames, sought: string): Promise<readonly PossibleTask[]> {
  for (let length = sought.length - 1; length >= nearFrom; length -= 1) {
    const near = await names.tasksLike(sought.slice(0, length), nearMax);
    if (near.length > 0) return near;
  }
  return [];
}

const taskText = ({ taskId, symbol, state }: PossibleTask): string =>
  `${taskId} (${symbol ?? '?'}, ${state})`;

function severalTasks({ sought, matches, isCutOff }: AmbiguousTask): BadInput {
  const more = isCutOff ? `, or one of the others in: ${typedCommand('rollkeeper task list')}` : '';
  return new BadInput('Several tasks begin so', [
    {
      path: 'id',
      found: JSON.stringify(sought),
      expected: `more letters of one of: ${matches.map(taskText).join(', ')}${more}`,
    },
  ]);
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
