/** The users with the number of their accounts, oldest first; a user sees only themself. */
import type { ListedUser } from '../ports/directory.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export const listUsers = (
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
): Promise<readonly ListedUser[]> => directory.users(scopeOf(caller));
