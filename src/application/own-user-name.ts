/** The user that is meant where none is named: the caller, or for the operator the only one there is. */
import { BadInput } from '../domain/errors.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

const shownMax = 10;

const names = (users: readonly { readonly name: string }[]): string =>
  [...users.slice(0, shownMax).map(({ name }) => name), ...(users.length > shownMax ? ['…'] : [])].join(', ');

/** @throws BadInput when it has to be named */
export async function ownUserName(
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) return given;
  const users = await directory.users(scopeOf(caller));
  const [only, ...others] = users;
  if (only && others.length === 0) return only.name;
  throw new BadInput('The user has to be named', [
    {
      path: 'user',
      found: 'nothing',
      expected: only ? `--user with one of: ${names(users)}` : 'a user that was added',
    },
  ]);
}
