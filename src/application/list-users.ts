/** Lists the users with the number of their accounts. */
import type { ListedUser } from '../ports/directory.ts';
import { peopleScopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** Oldest first. A caller who is a user and no administrator gets this user alone. */
export const listUsers = (
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
): Promise<readonly ListedUser[]> => directory.users(peopleScopeOf(caller));
